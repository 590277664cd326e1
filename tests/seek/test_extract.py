"""Files become notes: the article of a page, the text of a text, a note as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pkm.errors import OutsideError, UsageError
from pkm.seek.extract import read_file

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """<!doctype html><html><head><title>Deep reading</title><meta name="author" content="Ada Writer">
<link rel="canonical" href="https://example.org/deep"></head><body>
<nav><a href="/">Home</a> <a href="/about">About us and much else</a></nav>
<article><h1>Deep reading</h1><p>Reading slowly is a practice that has to be learned anew, because everything around us asks for speed.</p>
<p>It begins with a <b>pencil</b>, and with the courage to leave most books alone for a long while.</p>
<script>alert("x")</script></article><footer>Imprint, cookies, newsletter</footer></body></html>"""


def test_a_page_is_its_article_and_what_is_known_of_it(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE)

    found = read_file(str(page))

    assert found.title == "Deep reading"
    assert found.keys["url"] == "https://example.org/deep"
    assert found.keys["author"] == "Ada Writer"
    assert b"**pencil**" in found.body
    assert b"alert" not in found.body
    assert b"newsletter" not in found.body


def test_a_note_is_taken_byte_for_byte(tmp_path: Path) -> None:
    note = tmp_path / "a.md"
    note.write_bytes(b"---\nid: 0012\n---\r\n# A\r\n")

    assert read_file(str(note)).body == b"---\nid: 0012\n---\r\n# A\r\n"


@pytest.mark.parametrize(
    ("name", "data"), [("x.zip", b"PK\x03\x04"), ("x.txt", b"a\0b"), ("x.html", b"<html><body></body></html>")]
)
def test_what_cannot_be_read_is_named_with_the_reason(tmp_path: Path, name: str, data: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(data)

    with pytest.raises(UsageError, match="x\\.") as caught:
        read_file(str(file))

    assert caught.value.hint


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=r"gone\.md"):
        read_file(str(tmp_path / "gone.md"))
