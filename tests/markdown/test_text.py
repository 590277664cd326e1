"""Bytes to text and back again, nothing lost."""

from __future__ import annotations

from pkm.markdown.parse import byte_offsets, decode


def test_utf8_has_no_problem_and_keeps_its_mark() -> None:
    assert decode(b"\xef\xbb\xbfa") == ("\ufeffa", [])


def test_other_bytes_survive_and_are_told_with_their_line() -> None:
    text, [(line, message, hint)] = decode(b"one\ncaf\xe9\n")

    assert text.encode("utf-8", "surrogateescape") == b"one\ncaf\xe9\n"
    assert (line, message) == (2, "1 byte is not UTF-8.")
    assert "UTF-8" in hint


def test_utf16_is_called_by_its_name() -> None:
    [(line, message, _)] = decode("é".encode("utf-16"))[1]

    assert (line, message) == (1, "The file is UTF-16, not UTF-8.")


def test_offsets_become_those_of_bytes_in_any_order() -> None:
    assert byte_offsets("abc", [2, 0]) == [2, 0]
    assert byte_offsets("é中a", [3, 1, 2, 1]) == [6, 2, 5, 2]
    assert byte_offsets("\udce9a", [1, 2]) == [1, 2]
    assert byte_offsets("\ud800a", [1]) == [3]
