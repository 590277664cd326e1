"""Notes near one that was just written, at once: those with which it shares rare words.

The index's own word lists answer, so it costs milliseconds in a large vault. What the night suggests
(`suggest/`) weighs far more, and takes its time.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pkm.index import cjk

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]{4,}")
_TERMS = 24  # the rarest words of a note, by which its neighbours are found
_COMMON = 0.1  # a word in more than a tenth of all notes tells nothing
_SHARED = 2  # words that two notes must share at least
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Near:
    """A note that is near, and the words that say so."""

    path: str
    title: str
    words: tuple[str, ...]


def near(db: sqlite3.Connection, path: str, limit: int = 5) -> list[Near]:
    """The nearest notes that are not linked with it yet, the nearest first.

    A shared word counts by its rarity (inverse document frequency), and twice when it is in the title.
    """
    number, title, body = db.execute("SELECT id, title, body FROM texts WHERE path = ?", (path,)).fetchone()
    (total,) = db.execute("SELECT count(*) FROM notes").fetchone()
    passed_over = _linked(db, number)
    score: dict[int, float] = defaultdict(float)
    shared: dict[int, list[str]] = defaultdict(list)
    for table, terms in (("words", _words(f"{title}\n{body}")), ("pairs", _pairs(f"{title}\n{body}"))):
        in_title = _words(title).keys() | _pairs(title).keys()
        for count, term in _rare(db, table, terms, total):
            weight = math.log(total / count) * (2 if term in in_title else 1)
            sql = f"SELECT rowid FROM {table} WHERE {table} MATCH ?"  # noqa: S608 - one of two names
            for (other,) in db.execute(sql, (f'"{term}"',)):
                if other not in passed_over:
                    score[other] += weight
                    shared[other].append(terms[term])
    enough = [(-score[other], *_named(db, other)) for other, words in shared.items() if len(words) >= _SHARED]
    nearest = sorted(enough)[:limit]
    return [Near(path, title, tuple(shared[other][:_SHOWN])) for _, path, title, other in nearest]


def _words(text: str) -> dict[str, str]:
    """Words as the index keeps them, without marks on letters; with each as it was written."""
    return {_folded(word): word.lower() for word in _WORD.findall(text) if not cjk.has_cjk(word)}


def _pairs(text: str) -> dict[str, str]:
    return {pair: pair for pair in cjk.pairs(text).split() if len(pair) == 2} if cjk.has_cjk(text) else {}


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _rare(db: sqlite3.Connection, table: str, terms: Iterable[str], total: int) -> list[tuple[int, str]]:
    """The rarest of these terms that other notes have too, each with the number of its notes."""
    db.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{table}_vocabulary USING fts5vocab('main', '{table}', 'row')")
    sql = f"SELECT doc FROM temp.{table}_vocabulary WHERE term = ?"  # noqa: S608 - one of two names
    found = [(count, term) for term in terms for (count,) in db.execute(sql, (term,))]
    return sorted(each for each in found if 2 <= each[0] <= max(3, total * _COMMON))[:_TERMS]


def _linked(db: sqlite3.Connection, number: int) -> set[int]:
    """The note itself and those that it is linked with, either way; and what is a template or archived thought."""
    sql = "SELECT target FROM links WHERE source = ? UNION SELECT source FROM links WHERE target = ?"
    linked = {other for (other,) in db.execute(sql, (number, number))}
    archived = {other for (other,) in db.execute("SELECT id FROM notes WHERE para = 'archive'")}
    return linked | archived | {number}


def _named(db: sqlite3.Connection, number: int) -> tuple[str, str, int]:
    path, title = db.execute("SELECT path, title FROM texts WHERE id = ?", (number,)).fetchone()
    return path, title, number
