"""From a bundle to a site on disk.

The order is: what changed, the pages that say something about it, the lists, feeds and search files
they are in, the manifest, and last what is remembered. A first build is the same with everything
changed, so both write the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkm.share.garden import feeds, mentions, search, search_files
from pkm.share.garden.cards import Card, card_of
from pkm.share.garden.changes import Stale, find_stale
from pkm.share.garden.host import World
from pkm.share.garden.lists import Lists
from pkm.share.garden.pages import Body, Pages, body_of
from pkm.share.garden.project import Site
from pkm.share.garden.sentences import sentences
from pkm.share.garden.state import Forgetful, Store
from pkm.share.ledger import Ledger
from pkm.share.slugs import assign_slugs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkm.share.bundle import Bundle, Page
    from pkm.share.garden.assets import Shown
    from pkm.share.garden.settings import Garden
    from pkm.share.garden.writer import Folder

    Said = dict[str, str]


def build(bundle: Bundle, garden: Garden, folder: Folder, store: Store | None = None, hidden: str = "") -> Build:
    """Write the whole site of a bundle."""
    from pkm.share.garden.assets import shown

    files = {path: shown(asset) for path, asset in bundle.assets.items()}
    for path, asset in bundle.assets.items():
        folder.put(files[path].name, asset.data)
    done = Build(garden, folder, store or Forgetful(), {}, bundle.pages, set(), files, hidden)
    done.run()
    return done


class Build:
    """One build: the cards before, the pages that are new or changed, the paths that went."""

    def __init__(
        self,
        garden: Garden,
        folder: Folder,
        store: Store,
        before: Mapping[str, Card],
        fresh: Mapping[str, Page],
        gone: set[str],
        files: Mapping[str, Shown],
        hidden: str,
        changed_files: set[str] | None = None,
        ledger: str = "",
        now: str = "",
    ) -> None:
        self.garden = garden
        self.folder = folder
        self.store = store
        self.before = before
        self.fresh = fresh
        self.files = files
        self.changed_files = changed_files or set()
        self.everything = not before
        self.site = Site(self._cards(gone))
        self.world = World(self.site, self.page, files, garden.words, hidden)
        self.pages = Pages(garden, self.site)
        self.lists = Lists(folder, self.pages, garden, self.site)
        self.refs = {path: feeds.identity(card) for path, card in self.site.cards.items()}
        known = Ledger.read(ledger) if ledger else Ledger()
        self.news = known.news(self.site.cards, self.refs, now)
        self.ledger = known.with_lines(self.news)
        self._said: dict[str, Said] = {}
        self._bodies: dict[str, Body] = {}

    def _cards(self, gone: set[str]) -> list[Card]:
        """The cards of all pages, in the order of their paths, with their addresses."""
        cards = {path: card for path, card in self.before.items() if path not in gone}
        for path, page in self.fresh.items():
            old = self.before.get(path)
            card = card_of(page)
            cards[path] = card.with_fields(doc=old.doc, related=old.related, says=old.says) if old else card
        if self.fresh.keys() - self.before.keys() or gone:
            cards = {path: cards[path] for path in sorted(cards)}
        slugs = assign_slugs(cards.values())
        wrong = [path for path, card in cards.items() if card.slug != slugs[path]]
        for path in wrong:
            cards[path] = cards[path].with_slug(slugs[path])
        if wrong or len(cards) != len(self.before) or gone or self.fresh.keys() - self.before.keys():
            docs = search.documents(cards.values())
            for path, card in cards.items():
                if card.doc != docs[card.slug]:
                    cards[path] = card.with_fields(doc=docs[card.slug])
        return list(cards.values())

    def page(self, path: str) -> Page:
        return self.fresh.get(path) or self.store.page(path)

    def said(self, path: str) -> Said:
        """The sentences in which a page links others."""
        found = self._said.get(path)
        if found is None:
            page = self.fresh.get(path)
            found = self._said[path] = sentences(page) if page else self.store.said(path)
        return found

    def body(self, path: str) -> Body:
        """A page's text as HTML: just made, or as it was."""
        found = self._bodies.get(path)
        return found or Body(*self.store.body(path))

    def run(self) -> None:
        """Write what changed."""
        site, folder = self.site, self.folder
        changed = {
            path: (self.before.get(path), site.cards.get(path))
            for path in self.before.keys() | site.cards.keys()
            if self.before.get(path) != site.cards.get(path)
        }
        weights = search_files.Everything() if self.everything else None
        if weights:
            for path in site.cards:
                weights.add(self.page(path))
            stale = Stale(site.cards)
            stale.related = set(site.cards)
            stale.listed = stale.linked = True
        else:
            stale = find_stale(changed, site, self._both_said, self.changed_files)
        self._mentions(stale, changed, weights)
        self._related(stale)
        self.store.begin()
        old_weights = {} if self.everything else self._weights_before(changed)
        self._notes(stale, changed)
        self._lists(stale, changed)
        self._search(stale, changed, weights, old_weights)
        folder.finish()

    def touch(self) -> None:
        """Write nothing: files were touched and are what they were."""
        meta = self.store.meta
        self.groups, self.table, self.sizes, self.bits = meta["groups"], meta["table"], meta["sizes"], meta["bits"]
        self.store.begin()

    def _both_said(self, path: str) -> tuple[Said, Said]:
        return self.store.said(path) if path in self.before else {}, self.said(path) if path in self.site.cards else {}

    def _mentions(
        self,
        stale: Stale,
        changed: Mapping[str, tuple[Card | None, Card | None]],
        weights: search_files.Everything | None,
    ) -> None:
        site = self.site
        if weights:
            found = mentions.all_mentions(site.cards, self.page, weights.with_all)
        else:
            found = self._new_mentions(changed)
        for path, said in found.items():
            card = site.cards[path]
            before = set(card.says)
            if set(said) != before:
                site.replace(card.with_fields(says=said))
            if not weights:
                stale.pages |= before ^ set(said)
                if path in changed:
                    stale.pages |= set(said)
        for path, (old, _) in changed.items():
            if old and path not in site.cards:
                stale.pages |= set(old.says)
        stale.pages &= site.cards.keys()

    def _new_mentions(self, changed: Mapping[str, tuple[Card | None, Card | None]]) -> dict[str, tuple[str, ...]]:
        site = self.site
        names = {path: name for path, card in site.cards.items() if (name := mentions.name_of(card))}
        found = {
            path: mentions.says(self.page(path), site.cards[path].links, names)
            for path in changed
            if path in site.cards
        }
        renamed = {path for path, (old, new) in changed.items() if (old and old.title) != (new and new.title)}
        if not renamed:
            return found
        for path, card in site.cards.items():
            if path not in found and not renamed.isdisjoint(card.says):
                found[path] = tuple(target for target in card.says if target not in renamed)
        fresh = {path: names[path] for path in renamed if path in names}
        for target, name in fresh.items():
            for source in self._holding(search.terms(name)):
                if source in changed or source not in site.cards:
                    continue
                more = mentions.says(self.page(source), site.cards[source].links, {target: name})
                if more:
                    found[source] = tuple(sorted({*found.get(source, site.cards[source].says), *more}))
        return found

    def _holding(self, terms: list[str]) -> list[str]:
        """The pages that held all these terms before."""
        by_doc = {card.doc: path for path, card in self.before.items()}
        left: set[str] | None = None
        for term in set(terms):
            docs = {
                doc
                for _, doc in search.unpacked(
                    self.store.terms(search.group_of(term)).get(term, ""), search.width_for(len(self.before))
                )
            }
            left = docs if left is None else left & docs
        return sorted(by_doc[doc] for doc in left or () if doc in by_doc)

    def _related(self, stale: Stale) -> None:
        for path in sorted(stale.related):
            card = self.site.cards[path]
            related = self.site.related(card)
            if related != card.related:
                self.site.cards[path] = card.with_fields(related=related)
                stale.pages.add(path)

    def _weights_before(self, changed: Mapping[str, tuple[Card | None, Card | None]]) -> dict[str, dict[str, int]]:
        return {old.doc: search.weights(self.store.page(path)) for path, (old, _) in changed.items() if old}

    def _notes(self, stale: Stale, changed: Mapping[str, tuple[Card | None, Card | None]]) -> None:
        """Write the pages of notes."""
        folder, site = self.folder, self.site
        slugs = {card.slug for card in site.cards.values()} if not self.everything else set()
        for path, (old, new) in changed.items():
            if old and old.slug not in slugs:
                folder.forget(old.slug + ".html")
            if old and new is None:
                self.store.drop_page(path)
        kept = self._in_feeds()
        for path in site.cards if self.everything else sorted(stale.pages):
            card = site.cards[path]
            if path in stale.bodies:
                body = body_of(self.page(path), self.world)
                row = (body.html, body.toc, body.problem)
                if path in self.fresh:
                    self.store.put_page(self.fresh[path], self.said(path), row)
                else:
                    self.store.put_body(path, row)
            else:
                body = self.body(path)
                if path in self.fresh:
                    self.store.put_page(self.fresh[path], self.said(path), (body.html, body.toc, body.problem))
            if path in kept or card.slug == "index" or not self.everything:
                self._bodies[path] = body
            if card.slug != "index":
                folder.put(
                    card.slug + ".html",
                    self.pages.note(card, body, self.said, self._quotes(path)).encode("utf-8", "replace"),
                )

    def _quotes(self, path: str) -> list[tuple[str, str]]:
        sources = self.site.mentioned.get(path, ())[: mentions.MOST_SHOWN]
        return [(source, mentions.quote(self.page(source), self.site.cards[path])) for source in sources]

    def _in_feeds(self) -> set[str]:
        cards = self.lists.cards
        return {card.path for by in ("created", "updated") for card in feeds.newest(cards, by)}

    def _lists(self, stale: Stale, changed: Mapping[str, tuple[Card | None, Card | None]]) -> None:
        """Write the pages that list pages, and the feeds."""
        lists, site, folder = self.lists, self.site, self.folder
        groups_before = self.store.meta.get("groups", ({}, {}))
        groups = ({k: g.slug for k, g in site.tags.items()}, {k: g.slug for k, g in site.folders.items()})
        tags, folders = self._groups_of(changed, groups_before, groups)
        for key in tags:
            lists.tag(key)
        for key in folders:
            lists.folder_page(key)
        for before, now, names in zip(
            groups_before, groups, (("tags/{}.html", "tags/{}.xml"), ("in/{}.html",)), strict=True
        ):
            for slug in set(before.values()) - set(now.values()):
                for name in names:
                    folder.forget(name.format(slug))
        index = next((card for card in site.cards.values() if card.slug == "index"), None)
        if changed or self.everything or (index and index.path in stale.pages):
            lists.home(self.body(index.path) if index else None)
            lists.machine_files()
        if changed or self.everything:
            lists.all_notes()
            lists.by_stage()
            lists.recent()
            lists.map()
        if self.everything or changed or not stale.bodies.isdisjoint(self._in_feeds()):
            lists.main_feeds(lambda path: self.body(path).html, self.ledger.tombstones(self.refs.values()))
        lists.moved(self.ledger.redirects(site.cards, self.refs), self.ledger.slugs)
        if self.everything:
            lists.fixed_pages()
            lists.theme()
        self.groups = groups

    def _groups_of(
        self,
        changed: Mapping[str, tuple[Card | None, Card | None]],
        before: tuple[dict[str, str], dict[str, str]],
        now: tuple[dict[str, str], dict[str, str]],
    ) -> tuple[list[str], list[str]]:
        """The tags and folders in which something changed."""
        tags: set[str] = set()
        folders: set[str] = set()
        for cards in changed.values():
            for card in cards:
                if card:
                    tags.update(part.casefold() for tag in card.tags for part in parents(tag))
                    folders.update(part.casefold() for part in parents(card.path.rpartition("/")[0]))
        for group, old, new in ((tags, before[0], now[0]), (folders, before[1], now[1])):
            # A tag that came or went is named on the pages of those above it.
            for key in old.keys() ^ new.keys():
                group.update(parents(key))
        return sorted(tags & now[0].keys()), sorted(folders & now[1].keys())

    def _search(
        self,
        stale: Stale,
        changed: Mapping[str, tuple[Card | None, Card | None]],
        weights: search_files.Everything | None,
        before: dict[str, dict[str, int]],
    ) -> None:
        folder, store, cards = self.folder, self.store, self.site.cards
        if weights:
            self.table, self.sizes = weights.write(folder, store, cards), weights.sizes
            self.bits = search_files.write_about(folder, self.site, self.table, None, 0)
            return
        after = {new.doc: search.weights(self.page(path)) for path, (_, new) in changed.items() if new}
        self.sizes = dict(store.meta["sizes"])
        self.table = search_files.update(folder, store, store.meta["table"], self.sizes, before, after, len(cards))
        docs = {card.doc for pair in changed.values() for card in pair if card} | {
            cards[path].doc for path in stale.pages
        }
        self.bits = search_files.write_about(folder, self.site, self.table, docs, store.meta["bits"])

    def remember(self, **more: object) -> None:
        """Keep what the next build needs."""
        cards = [tuple(card) for card in self.site.cards.values()]
        self.store.commit(cards=cards, groups=self.groups, table=self.table, sizes=self.sizes, bits=self.bits, **more)


def parents(name: str) -> list[str]:
    """`a/b` → `a`, `a/b`; nothing for an empty name."""
    parts = name.split("/") if name else []
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]
