"""A named note becomes a link where it is named, and nothing else in the note changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from pkm.markdown import parse
from pkm.sense.accept import link_mention, quoted

if TYPE_CHECKING:
    from pathlib import Path


def test_the_words_become_the_shown_text_of_the_link() -> None:
    data = b"---\nid: x\n---\r\nI like Mind maps a lot.\r\n"

    assert link_mention(data, "mind maps", 4, "Mind maps") == b"---\nid: x\n---\r\nI like [[Mind maps]] a lot.\r\n"


def test_other_words_than_the_name_are_kept_as_they_were_written() -> None:
    assert link_mention(b"we use mind-mapping", "mind-mapping", 1, "Mind maps") == b"we use [[Mind maps|mind-mapping]]"


def test_a_place_in_a_link_in_code_or_within_a_word_is_passed_over() -> None:
    data = b"[[maps]] `maps` roadmaps and maps"

    assert link_mention(data, "maps", 1, "maps") == b"[[maps]] `maps` roadmaps and [[maps]]"


def test_characters_of_other_scripts_need_no_space_around_them() -> None:
    assert (
        link_mention("我喜欢间隔重复的方法".encode(), "间隔重复", 1, "间隔重复") == "我喜欢[[间隔重复]]的方法".encode()
    )


def test_nothing_changes_where_the_words_are_gone() -> None:
    assert link_mention(b"another text", "maps", 1, "maps") is None
    assert link_mention(b"maps", "maps", 7, "maps") is None
    assert link_mention(b"```\nmaps\n```\n", "maps", 2, "maps") is None
    assert link_mention(b"---\ntitle: maps\n---\n", "maps", 2, "maps") is None


def test_a_name_that_cannot_stand_in_a_link_is_refused() -> None:
    assert link_mention(b"about C#", "C#", 1, "C#") is None


@given(st.text(alphabet="ab []`#|\n-*<>$%", max_size=60), st.integers(1, 4))
def test_whatever_the_text_the_old_bytes_are_all_there(text: str, line: int) -> None:
    changed = link_mention(text.encode(), "ab", line, "ab")

    if changed is not None:
        assert changed.replace(b"[[ab]]", b"ab").replace(b"[[", b"").replace(b"]]", b"") == text.encode().replace(
            b"[[", b""
        ).replace(b"]]", b"")
        assert len(parse.scan(changed.decode()).links) == len(parse.scan(text).links) + 1


def test_a_reason_quotes_its_words() -> None:
    assert quoted('says "spaced "big" repetition"') == 'spaced "big" repetition'


def test_an_accepted_suggestion_is_one_change(tmp_path: Path) -> None:
    from pkm.sense.accept import plan
    from pkm.workbench import Workbench

    (tmp_path / "pkm.toml").touch()
    (tmp_path / "a.md").write_text("# A\n\nAbout mind maps.\n")
    (tmp_path / "Mind maps.md").write_text("# Mind maps\n")
    bench = Workbench(str(tmp_path))
    reason = {"kind": "mention", "text": 'says "mind maps"', "line": 3}

    inline = plan(bench.vault, bench.db, bench.settings, "a.md", "Mind maps.md", [reason], "")
    listed = plan(bench.vault, bench.db, bench.settings, "a.md", "Mind maps.md", [reason], "they ask")

    assert [change.data for change in inline.changes] == [b"# A\n\nAbout [[Mind maps|mind maps]].\n"]  # type: ignore[union-attr]
    assert b"- [[Mind maps]] \xe2\x80\x94 they ask" in listed.changes[0].data  # type: ignore[union-attr]
