"""A note that was edited has the rows of one that always said this, whichever of them were left alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pkm.index.replace import Replacer
from tests.index.copies import age, anew, index_of, kept, write

#: Lines that differ little, so that two versions of a note hold the same things in some places and not in others.
FRONT = st.lists(
    st.sampled_from(
        [
            "title: One", "title: Two", "tags: [a, b]", "tags: [a, c]", "aliases: [Uno]", "aliases: [Due]", "up: '[[b]]' ",
            "up:  '[[b]]'", "up: '[[c]]' ", "n: 1", "n: 2", "n: 1.0", "kind: question", "broken: [", "# remark", "# REMARK",
        ]
    ),
    max_size=2,
)  # fmt: skip
LINES = st.lists(
    st.sampled_from(
        [
            "# One", "# Two", "A sentence.", "B sentence.", "[[b]]", "[[c]]", "[c](b.md)", "- [ ] do", "- [x] do", "#a",
            "#b", "text ^id", "", "```", "<!--", "$x$", "知识", "知道", "é", "\ufeff", "x?#a", "x\udcff#a", "[[b?]]", "[[b\udcff]]",
        ]
    ),
    max_size=4,
)  # fmt: skip


@st.composite
def edits(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A note before and after: often only its front matter or only its text is another."""
    versions = [(draw(FRONT), draw(LINES)), (draw(FRONT), draw(LINES))]
    (front, lines), (others, more) = versions
    after = draw(st.sampled_from([(front, more), (others, lines), (others, more), (front, [*lines, "A sentence."])]))
    before, now = (
        "\n".join(["---", "created: 2026-11-20", *front, "---", *lines]).encode("utf-8", "surrogateescape")
        for front, lines in ((front, lines), after)
    )
    return before, now


@given(edits())
@settings(max_examples=150, deadline=None)
@example((b"---\ncreated: 2026-11-20\n---\nx\xff#a", b"---\ncreated: 2026-11-20\n---\nx?#a"))
@example((b"---\ncreated: 2026-11-20\nn: 1\n---\n", b"---\ncreated: 2026-11-20\nn: 2\n---\n"))
def test_what_is_kept_is_what_is_found_anew(versions: tuple[bytes, bytes]) -> None:
    before, after = versions
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        age(write(root, "a.md", before), write(root, "b.md", "See [[One]], [[Uno]] and [[a]]."), ns=20_000_000_000)
        kept(root)
        age(write(root, "a.md", after))

        assert kept(root) == anew(root)


def test_of_a_note_that_got_a_sentence_only_text_and_time_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pkm.markdown.scan_plain", reason="the scanner is not compiled here")
    text = "---\ncreated: 2026-11-20\ntags: [one]\n---\n# A\n\n- [ ] do [[b]] #two ^id\n"
    age(write(tmp_path, "a.md", text), ns=20_000_000_000)
    kept(tmp_path)
    age(write(tmp_path, "a.md", f"{text}\nOne more sentence.\n"))
    asked: list[str] = []
    difference = Replacer._difference

    def traced(self: Replacer, table: str) -> None:
        rows = self.db.execute("SELECT count(*) FROM replaced").fetchone()
        asked.extend([table] * (rows != (0,)))
        difference(self, table)

    monkeypatch.setattr(Replacer, "_difference", traced)
    index = index_of(tmp_path)
    index.refresh()
    index.close()

    assert asked == ["notes", "problems", "pairs"]
