"""Parts of a note's page as HTML: the line of facts, the way up, who links here, what is close.

They are put together here and not in a template because a page has a hundred of these small links;
a template decides where each part stands, and may leave it out.
"""

from __future__ import annotations

import functools
from html import escape
from typing import TYPE_CHECKING

from pkm.share.garden.search import as_json
from pkm.share.references import address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pkm.share.garden.assets import Shown
    from pkm.share.garden.cards import Card
    from pkm.share.garden.project import Site
    from pkm.share.garden.settings import Garden

GLYPHS = {"seed": "○", "bud": "◐", "evergreen": "●"}
BACKLINKS_TOLD = 10
LEAST_HEADINGS = 5  # of a page that has its contents beside it


@functools.lru_cache(maxsize=1 << 14)
def link(name: str, href: str, kind: str = "") -> str:
    """Return a link; `kind` is its class. Kept, because a page is linked from ten others."""
    marked = f' class="{kind}"' if kind else ""
    return f'<a{marked} href="{escape(href)}">{escape(name, quote=False)}</a>'


def crumbs(steps: Sequence[tuple[str, str]]) -> str:
    """Return the way up from a page, with a stroke behind each step that the style draws."""
    return f'<p class="crumbs">{" ".join(link(name, href) for name, href in steps)}</p>\n' if steps else ""


def folders_above(path: str, site: Site) -> list[tuple[str, str]]:
    """Return (name, address) of the folders above a page."""
    steps = []
    folder = path.rpartition("/")[0]
    while folder:
        steps.append((folder.rpartition("/")[2], f"in/{address(site.slugs[1][folder.casefold()])}.html"))
        folder = folder.rpartition("/")[0]
    return steps[::-1]


def facts(card: Card, garden: Garden) -> str:
    """Return the line under the title: how mature, since when, how sure, by whom."""
    w = garden.words
    found = []
    if card.stage:
        words = escape(w["stage_" + card.stage])
        found.append(f'<a class="stage" href="stages.html#{card.stage}">{GLYPHS[card.stage]} {words}</a>')
    if card.created:
        date = time("dt-published", card.created)
        found.append(f'{escape(w["planted"])} <a class="u-url" href="{escape(card.href)}">{date}</a>')
    if card.updated and card.updated[:10] != card.created[:10]:
        found.append(f"{escape(w['tended'])} {time('dt-updated', card.updated)}")
    if card.confidence:
        found.append(f"{escape(w['confidence'])}: {escape(w[card.confidence])}")
    if card.strand:
        found.append(escape(w[card.strand]))
    if author := card.author or garden.author:
        found.append(f'{escape(w["by"])} <span class="p-author h-card">{escape(author)}</span>')
    return " · ".join(found)


def time(name: str, date: str) -> str:
    """Return a date for readers and for programs."""
    whole = f' datetime="{date}"' if len(date) > 10 else ""
    return f'<time class="{name}"{whole}>{date[:10]}</time>'


def tags(card: Card, site: Site) -> str:
    """Return the page's tags as links."""
    if not card.tags:
        return ""
    links = [
        link("#" + name, f"tags/{address(site.slugs[0][name.casefold()])}.html", "tag p-category") for name in card.tags
    ]
    return f'<p class="tags">{" ".join(links)}</p>\n'


def sources(card: Card, garden: Garden) -> str:
    """Return the addresses that the page draws on."""
    if not card.sources:
        return ""
    links = " ".join(link(source, source, "away u-in-reply-to") for source in card.sources)
    return f'<p class="sources">{escape(garden.words["sources"])}: {links}</p>\n'


def toc(headings: Iterable[tuple[int, str, str]]) -> str:
    """Return the contents of a page that has more than a few headings."""
    told = [entry for entry in headings if entry[0] <= 3 and entry[2]]
    if len(told) < LEAST_HEADINGS:
        return ""
    rows = (f"<li{' class=l3' * (level == 3)}>{link(words, '#' + name)}</li>" for level, name, words in told)
    return f"<ol>{''.join(rows)}</ol>"


def quoted(rows: Iterable[tuple[Card, str]]) -> str:
    """Return pages with a sentence of each, which is HTML already."""
    return "".join(
        [
            f"<li>{link(card.title, card.href)}<p>{said}\n" if said else f"<li>{link(card.title, card.href)}\n"
            for card, said in rows
        ]
    )


def backlinks(card: Card, site: Site, said: Callable[[str, str], str]) -> tuple[str, str, int]:
    """Return the pages that link here: with the sentence around the link, the others by title, and how many those are."""
    cards, path = site.cards, card.path
    linking = site.backlinks(path)
    told = quoted([(cards[source], said(source, path)) for source in linking[:BACKLINKS_TOLD]])
    more = linking[BACKLINKS_TOLD:]
    return told, row([cards[source] for source in more]), len(more)


def row(cards: Iterable[Card]) -> str:
    """Return pages one beside the other."""
    return " · ".join([link(card.title, card.href) for card in cards])


def picture(card: Card, shown: Mapping[str, Shown], garden: Garden) -> str:
    """Return the address of the first picture that a page shows, "" when it shows none that a preview can."""
    if not (card.assets and garden.url):
        return ""
    found = (shown[path] for path in card.assets if path in shown)
    return next((garden.url + file.href for file in found if file.kind == "image" and file.name[-4:] != ".svg"), "")


def card_picture(address: str) -> str:
    """Return what programs read that show a page's picture where somebody shares its address."""
    return (
        f'<meta property="og:image" content="{escape(address)}">\n'
        '<meta name="twitter:card" content="summary_large_image">\n'
    )


def article(card: Card, garden: Garden) -> str:
    """Return what search engines read about a page, as JSON-LD."""
    author = card.author or garden.author
    if not card.created and not author:
        return ""
    data: dict[str, object] = {"@context": "https://schema.org", "@type": "Article", "headline": card.title}
    if card.created:
        data |= {"datePublished": card.created, "dateModified": card.updated}
    if author:
        data["author"] = {"@type": "Person", "name": author}
    text = as_json(data).replace("<", "\\u003c").replace("&", "\\u0026")
    return f'<script type="application/ld+json">{text}</script>\n'
