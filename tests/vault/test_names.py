from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.errors import RefusedError
from pkm.vault.names import LONGEST, file_name, free_name, key, safe_component, slug


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Mind maps!", "mind-maps"),
        ("Don't panic: v1.2", "dont-panic-v1-2"),
        ("  a -- b__c  ", "a-b-c"),
        ("知识 管理", "知识-管理"),
        ("हिन्दी में", "हिन्दी-में"),
        ("cafe\u0301", "caf\u00e9"),
        ("İstanbul", "istanbul"),
        ("zero\u200bwidth \u202egpj.exe", "zerowidth-gpj-exe"),
        ("../../etc/passwd", "etc-passwd"),
        ("a\0b\nc", "a-b-c"),
        ("-rf", "rf"),
        ("🙂", "note"),
        ("", "note"),
        ("\u0301", "note"),
        ("\ud800x", "x"),
    ],
)
def test_a_slug_keeps_letters_of_any_script_and_nothing_else(title: str, expected: str) -> None:
    assert slug(title) == expected


@pytest.mark.parametrize("title", ["CON", "con.", "nul", "AUX ", "com1", "LPT9", "COM¹"])
def test_names_that_windows_reserves_are_avoided(title: str) -> None:
    assert slug(title).endswith("-note")


@pytest.mark.parametrize("title", ["x" * 300, "知" * 100, "é" * 100, "हि" * 80, "word " * 60])
def test_a_long_title_is_cut_between_letters(title: str) -> None:
    name = slug(title)

    assert LONGEST - 6 <= len(name.encode()) <= LONGEST
    assert slug(title).rstrip("-") == name
    assert not name.endswith("ह")


@given(st.text(st.characters(), max_size=200))
def test_any_title_gives_a_name_that_every_system_can_hold(title: str) -> None:
    name = slug(title)

    assert safe_component(name + ".md") == name + ".md"
    assert 0 < len(name.encode()) <= LONGEST
    assert normalize("NFC", name) == name
    assert slug(name) == name


def test_the_next_free_number_is_taken() -> None:
    taken = {"note.md", "note-2.md"}

    assert file_name("Note", taken) == "note-3.md"
    assert file_name("Other", taken) == "other.md"
    assert free_name("board", lambda name: name == "board.canvas", ".canvas") == "board-2.canvas"


def test_names_that_differ_in_case_or_unicode_form_only_are_taken() -> None:
    assert free_name("readme", {key("README.md")}) == "readme-2.md"
    assert free_name("caf\u00e9", {key("CAFE\u0301.md")}) == "caf\u00e9-2.md"
    assert key("straße") == key("STRASSE")


def test_a_free_number_is_found_quickly_among_thousands() -> None:
    asked: list[str] = []

    def is_taken(name: str) -> bool:
        asked.append(name)
        return name == "note.md" or int(name[5:-3]) < 50_000

    assert int(free_name("note", is_taken)[5:-3]) >= 50_000
    assert len(asked) < 200


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a/b",
        "a\\b",
        "a:b",
        "a?b",
        "..",
        ".hidden",
        "-rf",
        "con",
        "Aux.md",
        "nul.txt.md",
        "end.",
        "end ",
        " in",
        "new\nline",
        "esc\x1b",
        "c1\x9b",
        "rtl\u202e",
        "zero\u200b",
        "\udcff",
        "x" * 256,
        'quote"',
    ],
)
def test_a_name_that_some_system_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(RefusedError) as refused:
        safe_component(name)

    assert refused.value.reason


@pytest.mark.parametrize("name", ["Mind maps.md", "知识.md", "v1.2 (draft).md", "a'b.md", "console.md"])
def test_an_ordinary_name_is_safe(name: str) -> None:
    assert safe_component(name) == name
