"""Looking after the index: what is in it, and making it small and quick again. Rare work, so sqlite-utils may do it.

Queries and refreshes speak to SQLite directly: importing this library takes longer than most of them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlite_utils import Database

if TYPE_CHECKING:
    import sqlite3

# What FTS5 keeps for itself beside a table of words.
_SHADOWS = ("_data", "_idx", "_content", "_docsize", "_config")


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the index. `indexes` are the columns that each of its indexes covers."""

    name: str
    rows: int
    columns: dict[str, str]
    indexes: list[list[str]]
    full_text: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The whole index: its tables, and how many bytes it has, of which `free` are empty."""

    path: str
    version: int
    bytes: int
    free: int
    tables: list[Table]


def report(connection: sqlite3.Connection, path: str) -> Report:
    """What the index holds; changes nothing."""
    db = Database(connection)
    names = db.table_names()
    words = [name for name in names if db.table(name).virtual_table_using]
    hidden = {name + shadow for name in words for shadow in _SHADOWS}
    tables = [_table(db, name, full_text=name in words) for name in names if name not in hidden]

    def pragma(name: str) -> int:
        return int(db.execute(f"PRAGMA {name}").fetchone()[0])

    page = pragma("page_size")
    return Report(path, pragma("user_version"), page * pragma("page_count"), page * pragma("freelist_count"), tables)


def _table(db: Database, name: str, *, full_text: bool) -> Table:
    table = db.table(name)
    columns = {column.name: column.type for column in table.columns}
    indexes = [list(index.columns) for index in table.indexes]
    return Table(name, int(table.count), columns, indexes, full_text)


def tidy(connection: sqlite3.Connection, path: str) -> int:
    """Merge the word lists into one each and give empty pages back; how many bytes smaller the file is."""
    before = _size(path)
    db = Database(connection)
    for name in db.table_names():
        if db.table(name).virtual_table_using:
            db.table(name).optimize()
    db.vacuum()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return before - _size(path)


def _size(path: str) -> int:
    return os.path.getsize(path) if os.path.exists(path) else 0
