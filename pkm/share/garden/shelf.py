"""The cards of the last build, and who leads to whom, read when somebody asks.

One edited note concerns a dozen pages of ten thousand, so nothing is loaded because it is there.
Whoever goes through all cards, or asks for very many, gets them in one go.
"""

from __future__ import annotations

import marshal
from bisect import bisect_left, insort
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from pkm.share.garden.cards import Card
from pkm.share.garden.search import number_of, terms
from pkm.share.references import UID, keys_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import ItemsView, Iterable, Iterator, Sequence, ValuesView

    Pair = tuple[Card | None, Card | None]

TABLES = """
-- What other pages say about a page; `doc` as a number, because files about pages hold ranges of it.
CREATE TABLE cards (path TEXT PRIMARY KEY, doc INTEGER NOT NULL, card BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX cards_of_a_file ON cards(doc);
-- A field of the cards read backwards: the pages that link, embed or name a page, in the order of their paths.
CREATE TABLE ways (field TEXT, path TEXT, sources BLOB NOT NULL, PRIMARY KEY (field, path)) WITHOUT ROWID;
-- What a link may call a page, where the lower kind and the earlier path have a name; and by the first word of its
-- title how other texts would say it.
CREATE TABLE names (key TEXT, kind INTEGER, path TEXT, said TEXT NOT NULL, PRIMARY KEY (key, kind, path)) WITHOUT ROWID;
"""
SAID = UID + 1  # the kind of names that texts say without linking
FIELDS = ("links", "embeds", "says")
MANY = 400  # questions, after which the rest is answered at once


def _read(data: bytes) -> Any:
    return marshal.loads(data)  # noqa: S302 - our own file, which only its owner writes


class Shelf(Mapping[str, Card]):
    """All cards by path, in the order of their paths."""

    def __init__(self, db: sqlite3.Connection | None = None) -> None:
        """Without a database there are none."""
        self._db = db
        self._paths = dict.fromkeys(path for (path,) in self._rows("SELECT path FROM cards ORDER BY path"))
        self.loaded: dict[str, Card] = {}  # those that somebody asked for
        self._is_whole = False

    def _rows(self, query: str, *values: object) -> list[Any]:
        return self._db.execute(query, values).fetchall() if self._db else []

    def __getitem__(self, path: str) -> Card:
        card = self.loaded.get(path)
        if card is None:
            if path not in self._paths:
                raise KeyError(path)
            if len(self.loaded) > MANY:
                return self._all()[path]
            ((row,),) = self._rows("SELECT card FROM cards WHERE path = ?", path)
            card = self.loaded[path] = Card(_read(row))
        return card

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def values(self) -> ValuesView[Card]:
        return self._all().values()

    def items(self) -> ItemsView[str, Card]:
        return self._all().items()

    def _all(self) -> dict[str, Card]:
        if not self._is_whole:
            known, self._is_whole = self.loaded, True
            rows = self._rows("SELECT path, card FROM cards ORDER BY path")
            self.loaded = {path: known.get(path) or Card(_read(row)) for path, row in rows}
        return self.loaded

    def between(self, low: int, high: int) -> list[Card]:
        """The pages whose numbers in the search index are from `low` up to `high`, without it."""
        return [self[path] for (path,) in self._rows("SELECT path FROM cards WHERE doc >= ? AND doc < ?", low, high)]

    def called(self, key: str) -> list[tuple[int, str]]:
        """(kind of name, path) of the pages that a link may call so, in the order of their claim to it."""
        return self._rows("SELECT kind, path FROM names WHERE key = ? AND kind < ? ORDER BY kind, path", key, SAID)

    def titled(self, words: Iterable[str]) -> dict[str, str]:
        """Path → name of the pages whose names begin with one of these words."""
        found: dict[str, str] = {}
        for word in words:
            found.update(self._rows("SELECT path, said FROM names WHERE key = ? AND kind = ?", word, SAID))
        return found


class Changed(MutableMapping[str, Card]):
    """The cards of a shelf with others in place of some; no path comes or goes."""

    def __init__(self, below: Shelf, own: dict[str, Card]) -> None:
        self._below = below
        self.own = own

    def __getitem__(self, path: str) -> Card:
        return self.own.get(path) or self._below[path]

    def __setitem__(self, path: str, card: Card) -> None:
        self.own[path] = card

    def __delitem__(self, path: str) -> None:
        raise TypeError(path)

    def __contains__(self, path: object) -> bool:
        return path in self._below

    def __iter__(self) -> Iterator[str]:
        return iter(self._below)

    def __len__(self) -> int:
        return len(self._below)

    def values(self) -> ValuesView[Card]:
        return self._all().values()

    def items(self) -> ItemsView[str, Card]:
        return self._all().items()

    def between(self, low: int, high: int) -> list[Card]:
        """The same as the shelf has, whose numbers nobody changed."""
        return [self.own.get(card.path, card) for card in self._below.between(low, high)]

    def _all(self) -> dict[str, Card]:
        own = self.own
        return {path: own.get(path, card) for path, card in self._below.items()}


class Ways:
    """A field of the cards read backwards: for each page those that lead to it, in the order of their paths."""

    def __init__(self, field: str, cards: Iterable[Card] = (), db: sqlite3.Connection | None = None) -> None:
        """Either of all cards, or as they are kept."""
        self.touched: set[str] = set()
        self._field = field
        self._db = db
        self._known: dict[str, list[str]] = {}
        self._is_whole = False
        for card in cards:
            for target in getattr(card, field):
                self._known.setdefault(target, []).append(card.path)

    def get(self, path: str) -> list[str]:
        """The pages that lead to this one."""
        found = self._known.get(path)
        if found is None:
            found = self._ask(self._db, path) if self._db else []
        return found

    def count(self, path: str) -> int:
        return len(self.get(path))

    def move(self, source: str, old: Iterable[str], new: Iterable[str]) -> None:
        """Let a page lead elsewhere than before."""
        was, now = set(old), set(new)
        for target in was - now:
            found = self._list(target)
            at = bisect_left(found, source)
            if found[at : at + 1] == [source]:
                del found[at]
        for target in now - was:
            insort(self._list(target), source)
        self.touched |= was ^ now

    def rows(self) -> Iterator[tuple[str, str, bytes]]:
        """What there is to be kept, of all or of what moved."""
        for path in sorted(self.touched if self._db else self._known):
            yield self._field, path, marshal.dumps(self._known[path])

    def _list(self, path: str) -> list[str]:
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = self._ask(self._db, path) if self._db else []
        return found

    def _ask(self, db: sqlite3.Connection, path: str) -> list[str]:
        if len(self._known) > MANY and not self._is_whole:
            rows = db.execute("SELECT path, sources FROM ways WHERE field = ?", (self._field,))
            self._known = {target: _read(sources) for target, sources in rows} | self._known
            self._is_whole = True
        elif not self._is_whole:
            row = db.execute("SELECT sources FROM ways WHERE field = ? AND path = ?", (self._field, path)).fetchone()
            self._known[path] = _read(row[0]) if row else []
        return self._known.setdefault(path, [])


def put(db: sqlite3.Connection, pairs: Sequence[Pair], ways: Iterable[Ways]) -> None:
    """Keep the cards of these pages in place of those before, and the ways."""
    db.executemany("DELETE FROM cards WHERE path = ?", [(old.path,) for old, new in pairs if old and not new])
    rows = ((new.path, number_of(new.doc), marshal.dumps(tuple(new))) for _, new in pairs if new)
    db.executemany("INSERT OR REPLACE INTO cards VALUES (?, ?, ?)", rows)
    # Nearly all edits leave a page its names.
    called = [(old, new) for old, new in pairs if old is None or new is None or _names(old) != _names(new)]
    gone = (row[:3] for old, _ in called for row in _names(old))
    db.executemany("DELETE FROM names WHERE key = ? AND kind = ? AND path = ?", gone)
    db.executemany("INSERT OR IGNORE INTO names VALUES (?, ?, ?, ?)", (row for _, new in called for row in _names(new)))
    for way in ways:
        db.executemany("INSERT OR REPLACE INTO ways VALUES (?, ?, ?)", way.rows())


def _names(card: Card | None) -> list[tuple[str, int, str, str]]:
    if card is None:
        return []
    words = [(word, SAID, card.path, card.name) for word in terms(card.name)[:1]]
    return [(key, kind, card.path, "") for key, kind in keys_of(card)] + words
