"""Notes of which two versions exist, and a person's choice between them.

The sync itself never asks: it keeps both. A choice is a plan like any other, so it can be
shown first and taken back. The note keeps its path and its id whichever version stays, so
every link to it goes on working.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkm.errors import PkmError
from pkm.markdown.frontmatter import read
from pkm.model.digest import digest
from pkm.sync import copies, fields
from pkm.vault.plan import Change, Create, Plan, Remove, Rewrite

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkm.vault.vault import Vault


class Versions(NamedTuple):
    """A note, and another version of it that a sync kept. `note` is "" when the note is gone."""

    note: str
    copy: str


def open_conflicts(vault: Vault, by_id: Callable[[str], str]) -> list[Versions]:
    """All versions that wait for a choice. `by_id` finds the path of a note, or gives ""."""
    return [Versions(_note_of(vault, copy, by_id), copy) for copy in kept_copies(vault)]


def kept_copies(vault: Vault) -> list[str]:
    """The second versions that lie in the vault, by their names alone."""
    found = ((folder, name) for folder, files in vault.stamps() for name, *_ in files if copies.is_copy(name))
    return sorted(f"{folder}/{name}" if folder else name for folder, name in found)


def choose(vault: Vault, versions: Versions, keep: str) -> Plan:
    """What keeping the `note`, the `copy` or `both` does to the vault."""
    note, copy = versions
    data = vault.read(copy)
    changes: list[Change] = []
    if keep == "note" and note:
        changes = [Remove(copy, digest(data))]
    elif keep == "both" and note:
        plain, name = copies.unmarked(data, ""), _free(vault, copies.original_path(copy))
        changes = [Create(name, plain), Remove(copy, digest(data))]
    elif note:
        now = vault.read(note)
        back = copies.unmarked(data, fields.note_id(now))
        changes = [Rewrite(note, back, digest(now)), Remove(copy, digest(data))]
    else:  # its note is gone: it is the note
        place, of = copies.original_path(copy), str(read(data).values.get("conflict-of", ""))
        plain = copies.unmarked(data, of if of != place else "")
        place = _free(vault, place) if vault.exists(place) else place
        changes = [Create(place, plain), Remove(copy, digest(data))]
    return Plan(changes, f"keep {keep} of {copies.original_path(copy)}")


def _note_of(vault: Vault, copy: str, by_id: Callable[[str], str]) -> str:
    beside = copies.original_path(copy)
    try:
        of = read(vault.read(copy)).values.get("conflict-of")
    except PkmError:
        of = None
    named = by_id(str(of)) if of else ""
    if named and named != copy:
        return named
    return beside if vault.exists(beside) else ""


def _free(vault: Vault, path: str) -> str:
    """The first of `Title 2.md`, `Title 3.md`… that is free."""
    stem, dot, ending = path.rpartition(".")
    number = 2
    while vault.exists(place := f"{stem} {number}{dot}{ending}" if stem else f"{path} {number}"):
        number += 1
    return place
