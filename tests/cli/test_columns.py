"""Text at a terminal is as wide as that is, and nothing of it is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.cli.columns import width_of, wrapped
from tests.cli.terminal import converse

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = st.text(st.sampled_from("ab é知識e\u0301 .-"), max_size=80)


@given(TEXTS, st.integers(8, 40), st.sampled_from(["", "    "]), st.sampled_from(["", "  "]))
def test_no_line_is_wider_and_no_letter_is_lost(text: str, width: int, first: str, indent: str) -> None:
    lines = wrapped(text, width, first=first, indent=indent)

    assert all(width_of(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(TEXTS, st.integers(8, 40), st.integers(1, 4))
def test_no_more_lines_than_wanted(text: str, width: int, lines: int) -> None:
    found = wrapped(text, width, lines=lines)

    assert len(found) <= lines
    assert all(width_of(line) <= width for line in found)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two three", ["one two", "  three"]),
        ("https://example.org/x", ["https://", "  exampl", "  e.org/", "  x"]),
        ("知識管理 ok", ["知識管理", "  ok"]),
    ],
)
def test_lines_end_between_words(text: str, lines: list[str]) -> None:
    assert wrapped(text, 8, indent="  ") == lines


def test_find_and_check_keep_to_the_terminals_width(tmp_path: Path) -> None:
    (tmp_path / "pkm.toml").touch()
    folder = tmp_path / "a folder with a long name" / "and one below it that is long too"
    folder.mkdir(parents=True)
    text = "A sentence about needles that goes on and on. " * 9 + "[[a link to a note that is not there at all]]"
    (folder / "A note with quite a long title as well.md").write_text(text)

    for argv in (["find", "needles"], ["check"]):
        _, seen = converse(argv, tmp_path, NO_COLOR="1", COLUMNS="60")
        lines = [
            line for line in seen.replace("\r", "").split("\n") if not line.endswith("well.md")
        ]  # a path stays whole
        assert len(lines) > 3
        assert max(map(width_of, lines)) <= 60
