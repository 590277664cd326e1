"""Which note is which in three trees: by the `id` in its front matter, then by path, then by unchanged content."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkm.sync.tree import File, Tree

    Ident = Callable[[str, File], str]


class Track(NamedTuple):
    """One note through the three trees: its path in each, None where it is not."""

    base: str | None
    ours: str | None
    theirs: str | None


def tracks(base: Tree, ours: Tree, theirs: Tree, ident: Ident) -> list[Track]:
    """Every note of the trees, once. `ident` gives the id of a note, "" for a file without one."""
    mine, yours = follow(base, ours, ident), follow(base, theirs, ident)
    found = [Track(path, mine.get(path), yours.get(path)) for path in sorted(base)]
    new_mine = {path: file for path, file in ours.items() if path not in set(mine.values())}
    new_yours = {path: file for path, file in theirs.items() if path not in set(yours.values())}
    pairs = follow(new_mine, new_yours, ident)
    found += [Track(None, path, pairs.get(path)) for path in sorted(new_mine)]
    found += [Track(None, None, path) for path in sorted(new_yours.keys() - set(pairs.values()))]
    return found


def follow(here: Tree, there: Tree, ident: Ident) -> dict[str, str]:
    """Where each file of one tree is in another."""
    found: dict[str, str] = {}
    left = dict.fromkeys(sorted(there, reverse=True))
    ids = {path: ident(path, file) for path, file in here.items()}

    def pair(path: str, other: str) -> None:
        found[path] = other
        del left[other]

    for path in here:
        if path in left and ids[path] == ident(path, there[path]):
            pair(path, path)

    named: dict[str, list[str]] = {}
    for path in left:
        named.setdefault(ident(path, there[path]), []).append(path)
    for path in sorted(here.keys() - found.keys()):
        if ids[path] and named.get(ids[path]):
            pair(path, named[ids[path]].pop())

    for path in sorted(here.keys() - found.keys()):
        if path in left and not (ids[path] and ident(path, there[path])):  # one of them has no id yet
            pair(path, path)

    same: dict[File, list[str]] = {}
    for path in left:
        same.setdefault(there[path], []).append(path)
    for path in sorted(here.keys() - found.keys()):
        if path not in there and same.get(here[path]):
            pair(path, same[here[path]].pop())
    return found
