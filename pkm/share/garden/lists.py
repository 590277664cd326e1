"""Pages that list pages, and the feeds that go with them."""

from __future__ import annotations

import functools
import json
import os
from html import escape
from typing import TYPE_CHECKING

from pkm.share.garden import feeds
from pkm.share.garden.graph import whole_map
from pkm.share.garden.project import STAGE_RANK, parents
from pkm.share.references import address
from pkm.share.slugs import RESERVED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pkm.share.garden.cards import Card
    from pkm.share.garden.changes import Pair, Stale
    from pkm.share.garden.pages import Body, Pages
    from pkm.share.garden.project import Group, Site
    from pkm.share.garden.settings import Garden
    from pkm.share.garden.writer import Folder

    Groups = tuple[dict[str, str], dict[str, str]]  # addresses of tags and of folders, by key

ENOUGH = 24  # pages under one heading of Chinese characters
SCRIPT_WORDS = (
    "theme",
    "search",
    "search_hint",
    "search_none",
    "highlights",
    "everything",
    "unread",
    "stacked",
    "map_hint",
    "preview",
)


class Lists:
    """Writes the lists of one site."""

    def __init__(self, folder: Folder, pages: Pages, garden: Garden, site: Site) -> None:
        self.folder = folder
        self.pages = pages
        self.garden = garden
        self.site = site
        self.words = garden.words

    @functools.cached_property
    def cards(self) -> list[Card]:
        """All pages but the garden's first."""
        return [card for card in self.site.cards.values() if card.slug != "index"]

    def fed(self) -> set[str]:
        """The pages that the two main feeds tell of."""
        return {card.path for by in ("created", "updated") for card in feeds.newest(self.cards, by)}

    def groups(self, changed: Mapping[str, Pair], before: Groups) -> None:
        """Write the pages of the tags and folders in which something changed, and take out those that are gone."""
        touched: tuple[set[str], set[str]] = (set(), set())
        for pair in changed.values():
            for card in pair:
                if card:
                    touched[0].update(part.casefold() for tag in card.tags for part in parents(tag))
                    touched[1].update(part.casefold() for part in parents(card.path.rpartition("/")[0]))
        for keys, old, new in zip(touched, before, self.site.slugs, strict=True):
            # A tag that came or went is named on the pages of those above it.
            for key in old.keys() ^ new.keys():
                keys.update(parents(key))
        for key in sorted(touched[0] & self.site.tags.keys()):
            self.tag(key)
        for key in sorted(touched[1] & self.site.folders.keys()):
            self.folder_page(key)
        for old, new, names in zip(
            before, self.site.slugs, (("tags/{}.html", "tags/{}.xml", "tags/{}.json"), ("in/{}.html",)), strict=True
        ):
            for slug in set(old.values()) - set(new.values()):
                for name in names:
                    self.folder.forget(name.format(slug))

    def _put(self, name: str, text: str) -> None:
        self.folder.put(name, text.encode("utf-8", "replace"))

    def home(self, intro: Body | None) -> None:
        self._put("index.html", self.pages.home(intro))

    def tag(self, key: str) -> None:
        """One tag's page and feed, or neither when nothing has the tag any more."""
        group = self.site.tags[key]
        name = f"tags/{group.slug}.html"
        below = [
            ("#" + other.name.rpartition("/")[2], f"{address(other.slug)}.html")
            for k, other in self.site.tags.items()
            if k.rpartition("/")[0] == key
        ]
        crumbs = [(self.words["tags"], "../all.html"), *_above(group, self.site.tags)]
        title = "#" + group.name
        page = self.pages.listing(
            title, name, by_letter(group.pages), below=below, feed=f"{address(group.slug)}.xml", crumbs=crumbs
        )
        self._put(name, page)
        self._feed(f"tags/{group.slug}", f"{self.garden.title}: {title}", feeds.newest(group.pages, "updated", 6))

    def folder_page(self, key: str) -> None:
        group = self.site.folders[key]
        name = f"in/{group.slug}.html"
        below = [
            (other.name.rpartition("/")[2], f"{address(other.slug)}.html")
            for other_key, other in self.site.folders.items()
            if other_key.rpartition("/")[0] == key
        ]
        self._put(
            name,
            self.pages.listing(
                group.name.rpartition("/")[2],
                name,
                by_letter(group.pages),
                below=below,
                crumbs=_above(group, self.site.folders),
            ),
        )

    def all_notes(self) -> None:
        tags = [
            ("#" + group.name, f"tags/{address(group.slug)}.html")
            for key, group in self.site.tags.items()
            if "/" not in key
        ]
        self._put("all.html", self.pages.listing(self.words["all"], "all.html", by_letter(self.cards), below=tags))

    def by_stage(self) -> None:
        w = self.words
        parts: list[tuple[str, list[Card]]] = []
        ids: list[str] = []
        for stage in STAGE_RANK:
            found = sorted(
                (card for card in self.cards if card.stage == stage),
                key=lambda card: (card.title.casefold(), card.path),
            )
            if found:
                parts.append((w["stage_" + stage], found))
                ids.append(stage)
                self._feed(stage, f"{self.garden.title}: {w['stage_' + stage]}", feeds.newest(found, "updated"))
            else:
                self.folder.forget(f"{stage}.xml")
                self.folder.forget(f"{stage}.json")
        self._put("stages.html", self.pages.listing(w["stages"], "stages.html", parts, ids=ids))

    def recent(self) -> None:
        by_month: dict[str, list[Card]] = {}
        for card in feeds.newest(self.cards, "updated", 100):
            by_month.setdefault(card.updated[:7], []).append(card)
        self._put(
            "changes.html",
            self.pages.listing(
                self.words["changes"], "changes.html", list(by_month.items()), feed="changed.xml", dates=True
            ),
        )

    def _feed(
        self,
        name: str,
        title: str,
        cards: list[Card],
        body: Callable[[str], str] | None = None,
        gone: list[tuple[str, str]] | None = None,
    ) -> None:
        """Write a feed in both forms."""
        self._put(f"{name}.xml", feeds.atom(self.garden, title, f"{name}.xml", cards, body, gone or []))
        self._put(f"{name}.json", feeds.json_feed(self.garden, title, f"{name}.json", cards, body))

    def main_feeds(self, body: Callable[[str], str], gone: list[tuple[str, str]]) -> None:
        """The feed of new pages, which carries whole texts, and that of changed ones."""
        title = self.garden.title
        self._feed("feed", title, feeds.newest(self.cards, "created"), body, gone)
        self._feed("changed", f"{title}: {self.words['changed']}", feeds.newest(self.cards, "updated"), None, gone)

    def machine_files(self) -> None:
        """What search engines and other programs look for."""
        if self.garden.url:
            self._put("sitemap.xml", feeds.sitemap(self.garden, self.cards, ["", "all.html", "changes.html"]))
        self._put("robots.txt", feeds.robots(self.garden))
        self._put("llms.txt", feeds.llms(self.garden, sorted(self.cards, key=self.site.rank)))

    def fixed_pages(self) -> None:
        """Pages that do not depend on any note."""
        w, pages = self.words, self.pages
        self._put("404.html", pages.lost())
        needs = f"<noscript><p>{w['search']} {w['needs_script']}.</p></noscript>"
        self._put("search.html", pages.plain(w["search"], "search.html", needs, "search"))

    def map(self) -> None:
        """The map's page, with the topics as a list for those who cannot see it, and its data."""
        w = self.words
        top = [group for key, group in self.site.tags.items() if "/" not in key]
        rows = "".join(
            f'<li><a href="tags/{escape(address(g.slug))}.html">{escape(g.name)}</a> {self.pages.count(len(g.pages))}</li>\n'
            for g in top
        )
        needs = f"<noscript><p>{w['map']} {w['needs_script']}.</p></noscript>"
        topics = f'<section class="topics"><h2>{w["topics"]}</h2>\n<ul>{rows}</ul></section>'
        self._put("map.html", self.pages.plain(w["map"], "map.html", needs + topics, "map"))
        self._put("s/map.js", whole_map(self.site))

    def moved(self, redirects: dict[str, str], known: Iterable[str]) -> None:
        """Signs where pages used to be, for readers and for servers that know `_redirects`.

        `known`: all addresses that ever were. One that leads nowhere any more has neither page nor sign.
        """
        w = self.words
        for old in set(known) - redirects.keys() - RESERVED - {card.slug for card in self.cards}:
            self.folder.forget(f"{old}.html")
        for old, new in redirects.items():
            href = address(new) + ".html"
            head = f'<meta http-equiv="refresh" content="0;url={escape(href)}">\n'
            body = f'<p>{w["moved"]} <a href="{escape(href)}">{escape(new)}</a>.</p>'
            self._put(f"{old}.html", self.pages.plain(w["moved"], href, body, "moved", head))
        if redirects:
            self._put(
                "_redirects",
                "".join(f"/{address(old)}.html /{address(new)}.html 301\n" for old, new in redirects.items()),
            )
        else:
            self.folder.forget("_redirects")

    def theme(self) -> None:
        """Styles and script, the author's own in place of ours."""
        found: dict[str, str] = {}
        for root in self.garden.folders[::-1]:
            below = os.path.join(root, "theme")
            for name in os.listdir(below) if os.path.isdir(below) else ():
                if os.path.isfile(os.path.join(below, name)) and not name.startswith("."):
                    found[name] = os.path.join(below, name)
        for name in sorted(found):
            with open(found[name], "rb") as file:
                data = file.read()
            if name == "garden.js":
                data = (
                    f"const words={json.dumps({key: self.words[key] for key in SCRIPT_WORDS}, ensure_ascii=False)};\n".encode()
                    + data
                )
            self.folder.put(f"theme/{name}", data)


def regroup(stale: Stale, site: Site, before: Groups) -> None:
    """Add the pages on which a tag or folder stands that has another address now."""
    for old, new, keys_of in zip(before, site.slugs, (_tags_of, _folders_of), strict=True):
        moved = {key for key in old.keys() & new.keys() if old[key] != new[key]}
        if moved:
            stale.listed = True
            found = {card.path for card in site.cards.values() if not moved.isdisjoint(keys_of(card))}
            stale.pages |= found
            stale.bodies |= found


def _above(group: Group, groups: Mapping[str, Group]) -> list[tuple[str, str]]:
    """Return (name, address) of the tags or folders that this one is in."""
    steps = []
    name = group.name
    while name := name.rpartition("/")[0]:
        steps.append((name.rpartition("/")[2], f"{address(groups[name.casefold()].slug)}.html"))
    return steps[::-1]


def _tags_of(card: Card) -> set[str]:
    return {tag.casefold() for tag in card.tags}


def _folders_of(card: Card) -> set[str]:
    return {folder.casefold() for folder in parents(card.path.rpartition("/")[0])}


def by_letter(cards: list[Card]) -> list[tuple[str, list[Card]]]:
    """Return cards by the first character of their titles, when there are many."""
    ordered = sorted(cards, key=lambda card: (card.title.casefold(), card.path))
    if len(ordered) < 40:
        return [("", ordered)]
    parts: dict[str, list[Card]] = {}
    for card in ordered:
        first = card.title[:1].upper()
        parts.setdefault(first if first.isalpha() else "#", []).append(card)
    return _together(parts)


def _together(parts: Mapping[str, list[Card]]) -> list[tuple[str, list[Card]]]:
    """Return the parts, neighbours under one heading where each Chinese character would have its own for a page or two."""
    found: list[tuple[str, list[Card]]] = []
    first = ""
    for letter, cards in parts.items():
        if first and "\u3400" <= letter < "\uac00" and len(found[-1][1]) < ENOUGH:
            found[-1] = (f"{first} – {letter}", found[-1][1] + cards)
        else:
            found.append((letter, cards))
            first = letter if "\u3400" <= letter < "\uac00" else ""
    return found
