"""Rows into tables and out again, in blocks, for one refresh.

Notes are read one at a time; their rows wait here until a block is full, so that memory stays
flat however large the vault is.
"""

from __future__ import annotations

from pkm.index import cjk
from pkm.index.keys import folder_key, link_key
from pkm.index.links import ALIAS, OPEN, TITLE, UID, Targets, resolve_touched

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from typing import Any

    from pkm.index.rows import NoteRows

BLOCK = 400  # notes

_INSERT = {
    "files": "INSERT INTO files VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    "stamps": "UPDATE files SET size = ?, mtime_ns = ?, inode = ?, racy = ?, digest = ? WHERE id = ?",
    "notes": "INSERT INTO notes VALUES (?,?,?,?,?,?,?,?,?,?)",
    "names": "INSERT INTO names VALUES (?,?,?,?)",
    "links": "INSERT INTO links VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?)",
    "headings": "INSERT INTO headings VALUES (?,?,?,?,?)",
    "blocks": "INSERT INTO blocks VALUES (?,?,?,?)",
    "tags": "INSERT INTO tags VALUES (?,?,?,?)",
    "properties": "INSERT INTO properties VALUES (?,?,?,?,?)",
    "tasks": "INSERT INTO tasks VALUES (?,?,?,?,?)",
    "problems": "INSERT INTO problems VALUES (?,?,?,?)",
    "texts": "INSERT INTO texts VALUES (?,?,?,?)",
    "words": "INSERT INTO words(rowid, title, body, path) VALUES (?,?,?,?)",
    "pairs": "INSERT INTO pairs(rowid, text) VALUES (?,?)",
}
# Tables that lose the rows of forgotten notes, and the column that names the note.
_OF_NOTE = (
    ("texts", "id"), ("pairs", "rowid"), ("notes", "id"), ("links", "source"), ("names", "note"), ("headings", "note"),
    ("blocks", "note"), ("tags", "note"), ("properties", "note"), ("tasks", "note"), ("problems", "file"),
)


class Writer:
    """Collects rows and writes them. `targets` is given on a first fill: then links are resolved at once."""

    def __init__(self, db: sqlite3.Connection, targets: Targets | None, digest: Callable[[bytes], str]) -> None:
        self.db = db
        self.digest = digest
        self.targets = targets
        self.waiting: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _INSERT}
        self.touched_names: set[str] = set()
        self.touched_sources: set[int] = set()
        self._old_names: set[tuple[int, str, str]] = set()
        self._new_names: set[tuple[int, str, str]] = set()
        self._notes = 0

    def file(self, row: tuple[Any, ...]) -> None:
        self.waiting["files"].append(row)

    def restamp(self, row: tuple[Any, ...]) -> None:
        """Size, time, inode, racy, digest, number of a file that is known."""
        self.waiting["stamps"].append(row)

    def note(self, number: int, path: str, rows: NoteRows) -> None:
        """Write what a note says; its old rows must be gone (`forget`)."""
        wait = self.waiting
        note = rows.note
        wait["notes"].append((number, *note))
        created = note[6]
        self._names(number, path, rows)
        self._links(number, path, rows)
        if rows.headings:
            wait["headings"] += [(number, *row) for row in rows.headings]
        if rows.blocks:
            wait["blocks"] += [(number, *row) for row in rows.blocks]
        if rows.tags:
            wait["tags"] += [(number, key, text, created) for key, text in rows.tags.items()]
        if rows.properties:
            wait["properties"] += [(number, *row) for row in rows.properties]
        if rows.tasks:
            wait["tasks"] += [(number, *row) for row in rows.tasks]
        if rows.problems:
            wait["problems"] += [(number, *row) for row in rows.problems]
        text = (number, rows.title, rows.body, path)
        wait["texts"].append(text)
        wait["words"].append(text)
        if cjk.has_cjk(rows.body) or cjk.has_cjk(rows.title):
            wait["pairs"].append((number, cjk.pairs(f"{rows.title}\n{rows.body}")))
        self._notes += 1
        if self._notes >= BLOCK:
            self.flush()

    def _names(self, number: int, path: str, rows: NoteRows) -> None:
        own = link_key(path).rpartition("/")[2]
        named = [(ALIAS, text) for text in rows.aliases] + [(TITLE, rows.title)]
        if rows.note[0]:
            named.append((UID, rows.note[0]))
        for kind, text in named:
            key = link_key(text)
            if key and key != own:
                self.waiting["names"].append((number, kind, key, text))
                if self.targets is None:
                    self._new_names.add((number, kind, key))

    def _links(self, number: int, path: str, rows: NoteRows) -> None:
        if not rows.links:
            return
        wait = self.waiting["links"]
        if self.targets is None:
            self.touched_sources.add(number)
            wait += [(number, None, OPEN, *row) for row in rows.links]
            return
        folder = folder_key(path.rpartition("/")[0])
        find = self.targets.find
        for row in rows.links:
            wait.append((number, *find(row[2], row[3], number, folder), *row))

    def forget(self, notes: list[int]) -> None:
        """Take notes out of every table but `files`: one statement a table, however many they are."""
        db = self.db
        db.execute("CREATE TEMP TABLE IF NOT EXISTS forgotten(id INTEGER PRIMARY KEY)")
        db.execute("DELETE FROM forgotten")
        db.executemany("INSERT INTO forgotten VALUES (?)", [(number,) for number in notes])
        self._old_names.update(db.execute("SELECT note, kind, key FROM names WHERE note IN (SELECT id FROM forgotten)"))
        # An index over text kept elsewhere must be told the old words to forget them.
        db.execute(
            "INSERT INTO words(words, rowid, title, body, path)"
            " SELECT 'delete', id, title, body, path FROM texts WHERE id IN (SELECT id FROM forgotten)"
        )
        for table, column in _OF_NOTE:
            db.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM forgotten)")  # noqa: S608 - constant names

    def forget_files(self, files: list[tuple[int, str]]) -> None:
        """Take files, given as (number, name key), out of every table."""
        self.forget([number for number, _ in files])
        self.db.executemany("DELETE FROM files WHERE id = ?", [(number,) for number, _ in files])
        self.touched_names.update([name_key for _, name_key in files])

    def resolve(self) -> None:
        """Find anew what links mean: those of the notes written, and those that ask for a name that came or went."""
        self.flush()
        for _, _, key in self._old_names ^ self._new_names:
            self.touched_names.add(key.rpartition("/")[2])
        if self.touched_names or self.touched_sources:
            resolve_touched(self.db, self.touched_names, self.touched_sources)

    def flush(self) -> None:
        self._notes = 0
        for table, rows in self.waiting.items():
            if rows:
                self.db.executemany(_INSERT[table], rows)
                rows.clear()
