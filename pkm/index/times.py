"""Times as the index keeps them: text that sorts, local, to the second. What a note says, else its file's time."""

from __future__ import annotations

from pkm.config import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WHOLE = len("2026-11-20T08:30:00")
_QUARTER = 900  # seconds
_REMEMBERED = 1000
_quarters: dict[int, tuple[str, int]] = {}  # of an hour, since 1970: how its local time begins, and its first minute


def created_and_modified(values: dict[str, Any], mtime_ns: int) -> tuple[str, str]:
    """When a note says that it was made and changed; the file's time stands in for what it does not say."""
    created = said(values.get("created") or values.get("date"))
    modified = said(values.get("updated") or values.get("modified"))
    if created and modified:
        return created, modified
    stamp = written(mtime_ns)
    return created or stamp, modified or stamp


def said(value: object) -> str:
    """`2026-11-20` or `2026-11-20T08:30:00`; empty when the value is no time."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value)
    day = text[:10]
    if not (_are_digits(day.replace("-", ""), 8) and day[4] == "-" and day[7] == "-"):
        return ""
    minute = text[11:16]
    if not (text[10:11] in ("T", " ") and _are_digits(minute.replace(":", ""), 4) and minute[2] == ":"):
        return day
    second = text[16:19]
    if not (_are_digits(second[1:], 2) and second[0] == ":"):
        return f"{day}T{minute}:00"
    return text if len(text) == _WHOLE and text[10] == "T" else f"{day}T{minute}{second}"


def _are_digits(text: str, count: int) -> bool:
    return len(text) == count and text.isdigit() and text.isascii()


def written(mtime_ns: int) -> str:
    """A file's time. Some disks hold times that no calendar has."""
    second = mtime_ns // 1_000_000_000
    # The files of a vault were often written together: within a quarter of an hour one look at the calendar is enough.
    quarter, rest = divmod(second, _QUARTER)
    known = _quarters.get(quarter)
    if known is None:
        try:
            known = _begin(quarter)
        except (OverflowError, OSError, ValueError):
            return iso(0)
        if known is None:
            return iso(second)
        if len(_quarters) >= _REMEMBERED:
            _quarters.clear()
        _quarters[quarter] = known
    return f"{known[0]}{known[1] + rest // 60:02}:{rest % 60:02}"


def _begin(quarter: int) -> tuple[str, int] | None:
    """A quarter's beginning; None when clocks were put forward or back within it, or years have five digits."""
    first, last = iso(quarter * _QUARTER), iso(quarter * _QUARTER + _QUARTER - 1)
    minute = int(first[14:16]) if len(first) == _WHOLE else 60
    return (first[:14], minute) if last == f"{first[:14]}{minute + 14:02}:59" else None
