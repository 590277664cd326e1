from __future__ import annotations

import datetime as dt

import pytest

from pkm.share.front import allowed, date, lines, title_of, veto


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "private"),
        ({"audience": "public"}, ""),
        ({"audience": " PUBLIC "}, ""),
        ({"audience": "private"}, "private"),
        ({"audience": "self"}, "private"),
        ({"audience": True}, "`audience` is not one word"),
        ({"audience": ["public"]}, "`audience` is not one word"),
        ({"audience": "public", "draft": True}, "private"),
        ({"audience": "public", "publish": False}, "private"),
        ({"audience": "public", "draft": "no"}, "`draft` is neither true nor false"),
        ({"audience": "public", "publish": "false"}, "`publish` is neither true nor false"),
        ({"audience": "public", "draft": False, "publish": True}, ""),
    ],
)
def test_who_may_leave(values: dict[str, object], reason: str) -> None:
    assert veto(values, "public", "private") == reason


def test_only_named_keys_leave() -> None:
    values = {"people": "zq", "cssclass": "zq", "kind": "zq", "stage": "zq", "confidence": "zq", "lang": "zq zq", "url": "javascript:zq", "source": "file:///zq"}  # fmt: skip

    assert "zq" not in repr(allowed(values, "one.md"))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//a.example", "https://a.example/<b>", 'https://a.example/"x', "ftp://a.example"])  # fmt: skip
def test_only_plain_addresses_are_sources(url: str) -> None:
    assert allowed({"source": url}, "one.md")["sources"] == ()


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T08:30", "2026-11-20T08:30:00"),
        ("2026-11-20 08:30:15+02:00", "2026-11-20T08:30:15"),
        (dt.date(2026, 11, 20), "2026-11-20"),
        ("2026-13-20", ""),
        ("yesterday", ""),
        (20261120, ""),
        (None, ""),
    ],
)
def test_dates(value: object, meant: str) -> None:
    assert date(value) == meant


def test_a_note_was_planted_when_its_id_says() -> None:
    assert allowed({"id": "20261120-0812"}, "one.md")["created"] == "2026-11-20T08:12:00"
    assert allowed({}, "diary/2026-11-20.md")["created"] == "2026-11-20"


def test_a_note_is_not_tended_before_it_was_planted() -> None:
    assert allowed({"created": "2026-02-02", "updated": "2026-01-01"}, "one.md")["updated"] == "2026-02-02"


def test_names_are_one_clean_line() -> None:
    assert title_of({"title": " a\n\x1b[31mb\u202e "}, "", "one.md") == "a [31mb"
    assert lines(["a\tb", "", None, ["c"]], commas=False) == ["a b"]


def test_the_title_is_the_first_of_three() -> None:
    assert title_of({"title": "Front"}, "Heading", "x/file.md") == "Front"
    assert title_of({}, "Heading", "x/file.md") == "Heading"
    assert title_of({}, "", "x/file.md") == "file"
