"""Versions that are kept beside a note, and markers of other tools."""

from __future__ import annotations

import pytest

from pkm.markdown.frontmatter import read
from pkm.sync import copies

NOTE = b"---\nid: n1\ntags: [a]\n---\ntext\n"


def test_a_copy_is_named_by_its_content() -> None:
    name = copies.copy_path("in/Ideas.md", b"x")

    assert name == "in/Ideas (conflict 2d711642).md"
    assert copies.is_copy(name)
    assert copies.original_path(name) == "in/Ideas.md"
    assert copies.copy_path(name, b"y") == copies.copy_path("in/Ideas.md", b"y"), "a copy of a copy has one such ending"


@pytest.mark.parametrize("path", ["a", ".hidden", "in.d/a", "a.tar.gz", "é" * 120 + ".md", "x" * 250 + ".md"])
def test_names_of_copies_fit_every_file_system(path: str) -> None:
    name = copies.copy_path(path, b"x")

    assert copies.is_copy(name)
    assert len(name.rpartition("/")[2].encode()) <= 255
    assert name.rpartition("/")[0] == path.rpartition("/")[0]


def test_a_copy_says_of_what_and_has_no_id() -> None:
    data = copies.marked(NOTE, "n1")

    assert data == b"---\nconflict-of: n1\ntags: [a]\n---\ntext\n"
    assert copies.unmarked(data, "n1") == NOTE
    assert read(copies.unmarked(data, "")).values == {"tags": ["a"]}


@pytest.mark.parametrize("plain", [b"text\n", b"", b"---\ntags: [a]\n---\ntext\n", b"a\r\nb\r\n"])
def test_a_copy_of_a_note_without_an_id_comes_back_byte_for_byte(plain: bytes) -> None:
    data = copies.marked(plain, "in/a.md")

    assert read(data).values["conflict-of"] == "in/a.md"
    assert copies.unmarked(data, "") == plain


def test_a_broken_block_is_left_alone() -> None:
    broken = b"---\nid: [\n---\ntext\n"

    assert copies.marked(broken, "n1") == broken


MARKED = b"a\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> origin/main\nz\n"


def test_markers_become_two_versions() -> None:
    assert copies.versions(MARKED) == (b"a\nours\nz\n", b"a\ntheirs\nz\n")
    assert copies.versions(MARKED.replace(b"=======", b"||||||| 12ab\nbase\n=======")) == copies.versions(MARKED)
    assert copies.versions(MARKED.replace(b"\n", b"\r\n")) == (b"a\r\nours\r\nz\r\n", b"a\r\ntheirs\r\nz\r\n")


@pytest.mark.parametrize(
    "text",
    [
        b"```\n" + MARKED + b"```\n",
        b"~~~~ diff\n" + MARKED + b"~~~~\n",
        MARKED.replace(b">>>>>>> origin/main\n", b""),
        b"    <<<<<<< HEAD\n=======\n    >>>>>>> x\n",
        b"Title\n=======\n\ntext\n>>>>>>> quoted\n",
        b"",
    ],
)
def test_writing_about_markers_is_no_conflict(text: bytes) -> None:
    assert copies.versions(text) is None
