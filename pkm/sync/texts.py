"""One text of three: a note, a log, or any other file that is text.

Which of two versions wins is decided by their content alone, so that it does not
depend on who merges: the later `updated`, then the larger digest.
"""

from __future__ import annotations

import json

from pkm.model.digest import digest
from pkm.sync import fields, lines

#: Larger texts are not joined but kept as two versions.
MAX_TEXT = 4 << 20


def merge_note(
    base: bytes | None, ours: bytes, theirs: bytes, prefer_ours: bool | None = None
) -> tuple[bytes, bytes | None]:
    """The note that holds both sides' changes; and the version to keep beside it, if a place was changed in two ways.

    In such a place the note has the words of the winner: the later `updated`, then the larger digest.
    """
    if prefer_ours is None:
        prefer_ours = rank(ours) > rank(theirs)
    winner, loser = (ours, theirs) if prefer_ours else (theirs, ours)
    texts, eol = _one_line_end(base, ours, theirs)
    blocks, bodies = zip(*map(fields.split, texts), strict=True)
    block, clean = _merge_blocks(blocks, prefer_ours)
    rows = [body.split(b"\n") for body in bodies]
    if base is None:
        body, ok = lines.union(rows[1], rows[2]), True
    else:
        body, ok = lines.merge(rows[0], rows[1], rows[2], prefer_ours)
    data = block + b"\n".join(body)
    if eol:
        data = data.replace(b"\n", b"\r\n")
    if fields.split(data)[0] != (block.replace(b"\n", b"\r\n") if eol else block):
        return winner, loser  # a body that would now begin like front matter
    return data, None if clean and ok else loser


def rank(data: bytes) -> tuple[tuple[int, str], str]:
    parts = fields.cut(fields.split(data)[0])
    when = (0, "")
    if parts:
        said = [fields.scalar(parts[1], key) for key in parts[1] if key.lower() in fields.LATER]
        when = max(((int(x), "") if x.isdigit() and len(x) < 20 else (0, x.replace("T", " ")) for x in said), default=when)
    return when, digest(data)


def _merge_blocks(blocks: tuple[bytes, ...], prefer_ours: bool) -> tuple[bytes, bool]:
    base, ours, theirs = blocks
    if ours == theirs or theirs == base:
        return ours, True
    if ours == base:
        return theirs, True
    cuts = [fields.cut(block) for block in blocks]
    preferred = cuts[1] if prefer_ours else cuts[2]
    if cuts[0] is None or cuts[1] is None or cuts[2] is None or preferred is None:
        return (ours if prefer_ours else theirs), False
    keys, clean = fields.merge(cuts[0][1], cuts[1][1], cuts[2][1], prefer_ours)
    opening, _, closing = preferred if preferred[0] else cuts[2] if prefer_ours else cuts[1]
    if not keys:
        return b"", clean
    return (opening or b"---\n") + b"".join(keys.values()) + (closing or b"---\n"), clean


def _one_line_end(base: bytes | None, ours: bytes, theirs: bytes) -> tuple[list[bytes], bool]:
    """The three texts with line feeds only, and whether the result goes back to CR LF.

    A side that changed all its line ends wins; mixed ones are left as they are.
    """
    kinds = [_crlf(text) for text in (base or b"", ours, theirs)]
    texts = [base or b"", ours, theirs]
    if None in kinds or not any(kinds):
        return texts, False
    eol = kinds[1] if base is None or kinds[2] == kinds[0] else kinds[2]
    return [text.replace(b"\r\n", b"\n") for text in texts], bool(eol)


def _crlf(text: bytes) -> bool | None:
    pairs = text.count(b"\r\n")
    return None if pairs and pairs != text.count(b"\n") else bool(pairs)


def join_log(mine: bytes, yours: bytes) -> bytes:
    """Lines of both, each once; a log is only ever added to."""
    rows = lines.union([x for x in mine.split(b"\n") if x], [x for x in yours.split(b"\n") if x])
    return b"".join(row + b"\n" for row in dict.fromkeys(rows))


def join_text(path: str, base: bytes, mine: bytes, yours: bytes) -> bytes | None:
    """Another text with changes in different places, if it can still be read by its owner; else None."""
    rows, clean = lines.merge(base.split(b"\n"), mine.split(b"\n"), yours.split(b"\n"), True)
    data = b"\n".join(rows)
    if not clean:
        return None
    try:
        if path.endswith((".json", ".canvas")):
            json.loads(data)
        elif path.endswith(".toml"):
            import tomllib

            tomllib.loads(data.decode())
        elif path.endswith((".yml", ".yaml", ".base")):
            return None
    except ValueError:
        return None
    return data
