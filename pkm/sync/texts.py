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
    before, mine, yours, eol = _one_line_end(base, ours, theirs)
    block, clean = fields.merge(before, mine, yours, prefer_ours)
    bodies = [fields.split(data)[1] for data in (before, mine, yours)]
    body, ok = lines.merge_texts(bodies[0] if base is not None else None, bodies[1], bodies[2], prefer_ours)
    data = block + body
    if fields.split(data)[0] != block:
        return winner, loser  # the body would now begin like front matter, or the block lost its end
    return data.replace(b"\n", b"\r\n") if eol else data, None if clean and ok else loser


def rank(data: bytes) -> tuple[tuple[float, str], str]:
    """Orders versions of a note: the largest wins."""
    return fields.moment(data), digest(data)


def _one_line_end(base: bytes | None, ours: bytes, theirs: bytes) -> tuple[bytes, bytes, bytes, bool]:
    """The three texts with line feeds only, and whether the result goes back to CR LF.

    A side that changed all its line ends wins; mixed ones are left as they are.
    """
    texts = (base or b"", ours, theirs)
    kinds = [_crlf(text) for text in texts]
    if None in kinds or not any(kinds):
        return *texts, False
    eol = kinds[1] if base is None or kinds[2] == kinds[0] else kinds[2]
    before, mine, yours = (text.replace(b"\r\n", b"\n") for text in texts)
    return before, mine, yours, bool(eol)


def _crlf(text: bytes) -> bool | None:
    pairs = text.count(b"\r\n")
    return None if pairs and pairs != text.count(b"\n") else bool(pairs)


def join_log(mine: bytes, yours: bytes) -> bytes:
    """Lines of both, each once; a log is only ever added to."""
    rows = lines.union([x for x in mine.split(b"\n") if x], [x for x in yours.split(b"\n") if x])
    return b"".join(row + b"\n" for row in dict.fromkeys(rows))


def join_text(path: str, base: bytes, mine: bytes, yours: bytes) -> bytes | None:
    """Another text with changes in different places, if it can still be read by its owner; else None."""
    data, clean = lines.merge_texts(base, mine, yours, True)
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
