"""A link is one line, under its heading, and leads where it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.errors import ChangedError, RefusedError, UsageError
from pkm.markdown.parse import scan
from pkm.sense.link import line_of, link_plan, with_link
from pkm.vault.plan import apply
from tests.sense.kit import bench_of, files_of

if TYPE_CHECKING:
    from pathlib import Path

LINE = "- see:: [[b]] — why"


@pytest.mark.parametrize(
    ("note", "wanted"),
    [
        ("", f"## Links\n{LINE}\n"),
        ("Text.\n", f"Text.\n\n## Links\n{LINE}\n"),
        ("Text.", f"Text.\n\n## Links\n{LINE}\n"),
        ("Text.\n\n", f"Text.\n\n## Links\n{LINE}\n"),
        ("---\na: 1\n---\n", f"---\na: 1\n---\n## Links\n{LINE}\n"),
        ("# T\n\n## Links\n- [[a]]\n", f"# T\n\n## Links\n- [[a]]\n{LINE}\n"),
        ("# T\n\n## Links\n- [[a]]", f"# T\n\n## Links\n- [[a]]\n{LINE}"),
        ("## Links\n\n- [[a]]\n\n\n## Log\n- x\n", f"## Links\n\n- [[a]]\n{LINE}\n\n\n## Log\n- x\n"),
        ("## Links\n", f"## Links\n{LINE}\n"),
        ("## Links", f"## Links\n{LINE}"),
        ("## Links\n### Sub\n- [[a]]\n# Next\n", f"## Links\n### Sub\n- [[a]]\n{LINE}\n# Next\n"),
        ("T\r\n\r\n## Links\r\n- [[a]]\r\n", f"T\r\n\r\n## Links\r\n- [[a]]\r\n{LINE}\r\n"),
        ("T\r\n", f"T\r\n\r\n## Links\r\n{LINE}\r\n"),
        ("```\n## Links\n```\n", f"```\n## Links\n```\n\n## Links\n{LINE}\n"),
        ("## Links\n<div>\nx\n</div>\n", f"## Links\n<div>\nx\n</div>\n\n{LINE}\n"),
    ],
)
def test_line_stands_at_the_end_of_the_links(note: str, wanted: str) -> None:
    assert with_link(note.encode(), LINE).decode() == wanted


@pytest.mark.parametrize("note", ["```\ncode that never ends\n", "<!-- a comment that never ends\n"])
def test_line_that_would_be_no_link_is_refused(note: str) -> None:
    with pytest.raises(RefusedError):
        with_link(note.encode(), LINE)


def test_the_same_line_twice_is_refused() -> None:
    once = with_link(b"Text.\n", LINE)

    with pytest.raises(ChangedError):
        with_link(once, LINE)


def test_bytes_that_are_no_text_stay() -> None:
    assert with_link(b"caf\xe9\n", LINE).startswith(b"caf\xe9\n\n## Links\n")


def test_why_is_one_line() -> None:
    assert line_of("[[b]]", "see", "one\ntwo\x1b[31m") == "- see:: [[b]] — one two [31m"
    assert line_of("[[b]]", "", "") == "- [[b]]"


PIECES = [
    "text",
    "",
    "## Links",
    "- [[a]]",
    "# Top",
    "## Log",
    "> quote",
    "```",
    "- [ ] do",
    "    code",
    "| t | u |",
    "a [x](b.md)",
]


@given(st.lists(st.sampled_from(PIECES), max_size=9), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_only_whole_lines_are_added_and_one_link(pieces: list[str], newline: str, ended: bool) -> None:
    text = newline.join(pieces) + (newline if ended and pieces else "")
    try:
        new = with_link(text.encode(), LINE).decode()
    except RefusedError:
        return

    assert len(scan(new).links) == len(scan(text).links) + 1
    rest = iter(new.splitlines())
    assert all(line in rest for line in text.splitlines())  # in their order
    added = len(new.splitlines()) - len(text.splitlines())
    assert added == 1 or "## Links" in new.splitlines()


def test_link_leads_to_its_note_also_among_namesakes(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, {"x/note.md": "x", "y/note.md": "y", "x/a.md": "Text.\n"})

    apply(
        bench.vault,
        link_plan(bench.vault, bench.db, bench.settings, "x/a.md", "y/note.md", relation="extends", why="it goes on"),
    )

    assert files_of(bench) == {
        "x/note.md": b"x",
        "y/note.md": b"y",
        "x/a.md": b"Text.\n\n## Links\n- extends:: [[y/note]] \xe2\x80\x94 it goes on\n",
    }


def test_a_relation_is_one_of_six(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, {"a.md": "", "b.md": ""})

    with pytest.raises(UsageError):
        link_plan(bench.vault, bench.db, bench.settings, "a.md", "b.md", relation="likes", why="so")
