"""Rows into tables and out again, in blocks, for one refresh.

Notes are read one at a time; their rows wait here until a block is full, so that memory stays
flat however large the vault is.
"""

from __future__ import annotations

from pkm.index.keys import folder_key, link_key
from pkm.index.links import ALIAS, OPEN, TITLE, UID, Targets

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from typing import Any

    from pkm.index.rows import NoteRows

BLOCK = 200  # notes

INSERT = {
    "files": "INSERT INTO files VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    "stamps": "UPDATE files SET size = ?, mtime_ns = ?, inode = ?, racy = ?, digest = ? WHERE id = ?",
    "notes": "INSERT INTO notes VALUES (?,?,?,?,?,?,?,?,?,?,?)",
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


class Writer:
    """Collects rows and writes them. With `targets`, of a first fill, links are resolved at once."""

    def __init__(self, db: sqlite3.Connection, targets: Targets | None, digest: Callable[[bytes], str]) -> None:
        self.db = db
        self.digest = digest
        self.targets = targets
        self.waiting: dict[str, list[tuple[Any, ...]]] = {name: [] for name in INSERT}
        self._notes = 0

    def file(self, row: tuple[Any, ...]) -> None:
        self.waiting["files"].append(row)

    def restamp(self, row: tuple[Any, ...]) -> None:
        """Size, time, inode, racy, digest, number of a file that is known."""
        self.waiting["stamps"].append(row)

    def note(self, number: int, path: str, rows: NoteRows) -> None:
        """Write what a note says."""
        wait = self.waiting
        note = rows.note
        mine = (number,)
        wait["notes"].append(mine + note)
        created = note[6]
        self._names(number, path, rows)
        self._links(number, path, rows)
        if rows.headings:
            wait["headings"] += [mine + row for row in rows.headings]
        if rows.blocks:
            wait["blocks"] += [mine + row for row in rows.blocks]
        if rows.tags:
            wait["tags"] += [(number, key, text, created) for key, text in rows.tags.items()]
        if rows.properties:
            wait["properties"] += [mine + row for row in rows.properties]
        if rows.tasks:
            wait["tasks"] += [mine + row for row in rows.tasks]
        if rows.problems:
            wait["problems"] += [mine + row for row in rows.problems]
        text = (number, rows.title, rows.body, path)
        wait["texts"].append(text)
        wait["words"].append(text)
        if not (rows.body.isascii() and rows.title.isascii()):
            from pkm.index import cjk  # not before it is needed: where nothing is compiled it prepares a pattern

            if cjk.has_cjk(rows.body) or cjk.has_cjk(rows.title):
                wait["pairs"].append((number, cjk.pairs(f"{rows.title}\n{rows.body}")))
        self.count_note()

    def count_note(self) -> None:
        """One note more is done; write when a block is full."""
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

    def _links(self, number: int, path: str, rows: NoteRows) -> None:
        if not rows.links:
            return
        wait = self.waiting["links"]
        if self.targets is None:
            wait += [(number, None, OPEN, *row) for row in rows.links]
            return
        wait += self.targets.resolved(number, folder_key(path.rpartition("/")[0]), rows.links)

    def flush(self) -> None:
        self._notes = 0
        for table, rows in self.waiting.items():
            if rows:
                self.db.executemany(INSERT[table], rows)
                rows.clear()
