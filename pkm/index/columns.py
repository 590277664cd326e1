"""What can be asked of every note by name, whether its front matter says it or not.

One table for `--where`, `--sort` and `--format`. Each entry is SQL over a note `n` and its file `f`;
what SQL cannot tell (the bucket, the layer, the number of words) is a function that Python adds to
the connection only when a question needs it, because each costs time.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

TEXT, DATE, NUMBER = "text", "date", "number"

KEYS = {
    "title": ("n.title", TEXT),
    "path": ("f.path", TEXT),
    "folder": ("(SELECT path FROM folders WHERE id = f.folder)", TEXT),
    "id": ("n.uid", TEXT),
    "kind": ("n.kind", TEXT),
    "stage": ("n.stage", TEXT),
    "para": ("n.para", TEXT),
    "bucket": ("bucket_of(n.id)", TEXT),
    "audience": ("n.audience", TEXT),
    "created": ("n.created", DATE),
    "modified": ("n.modified", DATE),
    "updated": ("n.modified", DATE),
    "words": ("words_of(n.id)", NUMBER),
    "layer": ("layer_of(n.id)", NUMBER),
    "links": ("(SELECT count(DISTINCT target) FROM links WHERE source = n.id AND target <> n.id)", NUMBER),
    "backlinks": ("(SELECT count(DISTINCT source) FROM links WHERE target = n.id AND source <> n.id)", NUMBER),
}
# Keys of which a note may have several: the table's rows of one note.
LISTS = {
    "tags": "SELECT note, key AS value FROM tags",
    "aliases": "SELECT note, text AS value FROM names WHERE kind = 'alias'",
}


def add_functions(db: sqlite3.Connection, sql: str) -> None:
    """Give the connection those functions that the question calls."""
    for name, make in _FUNCTIONS.items():
        if f"{name}(" in sql:
            db.create_function(name, 1, make(db), deterministic=True)


def _bucket_of(db: sqlite3.Connection) -> Callable[[int], str]:
    from pkm.index.buckets import RESOURCE, buckets

    known = buckets(db)
    return lambda note: known.get(note, RESOURCE)


def _words_of(db: sqlite3.Connection) -> Callable[[int], int]:
    from pkm.markdown.parse import words

    def words_of(note: int) -> int:
        row = db.execute("SELECT body FROM texts WHERE id = ?", (note,)).fetchone()
        return words(row[0]) if row else 0

    return words_of


def _layer_of(db: sqlite3.Connection) -> Callable[[int], int]:
    from pkm.index.layers import layer

    return lambda note: layer(db, note)


_FUNCTIONS: dict[str, Callable[[sqlite3.Connection], Callable[[int], str | int]]] = {
    "bucket_of": _bucket_of,
    "words_of": _words_of,
    "layer_of": _layer_of,
}


def spellings(db: sqlite3.Connection, name: str) -> list[str]:
    """A front-matter key as this vault writes it: `status` means `Status` where nobody writes `status`."""
    if db.execute("SELECT 1 FROM properties WHERE key = ? LIMIT 1", (name,)).fetchone():
        return [name]
    rows = db.execute("SELECT DISTINCT key FROM properties WHERE lower(key) = lower(?)", (name,))
    return [key for (key,) in rows]


def similar_key(db: sqlite3.Connection, name: str) -> str:
    """A key that is spelled nearly so, if there is one."""
    from difflib import get_close_matches

    keys = [key for (key,) in db.execute("SELECT DISTINCT key FROM properties")]
    return next(iter(get_close_matches(name, [*KEYS, *LISTS, *keys], 1)), "")
