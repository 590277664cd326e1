"""Every row of the index in a fixed order, with paths in place of numbers: two indexes compared by text."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

# table, then columns; `f` is the file that a row belongs to.
_TABLES = (
    ("folders", "SELECT path FROM folders ORDER BY path"),
    ("files", "SELECT path, is_note, size, mtime_ns, inode, digest FROM files ORDER BY path"),
    ("notes", "SELECT f.path, n.uid, n.title, n.kind, n.stage, n.para, n.audience, n.created, n.modified, n.body FROM notes n JOIN files f USING (id) ORDER BY f.path"),
    ("names", "SELECT f.path AS note, t.kind, t.key, t.text FROM names t JOIN files f ON f.id = t.note ORDER BY 1, 2, 3, 4"),
    (
        "links",
        "SELECT f.path AS source, g.path AS target, l.via, l.kind, l.raw, l.anchor, l.display, l.start, l.\"end\", l.line"
        " FROM links l JOIN files f ON f.id = l.source LEFT JOIN files g ON g.id = l.target ORDER BY 1, 8, 9, 5",
    ),
    ("headings", "SELECT f.path AS note, t.level, t.text, t.start, t.line FROM headings t JOIN files f ON f.id = t.note ORDER BY 1, 4"),
    ("blocks", "SELECT f.path AS note, t.name, t.start, t.line FROM blocks t JOIN files f ON f.id = t.note ORDER BY 1, 3"),
    ("tags", "SELECT f.path AS note, t.key, t.text, t.created FROM tags t JOIN files f ON f.id = t.note ORDER BY 1, 2"),
    ("properties", "SELECT f.path AS note, t.key, t.n, t.type, t.value FROM properties t JOIN files f ON f.id = t.note ORDER BY 1, 2, 3"),
    ("tasks", "SELECT f.path AS note, t.mark, t.text, t.start, t.line FROM tasks t JOIN files f ON f.id = t.note ORDER BY 1, 4"),
    ("problems", "SELECT f.path, t.line, t.message, t.hint FROM problems t JOIN files f ON f.id = t.file ORDER BY 1, 2, 3"),
    ("texts", "SELECT path, title, body FROM texts ORDER BY path"),
    ("pairs", "SELECT f.path, t.text FROM pairs t JOIN files f ON f.id = t.rowid ORDER BY f.path"),
)


def rows(db: sqlite3.Connection) -> Iterator[str]:
    """JSON Lines, one row each: `{"table": "links", "source": …}`."""
    for table, sql in _TABLES:
        cursor = db.execute(sql)
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield json.dumps({"table": table, **dict(zip(names, row, strict=True))}, ensure_ascii=False)
