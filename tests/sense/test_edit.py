"""A script changes the text or the keys of a note, and neither touches the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.errors import RefusedError, UsageError
from pkm.markdown import frontmatter
from pkm.sense.edit import appended, prepended, replaced, value_of, with_keys

FRONT = b"---\ntitle: T # kept\n---\n"


@pytest.mark.parametrize("front", [b"", FRONT, b"\xef\xbb\xbf" + FRONT])
def test_text_is_replaced_and_added_to_behind_the_front_matter(front: bytes) -> None:
    assert replaced(front + b"old\n", b"new") == front + b"new\n"
    assert appended(front + b"old", b"more\n") == front + b"old\nmore\n"
    assert prepended(front + b"old\n", b"before") == front + b"before\nold\n"
    assert appended(front, b"first") == front + b"first\n"


def test_added_text_takes_the_line_ends_of_the_note() -> None:
    assert appended(b"a\r\nb", b"c\nd\n") == b"a\r\nb\r\nc\r\nd\r\n"
    assert prepended(b"a\r\n", b"c\r\n") == b"c\r\na\r\n"


@pytest.mark.parametrize("change", [replaced, prepended])
def test_text_that_would_become_front_matter_is_refused(change: object) -> None:
    with pytest.raises(RefusedError):
        change(b"text\n", FRONT)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("status", "open", "open"), ("rating", "4", 4), ("share", "0.5", 0.5), ("done", "true", True), ("empty", "", None),
        ("tags", "a, b", ["a", "b"]), ("tags", "a", ["a"]), ("list", "[a, b]", ["a", "b"]), ("for", "[[A, b]]", ["[[A, b]]"]),
        ("follows", "[[A]]", "[[A]]"), ("id", "0012", "0012"), ("odd", "[a", "[a"), ("text", "a: b # c", "a: b # c"), ("due", "2026-12-04", "2026-12-04"),
    ],
)  # fmt: skip
def test_values_are_read_as_they_are_meant(key: str, written: str, value: object) -> None:
    assert value_of(key, written) == value
    assert frontmatter.read(with_keys(b"text\n", [f"{key}={written}"], [])).values == {key: value}


def test_keys_are_set_and_taken_away_and_the_rest_stays() -> None:
    data = FRONT + b"text\n"

    assert with_keys(data, ["a=1", "b=x=y"], ["title"]) == b"---\na: 1\nb: x=y\n---\ntext\n"
    assert with_keys(data, ["a=1"], ["a"]) == data
    with pytest.raises(UsageError):
        with_keys(data, ["a"], [])


@given(st.binary(max_size=60), st.sampled_from([b"", FRONT]), st.sampled_from([b"", b"old", b"old\r\n"]))
def test_the_given_bytes_are_all_there_and_the_front_matter_is_as_before(text: bytes, front: bytes, old: bytes) -> None:
    try:
        new = replaced(front + old, text)
    except RefusedError:
        return

    assert new.startswith(front + text)
    assert frontmatter.read(new).values == frontmatter.read(front).values
    assert len(new) - len(front) - len(text) <= 2
