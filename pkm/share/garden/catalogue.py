"""The cards of all pages, with what can only be known when all are: addresses and numbers in the search index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkm.share.garden import search
from pkm.share.garden.cards import Card, card_of
from pkm.share.slugs import assign_slugs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkm.share.bundle import Page


def catalogue(before: Mapping[str, Card], fresh: Mapping[str, Page], gone: set[str]) -> list[Card]:
    """Return the cards in the order of their paths. A page that did not change keeps the very card it had."""
    cards = {path: card for path, card in before.items() if path not in gone}
    addressed = not gone and before.keys() >= fresh.keys()
    for path, page in fresh.items():
        card, old = card_of(page), before.get(path)
        if old:
            card = card.with_fields(doc=old.doc, related=old.related, says=old.says)
            addressed = addressed and (old.wanted, old.created) == (card.wanted, card.created)
        cards[path] = card
    if addressed:
        for path in fresh:
            cards[path] = cards[path].with_slug(before[path].slug)
        return list(cards.values())
    return _addressed({path: cards[path] for path in sorted(cards)})


def _addressed(cards: dict[str, Card]) -> list[Card]:
    slugs = assign_slugs(cards.values())
    for path, card in cards.items():
        # One with a slug of its own had it found before; its identity may have come with new front matter.
        if card.slug != slugs[path] or not card.ref:
            cards[path] = card.with_slug(slugs[path])
    docs = search.documents(cards.values())
    return [card if card.doc == docs[card.slug] else card.with_fields(doc=docs[card.slug]) for card in cards.values()]
