"""Dates as people say them: `yesterday`, `last week`, `next fri`, `3 days ago`, `2026-11`.

Every date is a span of time, because `2026-11` is a month and `yesterday` a day. Weeks begin on
Monday. A weekday alone is that of this week; with `last` or `next` it is the nearest one before or
after today. All times are those of the machine's clock.
"""

from __future__ import annotations

import re
from datetime import MINYEAR, UTC, datetime, timedelta

from pkm.errors import UsageError

Span = tuple[datetime, datetime]

DAY = timedelta(days=1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_NUMBERS |= {"nine": 9, "ten": 10, "eleven": 11, "twelve": 12}
_UNITS = {"m": "minute", "min": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year"}
_EXAMPLES = "yesterday, last week, next fri, 3 days ago, 2026-11, 2026-11-20, 2026-11-20T08:30"


def parse_day(text: str, now: float) -> tuple[float, float]:
    """The span that a person's date means, in seconds since 1970; the end is the first moment after it."""
    start, end = parse_span(text, datetime.fromtimestamp(now))  # noqa: DTZ006 - people mean their own clock
    try:
        return start.timestamp(), end.timestamp()
    except (ValueError, OverflowError, OSError):
        raise _unknown(text) from None


def iso_span(text: str, now: float) -> tuple[str, str]:
    """The same as texts that compare with what notes write: `2026-11-20`, or with a time when it is not midnight."""
    start, end = parse_span(text, datetime.fromtimestamp(now))  # noqa: DTZ006 - people mean their own clock
    return _iso(start), _iso(end)


def _iso(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat().removesuffix("T00:00:00")


def parse_span(text: str, now: datetime) -> Span:
    """The span in the machine's own time, without a zone. Raises `UsageError` when it is no date."""
    said = " ".join(text.strip().lower().replace(",", " ").split())
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        span = (
            (now, now + timedelta(seconds=1)) if said == "now"
            else _iso_date(said) or _day(said, today) or _relative(said, today) or _month(said, today)
            or _counted(said, today, now)
        )  # fmt: skip
    except (ValueError, OverflowError):
        span = None
    if span is None:
        raise _unknown(text)
    return span


def _unknown(text: str) -> UsageError:
    return UsageError(f'"{text}" is no date that pkm knows.', "", f"Write for example: {_EXAMPLES}.")


_DATE = re.compile(r"(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?")
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[t ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?(z|[+-]\d{2}:?\d{2})?")


def _iso_date(said: str) -> Span | None:
    if found := _DATE.fullmatch(said):
        year, month, day = (int(part) if part else None for part in found.groups())
        if year is None or month is None:
            return _months_span(int(said), 1, 12)
        start = datetime(year, month, 1 if day is None else day)  # noqa: DTZ001 - people mean their own clock
        return (start, start + DAY) if day is not None else _months_span(year, month, 1)
    if found := re.fullmatch(r"(\d{4})-w(\d{2})", said):
        start = datetime.fromisocalendar(int(found[1]), int(found[2]), 1)
        return start, start + 7 * DAY
    if found := re.fullmatch(r"(\d{4})-?q([1-4])", said):
        return _months_span(int(found[1]), 3 * int(found[2]) - 2, 3)
    if found := _TIME.fullmatch(said):
        start = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3] or ':00'}{(found[4] or '').upper()}")
        if start.tzinfo is not None:
            start = start.astimezone().replace(tzinfo=None)
        return start, start + timedelta(seconds=1 if found[3] else 60)
    return None


_COUNT = r"(\d{1,5}|" + "|".join(_NUMBERS) + r")"
_UNIT = r"(minute|hour|day|week|month|year)s?"
_AGO = re.compile(rf"(?:(in) )?{_COUNT} ?{_UNIT}(?: (ago|from now|later|before))?")
_SHORT = re.compile(r"(in )?([+-]?)(\d{1,5}) ?(m|min|h|d|w|mo|y)( ago)?")
_LAST = re.compile(rf"(last|past|previous|next) {_COUNT} {_UNIT}")


def _counted(said: str, today: datetime, now: datetime) -> Span | None:
    """`3 days ago`, `in 2 weeks`, `3d`, `last 3 days`."""
    if found := _LAST.fullmatch(said):
        number, ahead = _number(found[2]), found[1] == "next"
        if found[3] in ("minute", "hour"):
            other = _shifted(now, number if ahead else -number, found[3])
            return (now, other) if ahead else (other, now)
        other = _shifted(today, number if ahead else -number, found[3])
        return (today, other + DAY) if ahead else (other, today + DAY)
    if (found := _AGO.fullmatch(said)) and (found[1] or found[4]):
        ahead = bool(found[1]) or found[4] in ("from now", "later")
        return _moment(_number(found[2]), found[3], ahead, today, now)
    if found := _SHORT.fullmatch(said):
        return _moment(int(found[3]), _UNITS[found[4]], bool(found[1]) or found[2] == "+", today, now)
    return None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


def _moment(number: int, unit: str, ahead: bool, today: datetime, now: datetime) -> Span:
    """A day that many days away; for hours and minutes the moment itself."""
    number = number if ahead else -number
    if unit in ("minute", "hour"):
        start = _shifted(now, number, unit)
        return start, start + timedelta(minutes=1)
    start = _shifted(today, number, unit)
    return start, start + DAY


def _shifted(moment: datetime, number: int, unit: str) -> datetime:
    if unit in ("month", "year"):
        months = moment.year * 12 + moment.month - 1 + number * (12 if unit == "year" else 1)
        year, month = divmod(months, 12)
        last = (_months_span(year, month + 1, 1)[1] - DAY).day
        return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
    return moment + timedelta(**{unit + "s": number})


def _relative(said: str, today: datetime) -> Span | None:
    """`this week`, `last month`, `next year`."""
    found = re.fullmatch(r"(this|last|previous|next) (day|week|month|quarter|year)", said)
    if not found:
        return None
    step = {"this": 0, "next": 1}.get(found[1], -1)
    if found[2] == "day":
        return today + step * DAY, today + (step + 1) * DAY
    if found[2] == "week":
        start = today + (7 * step - today.weekday()) * DAY
        return start, start + 7 * DAY
    if found[2] == "year":
        return _months_span(today.year + step, 1, 12)
    if found[2] == "quarter":
        return _months_span(today.year, (today.month - 1) // 3 * 3 + 1 + 3 * step, 3)
    return _months_span(today.year, today.month + step, 1)


def _day(said: str, today: datetime) -> Span | None:
    """`today`, `fri`, `last friday`, `next mon`."""
    shifts = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if said in shifts:
        return today + shifts[said] * DAY, today + (shifts[said] + 1) * DAY
    which, _, name = said.rpartition(" ")
    day = _place(name, _WEEKDAYS)
    if day is None or which not in ("", "this", "on", "last", "next"):
        return None
    away = day - today.weekday()
    if which == "next" and away <= 0:
        away += 7
    if which == "last" and away >= 0:
        away -= 7
    return today + away * DAY, today + (away + 1) * DAY


def _month(said: str, today: datetime) -> Span | None:
    """`nov`, `november 2026`, `20 nov`, `nov 20 2026`, `last november`."""
    words = said.split()
    month, day, year, which = 0, 0, 0, ""
    for word in words:
        place = _place(word, _MONTHS)
        number = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?\.?", word)
        if place is not None and not month:
            month = place + 1
        elif number and not day:
            day = int(number[1])
        elif re.fullmatch(r"\d{4}", word) and not year:
            year = int(word)
        elif word in ("last", "next", "this") and word == words[0]:
            which = word
        else:
            return None
    if not month or (which and year):
        return None
    if not year:
        away = month - today.month
        year = today.year + (which == "next" and away <= 0) - (which == "last" and away >= 0)
    if not day:
        return _months_span(year, month, 1)
    start = datetime(year, month, day)  # noqa: DTZ001 - people mean their own clock
    return start, start + DAY


def _place(word: str, names: tuple[str, ...]) -> int | None:
    """Which of the names it is, or the beginning of, from three letters on."""
    word = word.removesuffix(".")
    return next((i for i, name in enumerate(names) if len(word) >= 3 and name.startswith(word)), None)


def _months_span(year: int, month: int, count: int) -> Span:
    """`count` months from the first day of a month; a month beyond twelve is one of another year."""
    first, after = year * 12 + month - 1, year * 12 + month - 1 + count
    if first < MINYEAR * 12:
        raise ValueError(year)
    return (
        datetime(first // 12, first % 12 + 1, 1, tzinfo=UTC).replace(tzinfo=None),
        datetime(after // 12, after % 12 + 1, 1, tzinfo=UTC).replace(tzinfo=None),
    )
