"""Rules about notes as a whole: their ids, what their front matter and bytes say, and whether they stand alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pkm.errors import PkmError
from pkm.markdown import frontmatter
from pkm.markdown.blocks import blocks
from pkm.markdown.parse import decode
from pkm.markdown.scan import prepare
from pkm.sense.rules.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkm.sense.rules.finding import Look

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MARKS = ("<<<<<<< ", "=======", ">>>>>>> ")
_KIND = """
CASE WHEN p.message LIKE '%UTF-8%' OR p.message LIKE '%UTF-16%' THEN 'encoding'
WHEN p.line = 0 THEN 'unreadable' ELSE 'front-matter' END
"""


def duplicate_id(look: Look) -> Iterator[Finding]:
    """Two notes with one id: a link by it could mean either, and sync would take them for one."""
    sql = """
    SELECT f.path, n.uid, (SELECT count(*) FROM notes o WHERE o.uid = n.uid) AS many
    FROM notes n JOIN files f USING (id) WHERE n.uid IS NOT NULL AND many > 1 ORDER BY n.uid, f.path
    """
    rows = [row for row in look.db.execute(sql) if look.counts(row[0])]
    for path, uid, _ in rows:
        others = [other for other, same, _ in rows if same == uid and other != path]
        if others:
            hint = "Give one of them another id:  pkm edit NOTE --set id=…"
            yield Finding(path, 0, "duplicate-id", f"The id {uid} is that of {', '.join(others[:3])} too.", hint)


def front_matter(look: Look) -> Iterator[Finding]:
    """Front matter that cannot be read, or not as it seems."""
    yield from _problems(look, "front-matter")


def encoding(look: Look) -> Iterator[Finding]:
    """Bytes that are no UTF-8."""
    yield from _problems(look, "encoding")


def unreadable(look: Look) -> Iterator[Finding]:
    """Files that cannot be opened, or not whole."""
    yield from _problems(look, "unreadable")


def _problems(look: Look, rule: str) -> Iterator[Finding]:
    sql = f"""
    SELECT f.path, p.line, p.message, p.hint FROM problems p JOIN files f ON f.id = p.file
    WHERE {_KIND} = ? ORDER BY 1, 2
    """  # noqa: S608 - constant
    for path, line, message, hint in look.db.execute(sql, (rule,)):
        yield Finding(path, line, rule, message[:1].upper() + message[1:].rstrip(".") + ".", hint)


def conflict_marker(look: Look) -> Iterator[Finding]:
    """What a merge left behind, outside code."""
    sql = """
    SELECT f.path FROM texts t JOIN files f USING (id) WHERE instr(t.body, '<<<<<<< ')
    UNION SELECT f.path FROM problems p JOIN files f ON f.id = p.file ORDER BY 1
    """
    for (path,) in look.db.execute(sql).fetchall():
        for line in marker_lines(_read(look, path)):
            yield Finding(
                path, line, "conflict-marker", "A merge left both versions here.", "Keep one, and delete the marks."
            )


def conflict_copy(look: Look) -> Iterator[Finding]:
    """Second versions that a sync kept beside a note, until a person chooses."""
    sql = """
    SELECT c.path, p.value, group_concat(f.path, ', ')
    FROM properties p JOIN files c ON c.id = p.note
    LEFT JOIN notes n ON n.uid = CAST(p.value AS TEXT) AND n.id <> p.note LEFT JOIN files f ON f.id = n.id
    WHERE p.key = 'conflict-of' AND p.n = 0 GROUP BY p.note ORDER BY 1
    """
    for path, uid, others in look.db.execute(sql):
        yield Finding(
            path,
            0,
            "conflict-copy",
            f"A sync kept this second version of {others or uid}.",
            "Choose one, or both:  pkm sync --resolve",
        )


def _read(look: Look, path: str) -> bytes:
    """The bytes of a note; none when it cannot be read, of which `unreadable` tells."""
    try:
        return look.read(path, look.settings.max_note_bytes)
    except (PkmError, OSError):
        return b""


def marker_lines(data: bytes) -> list[int]:
    """The lines at which conflicts begin: `<<<<<<<`, later `=======` and `>>>>>>>`, none of them in code."""
    if b"<<<<<<< " not in data:
        return []
    text, _ = decode(data)
    body = len(data[: frontmatter.read(data).body].decode("utf-8", "surrogateescape"))
    source, shift = prepare(text, body)
    code = [(leaf.start + shift, leaf.end + shift) for leaf in blocks(source) if leaf.kind == "code"]
    found, at, expected, begun = [], 0, 0, 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(_MARKS[expected]) and not any(start <= at < end for start, end in code):
            begun = number if expected == 0 else begun
            expected = (expected + 1) % 3
            if expected == 0:
                found.append(begun)
        at += len(line) + 1
    return found


def orphan(look: Look) -> Iterator[Finding]:
    """Notes that no link leads to or from; those of daily notes do not count. Thoughts and archive may be alone."""
    linked = _linked(look)
    for number, path in _permanent(look):
        if number not in linked:
            yield Finding(
                path,
                0,
                "orphan",
                "Nothing leads here, and nothing from here.",
                "What does it belong to?  pkm link NOTE",
            )


def dead_end(look: Look) -> Iterator[Finding]:
    """Notes that others lead to, and that lead nowhere."""
    linked = _linked(look)
    leading = {source for (source,) in look.db.execute("SELECT DISTINCT source FROM links WHERE target <> source")}
    for number, path in _permanent(look):
        if number in linked and number not in leading:
            yield Finding(
                path, 0, "dead-end", "Others lead here, nothing on.", "Where could a reader go next?  pkm link NOTE"
            )


def _linked(look: Look) -> set[int]:
    """Notes at either end of a link to another file, daily notes left out as sources."""
    sql = """
    SELECT l.source, l.target, f.path FROM links l JOIN files f ON f.id = l.source
    WHERE l.target IS NOT NULL AND l.target <> l.source
    """
    found: set[int] = set()
    for source, target, path in look.db.execute(sql):
        if not _is_daily(path):
            found.update((source, target))
    return found


def _permanent(look: Look) -> list[tuple[int, str]]:
    sql = """
    SELECT n.id, f.path FROM notes n JOIN files f USING (id)
    WHERE n.kind <> 'fleeting' AND coalesce(n.para, '') <> 'archive' ORDER BY f.path
    """
    return [(number, path) for number, path in look.db.execute(sql) if not _is_daily(path)]


def _is_daily(path: str) -> bool:
    return _DAY.fullmatch(path.rpartition("/")[2].removesuffix(".md")) is not None
