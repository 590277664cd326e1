"""From a bundle to a site on disk.

The order is: what changed (`state`), the pages that say something about it, the lists and feeds and
search files they are in, the manifest. A first build is the same with everything changed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pkm.share.garden import feeds, search
from pkm.share.garden.assets import shown
from pkm.share.garden.cards import Card, card_of
from pkm.share.garden.host import World
from pkm.share.garden.pages import Body, Pages, body_of
from pkm.share.garden.project import STAGE_RANK, Site
from pkm.share.garden.sentences import sentences
from pkm.share.garden.writer import Folder
from pkm.share.references import address

if TYPE_CHECKING:
    from pkm.share.bundle import Bundle
    from pkm.share.garden.settings import Garden


class Report:
    """What a build did."""

    __slots__ = ("notes", "removed", "written")

    def __init__(self, notes: int, written: list[str], removed: list[str]) -> None:
        self.notes = notes
        self.written = written
        self.removed = removed


def build(bundle: Bundle, garden: Garden, out: str, hidden: str = "") -> Report:
    """Write the whole site of a bundle."""
    folder = Folder(out)
    cards = [card_of(page) for page in bundle.pages.values()]
    docs = search.documents(cards)
    cards = [card.with_fields(doc=docs[card.slug]) for card in cards]
    site = Site(cards)
    files = {path: shown(asset) for path, asset in bundle.assets.items()}
    world = World(site, bundle.pages.__getitem__, files, garden.words, hidden)
    said = {path: sentences(page) for path, page in bundle.pages.items()}
    pages = Pages(garden, site)
    for path, asset in bundle.assets.items():
        folder.put(files[path].name, asset.data)
    feed_cards = {card.path for by in ("created", "updated") for card in feeds.newest(cards, by)}
    bodies: dict[str, Body] = {}
    found: dict[str, list[tuple[int, str]]] = {}
    home: Body | None = None
    for path, page in bundle.pages.items():
        card = site.cards[path]
        body = body_of(page, world)
        if path in feed_cards:
            bodies[path] = body
        if card.slug == "index":
            home = body
        else:
            folder.put(card.slug + ".html", pages.note(card, body, said.__getitem__, []).encode())
        for term, weight in search.weights(page).items():
            found.setdefault(term, []).append((weight, card.doc))
    write_search(folder, found, cards)
    write_lists(folder, pages, garden, site, home)
    write_feeds(folder, garden, site, lambda path: bodies[path].html)
    write_theme(folder, garden)
    folder.finish()
    return Report(len(cards), folder.written, folder.removed)


def write_search(folder: Folder, found: dict[str, list[tuple[int, str]]], cards: list[Card]) -> None:
    """Write the search index."""
    groups: dict[str, search.Postings] = {}
    for term in sorted(found):
        groups.setdefault(search.group_of(term), {})[term] = search.packed(found[term])
    splits: list[str] = []
    for group in sorted(groups):
        files, split = search.group_files(group, groups[group])
        splits += split
        for name, text in files:
            folder.put(name, text.encode())
    bits = search.bits_for(len(cards))
    for name, text in search.page_files(cards, bits):
        folder.put(name, text.encode())
    folder.put("s/i.js", search.script("i", {"n": len(cards), "b": bits, "x": splits, "g": sorted(groups)}).encode())


def write_lists(folder: Folder, pages: Pages, garden: Garden, site: Site, home: Body | None) -> None:
    """Write the pages that list pages."""
    w = garden.words
    folder.put("index.html", pages.home(home).encode())
    cards = [card for card in site.cards.values() if card.slug != "index"]
    for group in site.tags.values():
        name = f"tags/{group.slug}.html"
        below = [(other.name, f"{address(other.slug)}.html") for other in site.tags.values() if other.name.casefold().startswith(group.name.casefold() + "/")]
        page = pages.listing("#" + group.name, name, by_letter(group.pages), below=below, feed=f"{group.slug}.xml", crumbs=[(w["tags"], "../all.html")])
        folder.put(name, page.encode())
        folder.put(f"tags/{group.slug}.xml", feeds.atom(garden, f"{garden.title}: #{group.name}", f"tags/{group.slug}.xml", feeds.newest(group.pages, "updated"), None).encode())
    for group in site.folders.values():
        name = f"in/{group.slug}.html"
        prefix = group.name.casefold() + "/"
        below = [(other.name.rpartition("/")[2], f"{address(other.slug)}.html") for key, other in site.folders.items() if key.startswith(prefix) and "/" not in key[len(prefix) :]]
        folder.put(name, pages.listing(group.name.rpartition("/")[2], name, by_letter(group.pages), below=below).encode())
    folder.put("all.html", pages.listing(w["all"], "all.html", by_letter(cards), below=[("#" + g.name, f"tags/{address(g.slug)}.html") for g in site.tags.values()]).encode())
    recent = feeds.newest(cards, "updated", 100)
    by_month: dict[str, list[Card]] = {}
    for card in recent:
        by_month.setdefault(card.updated[:7], []).append(card)
    folder.put("changes.html", pages.listing(w["changes"], "changes.html", list(by_month.items()), feed="changed.xml").encode())
    stages = [(stage, [card for card in sorted(cards, key=site.rank) if card.stage == stage]) for stage in STAGE_RANK]
    folder.put("stages.html", pages.listing(w["stages"], "stages.html", [(w["stage_" + stage], found) for stage, found in stages if found]).encode())
    folder.put("404.html", pages.plain(w["not_found"], "404.html", f"<p>{w['not_found_text']}</p>", "lost").encode())
    folder.put("search.html", pages.plain(w["search"], "search.html", f'<noscript><p>{w["search"]} {w["needs_script"]}.</p></noscript>', "search").encode())
    folder.put("map.html", pages.plain(w["map"], "map.html", f'<noscript><p>{w["map"]} {w["needs_script"]}.</p></noscript>', "map").encode())


def by_letter(cards: list[Card]) -> list[tuple[str, list[Card]]]:
    """Return cards by the first character of their titles, when there are many."""
    ordered = sorted(cards, key=lambda card: (card.title.casefold(), card.path))
    if len(ordered) < 40:
        return [("", ordered)]
    parts: dict[str, list[Card]] = {}
    for card in ordered:
        first = card.title[:1].upper()
        parts.setdefault(first if first.isalpha() and first.isascii() else "#" if first.isascii() else first, []).append(card)
    return list(parts.items())


def write_feeds(folder: Folder, garden: Garden, site: Site, body: object) -> None:
    """Write what other programs read."""
    cards = [card for card in site.cards.values() if card.slug != "index"]
    w = garden.words
    fresh = feeds.newest(cards, "created")
    folder.put("feed.xml", feeds.atom(garden, garden.title, "feed.xml", fresh, body).encode())
    folder.put("feed.json", feeds.json_feed(garden, fresh, body).encode())
    folder.put("changed.xml", feeds.atom(garden, f"{garden.title}: {w['changed']}", "changed.xml", feeds.newest(cards, "updated"), body).encode())
    for stage in STAGE_RANK:
        at_stage = [card for card in cards if card.stage == stage]
        if at_stage:
            name = f"{stage}.xml"
            folder.put(name, feeds.atom(garden, f"{garden.title}: {w['stage_' + stage]}", name, feeds.newest(at_stage, "updated"), None).encode())
    if garden.url:
        folder.put("sitemap.xml", feeds.sitemap(garden, cards, ["", "all.html", "changes.html"]).encode())
    folder.put("robots.txt", feeds.robots(garden).encode())
    folder.put("llms.txt", feeds.llms(garden, sorted(cards, key=site.rank)).encode())


def write_theme(folder: Folder, garden: Garden) -> None:
    """Copy styles and script, the author's own in place of ours."""
    for name in sorted({name for root in garden.folders if os.path.isdir(f"{root}/theme") for name in os.listdir(f"{root}/theme")}):
        for root in garden.folders:
            path = os.path.join(root, "theme", name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    folder.put(f"theme/{name}", file.read())
                break
