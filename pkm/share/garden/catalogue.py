"""The cards of all pages, with what can only be known when all are: addresses and numbers in the search index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkm.share.garden import search
from pkm.share.garden.cards import Card, card_of
from pkm.share.garden.shelf import Changed
from pkm.share.slugs import assign_slugs

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from pkm.share.bundle import Page
    from pkm.share.garden.shelf import Shelf


def catalogue(before: Shelf, fresh: Mapping[str, Page], gone: set[str]) -> MutableMapping[str, Card]:
    """Return the cards in the order of their paths. A page that did not change keeps the very card it had."""
    made: dict[str, Card] = {}
    addressed = not gone
    for path, page in fresh.items():
        card, old = card_of(page), before.get(path)
        if old:
            card = card.with_fields(related=old.related, says=old.says).placed(old.slug, old.doc)
        addressed = addressed and old is not None and (old.wanted, old.created) == (card.wanted, card.created)
        made[path] = card
    if addressed:
        return Changed(before, {path: card for path, card in made.items() if card != before[path]})
    cards = {path: card for path, card in before.items() if path not in gone} | made
    return _addressed({path: cards[path] for path in sorted(cards)})


def _addressed(cards: dict[str, Card]) -> dict[str, Card]:
    slugs = assign_slugs(cards.values())
    docs = search.documents(slugs.values())
    for path, card in cards.items():
        slug = slugs[path]
        # One with a slug of its own had it found before; its identity may have come with new front matter.
        if card.slug != slug or card.doc != docs[slug] or not card.ref:
            cards[path] = card.placed(slug, docs[slug])
    return cards
