"""Nothing that a note says can move a cursor, and JSON says the same with or without it."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from pkm.cli.output import clean, inert_json, one_line, show_error
from pkm.errors import OutsideError

if TYPE_CHECKING:
    import pytest

HOSTILE = set("\x1b\x07\x9b\x7f\u202e\u2066\r\x00\x85\u061c")


@given(st.text())
def test_clean_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    assert not set(clean(text)) & HOSTILE
    assert "\n" not in one_line(text)


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_stays_the_same_value(value: object) -> None:
    text = inert_json(json.dumps(value, ensure_ascii=False))

    assert not set(text) & HOSTILE
    assert json.loads(text) == json.loads(json.dumps(value).encode("utf-8", "surrogatepass"))


def test_ordinary_text_of_any_script_is_left_alone() -> None:
    assert clean("Zettel — 知识 🌱\n\ttab") == "Zettel — 知识 🌱\n\ttab"


class Full(io.StringIO):
    """A stream onto a disk that takes nothing."""

    def write(self, text: str) -> int:
        raise OSError(28, f"No space left on device for {len(text)} characters")


def test_an_error_that_nobody_can_be_told_is_still_in_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Full())

    assert show_error(OutsideError("The disk is full.")) == 5


def test_an_error_is_told_though_the_output_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("sys.stdout", Full())

    assert show_error(OutsideError("No space left.", "The disk is full.", "Make room.")) == 5
    assert capsys.readouterr().err == "pkm: No space left.\n     The disk is full.\n     Make room.\n"
