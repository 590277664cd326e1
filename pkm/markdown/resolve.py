"""Which file a link means, and how a link to a file is written. Pure: paths in, paths out.

The rules are Obsidian's, as observed: exact path, then the source's own folder, then the shortest path
that ends with what was written. What Obsidian leaves open may be answered by an alias, a title or an id,
and says so in `via`. The index asks the same questions of all links at once.
"""

from __future__ import annotations

import posixpath
from unicodedata import normalize

from pkm.model.link import Resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STYLES = ("shortest", "relative", "absolute")


def key(target: str) -> str:
    """A path or link target in the form in which they are compared: NFC, lower case, without `.md`."""
    if target.isascii():
        return target.lower().removesuffix(".md")
    # A sigma at the end of a word has a form of its own, but not before `.md`.
    return normalize("NFC", target).lower().replace("ς", "σ").removesuffix(".md")


class Files:
    """The paths of a vault, arranged by file name so that a question looks only at files of that name."""

    __slots__ = ("_names",)

    def __init__(self, paths: Iterable[str]) -> None:
        self._names: dict[str, list[tuple[int, str, str]]] = {}
        for path in paths:
            full = key(path)
            self._names.setdefault(full.rpartition("/")[2], []).append((len(path), path, full))
        for same in self._names.values():
            same.sort()

    def ending_with(self, goal: str) -> list[tuple[int, str, str]]:
        """(length, path, key) of the files whose path is `goal` or ends with it, the shortest first."""
        same = self._names.get(goal.rpartition("/")[2], [])
        suffix = "/" + goal
        return [row for row in same if row[2] == goal or row[2].endswith(suffix)]


def resolve(
    target: str,
    source: str,
    files: Files | Iterable[str],
    *,
    aliases: Mapping[str, Iterable[str]] | None = None,
    titles: Mapping[str, str] | None = None,
    ids: Mapping[str, str] | None = None,
) -> Resolved:
    """Find the file that a link's target (without its anchor) means in the note `source`.

    `aliases`, `titles` and `ids` are by path; they answer only for targets that no file name answers.
    Equally good files: the first by path, marked ambiguous.
    """
    if not isinstance(files, Files):
        files = Files(files)
    if not target:
        return Resolved(source, "self", False)
    goal = key(target)
    folder = key(source.rpartition("/")[0] + "/")[:-1]
    if goal.startswith(("./", "../")):
        found = _exact(posixpath.normpath(posixpath.join(folder, goal)), files, "relative")
    elif goal.startswith("/"):
        found = _exact(goal.lstrip("/"), files, "path")
    else:
        found = _by_name(goal, folder, files)
    if found.target is None:
        found = _by_other_name(goal, (("alias", aliases or {}), ("title", titles or {}), ("id", ids or {})))
    return found


def _exact(goal: str, files: Files, via: str) -> Resolved:
    rows = [row for row in files.ending_with(goal) if row[2] == goal]
    if not rows:
        return Resolved(None, "", False)
    return Resolved(rows[0][1], via, len(rows) > 1)


def _by_name(goal: str, folder: str, files: Files) -> Resolved:
    rows = files.ending_with(goal)
    exact = [row for row in rows if row[2] == goal]
    if exact:
        return Resolved(exact[0][1], "path", len(exact) > 1)
    near = [row for row in rows if row[2].rpartition("/")[0] == folder]
    if near:
        return Resolved(near[0][1], "folder", len(near) > 1)
    if not rows:
        return Resolved(None, "", False)
    tie = len(rows) > 1 and rows[0][0] == rows[1][0]
    return Resolved(rows[0][1], "tie" if tie else "name", tie)


def _by_other_name(goal: str, names: Iterable[tuple[str, Mapping[str, str | Iterable[str]]]]) -> Resolved:
    for via, of in names:
        rows = sorted(
            (len(path), path)
            for path, value in of.items()
            if any(key(name) == goal for name in ([value] if isinstance(value, str) else value))
        )
        if rows:
            return Resolved(rows[0][1], via, len(rows) > 1)
    return Resolved(None, "", False)


def link_text(
    target: str, source: str, files: Files | Iterable[str], style: str = "shortest", *, ending: bool = False
) -> str:
    """How a link in `source` names the file `target`: shortest, relative or absolute, always so that it resolves.

    The shortest form is the file's name if no other file has it, else the whole path. `ending` keeps a note's `.md`.
    """
    if not isinstance(files, Files):
        files = Files(files)
    name = target.rpartition("/")[2]
    forms = [target]
    if style == "relative":
        beside = posixpath.relpath(target, source.rpartition("/")[0] or ".")
        forms = [beside] if beside.startswith("../") else [beside, "./" + beside]
    elif style == "shortest" and len(files.ending_with(key(name))) <= 1:
        forms = [name, target]
    for form in (*forms, target):
        for text in (form,) if ending else (form[:-3] if form.lower().endswith(".md") else form, form):
            if resolve(text, source, files).target == target:
                return text
    return target
