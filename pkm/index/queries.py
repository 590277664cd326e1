"""Which note a name means, and what the links around it are.

A person names a note by its path, id, title, alias, file name, or the beginning of one of them;
`named` gives every note that fits best, `one` insists on a single one. Links are asked for by the
note's number, which means nothing outside one open index.
"""

from __future__ import annotations

import os

from pkm.errors import RefusedError, UsageError
from pkm.index.keys import link_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

_HIGHEST = "\U0010ffff"
_SHOWN = 8


class Named:
    """A note that a name may mean."""

    __slots__ = ("number", "path", "title")

    def __init__(self, number: int, path: str, title: str) -> None:
        self.number = number
        self.path = path
        self.title = title

    def __repr__(self) -> str:
        return f"Named({self.path!r})"


class Around:
    """One link seen from a note: the note at its other end, and where it stands in its source.

    `start` and `end` are byte offsets of `raw` in the source's file. `number` is None for a link that
    leads to no file; `path` is then what was written.
    """

    __slots__ = ("end", "kind", "line", "number", "path", "raw", "start", "title", "via")

    def __init__(
        self, number: int | None, path: str, title: str, raw: str, kind: str, via: str, start: int, end: int, line: int
    ) -> None:
        self.number = number
        self.path = path
        self.title = title
        self.raw = raw
        self.kind = kind
        self.via = via
        self.start = start
        self.end = end
        self.line = line


class Ambiguous(UsageError):
    """A name that fits several notes, which are kept for a picker."""

    def __init__(self, name: str, notes: list[Named]) -> None:
        listed = [f"{note.path}" for note in notes[:_SHOWN]]
        if len(notes) > _SHOWN:
            listed.append(f"… and {len(notes) - _SHOWN:,} more")
        super().__init__(f'"{name}" may be {len(notes):,} notes.', "\n".join(listed), "Name one by its path.")
        self.notes = notes


def one(db: sqlite3.Connection, name: str, root: str) -> Named:
    """The one note that the name means. Raises `Ambiguous`, or `UsageError` when there is none."""
    found = named(db, name, root)
    if len(found) == 1:
        return found[0]
    if found:
        raise Ambiguous(name, found)
    raise UsageError(f'There is no note "{name}".', _similar(db, name), "Look for it:  pkm find WORDS")


def named(db: sqlite3.Connection, name: str, root: str) -> list[Named]:
    """The notes that the name means, by path; several when it fits them equally well."""
    name = _as_text(name.strip())
    if name.startswith("[[") and name.endswith("]]"):
        name = name[2:-2].partition("|")[0]
    if not name:
        return []
    if found := _by_path(db, name, root):
        return found
    if os.path.isabs(name):
        return []
    key = link_key(name).strip("/")
    for find in (_by_id, _by_title, _by_alias, _by_end_of_path, _by_beginning):
        if key and (found := find(db, key)):
            return found
    before, hash_sign, _ = name.partition("#")
    return named(db, before, root) if hash_sign and before.strip() else []


def _by_path(db: sqlite3.Connection, name: str, root: str) -> list[Named]:
    """A path in the vault, from here, or from the root of the disk."""
    if os.path.isabs(name) or name.startswith(("./", "../", "~/")):
        full = os.path.realpath(os.path.dirname(os.path.expanduser(name)))
        full = os.path.join(full, os.path.basename(name))
        inside = os.path.relpath(full, root)
        if inside.startswith(".."):
            raise RefusedError(f"{name} is outside the vault.", f"The vault is {root}.", "Name a note inside it.")
        return _notes(db, "f.path IN (?, ? || '.md')", (inside, inside))
    found = _notes(db, "f.path IN (?, ? || '.md')", (name, name))
    if not found and "/" in name:
        key = link_key(name)
        found = _notes(db, "f.name_key = ? AND f.key = ?", (key.rpartition("/")[2], key))
    return found


def _by_id(db: sqlite3.Connection, key: str) -> list[Named]:
    return _notes(db, "f.id IN (SELECT note FROM names WHERE key = ? AND kind = 'id')", (key,))


def _by_title(db: sqlite3.Connection, key: str) -> list[Named]:
    """Titles and file names: to a person they are one thing."""
    found = "SELECT note FROM names WHERE key = ? AND kind = 'title' UNION SELECT id FROM files WHERE name_key = ?"
    return _notes(db, f"f.id IN ({found})", (key, key))


def _by_alias(db: sqlite3.Connection, key: str) -> list[Named]:
    return _notes(db, "f.id IN (SELECT note FROM names WHERE key = ? AND kind = 'alias')", (key,))


def _by_end_of_path(db: sqlite3.Connection, key: str) -> list[Named]:
    if "/" not in key:
        return []
    found = _notes(db, "f.name_key = ?", (key.rpartition("/")[2],))
    return [note for note in found if link_key(note.path).endswith("/" + key)]


def _by_beginning(db: sqlite3.Connection, key: str) -> list[Named]:
    begins = (
        "f.id IN (SELECT note FROM names WHERE key >= ? AND key < ?"
        " UNION SELECT id FROM files WHERE name_key >= ? AND name_key < ?)"
    )
    return _notes(db, begins, (key, key + _HIGHEST, key, key + _HIGHEST))


def _notes(db: sqlite3.Connection, where: str, values: Iterable[str]) -> list[Named]:
    sql = f"SELECT n.id, f.path, n.title FROM files f JOIN notes n ON n.id = f.id WHERE {where} ORDER BY f.path"  # noqa: S608 - fixed texts
    return [Named(*row) for row in db.execute(sql, tuple(values))]


def _similar(db: sqlite3.Connection, name: str) -> str:
    """Up to three titles that share words with the name, or are spelled nearly so."""
    from difflib import get_close_matches

    spoken = [word for word in name.replace('"', " ").split() if any(map(str.isalnum, word))]
    words = " OR ".join([f'title : "{word}" *' for word in spoken])
    if words:
        rows = db.execute("SELECT title FROM words WHERE words MATCH ? ORDER BY rank LIMIT 3", (words,)).fetchall()
        if rows:
            return "Perhaps: " + " · ".join([title for (title,) in rows])
    titles = {title.lower(): title for (title,) in db.execute("SELECT title FROM notes LIMIT 20000")}
    near = get_close_matches(name.lower(), titles, 3, 0.7)
    return "Perhaps: " + " · ".join([titles[title] for title in near]) if near else ""


def _as_text(name: str) -> str:
    """A name as SQLite can take it; bytes that are no UTF-8 fit no note."""
    return name if name.isascii() else name.encode("utf-8", "replace").decode("utf-8")


def backlinks(db: sqlite3.Connection, number: int) -> list[Around]:
    """The links of other notes to this one, by source and place."""
    sql = """
    SELECT l.source, f.path, n.title, l.raw, l.kind, l.via, l.start, l."end", l.line
    FROM links l JOIN files f ON f.id = l.source JOIN notes n ON n.id = l.source
    WHERE l.target = ? AND l.source <> l.target
    ORDER BY f.path, l.start
    """
    return [Around(*row) for row in db.execute(sql, (number,))]


def out_links(db: sqlite3.Connection, number: int) -> list[Around]:
    """The links of this note, in the order of its text; those that lead nowhere as well."""
    sql = """
    SELECT l.target, coalesce(f.path, l.goal), coalesce(n.title, ''), l.raw, l.kind, l.via, l.start, l."end", l.line
    FROM links l LEFT JOIN files f ON f.id = l.target LEFT JOIN notes n ON n.id = l.target
    WHERE l.source = ?
    ORDER BY l.start
    """
    return [Around(*row) for row in db.execute(sql, (number,))]


def reachable(
    db: sqlite3.Connection, start: Collection[int], *, forward: bool, farthest: int | None = None
) -> dict[int, int]:
    """The notes that links lead to from `start` (or come from, if not `forward`), with their distance from 1 on."""
    near, far = ("source", "target") if forward else ("target", "source")
    sql = (
        f"SELECT DISTINCT {far} FROM links WHERE {near} IN (SELECT value FROM json_each(?))"  # noqa: S608 - two fixed names
        f" AND {far} IN (SELECT id FROM notes)"
    )
    found = dict.fromkeys(start, 0)
    edge, distance = list(found), 0
    while edge and (farthest is None or distance < farthest):
        distance += 1
        rows = db.execute(sql, (as_list(edge),))
        edge = [number for (number,) in rows if number not in found]
        found.update(dict.fromkeys(edge, distance))
    return {number: steps for number, steps in found.items() if steps}


def as_list(numbers: Iterable[int]) -> str:
    """Numbers as one value for `json_each`: a list of any length."""
    return f"[{','.join(map(str, numbers))}]"
