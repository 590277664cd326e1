"""The sentence beside a backlink is a sentence, however its lines are broken."""

from __future__ import annotations

import pytest

from pkm.share.garden.sentences import sentence

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
