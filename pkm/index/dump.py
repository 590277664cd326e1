"""Every row of the index in a fixed order, with paths in place of numbers: two indexes compared by text."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

# Table; the column that says which file a row belongs to, and what it is called here; the other columns; the order.
# Rows of files that are not there are shown as well: they would be a mistake.
_TABLES = (
    ("notes", "id", "path", "uid, title, kind, stage, para, audience, created, modified, body", "1"),
    ("names", "note", "note", "kind, key, text", "1, 2, 3, 4"),
    ("headings", "note", "note", "level, text, start, line", "1, 4"),
    ("blocks", "note", "note", "name, start, line", "1, 3"),
    ("tags", "note", "note", "key, text, created", "1, 2"),
    ("properties", "note", "note", "key, n, type, value", "1, 2, 3"),
    ("tasks", "note", "note", "mark, text, start, line", "1, 4"),
    ("problems", "file", "path", "line, message, hint", "1, 2, 3"),
    ("texts", "id", "path", "title, body", "1"),
    ("pairs", "rowid", "path", "text", "1"),
)
_FILES = "SELECT path, is_note, size, mtime_ns, inode, digest FROM files ORDER BY path"
_LINKS = """
SELECT f.path AS source, g.path AS target, l.via, l.kind, l.raw, l.anchor, l.display, l.start, l."end", l.line
FROM links l LEFT JOIN files f ON f.id = l.source LEFT JOIN files g ON g.id = l.target ORDER BY 1, 8, 9, 5
"""


def rows(db: sqlite3.Connection) -> Iterator[str]:
    """JSON Lines, one row each: `{"table": "links", "source": …}`."""
    yield from _lines(db, "folders", "SELECT path FROM folders ORDER BY path")
    yield from _lines(db, "files", _FILES)
    yield from _lines(db, "links", _LINKS)
    for table, owner, name, columns, order in _TABLES:
        shown = ", ".join("t." + column for column in columns.split(", "))
        yield from _lines(
            db,
            table,
            f"SELECT f.path AS {name}, {shown} FROM {table} t LEFT JOIN files f ON f.id = t.{owner} ORDER BY {order}",  # noqa: S608 - constant names
        )


def _lines(db: sqlite3.Connection, table: str, sql: str) -> Iterator[str]:
    cursor = db.execute(sql)
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield json.dumps({"table": table, **dict(zip(names, row, strict=True))}, ensure_ascii=False)
