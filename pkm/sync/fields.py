"""Front matter of three versions merged key by key, without re-writing a byte that did not change.

A key changed on one side is taken with its bytes, and the comments above it; lists changed on
both are merged as sets; of two times the later `updated` and the earlier `created` stands. A
block that nobody can read for certain is left to its owner: `merge` then decides nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pkm.errors import PkmError
from pkm.markdown.frontmatter import read, set_key

LATER = frozenset({"updated", "modified", "lastmod", "last-modified", "date-modified", "date_modified", "mtime"})
EARLIER = frozenset({"created", "date-created", "date_created", "id"})

_COMMENT = re.compile(rb"(?:^|\s)#")


class Block(NamedTuple):
    """A note's front matter in pieces. Joined in order they are its bytes."""

    opening: bytes
    keys: dict[str, bytes]  # each with the comments and blank lines above it
    tail: bytes  # what follows the last key
    closing: bytes
    values: dict[str, object]


def cut(data: bytes) -> Block | None:
    """The pieces of a note's front matter; None when it is not a plain list of keys."""
    front = read(data)
    if front.form == "none" and not front.broken:
        return Block(data[: front.body], {}, b"", b"", {})
    if front.form != "lines" or front.broken or front.repeated:
        return None
    at = data.index(b"\n", front.start) + 1
    opening, keys = data[:at], {}
    for key, (_, end) in front.keys.items():
        keys[key] = data[at:end]
        at = end
    return Block(opening, keys, data[at : front.close], data[front.close : front.body], front.values)


def split(data: bytes) -> tuple[bytes, bytes]:
    """The front matter with its fences, and the body."""
    body = read(data).body
    return data[:body], data[body:]


def note_id(data: bytes) -> str:
    """The `id` of a note, "" without one."""
    value = read(data).values.get("id")
    return str(value) if isinstance(value, (str, int, float)) else ""


def moment(data: bytes) -> tuple[float, str]:
    """When the note says that it was changed; orders notes that say it alike."""
    values = read(data).values
    return max((_moment(value) for key, value in values.items() if key.lower() in LATER), default=(0.0, ""))


def merge(base: bytes, ours: bytes, theirs: bytes, prefer_ours: bool) -> tuple[bytes, bool]:
    """The block for the joined note, and whether nothing was decided by preference alone."""
    b, o, t = (split(data)[0] for data in (base, ours, theirs))
    winner = ours if prefer_ours else theirs
    if t in (o, b):
        return o, True
    if o == b:
        return t, True
    blocks = (cut(base), cut(ours), cut(theirs)) if prefer_ours else (cut(base), cut(theirs), cut(ours))
    joined = _join(*blocks) if all(block is not None for block in blocks) else None
    return joined or (split(winner)[0], False)


def _join(base: Block | None, first: Block | None, second: Block | None) -> tuple[bytes, bool] | None:
    """All keys of both, in the order of the first; None when the result would not be what was meant."""
    if base is None or first is None or second is None:
        return None
    keys: dict[str, bytes] = {}
    lists: dict[str, list[object]] = {}
    clean = True
    for key in _order(list(first.keys), list(second.keys)):
        raw = _either(base.keys.get(key), first.keys.get(key), second.keys.get(key))
        if raw is None:
            raw, items, ok = _both(key, base, first, second)
            clean = clean and ok
            if items is not None:
                lists[key] = items
        if raw:
            keys[key] = raw
    frame = first if first.closing else second
    tail = _either(base.tail, first.tail, second.tail)
    if not keys:
        return first.opening if not first.closing else b"", clean
    block = (
        frame.opening
        + b"".join(keys.values())
        + (_both_tails(first.tail, second.tail) if tail is None else tail)
        + frame.closing
    )
    try:
        for key, items in lists.items():
            block = set_key(block, key, items)
    except PkmError:
        return None
    made = cut(block)
    return (block, clean) if made is not None and list(made.keys) == list(keys) else None


def _order(first: list[str], second: list[str]) -> list[str]:
    """Keys of the first; each further key of the second after the one it follows there."""
    order = list(first)
    at = 0
    for key in second:
        if key in order:
            at = order.index(key) + 1
        else:
            order.insert(at, key)
            at += 1
    return order


def _either(base: bytes | None, first: bytes | None, second: bytes | None) -> bytes | None:
    """The bytes of a piece that one side left alone, b"" when it is gone; None when both changed it."""
    if second in (first, base):
        return first or b""
    if first == base or first is None:  # changed beats deleted
        return second or b""
    return first if second is None else None


def _both(key: str, base: Block, first: Block, second: Block) -> tuple[bytes, list[object] | None, bool]:
    """A key changed on both sides: its bytes, the list that is to stand there, and whether both had their way."""
    raw, other = first.keys[key], second.keys[key]
    mine, yours = first.values.get(key), second.values.get(key)
    if _COMMENT.search(other):
        return raw, None, False
    if mine == yours:
        return raw, None, True
    if key.lower() in LATER or key.lower() in EARLIER:
        later = max((_moment(mine), raw), (_moment(yours), other))[1]
        return later if key.lower() in LATER else other if later is raw else raw, None, True
    if not _is_list(mine) or not _is_list(yours):
        return raw, None, False
    before = base.values.get(key)
    joined = _sets(before if _is_list(before) else [], mine, yours)
    if joined != mine and _same_items(joined, yours):  # they were joined before
        return other, None, True
    return raw, None if joined == mine else joined, True


def _both_tails(first: bytes, second: bytes) -> bytes:
    return first if second in first else second if first in second else first + second


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, (str, int, float, bool)) for item in value)


def _same_items(one: list[object], other: object) -> bool:
    return isinstance(other, list) and sorted(map(repr, one)) == sorted(map(repr, other))


def _sets(base: object, mine: object, yours: object) -> list[object]:
    assert isinstance(base, list)
    assert isinstance(mine, list)
    assert isinstance(yours, list)
    kept = [item for item in mine if item in yours or item not in base]
    return kept + [item for item in yours if item not in mine and item not in base]


def _moment(value: object) -> tuple[float, str]:
    """Orders times written alike; numbers (seconds, milliseconds) by size."""
    text = str(value).strip().replace("T", " ")
    return (float(text), "") if text.isdigit() and len(text) < 20 else (0.0, text)
