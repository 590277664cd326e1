"""What a regular expression can begin with, so that whoever tries many at one place tries few.

The expression is taken apart by Python's own parser. Whatever cannot be told (a lookahead, a back reference,
letters beyond ASCII) counts as possible: then one more expression is tried, and fails.
"""

from __future__ import annotations

import re
from typing import Any

try:
    from re import _parser  # type: ignore[attr-defined]
except ImportError:  # where Python keeps it elsewhere, each expression may begin with anything
    _parser = None

Characters = frozenset[str]

OTHER = "\x80"  # stands for all characters beyond ASCII
END = ""  # stands for the end of the text
_ASCII = frozenset(map(chr, range(128)))
_ANY = _ASCII | {OTHER}
_SPACES = frozenset(char for char in _ASCII if char.isspace())
_DIGITS = frozenset("0123456789")
_WORDS = frozenset(char for char in _ASCII if char.isalnum()) | {"_"}
_CATEGORIES = {
    "CATEGORY_SPACE": _SPACES, "CATEGORY_NOT_SPACE": _ASCII - _SPACES, "CATEGORY_DIGIT": _DIGITS,
    "CATEGORY_NOT_DIGIT": _ASCII - _DIGITS, "CATEGORY_WORD": _WORDS, "CATEGORY_NOT_WORD": _ASCII - _WORDS,
}  # fmt: skip


def beginnings(pattern: re.Pattern[str]) -> Characters:
    """Return the characters, `OTHER` and `END` among them, at which the pattern may match."""
    if _parser is None:
        return _ANY | {END}
    items = _parser.parse(pattern.pattern, pattern.flags)
    found, is_empty = _sequence(items, ignore=bool(pattern.flags & re.IGNORECASE))
    return _ANY | {END} if is_empty else found


def _sequence(items: Any, *, ignore: bool) -> tuple[Characters, bool]:
    """Return what these items, one behind the other, may begin with, and whether they may match nothing."""
    found: Characters = frozenset()
    for name, value in items:
        begins, is_empty = _item(str(name), value, ignore=ignore)
        found |= begins
        if not is_empty:
            return found, False
    return found, True


def _item(name: str, value: Any, *, ignore: bool) -> tuple[Characters, bool]:
    if name in ("AT", "ASSERT", "ASSERT_NOT"):
        return frozenset(), True
    if name == "LITERAL":
        return _either(_character(value), ignore=ignore), False
    if name == "IN":
        return _one_of(value, ignore=ignore), False
    if name in ("ANY", "NOT_LITERAL"):
        return _ANY, False
    if name == "BRANCH":
        ways = [_sequence(way, ignore=ignore) for way in value[1]]
        return frozenset().union(*(begins for begins, _ in ways)), any(is_empty for _, is_empty in ways)
    if name == "SUBPATTERN":
        _, added, _, inner = value
        return _sequence(inner, ignore=ignore or bool(added & re.IGNORECASE))
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, _, inner = value
        begins, is_empty = _sequence(inner, ignore=ignore)
        return begins, is_empty or not least
    return _ANY, True


def _character(code: int) -> Characters:
    return frozenset((chr(code) if code < 128 else OTHER,))


def _either(characters: Characters, *, ignore: bool) -> Characters:
    """Return the characters in both cases, if case is to be ignored; some letters beyond ASCII have theirs in it."""
    if not ignore:
        return characters
    return _ANY if OTHER in characters else characters | {char.swapcase() for char in characters} | {OTHER}


def _one_of(parts: Any, *, ignore: bool) -> Characters:
    """Return what may stand where one of the characters between brackets does."""
    found: set[str] = set()
    for name, value in parts:
        kind = str(name)
        if kind == "NEGATE":
            continue
        if kind == "LITERAL":
            found |= _character(value)
        elif kind == "RANGE":
            found.update(map(chr, range(value[0], min(value[1], 127) + 1)))
        elif str(value) in _CATEGORIES:
            found |= _CATEGORIES[str(value)]
        else:
            return _ANY
    if str(parts[0][0]) == "NEGATE":
        return _ANY if ignore else (_ASCII - found) | {OTHER}
    return _either(frozenset(found - {OTHER}), ignore=ignore) | {OTHER}
