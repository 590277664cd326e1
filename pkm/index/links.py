"""Which file each link row means: the rule of `markdown.resolve`, joined over the whole index.

Files are gathered by the last segment of their path, links look there by theirs: a hash join on
normalised keys, never a pattern. A first fill knows all file names before it reads the first
note, so its links are resolved as they are written; later fills ask for the names concerned.
"""

from __future__ import annotations

import posixpath

from pkm.index.keys import link_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

# How a target was found. The last three are pkm's own fallbacks: Obsidian leaves such links open.
SELF, PATH, FOLDER, NAME, TIE, RELATIVE = "self", "path", "folder", "name", "tie", "relative"
ALIAS, TITLE, UID = "alias", "title", "id"
OPEN = ""
RANK = {ALIAS: 0, TITLE: 1, UID: 2}


class Group:
    """All files that one goal may mean, arranged so that each question is one look-up."""

    __slots__ = ("best", "exact", "folders", "tie")

    def __init__(self, goal: str, files: Iterable[tuple[int, str, str]]) -> None:
        suffix = "/" + goal
        found = [(len(path), path, number, key) for number, path, key in files if key == goal or key.endswith(suffix)]
        found.sort()
        self.exact = next((number for _, _, number, key in found if key == goal), None)
        self.folders: dict[str, int] = {}
        for _, _, number, key in found:
            self.folders.setdefault(key.rpartition("/")[0], number)
        self.best = found[0][2] if found else None
        self.tie = len(found) > 1 and found[0][0] == found[1][0]


class Targets:
    """The files of the vault by the last segment of their key."""

    def __init__(self) -> None:
        # One file is kept bare, several as a list: most names are the only ones of their kind.
        self._names: dict[str, tuple[int, str, str] | list[tuple[int, str, str]]] = {}
        self._groups: dict[str, Group] = {}

    def add(self, number: int, path: str, key: str, name_key: str) -> None:
        row = (number, path, key)
        known = self._names.get(name_key)
        if known is None:
            self._names[name_key] = row
        elif isinstance(known, list):
            known.append(row)
        else:
            self._names[name_key] = [known, row]

    def find(self, goal: str, name_key: str, source: int, folder_key: str) -> tuple[int | None, str]:
        """The file a link means and the rule that said so; `(None, OPEN)` when no rule does.

        `folder_key` is the key of the source's folder. Rules 1 to 5 of Obsidian's resolver.
        """
        if not goal:
            return source, SELF
        if goal[0] in "./":
            if goal.startswith(("./", "../")):
                goal = posixpath.normpath(posixpath.join(folder_key, goal))
                return self._exact(goal, RELATIVE)
            if goal[0] == "/":
                return self._exact(goal.lstrip("/"), PATH)
        known = self._names.get(name_key)
        if known is None:
            return None, OPEN
        if isinstance(known, tuple):
            number, _, key = known
            if key == goal:
                return number, PATH
            return (number, NAME) if goal == name_key or key.endswith("/" + goal) else (None, OPEN)
        group = self._groups.get(goal)
        if group is None:
            group = self._groups[goal] = Group(goal, known)
        if group.exact is not None:
            return group.exact, PATH
        if (near := group.folders.get(folder_key)) is not None:
            return near, FOLDER
        return group.best, TIE if group.tie else NAME if group.best is not None else OPEN

    def _exact(self, goal: str, via: str) -> tuple[int | None, str]:
        known = self._names.get(goal.rpartition("/")[2])
        rows = known if isinstance(known, list) else [known] if known else []
        for number, _, key in sorted(rows, key=lambda row: (len(row[1]), row[1])):
            if key == goal:
                return number, via
        return None, OPEN


def resolve_touched(db: sqlite3.Connection, names: set[str], sources: set[int]) -> None:
    """Resolve again the links of `sources`, and all links whose last segment is in `names`."""
    db.execute("CREATE TEMP TABLE IF NOT EXISTS wanted_name(key TEXT PRIMARY KEY) WITHOUT ROWID")
    db.execute("CREATE TEMP TABLE IF NOT EXISTS wanted_source(id INTEGER PRIMARY KEY)")
    db.execute("DELETE FROM wanted_name")
    db.execute("DELETE FROM wanted_source")
    db.executemany("INSERT OR IGNORE INTO wanted_name VALUES (?)", [(name,) for name in names])
    db.executemany("INSERT OR IGNORE INTO wanted_source VALUES (?)", [(number,) for number in sources])
    rows = db.execute(
        """
        SELECT l.id, l.goal, l.name_key, l.source, f.path
        FROM links l JOIN files f ON f.id = l.source
        WHERE l.id IN (
          SELECT id FROM links WHERE name_key IN (SELECT key FROM wanted_name)
          UNION SELECT id FROM links WHERE source IN (SELECT id FROM wanted_source))
        """
    ).fetchall()
    targets = _targets_of(db, {_last(goal, name_key) for _, goal, name_key, _, _ in rows})
    found = []
    for number, goal, name_key, source, path in rows:
        target, via = targets.find(goal, name_key, source, link_key(path.rpartition("/")[0]))
        found.append((target, via, number))
    db.executemany("UPDATE links SET target = ?, via = ? WHERE id = ?", found)
    resolve_by_other_names(db, [number for target, _, number in found if target is None])


def _last(goal: str, name_key: str) -> str:
    # `..` at the end of a relative goal names a folder, whose last segment stands before it.
    return name_key if name_key not in (".", "..") else goal


def _targets_of(db: sqlite3.Connection, names: set[str]) -> Targets:
    db.execute("DELETE FROM wanted_name")
    db.executemany("INSERT OR IGNORE INTO wanted_name VALUES (?)", [(name,) for name in names])
    targets = Targets()
    for number, path, key, name_key in db.execute(
        "SELECT id, path, key, name_key FROM files WHERE name_key IN (SELECT key FROM wanted_name)"
    ):
        targets.add(number, path, key, name_key)
    return targets


def resolve_by_other_names(db: sqlite3.Connection, links: list[int] | None = None) -> None:
    """Give links that no file name answers to a note with that alias, title or id."""
    only = ""
    if links is not None:
        if not links:
            return
        db.execute("CREATE TEMP TABLE IF NOT EXISTS wanted_link(id INTEGER PRIMARY KEY)")
        db.execute("DELETE FROM wanted_link")
        db.executemany("INSERT INTO wanted_link VALUES (?)", [(number,) for number in links])
        only = "AND l.id IN (SELECT id FROM wanted_link)"
    best: dict[int, tuple[int, int, str, int, str]] = {}
    for link, note, kind, path in db.execute(
        f"""
        SELECT l.id, n.note, n.kind, f.path
        FROM links l JOIN names n ON n.key = l.goal JOIN files f ON f.id = n.note
        WHERE l.target IS NULL AND l.goal <> '' {only}
        """  # noqa: S608 - `only` is one of two constants
    ):
        rank = (RANK[kind], len(path), path, note, kind)
        if link not in best or rank < best[link]:
            best[link] = rank
    db.executemany(
        "UPDATE links SET target = ?, via = ? WHERE id = ?", [(rank[3], rank[4], link) for link, rank in best.items()]
    )
