"""Which pages a change concerns: the table from pages to what they are made of, read backwards.

A page is made of its own text, the texts it embeds, the titles and addresses it links, the sentences
of those who link it, its neighbours, and what it calls close. Everything here compares cards; what it
finds must be exactly what a first build would write differently, and a test says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkm.share.garden.project import MAX_DEGREE
from pkm.share.garden.shelf import Changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pkm.share.garden.cards import Card
    from pkm.share.garden.project import Site
    from pkm.share.garden.shelf import Ways

    Pair = tuple[Card | None, Card | None]


class Stale:
    """What has to be made again."""

    def __init__(self, everything: Iterable[str] = ()) -> None:
        self.pages: set[str] = set(everything)
        self.bodies: set[str] = set(self.pages)
        self.related: set[str] = set()  # whose list of close pages may be another
        self.listed = False  # what lists, feeds and other programs are told of a page
        self.linked = False  # who links whom


def changes(before: Mapping[str, Card], after: Mapping[str, Card]) -> dict[str, Pair]:
    """Return the pages whose cards differ, those that came and those that went, with both cards."""
    if isinstance(after, Changed):
        return {path: (before[path], card) for path, card in after.own.items()}
    found: dict[str, Pair] = {path: (old, None) for path, old in before.items() if path not in after}
    for path, card in after.items():
        old = before.get(path)
        # A card that nobody touched is the very same object.
        if old is not card and old != card:
            found[path] = (old, card)
    return found


def renamed(changed: Mapping[str, Pair]) -> bool:
    """Whether the public knows a page by another name or address than before."""
    return any(
        old is None or new is None or (old.title, old.slug, old.ref) != (new.title, new.slug, new.ref)
        for old, new in changed.values()
    )


def regrouped(changed: Mapping[str, Pair]) -> bool:
    """Whether tags or folders may have other pages than before."""
    return any(old is None or new is None or old.tags != new.tags for old, new in changed.values())


def told(card: Card | None) -> object:
    """Return what lists, feeds and sitemaps say of a page."""
    return card and (
        card.title, card.slug, card.stage, card.tags, card.kind, card.created, card.updated, card.excerpt, card.author, card.ref, card.doc
    )  # fmt: skip


def shown(card: Card | None) -> object:
    """Return what other pages show of a page."""
    return card and (card.title, card.slug, card.stage)


def find_stale(
    changed: Mapping[str, Pair],
    site: Site,
    said: Callable[[str], tuple[Mapping[str, str], Mapping[str, str]]],
    assets: set[str],
) -> Stale:
    """Return what the changed pages concern. `said(path)` gives a page's sentences before and after."""
    stale = Stale()
    if assets:
        stale.bodies |= {card.path for card in site.cards.values() if not assets.isdisjoint(card.assets)}
    moved: dict[str, int] = {}  # how many of a page's links came or went
    for path, (old, new) in changed.items():
        _one(stale, path, old, new, site, said, moved)
    _embedding(stale, site.embedding, changed)
    _close(stale, changed, site, moved)
    stale.pages |= stale.bodies
    stale.pages &= site.cards.keys()
    stale.bodies &= site.cards.keys()
    stale.related &= site.cards.keys()
    return stale


def _one(
    stale: Stale,
    path: str,
    old: Card | None,
    new: Card | None,
    site: Site,
    said: Callable[[str], tuple[Mapping[str, str], Mapping[str, str]]],
    moved: dict[str, int],
) -> None:
    stale.pages.add(path)
    looks_different = shown(old) != shown(new)
    if old is None or new is None or looks_different or old.digest != new.digest or old.anchors != new.anchors:
        stale.bodies.add(path)
    stale.listed |= told(old) != told(new)
    before, after = set(old.links if old else ()), set(new.links if new else ())
    stale.pages |= before ^ after
    for target in before ^ after:
        moved[target] = moved.get(target, 0) + 1
        moved[path] = moved.get(path, 0) + 1
        stale.linked = True
    was, now = said(path)
    stale.pages |= {target for target in before & after if looks_different or was.get(target) != now.get(target)}
    if looks_different or old is None or new is None or old.anchors != new.anchors:
        for source in site.inbound.get(path):
            stale.pages.add(source)
            if looks_different or path in site.cards[source].anchored:
                stale.bodies.add(source)


def _embedding(stale: Stale, embedding: Ways, changed: Mapping[str, Pair]) -> None:
    """Pages that show another's text are made of it too, through any number of pages between."""
    waiting = list(stale.bodies)
    waiting += [path for path, (old, new) in changed.items() if old and new and old.digest != new.digest]
    while waiting:
        for path in embedding.get(waiting.pop()):
            if path not in stale.bodies:
                stale.bodies.add(path)
                waiting.append(path)


def _close(stale: Stale, changed: Mapping[str, Pair], site: Site, moved: Mapping[str, int]) -> None:
    """A link that came or went changes what is close: to its two ends, and to all around an end with few links."""
    for path, number in moved.items():
        stale.related.add(path)
        if site.degree(path) - number <= MAX_DEGREE:
            card = site.cards.get(path)
            stale.related.update(card.links if card else ())
            stale.related.update(site.inbound.get(path))
    for path, (old, new) in changed.items():
        stale.related.add(path)
        if old and new is None:
            # Those it linked lose it as a way to each other.
            stale.related.update(old.links)
    if different := {path for path, (old, new) in changed.items() if shown(old) != shown(new)}:
        for card in site.cards.values():
            if not different.isdisjoint(card.related):
                stale.pages.add(card.path)
                if any(path not in site.cards for path in card.related):
                    stale.related.add(card.path)
