"""What a regular expression is said to begin with holds whatever it matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.markdown.beginnings import END, OTHER, beginnings

PATTERNS = [
    r"(?:def|class)\b", r"(?i)select|KEY", r"[^\s\"'<>]+", r"\s*#.*", r"(?m)^\w+:", r"(a|b?)c", r"(?:x{0,2}|[0-9])y", r"\D\d", r"é+|\S",
    r"(?<!\.)ab", r"(?=.)\W?", r"(?s).", r"[^a-zß]", r"(?i:[k-m])n", r"(['\"])\1", r"(?i)ſ", r"[\W_]z", r"q*?r", r"",
]  # fmt: skip


def first(text: str) -> str:
    return text[:1] if text[:1].isascii() else OTHER


@pytest.mark.parametrize("source", PATTERNS)
@given(data=st.data())
def test_whatever_an_expression_matches_begins_with_one_of_its_beginnings(source: str, data: st.DataObject) -> None:
    pattern = re.compile(source)
    text = data.draw(st.from_regex(pattern) | st.text(max_size=4))

    if pattern.match(text):
        assert first(text) in beginnings(pattern)


def test_what_cannot_begin_so_is_left_out() -> None:
    assert beginnings(re.compile(r"(?:def|[0-9]+)\b")) == frozenset("d0123456789") | {OTHER}
    assert beginnings(re.compile("ab")) == {"a"}
    assert END in beginnings(re.compile("a?"))
    assert END not in beginnings(re.compile("."))
