"""The index's tables, as text to be read, and how the file is opened.

The index is a copy: when `SCHEMA_VERSION` changes, or the file is damaged, it is thrown away
and filled again from the notes. There are no migrations. Raise the version whenever a table,
or what the scanner puts into one, changes.
"""

from __future__ import annotations

import os
import sqlite3

from pkm.errors import OutsideError

SCHEMA_VERSION = 8
BUSY_MS = 10_000
SORT_BYTES = 1 << 20  # FTS5's own default
# FTS5 merges its pieces when it has so many of one size. From its default of 4 on, or from 8, each refresh after 100
# changes does some of it and costs half as much again; at 16 one in sixteen does it all, in a fifth of a second.
PIECES = 16

TABLES = """
-- One row a folder. `stamp` is a fingerprint of names, times and sizes at the last look;
-- NULL says: look at each file again (one of them was written while we looked).
CREATE TABLE folders (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  stamp BLOB
);
-- One row a file that a link may mean: notes and attachments.
-- `key` is the path as links are compared (NFC, lower case, no .md), `name_key` its last segment.
CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  folder INTEGER NOT NULL,
  path TEXT NOT NULL,
  key TEXT NOT NULL,
  name_key TEXT NOT NULL,
  is_note INTEGER NOT NULL,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  racy INTEGER NOT NULL,
  digest TEXT NOT NULL
);
CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  uid TEXT,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  stage TEXT,
  para TEXT,
  audience TEXT NOT NULL,
  created TEXT NOT NULL,
  modified TEXT NOT NULL,
  -- byte offset of the text behind the front matter
  body INTEGER NOT NULL,
  -- the front matter's bytes in short: whether it is what it was
  front BLOB NOT NULL
);
-- What else a note may be called: title, alias, id. Only for links that no file name answers.
CREATE TABLE names (
  note INTEGER NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  text TEXT NOT NULL
);
-- `start` and `end` are byte offsets of `raw` in the file; `via` says which rule found the target.
CREATE TABLE links (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL,
  target INTEGER,
  via TEXT NOT NULL,
  kind TEXT NOT NULL,
  raw TEXT NOT NULL,
  goal TEXT NOT NULL,
  name_key TEXT NOT NULL,
  anchor TEXT NOT NULL,
  display TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  line INTEGER NOT NULL
);
CREATE TABLE headings (
  note INTEGER NOT NULL, level INTEGER NOT NULL, text TEXT NOT NULL, start INTEGER NOT NULL, line INTEGER NOT NULL
);
CREATE TABLE blocks (note INTEGER NOT NULL, name TEXT NOT NULL, start INTEGER NOT NULL, line INTEGER NOT NULL);
CREATE TABLE tags (note INTEGER NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, created TEXT NOT NULL);
CREATE TABLE properties (
  note INTEGER NOT NULL, key TEXT NOT NULL, n INTEGER NOT NULL, type TEXT NOT NULL, value
);
CREATE TABLE tasks (
  note INTEGER NOT NULL, mark TEXT NOT NULL, text TEXT NOT NULL, start INTEGER NOT NULL, line INTEGER NOT NULL
);
CREATE TABLE problems (file INTEGER NOT NULL, line INTEGER NOT NULL, message TEXT NOT NULL, hint TEXT NOT NULL);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
-- The words that search looks through; the text is kept so that a note can be forgotten again.
CREATE TABLE texts (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL, path TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5(
  title, body, path, content='texts', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);
-- Notes with Chinese, Japanese or Korean: each pair of neighbouring characters is a word here.
CREATE VIRTUAL TABLE pairs USING fts5(text, tokenize='unicode61 remove_diacritics 0');
"""

# Links that no file name answers. With `IN` for the three, SQLite takes five times as long to make the index over them.
UNANSWERED = "target IS NULL OR via = 'alias' OR via = 'title' OR via = 'id'"

# Made after a first fill, which is faster than keeping them up to date during it.
INDEXES = f"""
-- a changed file is found by its path
CREATE UNIQUE INDEX files_path ON files(path);
-- a folder that changed is compared file by file
CREATE INDEX files_folder ON files(folder);
-- files that are read again at the next look; mostly none
CREATE INDEX files_racy ON files(folder) WHERE racy;
-- a link's target is looked up by its last segment
CREATE INDEX files_name ON files(name_key);
CREATE INDEX notes_created ON notes(created);
CREATE INDEX notes_modified ON notes(modified);
-- --id and link by id
CREATE INDEX notes_uid ON notes(uid) WHERE uid IS NOT NULL;
CREATE INDEX names_key ON names(key);
CREATE INDEX names_note ON names(note);
-- links out and links in
CREATE INDEX links_source ON links(source);
CREATE INDEX links_target ON links(target, source);
-- which links a new name of a file may answer; those that one answers already are found by their target
CREATE INDEX links_open ON links(name_key) WHERE {UNANSWERED};
CREATE INDEX headings_note ON headings(note);
CREATE INDEX blocks_note ON blocks(note);
CREATE INDEX tags_note ON tags(note);
-- the latest notes of a tag, without sorting
CREATE INDEX tags_key ON tags(key, created);
CREATE INDEX properties_note ON properties(note);
CREATE INDEX properties_key ON properties(key, value);
CREATE INDEX tasks_note ON tasks(note);
CREATE INDEX problems_file ON problems(file);
"""

_DAMAGE = (
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
)


def connect(path: str) -> sqlite3.Connection:
    """Open an index file as it is. Raises `OutsideError` when it cannot be opened at all."""
    if os.path.islink(path):
        # Followed, it would let a vault from elsewhere name any file of this machine.
        os.unlink(path)
    try:
        return sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
    except sqlite3.OperationalError as error:
        raise OutsideError(
            f"The index {path} cannot be opened.", str(error), "Delete it; it is filled again."
        ) from None


def is_current(db: sqlite3.Connection) -> bool:
    """Whether the file holds an index of this version. Raises `sqlite3.DatabaseError` when it cannot be read."""
    return bool(db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the error says that the file is no sound index, not that something keeps us from it."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    # A table that is not there is damage too, and so is a file that ends too early.
    return code & 0xFF in _DAMAGE or code == sqlite3.SQLITE_IOERR_SHORT_READ


def create(db: sqlite3.Connection) -> None:
    """Make the tables, without their indexes. Within the caller's transaction, if there is one."""
    for statement in _statements(TABLES):
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def add_indexes(db: sqlite3.Connection) -> None:
    """Make the indexes, once the tables are full."""
    for statement in _statements(INDEXES):
        db.execute(statement)


def prepare_words(db: sqlite3.Connection, sort_bytes: int) -> None:
    """How many bytes of words FTS5 may gather in memory before it writes them out as one piece."""
    for table in ("words", "pairs"):
        for option, value in (("hashsize", sort_bytes), ("automerge", PIECES)):
            db.execute(f"INSERT INTO {table}({table}, rank) VALUES (?, ?)", (option, value))  # noqa: S608 - constant names


def _statements(sql: str) -> list[str]:
    # `executescript` would commit what the caller has begun.
    lines = [line for line in sql.splitlines() if not line.lstrip().startswith("--")]
    return [part for part in "\n".join(lines).split(";") if part.strip()]


def drop(db: sqlite3.Connection) -> None:
    """Remove whatever is in the file, of any version."""
    for kind in ("TABLE", "INDEX"):
        rows = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = ? ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC",
            (kind.lower(),),
        )
        for name, _ in rows.fetchall():
            if not name.startswith("sqlite_"):
                db.execute(f'DROP {kind} IF EXISTS "{name}"')


def remove_file(path: str) -> None:
    """Forget an index, with the files that SQLite keeps beside it: left alone, they would be read into a new one."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        try:
            os.unlink(path + suffix)
        except FileNotFoundError:
            continue
