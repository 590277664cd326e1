"""Text to tokens: what counts as a word, and that compiled code says the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.sense.suggest.corpus import Link
from pkm.sense.suggest.tokens import BREAKS, CLOSE, OPEN, SIGNS, Numbers, Tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[3]
NOTES = sorted([*(ROOT / "templates" / "sample-vault").rglob("*.md"), *(ROOT / "docs").rglob("*.md")])
PIECES = st.sampled_from(
    ["Word", "two_words", "7", "3.", "3) ", "٣. ", "- ", "* x", "-", "#", "# ", "##\t", "```", "~~~", "~", "`", "``", ">",
     "|", " ", "\t", "\n", "\n\n", "\r\n", "\x01", "\x02", "\x03", "\x0e", "\x1f", "don't", "...", "É", "e\u0301", "ﬁn",
     "ß", "İ", "Ꭰ", "知", "知识管理", "・", "カ", "\uff76\uff9e", "한글", "x知y", "＃ ", "－ ", "\u1fef", "\ud800", "\U0001f600", "ⅷ"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=60))


def spelled(text: str, links: Sequence[Link] = ()) -> list[str]:
    numbers = Numbers(SIGNS)
    said, _ = Tokens(numbers).read(text, links)
    return [numbers.spelled[number] for number in memoryview(said).cast("B").cast("i")]


def test_words_are_folded_and_unspaced_script_is_read_by_pairs() -> None:
    assert spelled("Two_Words 7th STRASSE Straße") == [BREAKS[0], "two", "words", "7th", "strasse", "strasse"]
    assert spelled("知识管理 und 知") == [BREAKS[0], "知识", "识管", "管理", "und", "知"]


def test_lines_tell_by_their_marks_what_they_are() -> None:
    lines = "text\n- item\n  2) item\n## head\n````py\n> said\n| cell\n-none\n#none\n"

    assert "".join(each for each in spelled(lines) if each in BREAKS) == "".join(
        BREAKS[at] for at in [0, 1, 1, 2, 3, 4, 5, 0, 0, 0]
    )


def test_a_link_is_what_it_shows_between_two_marks() -> None:
    text = "see [[a|the\nend]], [[b]]"
    links = [Link("a.md", "the\nend", 4, 17), Link("c.md", "end", 8, 15), Link("b.md", "b", 19, 24)]

    assert spelled(text, links) == [BREAKS[0], "see", OPEN, "the", "end", CLOSE, OPEN, "b", CLOSE]
    assert Tokens(Numbers(SIGNS)).read(text, links)[1] == [0, 2]


def both(texts: Sequence[tuple[str, Sequence[Link]]], names: Sequence[str] = ()) -> tuple[object, object]:
    """What Python and what compiled code say of texts, one after the other."""
    compiled = pytest.importorskip("pkm.sense.suggest.tokens_fast", reason="it is not compiled here")
    told = []
    for reader in (Tokens, compiled.Tokens):
        numbers = Numbers(SIGNS)
        tokens = reader(numbers)
        read = [(bytes(said), kept) for said, kept in (tokens.read(text, links) for text, links in texts)]
        told.append((read, [tokens.words(name) for name in names], numbers.spelled))
    return told[0], told[1]


@st.composite
def linked(draw: st.DrawFn) -> tuple[str, list[Link]]:
    """A text with links anywhere in it, some of them within others, one perhaps longer than the text."""
    text = draw(TEXTS)
    starts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=4)))
    return text, [Link(None, draw(TEXTS), start, start + draw(st.integers(0, 8))) for start in starts]


@given(st.lists(linked(), min_size=1, max_size=3), st.lists(TEXTS, max_size=2))
@settings(max_examples=400, deadline=None)
def test_compiled_code_says_what_python_says(texts: list[tuple[str, list[Link]]], names: list[str]) -> None:
    python, compiled = both(texts, names)

    assert compiled == python


def test_compiled_code_reads_these_pages_as_python_does_and_many_words_besides() -> None:
    texts = [path.read_text("utf-8") for path in NOTES]
    texts.append(" ".join(f"w{number}" for number in range(9000)))

    python, compiled = both([(text, ()) for text in [*texts, *texts]])

    assert compiled == python
