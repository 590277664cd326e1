"""The corpus from the index and the files: names, tags and links from the one, whole texts from the other.

A note is read when somebody asks for its text, so a night that knows most of them opens only what changed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, overload

from pkm.errors import PkmError
from pkm.index.times import written
from pkm.markdown import parse
from pkm.sense.suggest.corpus import Aims, Corpus, Head, Link, Note, marked

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    Read = Callable[[str, int | None], bytes]
    _Row = list[Any]

LARGEST = 4 << 20  # bytes of a note that are looked through
OPEN = 64  # notes that stay at hand after they were read


def from_index(db: sqlite3.Connection, read: Read) -> Corpus:
    """All notes of the vault. `read` gives a note's bytes; one that cannot be read has no text.

    A note is as old as it says. The file's time, which the index takes for want of that, is another in every copy.
    """
    aliases = _grouped(db, "SELECT note, text FROM names WHERE kind = 'alias' ORDER BY note, text")
    tags = _grouped(db, "SELECT note, key FROM tags ORDER BY note, key")
    born = dict(db.execute("SELECT note, value FROM properties WHERE key = 'date created'"))
    rows = db.execute(
        "SELECT n.id, f.path, n.title, n.created, n.body, f.mtime_ns, f.digest"
        " FROM notes n JOIN files f USING (id) ORDER BY f.path"
    ).fetchall()
    # In the order of Python's strings, which is not that of every database.
    rows.sort(key=lambda row: str(row[1]))
    place = {row[0]: number for number, row in enumerate(rows)}
    aims = Aims.of(_aims(db, [row[0] for row in rows], place))
    heads = []
    sets: dict[frozenset[str], frozenset[str]] = {}  # few notes have tags that no other has
    bodies: list[tuple[int, int]] = []
    paths = [row[1] for row in rows]
    for number, (note, path, title, created, body, mtime_ns, digest) in enumerate(rows):
        own = slice(aims.start[number], aims.start[number + 1])
        targets = [paths[target] if target >= 0 else "" for target in aims.target[own]]
        names, marks = tuple(aliases.get(note, ())), frozenset(tags.pop(note, ()))
        marks = sets.setdefault(marks, marks)
        age = _seconds(born.get(note, "") if created == written(mtime_ns) else created)
        said = marked((path, str(digest), title, names, body))
        heads.append(Head(path, title, names, marks, age, said, marked((said, sorted(marks), age, targets))))
        bodies.append((note, body))
    return Corpus(_Pages(db, read, heads, bodies), heads, aims, {path: number for number, path in enumerate(paths)})


def _aims(db: sqlite3.Connection, notes: list[int], place: dict[int, int]) -> Iterator[list[tuple[int | None, str]]]:
    """For each note where its links lead."""
    found: dict[int, list[tuple[int | None, str]]] = defaultdict(list)
    rows = db.execute('SELECT source, target, goal, display, raw FROM links ORDER BY source, start, "end", raw')
    for source, target, goal, display, raw in rows:
        aim = place.get(target)
        found[source].append((aim, "" if aim is not None else goal or display or _shown(raw)))
    for note in notes:
        yield found.pop(note, [])


class _Pages(Sequence[Note]):
    """The notes, each read when it is asked for; the last few stay at hand."""

    def __init__(self, db: sqlite3.Connection, read: Read, heads: list[Head], bodies: list[tuple[int, int]]) -> None:
        self._db, self._read, self._heads, self._bodies = db, read, heads, bodies
        self._open: dict[int, Note] = {}

    def __len__(self) -> int:
        return len(self._heads)

    @overload
    def __getitem__(self, number: int) -> Note: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Note]: ...
    def __getitem__(self, number: int | slice) -> Note | Sequence[Note]:
        if isinstance(number, slice):
            numbers = range(*number.indices(len(self)))
            links = self._links([self._bodies[each][0] for each in numbers])
            return [self._opened(each, links[self._bodies[each][0]]) for each in numbers]
        if number >= len(self):
            raise IndexError(number)
        if number not in self._open:
            if len(self._open) >= OPEN:
                self._open.pop(next(iter(self._open)))
            note, _ = self._bodies[number]
            self._open[number] = self._opened(number, self._links([note])[note])
        return self._open[number]

    def _links(self, notes: list[int]) -> dict[int, list[_Row]]:
        """What the index knows of the links in these notes, in order of their places."""
        found: dict[int, list[_Row]] = defaultdict(list)
        for source, *row in self._db.execute(
            'SELECT l.source, f.path, l.display, l.raw, l.start, l."end", l.goal FROM links l'
            " LEFT JOIN files f ON f.id = l.target WHERE l.source IN (SELECT value FROM json_each(?))"
            ' ORDER BY l.source, l.start, l."end", l.raw',
            (json.dumps(notes),),
        ):
            found[source].append(row)
        return found

    def _opened(self, number: int, links: list[_Row]) -> Note:
        head, (_, body) = self._heads[number], self._bodies[number]
        try:
            data = self._read(head.path, LARGEST)
        except PkmError:
            data = b""
        text, _ = parse.decode(data)
        if len(data) != len(text):
            at = _characters(data, [body, *(place for row in links for place in row[3:5])])
            body, links = at[body], [[*row[:3], at[row[3]], at[row[4]], row[5]] for row in links]
        return Note(
            head.path,
            head.title,
            text,
            head.aliases,
            head.tags,
            tuple(
                [
                    Link(target, display or _shown(raw), start, end, goal)
                    for target, display, raw, start, end, goal in links
                ]
            ),
            body,
            head.created,
        )


def _grouped(db: sqlite3.Connection, sql: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for note, text in db.execute(sql):
        found[note].append(text)
    return found


def _shown(raw: str) -> str:
    """What a bare wikilink shows: `[[a/Mind maps#x]]` shows `Mind maps`."""
    inner = raw.lstrip("!").strip("[]").partition("#")[0]
    return inner.rpartition("/")[2]


def _characters(data: bytes, places: list[int]) -> dict[int, int]:
    """Byte offsets with the character offsets that they are."""
    known: dict[int, int] = {}
    at = count = 0
    for place in sorted(set(places)):
        count += len(data[at:place].decode("utf-8", "surrogateescape"))
        at = place
        known[place] = count
    return known


def _seconds(written: object) -> float | None:
    """A moment as a number; a time without a zone counts as universal, so that every machine reads the same."""
    try:
        moment = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
