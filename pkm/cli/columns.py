"""Text that fits a terminal: cut between words, and counted in columns, of which a Chinese character takes two."""

from __future__ import annotations

import unicodedata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# What stands for the beginning and the end of bold until it is printed; takes no room.
BOLD, PLAIN = "\ue000", "\ue001"


def width_of(text: str) -> int:
    """How many columns a terminal needs for it."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def wrapped(text: str, width: int, *, first: str = "", indent: str = "", lines: int = 0) -> list[str]:
    """The text in lines of at most `width` columns; at most so many `lines`, the last of them then ends with "…"."""
    found = list(_lines(text.split(" "), width, first, indent))
    if lines and len(found) > lines:
        last = found[lines - 1]
        while width_of(last) >= width:
            last = last[:-1]
        found[lines - 1 :] = [last.rstrip() + "…"]
    return found


def _lines(words: list[str], width: int, first: str, indent: str) -> Iterator[str]:
    line, room = first, max(width - width_of(first), 1)
    empty = True
    for word in words:
        need = width_of(word)
        if not empty and need + 1 <= room:
            line, room = f"{line} {word}", room - need - 1
            continue
        if not empty:
            yield line
            line, room = indent, max(width - width_of(indent), 1)
        while need > room:  # longer than a line: an address, or a sentence without spaces
            head = _fitting(word, room)
            yield line + head
            word, line, room = word[len(head) :], indent, max(width - width_of(indent), 1)  # noqa: PLW2901 - the rest
            need = width_of(word)
        line, room, empty = line + word, room - need, False
    yield line


def _fitting(word: str, room: int) -> str:
    """As much of a word as fits, but always something."""
    at = used = 0
    for char in word:
        used += _width(char)
        if used > room and at:
            break
        at += 1
    return word[:at]


def _width(char: str) -> int:
    if char in (BOLD, PLAIN) or unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
