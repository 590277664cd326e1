"""Pages as HTML: what a template is given, and the templates."""

from __future__ import annotations

import functools
import json
from html import escape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from pkm.markdown.render import render
from pkm.share.garden.graph import local_graph
from pkm.share.garden.host import PageHost, World
from pkm.share.references import address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pkm.share.bundle import Page
    from pkm.share.garden.cards import Card
    from pkm.share.garden.project import Group, Site
    from pkm.share.garden.settings import Garden

GLYPHS = {"seed": "○", "bud": "◐", "evergreen": "●"}
BACKLINKS_TOLD = 40
HOME_TOPICS = 24
HOME_CARDS = 6


class Body:
    """The text of a page as HTML, with what the page around it needs."""

    __slots__ = ("html", "problem", "toc")

    def __init__(self, html: str, toc: list[tuple[int, str, str]], problem: str) -> None:
        self.html = html
        self.toc = toc
        self.problem = problem


def body_of(page: Page, world: World) -> Body:
    """Render the text of one page."""
    done = render(page.text, PageHost(world, page), title=page.title)
    return Body(done.html, done.headings, done.problem)


class Pages:
    """Fills the templates of one garden."""

    def __init__(self, garden: Garden, site: Site) -> None:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        self.garden = garden
        self.site = site
        self.environment = Environment(
            loader=FileSystemLoader(garden.folders), autoescape=True, undefined=StrictUndefined, trim_blocks=False,
            auto_reload=False,
        )  # fmt: skip
        self.environment.globals.update(g=garden, w=garden.words, csp=Markup(garden.csp))

    @functools.cached_property
    def _note(self) -> Any:
        return self.environment.get_template("note.html")

    def note(
        self, card: Card, body: Body, said: Callable[[str], Mapping[str, str]], mentions: list[tuple[str, str]]
    ) -> str:
        """Return the page of a note. `said(path)` gives the sentences in which that page links others."""
        site = self.site
        linking = site.backlinks(card.path)
        told = [
            (other.title, other.href, Markup(said(other.path).get(card.path, ""))) for other in linking[:BACKLINKS_TOLD]
        ]
        more = [(other.title, other.href) for other in linking[BACKLINKS_TOLD:]]
        toc = [entry for entry in body.toc if entry[0] <= 3 and entry[2]]
        toc = toc if len(toc) > 3 else []
        graph = local_graph(card, site)
        return self._page(
            self._note, card.title, root="", card=card, body=Markup(body.html), problem=body.problem, toc=toc, graph=Markup(graph),
            aside=bool(toc or graph), facts=Markup(self.facts(card)), crumbs=self.crumbs(card.path), backlinks=told, more=more,
            mentions=[(site.cards[path].title, site.cards[path].href, Markup(text)) for path, text in mentions],
            related=[(site.cards[path].title, site.cards[path].href) for path in card.related], tags=self.tags(card), lang=card.language,
            description=card.excerpt, licence=card.licence, meta=self.meta(card.title, card.href, card),
        )  # fmt: skip

    def _page(
        self,
        template: Any,
        title: str,
        *,
        root: str,
        lang: str = "",
        description: str = "",
        licence: str = "",
        **values: Any,
    ) -> str:
        return str(
            template.render(
                title=title, root=root, lang=lang or self.garden.language, description=description, licence=licence, **values
            )
        )  # fmt: skip

    def facts(self, card: Card) -> str:
        """Return the line under the title: how mature, since when, how sure."""
        w = self.garden.words
        facts = []
        if card.stage:
            facts.append(
                f'<a class="stage" href="stages.html#{card.stage}">{GLYPHS[card.stage]} {escape(w["stage_" + card.stage])}</a>'
            )
        if card.created:
            facts.append(f"{escape(w['planted'])} {_time('dt-published', card.created)}")
        if card.updated and card.updated[:10] != card.created[:10]:
            facts.append(f"{escape(w['tended'])} {_time('dt-updated', card.updated)}")
        if card.confidence:
            facts.append(f"{escape(w['confidence'])}: {escape(w[card.confidence])}")
        if card.strand:
            facts.append(escape(w[card.strand]))
        if card.author and card.author != self.garden.author:
            facts.append(f'{escape(w["by"])} <span class="p-author">{escape(card.author)}</span>')
        return " · ".join(facts)

    def crumbs(self, path: str) -> list[tuple[str, str]]:
        """Return the folders above a page."""
        steps = []
        folder = path.rpartition("/")[0]
        while folder:
            group = self.site.folders[folder.casefold()]
            steps.append((folder.rpartition("/")[2], f"in/{address(group.slug)}.html"))
            folder = folder.rpartition("/")[0]
        return steps[::-1]

    def tags(self, card: Card) -> list[tuple[str, str]]:
        return [(name, f"tags/{address(self.site.tags[name.casefold()].slug)}.html") for name in card.tags]

    def meta(self, title: str, name: str, card: Card | None = None) -> Markup:
        """Return what machines read about a page."""
        garden = self.garden
        parts = [f'<meta property="og:title" content="{escape(title)}">\n']
        if garden.url:
            parts.append(
                f'<link rel="canonical" href="{escape(garden.url + ("" if name == "index.html" else name))}">\n'
            )
        if card and (card.created or garden.author or card.author):
            data = {"@context": "https://schema.org", "@type": "Article", "headline": title}
            if card.created:
                data |= {"datePublished": card.created, "dateModified": card.updated}
            if author := card.author or garden.author:
                data["author"] = {"@type": "Person", "name": author}  # type: ignore[assignment]
            text = (
                json.dumps(data, ensure_ascii=False, separators=(",", ":"))
                .replace("<", "\\u003c")
                .replace("&", "\\u0026")
            )
            parts.append(f'<script type="application/ld+json">{text}</script>\n')
        return Markup("".join(parts))

    def item(self, card: Card, root: str = "") -> Markup:
        """Return a page as an entry of a list."""
        return Markup(self._item(card, root))

    def _item(self, card: Card, root: str) -> str:
        mark = f' class="{card.stage}"' if card.stage else ""
        return f'<li{mark}><a href="{root}{escape(card.href)}">{escape(card.title, quote=False)}</a>'

    def items(self, cards: Iterable[Card], root: str = "", *, dates: bool = False) -> Markup:
        if dates:
            rows = (
                f'{self._item(card, root)} <time datetime="{card.updated}">{card.updated[:10]}</time>' for card in cards
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
        return self._page(
            self.environment.get_template("home.html"), self.garden.title, root="", body=Markup(body.html) if body else "", topics=topics,
            entries=entries, recent=recent[:5], item=self.item, count=self.count(len(cards)), meta=self.meta(self.garden.title, "index.html"),
        )  # fmt: skip

    def _topic(self, group: Group) -> dict[str, Any]:
        best = sorted(group.pages, key=self.site.rank)
        more = self.count(len(best)) if len(best) > HOME_CARDS else ""
        return {
            "name": group.name,
            "href": f"tags/{address(group.slug)}.html",
            "cards": best[:HOME_CARDS],
            "more": more,
        }

    def listing(
        self,
        title: str,
        name: str,
        parts: list[tuple[str, list[Card]]],
        *,
        crumbs: Any = (),
        below: Any = (),
        feed: str = "",
        ids: list[str] | None = None,
        dates: bool = False,
    ) -> str:
        """Return a page that lists pages."""
        root = "../" if "/" in name else ""
        number = len({card.path for _, cards in parts for card in cards})
        return self._page(
            self.environment.get_template("list.html"), title, root=root, count=self.count(number), crumbs=crumbs, below=below, feed=feed,
            parts=[
                {"name": part, "id": ids[number] if ids else "", "entries": self.items(cards, root, dates=dates)}
                for number, (part, cards) in enumerate(parts)
            ], meta=self.meta(title, name),
        )  # fmt: skip

    def plain(self, title: str, name: str, html: str, kind: str, head: str = "") -> str:
        """Return a page with a text of the garden's own."""
        template = self.environment.get_template("plain.html")
        meta = Markup(head) if head else self.meta(title, name)
        return self._page(template, title, root="", body=Markup(html), name=kind, meta=meta)


def _time(name: str, date: str) -> str:
    whole = f' datetime="{date}"' if len(date) > 10 else ""
    return f'<time class="{name}"{whole}>{date[:10]}</time>'
