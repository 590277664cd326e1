"""Dates as people say them."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm import dates
from pkm.errors import UsageError

FRIDAY = datetime(2026, 11, 20, 8, 30)  # noqa: DTZ001 - people mean their own clock


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("today", "2026-11-20", "2026-11-21"),
        ("Yesterday", "2026-11-19", "2026-11-20"),
        ("tomorrow", "2026-11-21", "2026-11-22"),
        ("now", "2026-11-20T08:30:00", "2026-11-20T08:30:01"),
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-11", "2026-11-01", "2026-12-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-11-20", "2026-11-20", "2026-11-21"),
        ("20261120", "2026-11-20", "2026-11-21"),
        ("2026-11-20T08:30", "2026-11-20T08:30:00", "2026-11-20T08:31:00"),
        ("2026-11-20 08:30:10", "2026-11-20T08:30:10", "2026-11-20T08:30:11"),
        ("2026-W47", "2026-11-16", "2026-11-23"),
        ("2026-Q4", "2026-10-01", "2027-01-01"),
        ("this week", "2026-11-16", "2026-11-23"),
        ("last week", "2026-11-09", "2026-11-16"),
        ("next week", "2026-11-23", "2026-11-30"),
        ("last month", "2026-10-01", "2026-11-01"),
        ("next month", "2026-12-01", "2027-01-01"),
        ("this quarter", "2026-10-01", "2027-01-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("fri", "2026-11-20", "2026-11-21"),
        ("mon", "2026-11-16", "2026-11-17"),
        ("next fri", "2026-11-27", "2026-11-28"),
        ("last friday", "2026-11-13", "2026-11-14"),
        ("last wed.", "2026-11-18", "2026-11-19"),
        ("next sunday", "2026-11-22", "2026-11-23"),
        ("3 days ago", "2026-11-17", "2026-11-18"),
        ("a week ago", "2026-11-13", "2026-11-14"),
        ("two weeks ago", "2026-11-06", "2026-11-07"),
        ("in 2 weeks", "2026-12-04", "2026-12-05"),
        ("1 month from now", "2026-12-20", "2026-12-21"),
        ("3d", "2026-11-17", "2026-11-18"),
        ("+3d", "2026-11-23", "2026-11-24"),
        ("3 hours ago", "2026-11-20T05:30:00", "2026-11-20T05:31:00"),
        ("last 3 days", "2026-11-17", "2026-11-21"),
        ("past 2 hours", "2026-11-20T06:30:00", "2026-11-20T08:30:00"),
        ("next 2 weeks", "2026-11-20", "2026-12-05"),
        ("november", "2026-11-01", "2026-12-01"),
        ("nov 2025", "2025-11-01", "2025-12-01"),
        ("20 nov", "2026-11-20", "2026-11-21"),
        ("nov 20, 2026", "2026-11-20", "2026-11-21"),
        ("20th of", None, None),
        ("last november", "2025-11-01", "2025-12-01"),
        ("next may", "2027-05-01", "2027-06-01"),
        ("2026-13", None, None),
        ("2026-11-00", None, None),
        ("2026-02-30", None, None),
        ("30 feb", None, None),
        ("99999 years ago", None, None),
        ("", None, None),
        ("soon", None, None),
    ],
)
def test_people_say_dates(said: str, start: str | None, end: str | None) -> None:
    if start is None:
        with pytest.raises(UsageError, match="no date"):
            dates.iso_span(said, FRIDAY.timestamp())
    else:
        assert dates.iso_span(said, FRIDAY.timestamp()) == (start, end)


def test_a_month_earlier_is_never_a_month_later() -> None:
    """31 March less a month is the last day of February."""
    late = datetime(2026, 3, 31)  # noqa: DTZ001 - people mean their own clock

    assert dates.iso_span("1 month ago", late.timestamp()) == ("2026-02-28", "2026-03-01")


def test_a_zone_is_turned_into_the_time_of_this_machine() -> None:
    moment = datetime.fromisoformat("2026-11-20T08:30:00+09:00").timestamp()

    assert dates.parse_day("2026-11-20T08:30:00+09:00", FRIDAY.timestamp()) == (moment, moment + 1)


@given(st.text(max_size=20) | st.from_regex(r"\A(last|next|in|)\s?[0-9a-z]{0,6} (day|week|month|year)s?( ago)?\Z"))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        start, end = dates.parse_day(text, FRIDAY.timestamp())
    except UsageError:
        return
    assert start < end


@given(st.dates().filter(lambda day: 1900 < day.year < 9000))
def test_every_written_day_is_that_day(day: object) -> None:
    start, end = dates.parse_span(str(day), FRIDAY)

    assert str(start.date()) == str(day)
    assert (end - start).total_seconds() == 86400
