"""Values as YAML that every reader takes for the same: ours, PyYAML's (1.1) and Obsidian's (1.2).

Text is written plain where nobody could misread it and quoted everywhere else; a wikilink is
always quoted. ISO dates stay plain, because that is how Obsidian knows a date.
"""

from __future__ import annotations

from pkm.errors import RefusedError
from pkm.markdown.yaml_plain import core

# A text made of these alone may be a number, a time or a date to one reader or another.
_NUMBER_LIKE = frozenset("0123456789_.:+-abcdefABCDEFxXoOtTzZ ,")

# YAML 1.1 takes these words for true and false, YAML 1.2 does not.
_ONE_ONE_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"))

# What a plain item of a flow list must not hold.
_FLOW = frozenset(",[]{}:#&*!|>'\"%@`?\\")

_SHORT_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def scalar(value: object, quote: str = "", *, flow: bool = False) -> str:
    """One value as YAML. `quote` is the style of quotes to keep to, where the value allows it."""
    if value is None:
        return "null" if flow else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if not -(1 << 63) < value < 1 << 63:
            raise _refused("a whole number this large", "Write it as text.")
        return str(value)
    if isinstance(value, float):
        return _decimal(value)
    if isinstance(value, str):
        return text(value, quote, flow=flow)
    raise _refused(f"a {type(value).__name__}", "A key holds text, a number, true or false, or a list of texts.")


def _refused(what: str, hint: str) -> RefusedError:
    return RefusedError("The front matter is left as it is.", f"It cannot hold {what}.", hint)


def _decimal(value: float) -> str:
    written = repr(value)
    if not written[-1].isdigit() or "n" in written:
        raise _refused("a number that is not finite", "Write it as text.")
    mantissa, exponential, exponent = written.partition("e")
    # YAML 1.1 knows a number with an exponent by its point and its sign.
    point = "" if "." in mantissa or not exponential else ".0"
    sign = "+" if exponential and exponent[0] not in "+-" else ""
    return f"{mantissa}{point}{exponential}{sign}{exponent}"


def text(value: str, quote: str = "", *, flow: bool = False) -> str:
    """Text as YAML: plain, 'single' or "double" quoted."""
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise _refused("bytes that are not UTF-8", "Save the text as UTF-8.")
    escaped = _escaped(value)
    simple = escaped == value.replace("\\", "\\\\").replace('"', '\\"')  # nothing but quotes and backslashes
    if not quote and is_plain(value, flow=flow):
        return value
    if simple and (quote == "'" or (not quote and escaped != value and "'" not in value)):
        return "'" + value.replace("'", "''") + "'"
    return f'"{escaped}"'


def _escaped(value: str) -> str:
    if value.isprintable() and '"' not in value and "\\" not in value:
        return value
    return "".join(_escape(char) for char in value)


def _escape(char: str) -> str:
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    code = ord(char)
    if code < 32 or 127 <= code < 160:
        return f"\\x{code:02x}"
    if code in {0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF}:
        return f"\\u{code:04x}"
    return char


def is_plain(value: str, *, flow: bool = False) -> bool:
    """Whether every reader takes the bare text for this very text."""
    if not value or not value.isprintable() or value != value.strip():
        return False
    first = value[0]
    if not (first.isalnum() or first in "_/(" or first > "\x7f"):
        return False
    if ": " in value or " #" in value or value[-1] == ":" or "[[" in value:
        return False
    if flow and not _FLOW.isdisjoint(value):
        return False
    if value.lower() in _ONE_ONE_WORDS or core(value) is not value:
        return False
    if first.isdigit() and _NUMBER_LIKE.issuperset(value):
        return _is_date(value) or _is_stamp(value)
    return True


def _is_stamp(value: str) -> bool:
    """An id such as 20261120-0830 or 20261120-0830-2: text to everybody."""
    parts = value.split("-")
    return 1 < len(parts) < 4 and len(parts[0]) == 8 and all(part.isascii() and part.isdigit() for part in parts)


def _is_date(value: str) -> bool:
    """An ISO date that exists, alone or with `T08:30:00`: the two forms that Obsidian knows."""
    date, _, time = value.partition("T")
    if len(date) != 10 or date[4] != "-" or date[7] != "-" or not value.isascii():
        return False
    year, month, day = date[:4], date[5:7], date[8:]
    if not (year + month + day).isdigit() or year == "0000" or not 1 <= int(month) <= 12:
        return False
    if not 1 <= int(day) <= _days(int(year), int(month)):
        return False
    return time == "" if "T" not in value else _is_time(time)


def _days(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


def _is_time(time: str) -> bool:
    parts = time.split(":")
    if len(parts) != 3 or not all(len(part) == 2 and part.isdigit() for part in parts):
        return False
    return int(parts[0]) < 24 and int(parts[1]) < 60 and int(parts[2]) < 60
