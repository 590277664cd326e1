"""Which file a link means: Obsidian's rules as observed, and our fallbacks, which say that they are some."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.markdown.parse import scan
from pkm.markdown.resolve import STYLES, Files, key, link_text, resolve

with open(os.path.join(os.path.dirname(__file__), "obsidian.json"), encoding="utf-8") as _file:
    CASES: dict[str, Any] = json.load(_file)

paths = st.lists(
    st.lists(st.sampled_from(["a", "b", "Ab", "é", "x y"]), min_size=1, max_size=3)
    .map("/".join)
    .map(lambda p: p + ".md"),
    min_size=1,
    max_size=8,
    unique_by=key,
)


@pytest.mark.parametrize("case", CASES["links"], ids=lambda case: str(case["rule"]))
def test_links_resolve_as_obsidian_was_seen_to_do(case: dict[str, Any]) -> None:
    [link] = scan(case["text"]).links

    found = resolve(link.target, case["note"], case["vault"])

    assert found.target == case["leads_to"]
    assert not found.ambiguous
    assert bool(found.via) == (found.target is not None)


@pytest.mark.parametrize("case", CASES["targets"], ids=lambda case: str(case["text"]))
def test_targets_are_read_as_obsidian_was_seen_to_do(case: dict[str, Any]) -> None:
    links = scan(case["text"]).links

    assert [link.target for link in links] == case["targets"]
    if "displays" in case:
        assert [link.display for link in links] == case["displays"]


def test_equally_long_paths_are_ambiguous_and_the_first_is_taken() -> None:
    assert resolve("Note", "s.md", ["bb/Note.md", "aa/Note.md"]) == ("aa/Note.md", "tie", True)


def test_a_leading_slash_means_the_vaults_root_and_nothing_else() -> None:
    files = ["a/Note.md", "b/c/Note.md"]

    assert resolve("/a/Note", "x/s.md", files) == ("a/Note.md", "path", False)
    assert resolve("/c/Note", "x/s.md", files) == (None, "", False)


def test_dots_never_lead_out_of_the_vault() -> None:
    assert resolve("../../y", "a/x.md", ["y.md"]).target is None


def test_alias_title_and_id_answer_in_this_order_and_only_for_what_no_name_answers() -> None:
    files = ["AI.md", "one.md", "two.md", "three.md"]
    names = {
        "aliases": {"one.md": ["AI", "Turing", "Zuse"]},
        "titles": {"two.md": "Turing", "three.md": "Zuse"},
        "ids": {"three.md": "20261120-0830", "two.md": "Zuse"},
    }

    def found(target: str) -> tuple[str | None, str, bool]:
        return resolve(target, "s.md", files, **names)  # type: ignore[arg-type]

    assert found("ai") == ("AI.md", "path", False)
    assert found("turing") == ("one.md", "alias", False)
    assert found("20261120-0830") == ("three.md", "id", False)
    assert found("nobody") == (None, "", False)


def test_an_alias_of_two_notes_is_ambiguous() -> None:
    found = resolve("AI", "s.md", ["long.md", "b.md"], aliases={"long.md": ["AI"], "b.md": ["ai"]})

    assert found == ("b.md", "alias", True)


@pytest.mark.parametrize(
    ("style", "text"), [("shortest", "Deep Note"), ("relative", "../c/Deep Note"), ("absolute", "b/c/Deep Note")]
)
def test_a_link_is_written_in_each_style(style: str, text: str) -> None:
    assert link_text("b/c/Deep Note.md", "b/d/s.md", ["b/c/Deep Note.md", "b/d/s.md"], style) == text


def test_the_shortest_form_is_the_whole_path_where_the_name_is_not_unique() -> None:
    assert link_text("b/Note.md", "s.md", ["a/Note.md", "b/Note.md"]) == "b/Note"


def test_a_relative_link_gets_its_dot_where_another_file_would_answer() -> None:
    assert link_text("b/x.md", "b/s.md", ["x.md", "b/x.md"], "relative") == "./x"


def test_a_note_named_like_a_picture_keeps_its_ending() -> None:
    assert link_text("Figure.png.md", "s.md", ["Figure.png", "Figure.png.md"]) == "Figure.png.md"


@given(paths, st.data())
def test_a_link_that_we_write_leads_where_it_should(files: list[str], data: st.DataObject) -> None:
    target, source = data.draw(st.sampled_from(files)), data.draw(st.sampled_from(files))
    style, ending = data.draw(st.sampled_from(STYLES)), data.draw(st.booleans())

    text = link_text(target, source, files, style, ending=ending)

    found = resolve(text, source, files)
    assert (found.target, found.ambiguous) == (target, False)


@given(paths, st.text("ab./é x", max_size=8), st.data())
def test_the_order_in_which_files_are_listed_changes_nothing(
    files: list[str], target: str, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(files))

    assert resolve(target, "a/s.md", files) == resolve(target, "a/s.md", Files(shuffled))


@pytest.mark.parametrize(("target", "file"), [("ΟΔΟΣ", "οδος.md"), ("οδος", "a/ΟΔΟΣ.md"), ("ΟΔΟΣ.md", "ΟΔΟς.md")])
def test_a_sigma_at_the_end_of_a_word_is_a_sigma(target: str, file: str) -> None:
    assert resolve(target, "s.md", [file]).target == file


@given(st.text())
def test_a_key_is_its_own_key_but_for_another_ending(target: str) -> None:
    once = key(target)

    assert key(once + ".md") == once
