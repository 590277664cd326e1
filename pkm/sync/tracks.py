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
    mine, yours = follow(base, ours, ident, beside=theirs), follow(base, theirs, ident, beside=ours)
    new_mine = {path: file for path, file in ours.items() if path not in set(mine.values())}
    new_yours = {path: file for path, file in theirs.items() if path not in set(yours.values())}
    found = []
    for path in sorted(base):
        ident_here = ident(path, base[path])
        if ident_here:
            _finish_move(base, path, ident_here, (mine, ours, new_mine), (yours, theirs), ident)
            _finish_move(base, path, ident_here, (yours, theirs, new_yours), (mine, ours), ident)
        found.append(Track(path, mine.get(path), yours.get(path)))
    pairs = follow(new_mine, new_yours, ident, moved=False)
    found += [Track(None, path, pairs.get(path)) for path in sorted(new_mine)]
    found += [Track(None, None, path) for path in sorted(new_yours.keys() - set(pairs.values()))]
    return found


def _finish_move(
    base: Tree,
    path: str,
    name: str,
    here: tuple[dict[str, str], Tree, dict[str, File]],
    there: tuple[dict[str, str], Tree],
    ident: Ident,
) -> None:
    """A sync that died while it moved a note left it at both places: the one that was left behind does not count."""
    (mine, ours, new), (yours, theirs) = here, there
    to = yours.get(path, path)
    if mine.get(path) != path or to == path or to not in new or ident(to, new[to]) != name:
        return
    if ours[path] == new[to] == base[path]:
        mine[path] = to
        del new[to]
    elif new[to] == theirs[to]:
        del new[to]


def follow(here: Tree, there: Tree, ident: Ident, *, beside: Tree | None = None, moved: bool = True) -> dict[str, str]:
    """Where each file of one tree is in another. `moved`: a file of the same content elsewhere is the same file.

    Of several notes with one id, the one that stands where a third tree has it too.
    """
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
        places = named.get(ids[path]) if ids[path] else None
        if places:
            known = [p for p in places if beside and p in beside and ident(p, beside[p]) == ids[path]]
            places.remove(place := (known or places)[-1])
            pair(path, place)

    for path in sorted(here.keys() - found.keys()):
        if path in left and not (ids[path] and ident(path, there[path])):  # one of them has no id yet
            pair(path, path)

    same: dict[File, list[str]] = {}
    for path in left if moved else ():
        same.setdefault(there[path], []).append(path)
    for path in sorted(here.keys() - found.keys()):
        if path not in there and same.get(here[path]):
            pair(path, same[here[path]].pop())
    return found
