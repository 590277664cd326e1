"""Which pages are close to a page, asked one by one and of all at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.share.bundle import Page, Reference
from pkm.share.garden.cards import Card, card_of
from pkm.share.garden.project import Site

pytest.importorskip("pkm.share.garden.close_fast", reason="it is not compiled here")

PAGES = 60  # more than a page may lead to and still say who belongs together
NUMBERS = st.integers(0, PAGES - 1)


def card(number: int, links: set[int]) -> Card:
    references = [Reference(0, 0, "", f"{other:02}.md", "", "", "", embed=False) for other in sorted(links)]
    return card_of(Page(f"{number:02}.md", f"Page {number}", "", references=references))


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=120), st.lists(NUMBERS, max_size=2))
def test_all_pages_at_once_are_told_what_each_is_told(links: list[tuple[int, int]], hubs: list[int]) -> None:
    leads: list[set[int]] = [set(range(PAGES)) if number in hubs else set() for number in range(PAGES)]
    for source, target in links:
        leads[source % 12].add(target % 12)  # many of few, so that they have company
        leads[source].add(target)

    site = Site({one.path: one for one in map(card, range(PAGES), leads)})

    assert dict(site.all_related()) == {path: site.related(one) for path, one in site.cards.items()}


def test_close_pages_are_found_at_all() -> None:
    leads: dict[int, set[int]] = {0: {2, 3}, 1: {2, 3}}

    site = Site({one.path: one for one in (card(number, leads.get(number, set())) for number in range(4))})

    assert dict(site.all_related())["00.md"] == ("01.md",)
