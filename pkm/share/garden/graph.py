"""Maps: a small one around each note as a drawing in the page, and one of the whole garden as data.

Both are laid out while the site is built, by rule and not by simulation: the same garden always looks
the same, and no reader's processor has to find out how.
"""

from __future__ import annotations

import functools
from html import escape
from typing import TYPE_CHECKING

from pkm.share.garden.cards import shorten
from pkm.share.garden.search import script

if TYPE_CHECKING:
    from pkm.share.garden.cards import Card
    from pkm.share.garden.project import Site

MOST = 4
MOST_TOPICS = 60
FEW = 3
MOST_LINKS = 4_000


def local_graph(card: Card, site: Site) -> str:
    """Return a drawing of the page among its neighbours, each a link; "" when it stands alone."""
    near = site.by_maturity(site.neighbours(card.path))[:MOST]
    if not near:
        return ""
    places, drawing = _fan(len(near))
    rows = [drawing]
    for place, path in zip(places, near, strict=True):
        other = site.cards[path]
        arrow = "←" if path not in card.links else "↔" if card.path in other.links else "→"
        opening, words = _label(other.title, other.href)
        rows.append(f"{opening}{place}{arrow} {words}</text></a>")
    return "".join(rows) + "</svg>"


@functools.lru_cache(maxsize=1 << 14)
def _label(title: str, href: str) -> tuple[str, str]:
    """Return how a neighbour's link begins and what it says."""
    words = shorten(title, 20 if title.isascii() else 13)
    return f'<a href="{escape(href)}">', escape(words, quote=False)


@functools.cache
def _fan(count: int) -> tuple[list[str], str]:
    """Return where so many neighbours' names stand, and the drawing without them: the further from the middle, the nearer."""
    height = max(110, 22 * count + 14)
    middle = height // 2
    places, lines = [], []
    for number in range(count):
        away = number - (count - 1) / 2
        x, y = round(92 - 34 * (abs(away) / max(1.0, count / 2)) ** 2), round(middle + away * 22)
        places.append(f'<text x="{x}" y="{y + 4}">')
        lines.append(f"Q{x // 2} {y} {x} {y}")
    start = f"M24 {middle}"
    path = start + start.join(lines)
    return (
        places,
        f'<svg viewBox="0 0 260 {height}" role="group"><path d="{path}"/><circle cx="24" cy="{middle}" r="7"/>',
    )


def whole_map(site: Site) -> str:
    """Return the map of the garden as data: each topic with its pages, the best linked in the middle of their flower.

    Where a flower and its florets stand follows from this order alone (`garden.js` has the sunflower's rule,
    Vogel 1979), so no positions are kept: ten thousand pages are fifty kilobytes. A garden that is small
    enough to show its links has them too, as numbers of pages.
    """
    topics: dict[str, list[Card]] = {}
    cards = [card for card in site.cards.values() if card.slug != "index"]
    for card in cards:
        tag = card.tags[0].split("/")[0] if card.tags else ""
        topics.setdefault(tag.casefold(), []).append(card)
    few = [
        card
        for key in list(topics)
        if key and len(topics) > MOST_TOPICS and len(topics[key]) < FEW
        for card in topics.pop(key)
    ]
    if few:
        topics.setdefault("", []).extend(few)
    rows = []
    order: dict[str, int] = {}
    for key in sorted(topics, key=lambda key: (-len(topics[key]), key)):
        around = [(site.degree(card.path), card) for card in topics[key]]
        around.sort(key=lambda item: (-item[0], item[1].path))
        for _, card in around:
            order[card.path] = len(order)
        name = site.tags[key].name if key else ""
        rows.append(
            [
                name,
                "".join(card.doc for _, card in around),
                "".join(str(min(9, round(degree**0.6))) for degree, _ in around),
            ]
        )
    data: dict[str, object] = {"t": rows}
    if sum([len(card.links) for card in cards]) - site.inbound.count("index.md") <= MOST_LINKS:
        links = [(order[card.path], order[path]) for card in cards for path in card.links if path in order]
        data["e"] = [number for pair in sorted(links) for number in pair]
    return script("map", data)
