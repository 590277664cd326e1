"""Which bytes belong to which key of a front-matter block written in lines.

A key's span is whole lines: its own and those its value goes on over, with the comments and blank
lines between them. Comments at the left margin and blank lines after the value belong to nobody,
so they stay when the key goes.
"""

from __future__ import annotations


def spans(data: bytes, marks: list[tuple[str, int, int]] | None) -> dict[str, tuple[int, int]]:
    """The byte span of each key. `data` ends where the closing fence begins.

    `marks` are (key, start of its line, where its value surely still goes on) from the library;
    without them the block is plain, where every line that begins at the margin begins a key.
    """
    if marks is None:
        marks = _plain_marks(data)
    found: dict[str, tuple[int, int]] = {}
    for number, (key, start, reaches) in enumerate(marks):
        following = marks[number + 1][1] if number + 1 < len(marks) else len(data)
        # `reaches` may be at the margin of the next line; the line that counts is the one before.
        line_end = data.find(b"\n", max(start, reaches - 1)) + 1 or len(data)
        found[key] = (start, _trimmed(data, line_end, following))
    return found


def _plain_marks(data: bytes) -> list[tuple[str, int, int]]:
    marks = []
    at = data.find(b"\n") + 1
    while at < len(data):
        end = data.find(b"\n", at) + 1 or len(data)
        line = data[at:end]
        if line.strip() and line[:1] not in b" #-":
            key = line.partition(b":")[0]
            marks.append((key.decode(), at, at + len(key)))
        at = end
    return marks


def _trimmed(data: bytes, low: int, high: int) -> int:
    """The end of the last line before `high` that is no blank line and no comment at the margin."""
    while high > low:
        start = data.rfind(b"\n", low, high - 1) + 1 or low
        line = data[start:high]
        if line.strip() and not line.startswith(b"#"):
            break
        high = start
    return max(low, high) if high > low else low
