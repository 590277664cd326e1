"""What a build remembers, so that the next one does only what changed.

One SQLite file beside the vault's index. It holds what is public anyway (the bundle's pages, rendered)
and digests of what was read; it can be deleted at any time, and the next build is a first one. Its
contents are trusted, so it lives where only its owner writes, never in the site.
"""

from __future__ import annotations

import marshal
import os
import sqlite3
from typing import TYPE_CHECKING, Any

from pkm.share.bundle import Page, Reference
from pkm.share.garden.shelf import FIELDS, TABLES, Shelf, Ways, put

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pkm.share.garden.shelf import Pair

VERSION = 5
ROWS_AT_ONCE = 200

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
-- A page's text and references, and its body as HTML.
CREATE TABLE pages (path TEXT PRIMARY KEY, text BLOB NOT NULL, body BLOB NOT NULL);
-- A group of search terms with all their pages.
CREATE TABLE terms (name TEXT PRIMARY KEY, postings BLOB NOT NULL);
"""


def _read(data: bytes) -> Any:
    return marshal.loads(data)  # noqa: S302 - our own file, which only its owner writes


class Meta:
    """What is remembered of the whole site, by name; each is read when it is asked for."""

    def __init__(self, db: sqlite3.Connection | None = None) -> None:
        self._db = db
        self._known: dict[str, Any] = {}

    def get(self, key: str, default: Any = None) -> Any:
        if key not in self._known:
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone() if self._db else None
            if row is None:
                return default
            self._known[key] = _read(row[0])
        return self._known[key]

    def __getitem__(self, key: str) -> Any:
        return self.get(key)


class Store:
    """The state of one site. Nothing is there until `commit` says so."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.templates = os.path.dirname(path)  # where compiled templates are kept
        self.meta = Meta()
        self._rows: list[tuple[str, bytes, bytes]] = []
        if not self._open():
            self._create()

    def _open(self) -> bool:
        if not os.path.isfile(self.path):
            return False
        try:
            self._db = sqlite3.connect(self.path, isolation_level=None, timeout=30)
            if self._db.execute("PRAGMA user_version").fetchone()[0] == VERSION:
                meta = Meta(self._db)
                # `building` stands there when a build was stopped: what it wrote is not known.
                if meta.get("format") == _format() and not meta.get("building"):
                    self.meta = meta
                    return True
            self._db.close()
        except (sqlite3.DatabaseError, ValueError, EOFError, TypeError):
            pass
        return False

    def _create(self) -> None:
        os.makedirs(os.path.dirname(self.path) or ".", mode=0o700, exist_ok=True)
        for suffix in ("", "-journal", "-wal", "-shm"):
            if os.path.lexists(self.path + suffix):
                os.unlink(self.path + suffix)
        self._db = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        os.chmod(self.path, 0o600)
        self._db.execute("PRAGMA page_size = 16384")  # most rows fit in one
        # A copy that can be made again needs no care against power cuts.
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_TABLES + TABLES)
        self._db.execute(f"PRAGMA user_version = {VERSION}")

    def begin(self, *, anew: bool = False) -> None:
        """Say that a build is under way; if it is stopped, the next one starts from nothing. `anew`: so does this one."""
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('building', ?)", (marshal.dumps(True),))
        self._db.execute("BEGIN")
        for table in ("pages", "terms", "cards", "ways", "names") if anew else ():
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - one of these names

    def put_page(self, page: Page, body: tuple[Any, ...]) -> None:
        text = (
            page.title,
            page.text,
            [tuple(reference) for reference in page.references],
            page.headings,
            page.blocks,
            page.tags,
            page.aliases,
            page.kind,
            page.stage,
        )
        self._rows.append((page.path, marshal.dumps(text), marshal.dumps(tuple(body))))
        if len(self._rows) >= ROWS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        self._db.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?, ?)", self._rows)
        self._rows.clear()

    def shelf(self) -> Shelf:
        """The cards of the last build."""
        return Shelf(self._db)

    def ways(self) -> list[Ways]:
        """Who led to whom."""
        return [Ways(field, db=self._db) for field in FIELDS]

    def put_cards(self, pairs: Sequence[Pair], ways: Iterable[Ways]) -> None:
        """Keep cards in place of those before."""
        put(self._db, pairs, ways)

    def put_body(self, path: str, body: tuple[Any, ...]) -> None:
        self._db.execute("UPDATE pages SET body = ? WHERE path = ?", (marshal.dumps(tuple(body)), path))

    def drop_page(self, path: str) -> None:
        self._db.execute("DELETE FROM pages WHERE path = ?", (path,))

    def page(self, path: str) -> Page:
        title, text, references, headings, blocks, tags, aliases, kind, stage = self._one("text", path)
        page = Page(
            path, title, text, tags=tags, aliases=aliases, kind=kind, stage=stage, headings=headings, blocks=blocks
        )
        page.references = [Reference(*row) for row in references]
        return page

    def body(self, path: str) -> tuple[Any, ...]:
        found: tuple[Any, ...] = self._one("body", path)
        return found

    def _one(self, column: str, path: str) -> Any:
        self._flush()
        row = self._db.execute(f"SELECT {column} FROM pages WHERE path = ?", (path,)).fetchone()  # noqa: S608 - one of two names
        return _read(row[0])

    def put_terms(self, groups: Iterable[tuple[str, dict[str, str]]]) -> None:
        rows = ((name, marshal.dumps(postings)) for name, postings in groups)
        self._db.executemany("INSERT OR REPLACE INTO terms VALUES (?, ?)", rows)

    def drop_terms(self, name: str) -> None:
        self._db.execute("DELETE FROM terms WHERE name = ?", (name,))

    def terms(self, name: str) -> dict[str, str]:
        row = self._db.execute("SELECT postings FROM terms WHERE name = ?", (name,)).fetchone()
        found: dict[str, str] = _read(row[0]) if row else {}
        return found

    def commit(self, **meta: Any) -> None:
        """Remember all that was put, and that the site is as these values say."""
        self._flush()
        meta["format"] = _format()
        for key, value in meta.items():
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, marshal.dumps(value)))
        self._db.execute("DELETE FROM meta WHERE key = 'building'")
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()


class Forgetful(Store):
    """Remembers nothing: for a build that is done once."""

    def __init__(self) -> None:
        self.meta = Meta()
        self.templates = ""

    def begin(self, *, anew: bool = False) -> None: ...
    def put_page(self, page: Page, body: tuple[Any, ...]) -> None: ...
    def put_cards(self, pairs: Sequence[Pair], ways: Iterable[Ways]) -> None: ...
    def put_terms(self, groups: Iterable[tuple[str, dict[str, str]]]) -> None: ...
    def terms(self, name: str) -> dict[str, str]:  # noqa: ARG002 - as the base has it
        return {}

    def commit(self, **meta: Any) -> None: ...
    def close(self) -> None: ...


def _format() -> str:
    """Return what must be equal for `marshal` and the rows to be understood."""
    import sys

    return f"{VERSION} {sys.version_info[0]}.{sys.version_info[1]} {marshal.version}"
