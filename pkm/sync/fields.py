"""Front matter of three versions merged key by key, without re-writing a byte that did not change.

A block is cut into the raw lines of its top-level keys; comments belong to the key below
them. A key changed on one side is taken; lists changed on both are merged as sets in the
style of the preferred side; of two times the later `updated` and the earlier `created`
stands. A block that is not a plain list of keys is left to its owner: `cut` returns None.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

#: Key -> its raw lines (with line ends); "" holds what follows the last key.
Fields = dict[str, bytes]

LATER = frozenset({"updated", "modified", "lastmod", "last-modified", "date-modified", "date_modified", "mtime"})
EARLIER = frozenset({"created", "date-created", "date_created", "id"})

_FENCE = re.compile(rb"\A(\xef\xbb\xbf)?---[ \t]*\r?\n")
_END = re.compile(rb"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.M)
_KEY = re.compile(rb"(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s#\-\[\]{}\"'?:,&*!|>%@`][^\n]*?)[ \t]*:(?=[ \t\r\n]|\Z)")
_ID = re.compile(rb"^id[ \t]*:[ \t]+(.*)$", re.M)
_ITEM = re.compile(rb"([ \t]*)-(?:[ \t]+|(?=\r?\n|\Z))(.*?)\r?\n?\Z", re.S)
_PLAIN = re.compile(rb"[^\s\[\]{},#:\"'&*!|>%@`?\-][^\[\]{},#:\"']*\Z")
_QUOTED = re.compile(rb"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")


def split(data: bytes) -> tuple[bytes, bytes]:
    """The front-matter block with its fences, and the body."""
    opening = _FENCE.match(data)
    closing = _END.search(data, opening.end()) if opening else None
    return (data[: closing.end()], data[closing.end():]) if closing else (b"", data)


def cut(block: bytes) -> tuple[bytes, Fields, bytes] | None:
    """Opening fence, keys and closing fence of a block; None when it is not a plain list of keys."""
    if not block:
        return b"", {}, b""
    opening = _FENCE.match(block)
    closing = _END.search(block, opening.end()) if opening else None
    if not opening or not closing:
        return None
    fields: Fields = {}
    key, pending = "", b""
    for line in block[opening.end(): closing.start()].splitlines(keepends=True):
        if not line.strip() or line.startswith(b"#"):
            pending += line
        elif line[:1] in b" \t" or (line.startswith((b"- ", b"-\n", b"-\r")) and key):
            if not key:
                return None
            fields[key] += pending + line
            pending = b""
        else:
            found = _KEY.match(line)
            name = found[1].decode(errors="surrogateescape").strip("\"'") if found else ""
            if not name or name in fields:
                return None
            key, fields[name], pending = name, pending + line, b""
    if pending:
        fields[""] = pending
    return block[: opening.end()], fields, block[closing.start(): closing.end()]


def scalar(fields: Fields, key: str) -> str:
    """The value of a one-line key as text, unquoted; "" when there is none."""
    raw = _value(fields.get(key, b"")).strip()
    if raw[:1] == b'"':
        try:
            return str(json.loads(raw))
        except ValueError:
            return ""
    if raw[:1] == b"'":
        return raw[1:-1].replace(b"''", b"'").decode(errors="surrogateescape")
    return re.split(rb"\s#", raw)[0].strip().decode(errors="surrogateescape") if b"\n" not in raw else ""


def merge(base: Fields, ours: Fields, theirs: Fields, prefer_ours: bool) -> tuple[Fields, bool]:
    """All keys of both sides in the order of the preferred one, and whether nothing was decided by preference."""
    first, second = (ours, theirs) if prefer_ours else (theirs, ours)
    out: Fields = {}
    clean = True
    for key in _order(first, second):
        value, ok = _one(key, base.get(key), first.get(key), second.get(key))
        clean = clean and ok
        if value is not None:
            out[key] = value
    return out, clean


def _order(first: Iterable[str], second: Iterable[str]) -> list[str]:
    """Keys of the first; each further key of the second after the one it follows there."""
    order = list(first)
    at = 0
    for key in second:
        if key in order:
            at = order.index(key) + 1
        else:
            order.insert(at, key)
            at += 1
    if "" in order:  # what follows the last key goes last
        order.remove("")
        order.append("")
    return order


def _one(key: str, base: bytes | None, first: bytes | None, second: bytes | None) -> tuple[bytes | None, bool]:
    if first == second or second == base:
        return first, True
    if first == base:
        return second, True
    if first is None or second is None:  # changed beats deleted
        return first or second, True
    if not key:
        return first if second in first else second if first in second else first + second, True
    if key.lower() in LATER | EARLIER:
        low, high = sorted((first, second), key=_moment)
        return (high if key.lower() in LATER else low), True
    merged = _lists(base or b"", first, second)
    if merged is not None:
        return merged, True
    if _value(first).strip() == _value(second).strip():
        return first, True
    return first, False


def _moment(raw: bytes) -> tuple[int, bytes, bytes]:
    """Orders times written alike; numbers (seconds, milliseconds) by size."""
    text = _value(raw).strip().strip(b"\"'").replace(b"T", b" ")
    return (int(text), b"", raw) if text.isdigit() and len(text) < 20 else (0, text, raw)


def _value(raw: bytes) -> bytes:
    """What stands after the colon, without the comments above the key."""
    lines = raw.splitlines(keepends=True)
    while lines and (lines[0].startswith(b"#") or not lines[0].strip()):
        del lines[0]
    found = _KEY.match(lines[0]) if lines else None
    return b"".join(lines)[found.end() + 1:] if found else b""


def _lists(base: bytes, first: bytes, second: bytes) -> bytes | None:
    """Both sides' lists as sets: kept or added items in the order of the first; None when one is no list."""
    one, two = _items(_value(first)), _items(_value(second))
    if one is None or two is None:
        return None
    before = set(_items(_value(base)) or [])
    keep = [x for x in one if x in two or x not in before]
    more = [x for x in two if x not in one and x not in before]
    if keep + more == one:
        return first
    return _rewritten(first, one, keep, more)


def _items(value: bytes) -> list[bytes] | None:
    """The raw items of a list written [a, b] on one line or as `- a` lines; None for anything else."""
    text = value.strip()
    if text.startswith(b"[") and text.endswith(b"]") and b"\n" not in text:
        return _flow(text[1:-1])
    if not text:
        return []
    items: list[bytes] = []
    for line in value.splitlines()[1:] if not value.split(b"\n", 1)[0].strip() else [b"?"]:
        item = _ITEM.match(line)
        if not item or not item[2].strip():
            return None
        items.append(item[2].strip())
    return items


def _flow(text: bytes) -> list[bytes] | None:
    items: list[bytes] = []
    at = 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        quoted = _QUOTED.match(text, at)
        end = quoted.end() if quoted else text.find(b",", at) if b"," in text[at:] else len(text)
        item = text[at:end].strip()
        rest = text[end:].lstrip()
        if not item or (not quoted and re.search(rb"[\[\]{}\"#]", item)) or (rest and rest[:1] != b","):
            return None
        items.append(item)
        at = len(text) - len(rest) + 1
    return items


def _rewritten(raw: bytes, old: list[bytes], keep: list[bytes], more: list[bytes]) -> bytes:
    """The raw key with only its changed items touched."""
    value = _value(raw)
    head = raw[: len(raw) - len(value)]
    if value.strip().startswith(b"["):
        start, end = value.index(b"["), value.rindex(b"]")
        return head + value[:start] + b"[" + b", ".join([*keep, *map(_for_flow, more)]) + b"]" + value[end + 1:]
    lines = value.splitlines(keepends=True)
    eol = b"\r\n" if raw.endswith(b"\r\n") else b"\n"
    if not old:
        first = value.rstrip(b"\r\n") + eol
        return head + first + b"".join(b"  - " + item + eol for item in more)
    gone = [item for item in old if item not in keep]
    kept = [line for line in lines[1:] if (found := _ITEM.match(line)) is None or found[2].strip() not in gone]
    sample = _ITEM.match(lines[1])
    dash = (sample[1] if sample else b"  ") + b"- "
    if not kept and not more:
        return head + b" []" + eol
    return head + lines[0] + b"".join(kept) + b"".join(dash + item + eol for item in more)


def _for_flow(item: bytes) -> bytes:
    """An item that came from a `- x` line, quoted when it would mean something else between brackets."""
    if _PLAIN.match(item) or _QUOTED.fullmatch(item):
        return item
    return json.dumps(item.decode(errors="replace"), ensure_ascii=False).encode()


def note_id(data: bytes) -> str:
    """The `id` of a note, "" without one."""
    block, _ = split(data)
    found = _ID.search(block)
    return found[1].strip(b"\"' \t\r").decode(errors="surrogateescape") if found else ""
