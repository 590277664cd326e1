"""Words as a sentence model cuts them."""

from __future__ import annotations

import pytest

from pkm.sense.suggest.wordpiece import BEGIN, END, UNKNOWN, Pieces

VOCABULARY = [UNKNOWN, BEGIN, END, "un", "##link", "##ed", "link", "cafe", ".", "学", "习", "a", "##a", "_"]
PIECES = Pieces(VOCABULARY)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("unlinked", ["un", "##link", "##ed"]),
        ("Link. LINK", ["link", ".", "link"]),
        ("Café", ["cafe"]),
        ("学习", ["学", "习"]),
        ("link学link", ["link", "学", "link"]),
        ("a_a", ["a", "_", "a"]),
        ("zebra", [UNKNOWN]),
        ("aaa", ["a", "##a", "##a"]),
        ("a" * 101, [UNKNOWN]),
        ("\u200b\x00 \n", []),
        ("", []),
    ],
)
def test_the_longest_known_piece_comes_first(text: str, pieces: list[str]) -> None:
    assert [VOCABULARY[number] for number in PIECES.of(text, 32)] == [BEGIN, *pieces, END]


def test_a_long_text_is_read_from_its_beginning() -> None:
    numbers = PIECES.of("link " * 5000, 16)

    assert len(numbers) == 16
    assert numbers[-1] == VOCABULARY.index(END)
