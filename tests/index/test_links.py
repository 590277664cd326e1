"""Which file a link means, asked of a real index: Obsidian's rules as observed, then our own fallbacks."""

from __future__ import annotations

import json
import os
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from tests.index.copies import anew, index_of, kept, write

if TYPE_CHECKING:
    from pathlib import Path

with open(os.path.join(os.path.dirname(__file__), "..", "markdown", "obsidian.json"), encoding="utf-8") as _file:
    CASES: list[dict[str, Any]] = json.load(_file)["links"]


def meaning(root: Path, source: str) -> list[tuple[str | None, str]]:
    """(target, via) of each link of a note."""
    index = index_of(root)
    index.refresh()
    rows = index.db.execute(
        "SELECT g.path, l.via FROM links l JOIN files f ON f.id = l.source LEFT JOIN files g ON g.id = l.target"
        " WHERE f.path = ? ORDER BY l.start",
        (source,),
    ).fetchall()
    index.close()
    return rows


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["rule"]))
@pytest.mark.parametrize("order", ["at once", "note first", "note last"])
def test_links_resolve_as_obsidian_was_seen_to_do(tmp_path: Path, case: dict[str, Any], order: str) -> None:
    files = [path for path in case["vault"] if path != case["note"]]
    for path in files if order == "note last" else []:
        write(tmp_path, path, "")
    kept(tmp_path)
    write(tmp_path, case["note"], case["text"])
    if order != "at once":
        kept(tmp_path)
    for path in files:
        write(tmp_path, path, "")

    [(target, via)] = meaning(tmp_path, case["note"])

    assert target == case["leads_to"]
    assert bool(via) == (target is not None)


def test_a_name_in_decomposed_letters_is_the_same_name(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "Café.md")
    write(tmp_path, f"Sub/{name}", "")
    write(tmp_path, "s.md", "[[Café]] [[sub/café.MD]]")

    assert meaning(tmp_path, "s.md") == [(f"Sub/{name}", "name"), (f"Sub/{name}", "path")]


def test_two_names_that_differ_in_case_only_are_both_there_and_one_is_meant(tmp_path: Path) -> None:
    write(tmp_path, "Note.md", "")
    write(tmp_path, "note.md", "")
    if len(list(tmp_path.glob("*.md"))) < 2:
        pytest.skip("this disk knows no case")
    write(tmp_path, "s.md", "[[note]] [[Note]]")

    assert meaning(tmp_path, "s.md") == [("Note.md", "path"), ("Note.md", "path")]


def test_alias_title_and_id_answer_only_what_no_file_name_does(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "---\naliases: Small groups\ntitle: Circle\nid: 12.10\n---\n")
    write(tmp_path, "s.md", "[[small groups]] [[circle]] [[12.10]] [[Small]]")

    assert meaning(tmp_path, "s.md") == [("a.md", "alias"), ("a.md", "title"), ("a.md", "id"), (None, "")]

    write(tmp_path, "deep/Circle.md", "")

    assert meaning(tmp_path, "s.md")[1] == ("deep/Circle.md", "name")


def test_a_name_that_goes_is_looked_for_again(tmp_path: Path) -> None:
    write(tmp_path, "deep/Circle.md", "")
    write(tmp_path, "a.md", "---\naliases: [Circle]\n---\n")
    write(tmp_path, "s.md", "[[Circle]]")
    kept(tmp_path)
    (tmp_path / "deep" / "Circle.md").unlink()

    assert meaning(tmp_path, "s.md") == [("a.md", "alias")]

    write(tmp_path, "a.md", "no other name")

    assert meaning(tmp_path, "s.md") == [(None, "")]


def test_a_folder_with_the_ending_of_a_note_is_a_folder(tmp_path: Path) -> None:
    write(tmp_path, "x.md/Note.md", "")
    write(tmp_path, "yy/Note.md", "")
    write(tmp_path, "x.md/s.md", "[[Note]] [[./Note]] [[x.md/Note]] [[x/Note]]")

    found = ("x.md/Note.md", "folder"), ("x.md/Note.md", "relative"), ("x.md/Note.md", "path"), (None, "")
    assert meaning(tmp_path, "x.md/s.md") == list(found)
    write(tmp_path, "x.md/s.md", "changed [[Note]] [[./Note]] [[x.md/Note]] [[x/Note]]")
    assert meaning(tmp_path, "x.md/s.md") == list(found)


def test_a_relative_link_that_ends_in_dots_follows_its_file(tmp_path: Path) -> None:
    write(tmp_path, "a/b/s.md", "[[../..]] [[./x/.]] [[./x/]]")
    kept(tmp_path)
    write(tmp_path, "a.md", "")
    write(tmp_path, "a/b/x.md", "")

    assert kept(tmp_path) == anew(tmp_path)
    assert meaning(tmp_path, "a/b/s.md")[1] == ("a/b/x.md", "relative")
