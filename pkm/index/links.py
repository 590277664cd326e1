"""Which file each link row means: the rule of `markdown.resolve`, joined over the whole index.

Files are gathered by the last segment of their path, links look there by theirs: a hash join on
normalised keys, never a pattern. A first fill knows all file names before it reads the first
note, so its links are resolved as they are written; later fills ask for the names concerned.
"""

from __future__ import annotations

import posixpath

from pkm.index.keys import folder_key

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
        known = self._names.get(name_key)
        if isinstance(known, tuple) and goal == name_key:  # nearly all links of nearly all vaults
            number, _, key = known
            folder = key[: -len(goal) - 1]
            return number, FOLDER if folder == folder_key and folder else NAME if folder else PATH
        if not goal:
            return source, SELF
        if goal.startswith(("./", "../")):
            return self._exact(from_root(goal, folder_key), RELATIVE)
        if goal[0] == "/":
            return self._exact(goal.lstrip("/"), PATH)
        if known is None:
            return None, OPEN
        if isinstance(known, tuple):
            number, _, key = known
            if key == goal:
                return number, PATH
            if not key.endswith("/" + goal):
                return None, OPEN
            return number, FOLDER if key.rpartition("/")[0] == folder_key else NAME
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
        """
        SELECT l.id, l.goal, l.name_key, l.source, f.path, l.target, l.via
        FROM links l JOIN files f ON f.id = l.source
        WHERE l.id IN (
          SELECT id FROM links WHERE target IN (SELECT key FROM wanted_target)
          UNION SELECT id FROM links
            WHERE name_key IN (SELECT key FROM wanted_name) AND (target IS NULL OR via IN ('alias', 'title', 'id'))
          UNION SELECT id FROM links WHERE source IN (SELECT key FROM wanted_source))
        """
    ).fetchall()
    _want(db, "wanted_name", {name_key for _, _, name_key, *_ in rows})
    targets = Targets()
    for file in db.execute("SELECT id, path, key, name_key FROM files WHERE name_key IN (SELECT key FROM wanted_name)"):
        targets.add(*file)
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
