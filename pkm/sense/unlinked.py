"""Places where other notes name a note without a link to it: what one walk can link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pkm.errors import PkmError
from pkm.index import naming
from pkm.markdown import parse
from pkm.sense.accept import link_mention

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from pkm.vault.vault import Reader

LARGEST = 4 << 20  # bytes of a note that are looked through


@dataclass(frozen=True, slots=True)
class Place:
    """Words of a note that name another note; `line` counts from 1."""

    source: str
    line: int
    words: str
    text: str


def unlinked(db: sqlite3.Connection, read: Reader, target: str) -> Iterator[Place]:
    """The first such place of each note that has no link to `target` yet, by path.

    Names are those of `pkm find --mention`, whole words, the longest first; links, code and front matter are left out.
    """
    (number,) = db.execute("SELECT id FROM files WHERE path = ?", (target,)).fetchone()
    names = naming.names_of(db, number)
    linked = {source for (source,) in db.execute("SELECT source FROM links WHERE target = ?", (number,))}
    for source, path in naming.said_in(db, number):
        if source not in linked:
            place = _first(path, read, names)
            if place is not None:
                yield place


def _first(path: str, read: Reader, names: list[str]) -> Place | None:
    """The first line on which a name can become a link; `link_mention` knows about links, code and front matter."""
    try:
        text, undecoded = parse.decode(data := read(path, LARGEST))
    except PkmError:
        return None
    if undecoded:
        return None
    for number, line in enumerate(text.split("\n"), 1):
        folded = line.casefold()
        for name in names:
            at = folded.find(name.casefold())
            if at >= 0 and link_mention(data, name, number, "x") is not None:
                return Place(path, number, name, line.strip())
    return None
