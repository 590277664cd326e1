"""The terms of a garden's texts, gathered by Python and by what is compiled: the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.share.bundle import Page
from pkm.share.garden import search
from pkm.share.garden.gather import Gathered

gather_fast = pytest.importorskip("pkm.share.garden.gather_fast", reason="it is not compiled here")

if TYPE_CHECKING:
    from collections.abc import Sequence

Text = tuple[str, tuple[tuple[int, str], ...]]

WORDS = st.one_of(
    st.sampled_from("a b seed Seed SEED tree-house snake_case x1 Äpfel ﬁne İ ſ K \u212a ΟΔΟΣ Σ'a 知识 知識管理 が\u3099 a\u0301 \ud800 \x1c".split(" ")),
    st.text(st.characters(codec="ascii"), max_size=30),
    st.text(st.characters(), max_size=8),
    st.integers(22, 27).map(lambda length: "w" * length),
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)
ALL = st.lists(st.tuples(TEXTS, st.tuples(st.tuples(st.just(2), TEXTS), st.tuples(st.just(4), TEXTS))), max_size=12)


def both(texts: Sequence[Text]) -> list[Gathered]:
    found = [Gathered(), gather_fast.Gathered()]
    for gathered in found:
        for text, more in texts:
            gathered.add(text, more)
    return found


def names(count: int) -> list[str]:
    return [f"{number:03}" for number in range(count)]


@given(ALL, st.lists(st.lists(WORDS, max_size=3), max_size=3))
def test_both_find_the_same_terms_in_the_same_texts(texts: list[Text], asked: list[list[str]]) -> None:
    python, compiled = both(texts)
    said = [term for text, _ in texts for term in search.terms(text)[:3]]

    assert list(python.packed(names(len(texts)))) == list(compiled.packed(names(len(texts))))
    for words in (*asked, said[:1], said[-2:], said[:1] + said[-1:]):
        assert python.with_all(words) == compiled.with_all(words)
        assert [word in python for word in words] == [word in compiled for word in words]


def test_both_find_the_same_among_very_many_terms() -> None:
    texts = [
        (" ".join(f"t{at % 9001} {at * at} ü{at // 7}" for at in range(start, start + 3000)), ((2, "t1 ü2"),))
        for start in range(0, 24_000, 2000)
    ]

    python, compiled = both(texts)

    assert list(python.packed(names(len(texts)))) == list(compiled.packed(names(len(texts))))
    for words in (["t1", "ü2"], ["t8999"], ["t5", "t6", "t2005"], ["none", "t1"]):
        assert python.with_all(words) == compiled.with_all(words)


@given(TEXTS, TEXTS, TEXTS)
def test_a_later_build_finds_what_a_first_one_gathers(text: str, heading: str, title: str) -> None:
    page = Page("a.md", title, text, headings=[(1, heading, 0)], tags=("one",))
    gathered = Gathered()
    gathered.add(text, search.stressed(page))

    assert dict(gathered.packed(["0"])) == {term: f".{weight}0" for term, weight in search.weights(page).items()}
