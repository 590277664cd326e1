"""What other programs read: Atom and JSON feeds, sitemap, robots, llms.txt, and signs on old addresses."""

from __future__ import annotations

import heapq
from html import escape
from operator import attrgetter
from typing import TYPE_CHECKING

from pkm.share.garden.identity import uuid
from pkm.share.garden.search import as_json
from pkm.share.references import address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pkm.share.garden.cards import Card
    from pkm.share.garden.settings import Garden

ENTRIES = 10
NO_DATE = "1970-01-01T00:00:00Z"


def stamp(date: str) -> str:
    """Return a note's date as feeds want it."""
    return (date if "T" in date else f"{date}T00:00:00") + "Z" if date else NO_DATE


def newest(cards: Iterable[Card], by: str, most: int = ENTRIES) -> list[Card]:
    """Return the cards with the latest date first."""
    date = attrgetter(by)
    dated = [card for card in cards if date(card)]
    last = min(heapq.nlargest(most, map(date, dated)), default="")
    # Few are left to be sorted; of one day those with the first paths come first.
    late = sorted((card for card in dated if date(card) >= last), key=attrgetter("path"))
    return sorted(late, key=date, reverse=True)[:most]


def atom(
    garden: Garden,
    title: str,
    name: str,
    cards: Sequence[Card],
    body: Callable[[str], str] | None,
    gone: Sequence[tuple[str, str]] = (),
) -> str:
    """Return an Atom feed; with `body` the whole text goes along, without it the first words. `gone`: (identity, when)."""
    base = garden.url
    own = f'<link rel="self" href="{escape(base + name)}"/>\n<link href="{escape(base)}"/>\n' if base else ""
    spaces = ' xmlns:at="http://purl.org/atompub/tombstones/1.0"' if gone else ""
    parts = [
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"{spaces} xml:lang="{escape(garden.language)}"'
        + (f' xml:base="{escape(base)}"' if base else "")
        + f">\n<id>{uuid('feed', garden.title, name)}</id>\n<title>{_xml(title)}</title>\n{own}"
        f"<updated>{max((stamp(card.updated) for card in cards), default=NO_DATE)}</updated>\n"
        f"<author><name>{_xml(garden.author or garden.title)}</name></author>\n"
    ]
    for card in cards:
        link = escape(base + card.href)
        told = (
            f'<content type="html">{_xml(body(card.path))}</content>'
            if body
            else f"<summary>{_xml(card.excerpt)}</summary>"
        )
        author = f"<author><name>{_xml(card.author)}</name></author>\n" if card.author else ""
        tags = "".join(f'<category term="{escape(tag)}"/>' for tag in card.tags)
        parts.append(
            f'<entry>\n<id>{card.ref}</id>\n<title>{_xml(card.title)}</title>\n<link href="{link}"/>\n'
            f"<published>{stamp(card.created)}</published>\n<updated>{stamp(card.updated)}</updated>\n{author}{tags}{told}\n</entry>\n"
        )
    parts += [f'<at:deleted-entry ref="{escape(ref)}" when="{stamp(when)}"/>\n' for ref, when in gone]
    parts.append("</feed>\n")
    return "".join(parts)


def json_feed(garden: Garden, title: str, name: str, cards: Sequence[Card], body: Callable[[str], str] | None) -> str:
    """Return the same as a JSON Feed 1.1."""
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "language": garden.language,
    }
    if garden.url:
        feed |= {"home_page_url": garden.url, "feed_url": garden.url + name}
    if garden.author:
        feed["authors"] = [{"name": garden.author}]
    feed["items"] = [_item(garden, card, body) for card in cards]
    return as_json(feed) + "\n"


def _item(garden: Garden, card: Card, body: Callable[[str], str] | None) -> dict[str, object]:
    item: dict[str, object] = {"id": card.ref, "url": garden.url + card.href, "title": card.title}
    if body:
        item |= {"content_html": body(card.path), "summary": card.excerpt}
    else:
        item["content_text"] = card.excerpt
    item |= {"date_published": stamp(card.created), "date_modified": stamp(card.updated)}
    if card.tags:
        item["tags"] = list(card.tags)
    return item


def _xml(text: str) -> str:
    """Return text for XML, which allows no control characters."""
    return escape(
        "".join(char for char in text if char >= " " or char in "\n\t") if not text.isprintable() else text, quote=False
    )


def sitemap(garden: Garden, cards: Iterable[Card], others: Iterable[str]) -> str:
    """Return the sitemap; without an address of the garden there is none to give."""
    rows = [f"<url><loc>{escape(garden.url + address(name))}</loc></url>\n" for name in others]
    rows += [
        f"<url><loc>{escape(garden.url + card.href)}</loc>"
        + (f"<lastmod>{card.updated[:10]}</lastmod>" if card.updated else "")
        + "</url>\n"
        for card in cards
        if card.slug != "index"
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "".join(rows)
        + "</urlset>\n"
    )


def robots(garden: Garden) -> str:
    """Return the word to search engines: come in, and here is the map."""
    return "User-agent: *\nAllow: /\n" + (f"Sitemap: {garden.url}sitemap.xml\n" if garden.url else "")


def llms(garden: Garden, cards: Iterable[Card]) -> str:
    """Return the garden's table of contents for programs that read Markdown."""
    best = list(cards)[:200]
    rows = [
        f"- [{_line(card.title)}]({garden.url}{card.href})" + (f": {_line(card.excerpt)}" if card.excerpt else "")
        for card in best
    ]
    licence = f"\nLicence: {_line(garden.licence)}\n" if garden.licence else ""
    return f"# {_line(garden.title)}\n{licence}\n## Notes\n\n" + "\n".join(rows) + "\n"


def _line(text: str) -> str:
    return text.replace("[", "(").replace("]", ")").replace("<", "‹").replace(">", "›")
