"""Places where other notes name a note without a link to it: what one walk can link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pkm.errors import PkmError
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

    Names are the title, aliases and file name, whole words, the longest first; links, code and front matter are
    left out.
    """
    names = _names(db, target)
    linked = {
        path
        for (path,) in db.execute(
            "SELECT f.path FROM links l JOIN files f ON f.id = l.source JOIN files t ON t.id = l.target"
            " WHERE t.path = ?",
            (target,),
        )
    }
    folded = [name.casefold() for name in names]
    for path, body in db.execute("SELECT path, body FROM texts ORDER BY path"):
        if path == target or path in linked:
            continue
        whole = body.casefold()
        if any(name in whole for name in folded):
            place = _first(path, read, names)
            if place is not None:
                yield place


def _names(db: sqlite3.Connection, target: str) -> list[str]:
    """The note's names, the longest first; one letter or a bare number names nothing."""
    stem = target.rpartition("/")[2].removesuffix(".md")
    rows = db.execute(
        "SELECT n.title FROM notes n JOIN files f USING (id) WHERE f.path = ?"
        " UNION SELECT a.text FROM names a JOIN files f ON f.id = a.note WHERE f.path = ? AND a.kind = 'alias'",
        (target, target),
    )
    names = {stem, *(name.strip() for (name,) in rows)}
    return sorted((name for name in names if len(name) > 1 and not name.isdigit()), key=lambda name: (-len(name), name))


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
