"""What a person may want to know of a note that they have just written. Hints: they stop nothing and count nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pkm.errors import PkmError
from pkm.markdown import frontmatter
from pkm.markdown.blocks import blocks
from pkm.markdown.parse import decode
from pkm.markdown.scan import prepare

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

_WORD = re.compile(r"\w+")
_RUN = 5  # words in a row that are the source's
_SHORT = 40  # a note of fewer words is not judged
_MUCH = 0.25


def hints(db: sqlite3.Connection, read: Callable[[str, int | None], bytes], path: str) -> list[str]:
    """Links that lead nowhere, and how much of the text is its source's."""
    sql = """
    SELECT raw FROM links JOIN files f ON f.id = source
    WHERE f.path = ? AND target IS NULL AND goal <> '' ORDER BY start
    """
    found = [f"{raw} leads nowhere yet." for (raw,) in db.execute(sql, (path,))]
    own = _own_text(read, path)
    share = max((repeated(own, _own_text(read, source)) for source in _sources(db, path)), default=0.0)
    if share > _MUCH:
        found.append(f"{share:.0%} of it repeats its source word for word. Say it your way? Quotes do not count.")
    return found


def repeated(text: str, source: str) -> float:
    """The share of runs of five words that the source has too, 0.0 to 1.0; 0 for a short text.

    Source: Z. Broder, On the resemblance and containment of documents (1997): the containment of shingles.
    """
    words = _WORD.findall(text.lower())
    if len(words) < _SHORT:
        return 0.0
    own = set(zip(*(words[n:] for n in range(_RUN)), strict=False))
    others = _WORD.findall(source.lower())
    return len(own.intersection(zip(*(others[n:] for n in range(_RUN)), strict=False))) / len(own)


def _sources(db: sqlite3.Connection, path: str) -> list[str]:
    """Captured and literature notes that its front matter names."""
    sql = """
    SELECT DISTINCT t.path FROM links l JOIN files s ON s.id = l.source JOIN files t ON t.id = l.target
    JOIN notes n ON n.id = t.id
    WHERE s.path = ? AND l.kind = 'front' AND n.kind IN ('fleeting', 'literature', 'source') ORDER BY 1
    """
    return [source for (source,) in db.execute(sql, (path,))]


def _own_text(read: Callable[[str, int | None], bytes], path: str) -> str:
    """The text without front matter, quotes and code."""
    try:
        data = read(path, 1 << 20)
    except PkmError:
        return ""
    text, _ = decode(data)
    body = len(data[: frontmatter.read(data).body].decode("utf-8", "surrogateescape"))
    source, shift = prepare(text, body)
    out, at = [], body
    for leaf in blocks(source):
        if leaf.kind == "code":
            out.append(text[at : leaf.start + shift])
            at = max(at, leaf.end + shift)
    out.append(text[at:])
    return "\n".join(line for line in "".join(out).split("\n") if not line.lstrip().startswith(">"))
