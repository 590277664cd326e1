"""The sentence beside a backlink is a sentence, however its lines are broken."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.share.garden.sentences import LONGEST, look, sentence

LINK = "[[Soil]]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("One. Worms make [[Soil]] rich. Two.", "Worms make <b>Soil</b> rich."),
        ("One. Notes are\nempty from inside, see\n[[Soil]] and\nmore. Two.", "Notes are empty from inside, see <b>Soil</b> and more."),
        ("- a point that\n  goes on to [[Soil]]\n- another", "a point that goes on to <b>Soil</b>"),
        ("# Heading\nunder it [[Soil]] lies\n\nnext", "under it <b>Soil</b> lies"),
        ("Ends here.\nBegins with [[Soil]] there", "Begins with <b>Soil</b> there"),
        ("| a | b |\nbeside [[Soil]] here\n```\ncode", "beside <b>Soil</b> here"),
        ("See also [[Soil]] as\n1. a list\n2. of two", "See also <b>Soil</b> as"),
        ("above\n\n[[Soil]]\n\nbelow", ""),
    ],
)  # fmt: skip
def test_a_sentence_crosses_lines_but_no_other_border(text: str, said: str) -> None:
    at = text.index(LINK)

    assert sentence(text, at, at + len(LINK)) == said


AROUND = ["word", "Two words ", " ", " ", ". ", "! ", "… ", "。", ".", ", ", "(", "“", "1. ", "- ", "> ", "# ", "* ", "| ", "—", "é", "知", "²", "\n", "\n\n", "\t", "\u3000", "*em*", "`code`", "[[B]]", "a & b", "\\", "a longer run of words that fills the room there is. "]  # fmt: skip
LINKS = [
    "[[A b]]",
    "[[A|words]]",
    "[[ A ]]",
    "[[A#b]]",
    "[[A|]]",
    "[[A|b|c]]",
    "[[知]]",
    "[A](b.md)",
    "![[A]]",
    f"[[{'long ' * 20}end]]",
]
PARTS = st.lists(st.sampled_from(AROUND), max_size=20).map("".join)


@settings(max_examples=2000, deadline=None)
@given(PARTS, st.sampled_from(LINKS), PARTS)
def test_where_the_compiled_way_answers_it_says_what_python_says(before: str, link: str, after: str) -> None:
    fast = pytest.importorskip("pkm.share.garden.sentence_fast", reason="it is not compiled here")
    text, start = before + link + after, len(before)

    said = fast.plain_sentence(text, start, start + len(link), LONGEST)

    assert said in (None, look(text, start, start + len(link)))


def test_the_compiled_way_answers_for_plain_sentences() -> None:
    fast = pytest.importorskip("pkm.share.garden.sentence_fast", reason="it is not compiled here")
    text = "First. Here stands [[A b|a link]] between words. Last."

    assert fast.plain_sentence(text, text.index("[["), text.index("]]") + 2, LONGEST) == look(
        text, text.index("[["), text.index("]]") + 2
    )
    assert (
        fast.plain_sentence(text, text.index("[["), text.index("]]") + 2, LONGEST)
        == "Here stands <b>a link</b> between words."
    )
