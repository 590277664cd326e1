"""Which file each link row means: the rule of `markdown.resolve`, joined over the whole index.

Files are gathered by the last segment of their path, links look there by theirs: a hash join on
normalised keys, never a pattern. A first fill knows all file names before it reads the first
note, so its links are resolved as they are written; later fills ask for the names concerned.
"""

from __future__ import annotations

import posixpath

from pkm.index.keys import folder_key
from pkm.index.schema import UNANSWERED

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from typing import Any

    from pkm.index.body_rows import LinkRow

    File = tuple[int, str, str]  # number, path, key of the folder

# How a target was found. The last three are pkm's own fallbacks: Obsidian leaves such links open.
SELF, PATH, FOLDER, NAME, TIE, RELATIVE = "self", "path", "folder", "name", "tie", "relative"
ALIAS, TITLE, UID = "alias", "title", "id"
OPEN = ""
RANK = {ALIAS: 0, TITLE: 1, UID: 2}


class Group:
    """All files that one goal may mean, arranged so that each question is one look-up."""

    __slots__ = ("best", "exact", "folders", "tie")

    def __init__(self, goal: str, name_key: str, files: Iterable[File]) -> None:
        above = goal[: -len(name_key) - 1]  # the folders that the goal names
        found = [(len(path), path, number, folder) for number, path, folder in files if _is_below(folder, above)]
        found.sort()
        self.exact = next((number for _, _, number, folder in found if folder == above), None)
        self.folders: dict[str, int] = {}
        for _, _, number, folder in found:
            self.folders.setdefault(folder, number)
        self.best = found[0][2] if found else None
        self.tie = len(found) > 1 and found[0][0] == found[1][0]


class Targets:
    """The files of the vault, each with the key of its folder, by the last segment of their own key."""

    def __init__(self) -> None:
        # One file is kept bare, several as a list: most names are the only ones of their kind.
        self._names: dict[str, File | list[File]] = {}
        self._groups: dict[str, Group] = {}

    def add(self, number: int, path: str, folder_key: str, name_key: str) -> None:
        row = (number, path, folder_key)
        known = self._names.get(name_key)
        if known is None:
            self._names[name_key] = row
        elif isinstance(known, list):
            known.append(row)
        else:
            self._names[name_key] = [known, row]

    def resolved(self, source: int, folder_key: str, links: list[LinkRow]) -> list[tuple[Any, ...]]:
        """The rows of a note's links with their source, target and rule before them."""
        rows: list[tuple[Any, ...]] = []
        get, append = self._names.get, rows.append
        for link in links:
            goal = link[2]
            known = get(goal)
            if type(known) is tuple and goal == link[3]:  # nearly all links of nearly all vaults: a name, once there
                folder = known[2]
                append((source, known[0], (FOLDER if folder == folder_key else NAME) if folder else PATH) + link)  # noqa: RUF005 - three times as fast as unpacking
            else:
                append((source, *self.find(goal, link[3], source, folder_key), *link))
        return rows

    def find(self, goal: str, name_key: str, source: int, folder_key: str) -> tuple[int | None, str]:
        """The file a link means and the rule that said so; `(None, OPEN)` when no rule does.

        `folder_key` is the key of the source's folder. Rules 1 to 5 of Obsidian's resolver.
        """
        known = self._names.get(name_key)
        if not goal:
            return source, SELF
        if goal.startswith(("./", "../")):
            return self._exact(from_root(goal, folder_key), RELATIVE)
        if goal[0] == "/":
            return self._exact(goal.lstrip("/"), PATH)
        if known is None:
            return None, OPEN
        if isinstance(known, tuple):
            number, _, folder = known
            above = goal[: -len(name_key) - 1]
            if folder == above:
                return number, PATH
            if not _is_below(folder, above):
                return None, OPEN
            return number, FOLDER if folder == folder_key else NAME
        group = self._groups.get(goal)
        if group is None:
            group = self._groups[goal] = Group(goal, name_key, known)
        if group.exact is not None:
            return group.exact, PATH
        if (near := group.folders.get(folder_key)) is not None:
            return near, FOLDER
        return group.best, TIE if group.tie else NAME if group.best is not None else OPEN

    def _exact(self, goal: str, via: str) -> tuple[int | None, str]:
        above, _, name_key = goal.rpartition("/")
        known = self._names.get(name_key)
        rows = known if isinstance(known, list) else [known] if known else []
        for number, _, folder in sorted(rows, key=lambda row: (len(row[1]), row[1])):
            if folder == above:
                return number, via
        return None, OPEN


def _is_below(folder: str, above: str) -> bool:
    """Whether a folder's path ends with these folders."""
    return not above or folder == above or folder.endswith("/" + above)


def from_root(goal: str, folder_key: str) -> str:
    """A goal that begins with `./` or `../`, seen from the vault's root."""
    return posixpath.normpath(posixpath.join(folder_key, goal))


def resolve_touched(db: sqlite3.Connection, names: set[str], gone: set[int], sources: set[int]) -> None:
    """Resolve again the links of `sources`, and all links whose last segment is in `names`.

    A link that a file answers has that file's name, so it is found among the links to the files of these names:
    those that are there, and those in `gone`.
    """
    if not (names or gone or sources):
        return
    _want(db, "wanted_name", names)
    _want(db, "wanted_source", sources)
    files = db.execute("SELECT id FROM files WHERE name_key IN (SELECT key FROM wanted_name)")
    _want(db, "wanted_target", [*gone, *[number for (number,) in files]])
    rows = db.execute(
        f"""
        SELECT l.id, l.goal, l.name_key, l.source, f.path, l.target, l.via
        FROM links l JOIN files f ON f.id = l.source
        WHERE l.id IN (
          SELECT id FROM links WHERE target IN (SELECT key FROM wanted_target)
          UNION SELECT id FROM links
            WHERE name_key IN (SELECT key FROM wanted_name) AND ({UNANSWERED})
          UNION SELECT id FROM links WHERE source IN (SELECT key FROM wanted_source))
        """  # noqa: S608 - a constant
    ).fetchall()
    _want(db, "wanted_name", {name_key for _, _, name_key, *_ in rows})
    targets = Targets()
    for number, path, key, name_key in db.execute(
        "SELECT id, path, key, name_key FROM files WHERE name_key IN (SELECT key FROM wanted_name)"
    ):
        targets.add(number, path, key[: -len(name_key) - 1], name_key)
    found = {}
    for number, goal, name_key, source, path, *_ in rows:
        found[number] = targets.find(goal, name_key, source, folder_key(path.rpartition("/")[0]))
    _want(db, "wanted_link", [number for number, (target, _) in found.items() if target is None])
    found.update(_by_other_names(db, "l.id IN (SELECT key FROM wanted_link)"))
    changed = [(*found[number], number) for number, *_, target, via in rows if found[number] != (target, via)]
    db.executemany("UPDATE links SET target = ?, via = ? WHERE id = ?", changed)


def resolve_by_other_names(db: sqlite3.Connection) -> None:
    """Give links that no file name answers to a note with that alias, title or id."""
    found = _by_other_names(db, "l.target IS NULL")
    db.executemany("UPDATE links SET target = ?, via = ? WHERE id = ?", [(*to, link) for link, to in found.items()])


def _by_other_names(db: sqlite3.Connection, which: str) -> dict[int, tuple[int, str]]:
    best: dict[int, tuple[int, int, str, int, str]] = {}
    for link, note, kind, path in db.execute(
        f"""
        SELECT l.id, n.note, n.kind, f.path
        FROM links l JOIN names n ON n.key = l.goal JOIN files f ON f.id = n.note
        WHERE {which} AND l.goal <> ''
        """  # noqa: S608 - `which` is written above
    ):
        rank = (RANK[kind], len(path), path, note, kind)
        if link not in best or rank < best[link]:
            best[link] = rank
    return {link: (note, kind) for link, (_, _, _, note, kind) in best.items()}


def _want(db: sqlite3.Connection, table: str, keys: Iterable[str | int]) -> None:
    """Put keys into a table of this connection alone, for joins."""
    db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table}(key PRIMARY KEY) WITHOUT ROWID")
    db.execute(f"DELETE FROM {table}")  # noqa: S608 - constant names
    db.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?)", [(key,) for key in keys])  # noqa: S608
