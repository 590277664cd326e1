"""The corpus from the index and the files: names, tags and links from the one, whole texts from the other."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pkm.errors import PkmError
from pkm.index.times import written
from pkm.markdown import parse
from pkm.sense.suggest.corpus import Corpus, Link, Note

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

LARGEST = 4 << 20  # bytes of a note that are looked through


def from_index(db: sqlite3.Connection, read: Callable[[str, int | None], bytes]) -> Corpus:
    """All notes of the vault. `read` gives a note's bytes; one that cannot be read has no text.

    A note is as old as it says. The file's time, which the index takes for want of that, is another in every copy.
    """
    aliases = _grouped(db, "SELECT note, text FROM names WHERE kind = 'alias' ORDER BY note, text")
    tags = _grouped(db, "SELECT note, key FROM tags ORDER BY note, key")
    born = dict(db.execute("SELECT note, value FROM properties WHERE key = 'date created'"))
    links: dict[int, list[tuple[str | None, str, int, int, str]]] = defaultdict(list)
    rows = db.execute(
        'SELECT l.source, f.path, l.display, l.raw, l.start, l."end", l.goal FROM links l'
        " LEFT JOIN files f ON f.id = l.target ORDER BY l.source, l.start"
    )
    for source, target, display, raw, start, end, goal in rows:
        links[source].append((target, display or _shown(raw), start, end, goal))
    notes = []
    for number, path, title, created, body, mtime_ns in db.execute(
        "SELECT n.id, f.path, n.title, n.created, n.body, f.mtime_ns"
        " FROM notes n JOIN files f USING (id) ORDER BY f.path"
    ):
        try:
            data = read(path, LARGEST)
        except PkmError:
            data = b""
        text, _ = parse.decode(data)
        wanted = [body, *(place for row in links[number] for place in (row[2], row[3]))]
        at = dict(zip(wanted, _characters(data, text, wanted), strict=True))
        notes.append(
            Note(
                path,
                title,
                text,
                tuple(aliases[number]),
                frozenset(tags[number]),
                tuple(
                    Link(target, shown, at[start], at[end], goal) for target, shown, start, end, goal in links[number]
                ),
                at[body],
                _seconds(born.get(number, "") if created == written(mtime_ns) else created),
            )
        )
    return Corpus.of(notes)


def _grouped(db: sqlite3.Connection, sql: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for note, text in db.execute(sql):
        found[note].append(text)
    return found


def _shown(raw: str) -> str:
    """What a bare wikilink shows: `[[a/Mind maps#x]]` shows `Mind maps`."""
    inner = raw.lstrip("!").strip("[]").partition("#")[0]
    return inner.rpartition("/")[2]


def _characters(data: bytes, text: str, places: list[int]) -> list[int]:
    """Byte offsets as character offsets, in the order given."""
    if len(data) == len(text):
        return [min(place, len(text)) for place in places]
    known: dict[int, int] = {}
    at = count = 0
    for place in sorted(set(places)):
        count += len(data[at:place].decode("utf-8", "surrogateescape"))
        at = place
        known[place] = count
    return [known[place] for place in places]


def _seconds(written: object) -> float | None:
    """A moment as a number; a time without a zone counts as universal, so that every machine reads the same."""
    try:
        moment = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
