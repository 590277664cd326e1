"""Plain front matter: the few YAML forms that nearly every note uses, read without a YAML library.

`plain` reads `key: value` lines with plain or quoted scalars, flow lists of them, block lists of
them, blank lines and comments. Whatever it does not know for certain it leaves alone: it answers
None and the library reads the block (`yaml_full.py`). Where both answer they agree.

`core` gives a plain scalar its type, for both readers: the core schema of YAML 1.2, with what
notes need. `no` and `on` are words, `2026-11-20` and `1:30` are text, `0012` keeps its zeros, and
a number that neither SQLite nor JSON can hold stays the text that was written.

Every note of an index passes here: 1,000 notes in a few milliseconds, nothing imported.
"""

from __future__ import annotations

_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

# A plain scalar that starts with one of these is something else, or needs the library to tell.
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@` ")

# What makes an item of a flow list more than a plain word.
_FLOW_INDICATORS = frozenset("?:,[]{}#&*!|>'\"%@`\\")

_NUMBER_START = frozenset("+-.0123456789")

# Keys and list items that were found good once: notes of a vault repeat both.
_keys: set[str] = set()
_items: set[str] = set()
_REMEMBERED = 1 << 14

_LARGEST = (1 << 63) - 1


class _Beyond(Exception):
    """Outside the plain subset."""


def core(text: str) -> object:
    """The value of a plain scalar: None, bool, int, float, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _NUMBER_START:
        return _number(text)
    return text


def _number(text: str) -> object:
    if not text.isascii() or (text[4:5] == "-" and text[:4].isdigit()):  # nearly always a date
        return text
    body = text[1:] if text[0] in "+-" else text
    if body.isdigit():
        return _integer(text) if len(body) < 20 and (body[0] != "0" or len(body) == 1) else text
    prefix = text[:2]
    if prefix in {"0x", "0o"}:
        return _based(text, 16 if prefix == "0x" else 8)
    mantissa, exponential, exponent = body.replace("E", "e").partition("e")
    if exponential and not (exponent[1:] if exponent[:1] in {"+", "-"} else exponent).isdigit():
        return text
    whole, dot, fraction = mantissa.partition(".")
    if not (dot or exponential) or not (whole + fraction).isdigit() or (whole[:1] == "0" and len(whole) > 1):
        return text
    if not whole and not fraction.isdigit():
        return text
    number = float(text)
    return text if number in {float("inf"), float("-inf")} else number


def _integer(text: str) -> object:
    number = int(text)
    return number if -_LARGEST <= number <= _LARGEST else text


def _based(text: str, base: int) -> object:
    digits = text[2:]
    if not digits.isalnum() or len(digits) > 22:
        return text
    try:
        number = int(digits, base)
    except ValueError:
        return text
    return number if number <= _LARGEST else text


def plain(text: str) -> dict[str, object] | None:
    """The keys and values of a block (its lines end in LF), or None when the library must read it."""
    if not text.replace("\n", "").isprintable():
        return None
    values: dict[str, object] = {}
    waiting: str | None = None  # the key whose value, so far empty, may turn out a block list
    items: list[object] | None = None  # the block list being read
    indent = ""
    try:
        for line in text.split("\n"):
            key, colon, value = line.partition(": ")
            if not colon and line[-1:] == ":":
                key, colon = line[:-1], ":"
            if colon and (key in _keys or _is_key(key)):
                if key in values:
                    return None
                items = None
                read = _value(value) if value else None
                values[key] = read
                waiting = key if read is None and not _written(value) else None
                continue
            bare = line.lstrip(" ")
            if not bare or bare[0] == "#":
                continue
            if waiting is None or bare[:2] != "- ":
                return None
            before = line[: -len(bare)]
            if items is None:
                indent, items = before, []
                values[waiting] = items
            elif before != indent:
                return None
            items.append(_item(bare[2:]))
    except _Beyond:
        return None
    return values


def _written(value: str) -> bool:
    """Whether a null was written out, as `~` or `null`: then no block list may follow."""
    bare = value.lstrip(" ")
    return bare != "" and bare[0] != "#"


def _is_key(key: str) -> bool:
    if len(key) > 100 or not (key[:1].isalnum() or key[:1] == "_") or key[-1] == " ":
        return False
    if not key.replace("_", "a").replace("-", "a").replace(" ", "a").replace("/", "a").replace(".", "a").isalnum():
        return False
    if len(_keys) < _REMEMBERED:
        _keys.add(key)
    return True


def _item(text: str) -> object:
    value = text.strip(" ")
    if not value or value[0] == "#":
        raise _Beyond
    return _value(value)


def _value(text: str) -> object:
    """The value after `key: ` or `- ` on one line."""
    first = text[0]
    if first in _INDICATORS:
        return _indicated(text)
    if ": " in text or " #" in text or text[-1] in ": ":
        text = text.partition(" #")[0].rstrip(" ")
        if ": " in text or text[-1] == ":":
            raise _Beyond
    if first in _NUMBER_START:
        return _number(text)
    return _WORDS[text] if len(text) < 6 and text in _WORDS else text


def _indicated(text: str) -> object:
    """A value whose first character means something."""
    first = text[0]
    if first == "[":
        return _flow_list(text)
    if first in {'"', "'"}:
        value, end = _quoted(text, 0)
        rest = text[end:]
        if rest and (rest[0] != " " or rest.strip(" ")[:1] not in {"", "#"}):
            raise _Beyond
        return value
    if first == " ":
        text = text.strip(" ")
        return _value(text) if text else None
    if first == "#":
        return None
    if first == "-" and text[1:2].isdigit():
        text = text.partition(" #")[0].rstrip(" ")
        if ": " not in text and text[-1] != ":":
            return _number(text)
    raise _Beyond


def _quoted(text: str, start: int) -> tuple[str, int]:
    """The quoted scalar that opens at `start`, and the offset after its closing quote."""
    quote = text[start]
    end = text.find(quote, start + 1)
    if quote == "'":
        while end >= 0 and text[end + 1 : end + 2] == "'":
            end = text.find("'", end + 2)
    inner = text[start + 1 : end]
    if end < 0 or (quote == '"' and "\\" in inner):
        raise _Beyond
    return (inner.replace("''", "'") if quote == "'" else inner), end + 1


def _flow_list(text: str) -> object:
    if text[-1] != "]":
        text = text.partition(" #")[0].rstrip(" ")
        if text[-1] != "]":
            raise _Beyond
    inner = text[1:-1]
    items = inner.split(", ")
    if _items.issuperset(items):
        return items
    return _flow_items(inner)


def _flow_items(inner: str) -> list[object]:
    items: list[object] = []
    inner = inner.rstrip(" ")
    at, size = 0, len(inner)
    while at < size:
        while inner[at] == " " and at < size - 1:
            at += 1
        if inner[at] in {'"', "'"}:
            value, at = _quoted(inner, at)
            items.append(value)
        else:
            comma = inner.find(",", at)
            end = comma if comma >= 0 else size
            items.append(_flow_word(inner[at:end].rstrip(" ")))
            at = end
        while at < size and inner[at] == " ":
            at += 1
        if at < size and inner[at] != ",":
            raise _Beyond
        at += 1
    return items


def _flow_word(word: str) -> object:
    if not word or word[0] == "-" or not _FLOW_INDICATORS.isdisjoint(word):
        raise _Beyond
    value = core(word)
    if value is word and len(_items) < _REMEMBERED:
        _items.add(word)
    return value
