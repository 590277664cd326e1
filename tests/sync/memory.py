"""Trees of notes in memory, for the merge that knows no git."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkm.model.digest import digest
from pkm.sync.merge import merge
from pkm.sync.tree import File

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkm.sync.merge import Conflict

    Notes = Mapping[str, bytes]


class Contents:
    """Contents by their digest."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}
        self.elsewhere: set[str] = set()

    def tree(self, notes: Notes) -> dict[str, File]:
        for data in notes.values():
            self.known[self.name(data)] = data
        return {path: File(self.name(data)) for path, data in notes.items()}

    def read(self, oid: str) -> bytes:
        return self.known[oid]

    def name(self, data: bytes) -> str:
        return digest(data)

    def taken(self, path: str) -> bool:
        return path in self.elsewhere  # nothing, as long as the trees here are whole


def joined(base: Notes, ours: Notes, theirs: Notes) -> tuple[dict[str, bytes], list[Conflict]]:
    """The merge of three vaults given as path -> bytes."""
    contents = Contents()
    merged = merge(contents.tree(base), contents.tree(ours), contents.tree(theirs), contents)
    contents.known.update(merged.made)
    return {path: contents.read(file.oid) for path, file in merged.files.items()}, merged.conflicts


def both_ways(base: Notes, ours: Notes, theirs: Notes) -> tuple[dict[str, bytes], list[Conflict]]:
    """The same, and a failure when it matters which side is called ours."""
    one, other = joined(base, ours, theirs), joined(base, theirs, ours)
    assert one == other
    return one
