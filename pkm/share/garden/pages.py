"""Pages as HTML: what a template is given, and the templates."""

from __future__ import annotations

import functools
import heapq
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from pkm.markdown.render import Text, render_all
from pkm.share.garden import parts
from pkm.share.garden.graph import local_graph
from pkm.share.garden.host import PageHost, World
from pkm.share.garden.themes import Templates
from pkm.share.references import address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pkm.share.bundle import Page
    from pkm.share.garden.assets import Shown
    from pkm.share.garden.cards import Card
    from pkm.share.garden.host import Pieces
    from pkm.share.garden.project import Group, Site
    from pkm.share.garden.settings import Garden

    Quotes = list[tuple[str, str]]  # paths of pages, and the sentence in which each names another

HOME_TOPICS = 24
HOME_CARDS = 6


# Text that is HTML already, as `Markup(text)` says too, which asks first what it is given.
ready: Callable[[str], Markup] = functools.partial(str.__new__, Markup)


class Body(NamedTuple):
    """The text of a page as HTML, with what the page around it and the next build need."""

    html: str
    toc: list[tuple[int, str, str]]
    problem: str
    pieces: Pieces  # code and formulas, which the next build need not make again


def bodies_of(pages: Iterable[tuple[Page, Pieces | None]], world: World) -> list[Body]:
    """Render the texts of some pages, each with the pieces of its last body."""
    hosts = [(page, PageHost(world, page, known=known)) for page, known in pages]
    rendered = render_all([Text(page.text, host, page.title) for page, host in hosts])
    return [
        Body(done.html, done.headings, done.problem, host.pieces)
        for done, (_, host) in zip(rendered, hosts, strict=True)
    ]


class Pages:
    """Fills the templates of one garden: one for what a page is about, and `base.html` around it."""

    def __init__(self, garden: Garden, site: Site, shown: Mapping[str, Shown], compiled: str = "") -> None:
        """`shown`: the files of the bundle. `compiled`: a folder of our own where compiled templates are kept."""
        self.garden = garden
        self.site = site
        self.shown = shown
        self._fill = Templates(garden, compiled).fill
        self._around = functools.lru_cache(maxsize=256)(self._filled)

    def notes(self, notes: Sequence[tuple[Card, Body, Quotes]], said: Callable[[str, str], str]) -> list[str]:
        """Return the pages of some notes, each with the sentences that name it; one step after the other for all.

        `said(path, about)` gives the sentence in which that page links another.
        """
        linked = [parts.backlinks(card, self.site, said) for card, _, _ in notes]
        mains = [self._note(*note, *links) for note, links in zip(notes, linked, strict=True)]
        return [self._around_note(main, card) for main, (card, _, _) in zip(mains, notes, strict=True)]

    def _note(self, card: Card, body: Body, mentions: Quotes, told: str, more: str, hidden: int) -> str:
        """Return what a page is about: a note and what it has to do with others."""
        site, garden = self.site, self.garden
        return self._fill(
            "note.html", card=card, body=ready(body.html), problem=body.problem, toc=ready(parts.toc(body.toc)),
            graph=ready(local_graph(card, site)), facts=ready(parts.facts(card, garden)),
            crumbs=ready(parts.crumbs(parts.folders_above(card.path, site))),
            foot=ready(parts.tags(card, site) + parts.sources(card, garden)), backlinks=ready(told), more=ready(more), hidden=hidden,
            mentions=ready(parts.quoted((site.cards[path], text) for path, text in mentions)),
            related=ready(parts.row(site.cards[path] for path in card.related)),
        )  # fmt: skip

    def _around_note(self, main: str, card: Card) -> str:
        return self._page(
            main,
            card.title,
            card.href,
            lang=card.language,
            description=card.excerpt,
            licence=card.licence,
            head=parts.article(card, self.garden),
            kind="article",
            picture=parts.picture(card, self.shown, self.garden),
        )

    def _page(
        self,
        main: str,
        title: str,
        href: str,
        *,
        lang: str = "",
        description: str = "",
        licence: str = "",
        head: str = "",
        kind: str = "website",
        picture: str = "",
        root: str | None = None,
    ) -> str:
        """Return a whole page. `href` is its own address in the site, `head` more that machines read.

        `root`: the way to the site's folder, when it is not the one from the page's own address.
        """
        url = self.garden.url
        canonical = (
            f'<link rel="canonical" href="{escape(url + ("" if href == "index.html" else href))}">\n' if url else ""
        )
        if picture := picture or self.garden.picture:
            head += parts.card_picture(picture)
        if root is None:
            root = "../" if "/" in href else ""
        return self._fill(
            "base.html", main=ready(main), title=title, lang=lang or self.garden.language, kind=kind, description=description,
            head=ready(canonical + head), links=self._around("links.html", root), header=self._around("header.html", root),
            footer=self._around("footer.html", root, licence=licence or self.garden.licence),
        )  # fmt: skip

    def _filled(self, name: str, root: str, licence: str = "") -> Markup:
        """Return what stands around many pages and is filled once. `root`: the way from the page to the site's folder."""
        return Markup(self._fill(name, root=root, licence=licence))

    def item(self, card: Card, root: str = "") -> Markup:
        """Return a page as an entry of a list."""
        return Markup(self._item(card, root))

    def _item(self, card: Card, root: str, kind: str = "") -> str:
        name = f"{kind} {card.stage}".strip()
        mark = f' class="{name}"' if name else ""
        address = ' class="p-name u-url"' if kind else ""
        return f'<li{mark}><a{address} href="{root}{escape(card.href)}">{escape(card.title, quote=False)}</a>'

    def items(self, cards: Iterable[Card], root: str = "", *, dates: bool = False) -> Markup:
        if dates:
            rows = (
                f'{self._item(card, root, "h-entry")} <time class="dt-updated" datetime="{card.updated}">{card.updated[:10]}</time>'
                for card in cards
            )
        else:
            rows = (self._item(card, root) for card in cards)
        return Markup("\n".join(rows))

    def count(self, number: int) -> str:
        w = self.garden.words
        return w["notes_1"] if number == 1 else w["notes_n"].format(n=number)

    def home(self, body: Body | None) -> str:
        """Return the first page: by topic, the most mature of each."""
        site, w = self.site, self.garden.words
        cards = [card for card in site.cards.values() if card.slug != "index"]
        top = sorted(
            (g for g in site.tags.values() if "/" not in g.name), key=lambda g: (-len(g.pages), g.name.casefold())
        )
        topics = [self._topic(group) for group in top[:HOME_TOPICS]]
        bare = sorted((card for card in cards if not card.tags), key=site.rank)
        if bare:
            more = self.count(len(bare)) if len(bare) > HOME_CARDS else ""
            topics.append(
                {
                    "name": w["untagged"] if topics else w["all"],
                    "href": "all.html",
                    "cards": bare[:HOME_CARDS],
                    "more": more,
                }
            )
        entries = sorted((card for card in cards if card.kind == "structure"), key=site.rank)[:12]
        recent = sorted((card for card in cards if card.updated), key=lambda card: card.path)
        recent.sort(key=lambda card: card.updated, reverse=True)
        main = self._fill(
            "home.html", body=Markup(body.html) if body else "", topics=topics, entries=entries, recent=recent[:5], item=self.item, count=self.count(len(cards))
        )  # fmt: skip
        return self._page(main, self.garden.title, "index.html")

    def _topic(self, group: Group) -> dict[str, Any]:
        best = heapq.nsmallest(HOME_CARDS, group.pages, key=self.site.rank)
        more = self.count(len(group.pages)) if len(group.pages) > HOME_CARDS else ""
        return {"name": group.name, "href": f"tags/{address(group.slug)}.html", "cards": best, "more": more}

    def listing(
        self,
        title: str,
        name: str,
        lists: list[tuple[str, list[Card]]],
        *,
        crumbs: Sequence[tuple[str, str]] = (),
        below: Sequence[tuple[str, str]] = (),
        feed: str = "",
        ids: list[str] | None = None,
        dates: bool = False,
    ) -> str:
        """Return a page that lists pages."""
        root = "../" if "/" in name else ""
        number = len({card.path for _, cards in lists for card in cards})
        main = self._fill(
            "list.html", title=title, count=self.count(number), crumbs=Markup(parts.crumbs(crumbs)), below=below, feed=feed,
            parts=[
                {"name": part, "id": ids[number] if ids else "", "entries": self.items(cards, root, dates=dates)}
                for number, (part, cards) in enumerate(lists)
            ],
        )  # fmt: skip
        return self._page(main, title, name)

    def plain(self, title: str, name: str, html: str, kind: str, head: str = "") -> str:
        """Return a page with a text of the garden's own."""
        main = self._fill("plain.html", title=title, body=Markup(html), name=kind)
        return self._page(main, title, name, head=head)

    def lost(self) -> str:
        """Return the page that a host shows for any address at which there is nothing, however deep it is."""
        w = self.garden.words
        main = self._fill("plain.html", title=w["not_found"], body=Markup(f"<p>{w['not_found_text']}</p>"), name="lost")
        return self._page(main, w["not_found"], "404.html", root=self.garden.root)
