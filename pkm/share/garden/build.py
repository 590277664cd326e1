"""From a bundle to a site on disk.

The order is: what changed, the pages that say something about it, the lists, feeds and search files
they are in, the manifest, and last what is remembered. A first build is the same with everything
changed, so both write the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkm.share.garden import mentions, search, search_files
from pkm.share.garden.catalogue import catalogue
from pkm.share.garden.changes import Stale, changes, find_stale, regrouped, renamed
from pkm.share.garden.diagrams import Diagrams
from pkm.share.garden.host import World
from pkm.share.garden.lists import Lists, regroup
from pkm.share.garden.notes import Notes
from pkm.share.garden.pages import Pages
from pkm.share.garden.project import Site
from pkm.share.garden.public_words import PublicWords
from pkm.share.garden.sentences import sentences
from pkm.share.garden.shelf import FIELDS, Changed, Shelf
from pkm.share.garden.state import Forgetful, Store
from pkm.share.garden.telling import Telling
from pkm.share.garden.verify import Verifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pkm.share.bundle import Bundle, Finding, Page
    from pkm.share.garden.assets import Shown
    from pkm.share.garden.settings import Garden
    from pkm.share.garden.shelf import Pair, Ways
    from pkm.share.garden.writer import Folder


def build(bundle: Bundle, garden: Garden, folder: Folder, store: Store | None = None, hidden: str = "") -> Build:
    """Write the whole site of a bundle."""
    from pkm.share.garden.assets import shown

    files = {path: shown(asset) for path, asset in bundle.assets.items()}
    for path, asset in bundle.assets.items():
        folder.put(files[path].name, asset.data)
    done = Build(garden, folder, store or Forgetful(), Shelf(), bundle.pages, set(), files, hidden)
    done.run()
    return done


class Build:
    """One build: the cards before, the pages that are new or changed, the paths that went."""

    def __init__(
        self,
        garden: Garden,
        folder: Folder,
        store: Store,
        before: Shelf,
        fresh: Mapping[str, Page],
        gone: set[str],
        files: Mapping[str, Shown],
        hidden: str,
        changed_files: set[str] | None = None,
        ledger: str = "",
        now: str = "",
        home: Iterable[str] = (),
    ) -> None:
        """`home`: names of notes that stay home."""
        self.garden = garden
        self.folder = folder
        self.store = store
        self.before = before
        self.fresh = fresh
        self.changed_files = changed_files or set()
        self.everything = not before
        folder.verifier = Verifier(home, PublicWords(self), garden.folders, garden.root)
        self.findings: list[Finding] = []  # what the author should know, once it is delivered
        cards = catalogue(before, fresh, gone)
        self.changed = changes(before, cards)
        same_groups = not self.everything and not regrouped(self.changed)
        self.site = Site(cards, () if self.everything else self._ways(), store.meta["groups"] if same_groups else None)
        self.diagrams = Diagrams(folder)
        self.world = World(self.site, self.page, files, garden.words, hidden, self.diagrams)
        self.pages = Pages(garden, self.site, files, store.templates)
        self.notes = Notes(self.pages, self.world, folder, store, before, fresh)
        self.lists = Lists(folder, self.pages, garden, self.site)
        as_told = not self.everything and store.meta.get("told") and not renamed(self.changed)
        self.telling = Telling(ledger, now, self.site.cards, store.meta["tombstones"] if as_told else None)
        self.weights = search_files.Everything()

    def _ways(self) -> list[Ways]:
        """Who leads to whom now: as it was, and as the changed pages have it."""
        ways = self.store.ways()
        for path, (old, new) in self.changed.items():
            for field, way in zip(FIELDS, ways, strict=True):
                way.move(path, getattr(old, field) if old else (), getattr(new, field) if new else ())
        return ways

    def page(self, path: str) -> Page:
        return self.fresh.get(path) or self.store.page(path)

    def run(self) -> None:
        """Write what changed."""
        cards = self.site.cards
        weights = self.weights
        if self.everything:
            for card in sorted(cards.values(), key=lambda card: card.doc):
                weights.add(self.page(card.path))
            stale = Stale(cards)
            stale.related = set(cards)
            stale.listed = stale.linked = True
            self._mention(mentions.all_mentions(cards, self.page, weights.with_all, self.site.inbound.get))
        else:
            stale = find_stale(self.changed, self.site, self._both_said, self.changed_files)
            self._mention_again(stale)
            regroup(stale, self.site, self.store.meta["groups"])
        self._related(stale)
        self.store.begin(anew=self.everything)
        old_weights = {} if self.everything else self._weights_before()
        self._forget()
        self.in_feeds = self._in_feeds(stale)
        self.notes.write(stale, self.in_feeds | {"index.md"} if self.everything else stale.pages)
        self._lists(stale)
        self._search(stale, old_weights)
        self.folder.finish()
        self.weights = search_files.Everything()  # nobody asks any more, and what is to be remembered has room

    def touch(self) -> None:
        """Write nothing: files were touched and are what they were."""
        meta = self.store.meta
        self.table, self.sizes, self.bits, self.in_feeds = (meta[key] for key in ("table", "sizes", "bits", "in_feeds"))
        self.store.begin()

    def _both_said(self, path: str) -> tuple[dict[str, str], dict[str, str]]:
        """The sentences of a page's links, before and now."""
        return (
            sentences(self.store.page(path)) if path in self.before else {},
            sentences(self.page(path)) if path in self.site.cards else {},
        )

    def _mention(self, found: Mapping[str, tuple[str, ...]]) -> None:
        for path, said in found.items():
            self.site.replace(self.site.cards[path].with_fields(says=said))

    def _named(self, words: Collection[str]) -> dict[str, str]:
        """Path → name of the pages whose names begin with one of these words, and of all that changed."""
        found = {path: name for path, name in self.before.titled(words).items() if path not in self.changed}
        for path, (_, new) in self.changed.items():
            if new and new.name:
                found[path] = new.name
        return found

    def _mention_again(self, stale: Stale) -> None:
        """Find whom changed pages name, and who names changed titles."""
        cards = self.site.cards
        found = mentions.new_mentions(self.changed, cards, self.page, self._named, self.holding)
        for path, said in found.items():
            before = set(cards[path].says)
            stale.pages |= before ^ set(said)
            if path in self.changed:
                stale.pages |= set(said)
        for old, new in self.changed.values():
            if old and new is None:
                stale.pages |= set(old.says)
        stale.pages = {path for path in stale.pages if path in cards}
        self._mention({path: said for path, said in found.items() if said != cards[path].says})

    def holding(self, terms: list[str]) -> list[str]:
        """The pages that held all these terms before."""
        by_doc = {card.doc: path for path, card in self.before.items()}
        width = search.width_for(len(self.before))
        left: set[str] | None = None
        for term in set(terms):
            kept = self.store.terms(search.group_of(term)).get(term, "")
            docs = {doc for _, doc in search.unpacked(kept, width)}
            left = docs if left is None else left & docs
        return sorted(by_doc[doc] for doc in left or () if doc in by_doc)

    def _related(self, stale: Stale) -> None:
        site = self.site
        some = ((path, site.related(site.cards[path])) for path in sorted(stale.related))
        for path, related in site.all_related() if self.everything else some:
            card = site.cards[path]
            if related != card.related:
                site.cards[path] = card.with_fields(related=related)
                stale.pages.add(path)

    def _weights_before(self) -> dict[str, dict[str, int]]:
        return {old.doc: search.weights(self.store.page(path)) for path, (old, _) in self.changed.items() if old}

    def _forget(self) -> None:
        """Take out the pages that went, and those at addresses that nobody has any more."""
        left = {old.slug for old, new in self.changed.values() if old and (new is None or new.slug != old.slug)}
        if left:
            left -= {card.slug for card in self.site.cards.values()}
        for slug in left:
            self.folder.forget(slug + ".html")
        for path, (_, new) in self.changed.items():
            if new is None:
                self.notes.drop(path)

    def _in_feeds(self, stale: Stale) -> set[str]:
        """The pages whose whole text is in a feed."""
        return self.lists.fed() if self.everything or stale.listed else set(self.store.meta["in_feeds"])

    def _lists(self, stale: Stale) -> None:
        """Write the pages that list pages, and the feeds."""
        lists, site = self.lists, self.site
        index = site.cards.get("index.md")
        if self.everything or stale.listed or stale.linked or (index and index.path in stale.pages):
            lists.home(self.notes.body(index.path) if index else None)
            lists.machine_files()
            lists.map()
        if self.everything or stale.listed:
            lists.groups(self.changed, ({}, {}) if self.everything else self.store.meta["groups"])
            lists.all_notes()
            lists.by_stage()
            lists.recent()
        if self.everything or stale.listed or not stale.bodies.isdisjoint(self.in_feeds):
            lists.main_feeds(lambda path: self.notes.body(path).html, self.telling.tombstones)
        if not self.telling.is_quiet:
            lists.moved(self.telling.redirects, self.telling.addresses)
        if self.everything:
            lists.fixed_pages()
            lists.theme()

    def _search(self, stale: Stale, before: dict[str, dict[str, int]]) -> None:
        folder, store, cards = self.folder, self.store, self.site.cards
        if self.everything:
            self.table, self.sizes = self.weights.write(folder, store, cards), self.weights.sizes
            self.bits = search_files.write_about(folder, self.site, self.table, None, 0)
            return
        after = {new.doc: search.weights(self.page(path)) for path, (_, new) in self.changed.items() if new}
        self.sizes = dict(store.meta["sizes"])
        self.table = search_files.update(folder, store, store.meta["table"], self.sizes, before, after, len(cards))
        docs = {card.doc for pair in self.changed.values() for card in pair if card}
        docs |= {cards[path].doc for path in stale.pages}
        self.bits = search_files.write_about(folder, self.site, self.table, docs, store.meta["bits"])

    def remember(self, **more: object) -> None:
        """Keep what the next build needs."""
        cards, before = self.site.cards, self.before
        if isinstance(cards, Changed):
            pairs: list[Pair] = [(before[path], card) for path, card in cards.own.items()]
        else:
            pairs = [(old, card) for path, card in cards.items() if (old := before.get(path)) is not card]
            pairs += [(old, None) for old, new in self.changed.values() if new is None]
        self.store.put_cards(pairs, self.site.ways)
        self.store.commit(
            groups=self.site.slugs, table=self.table, sizes=self.sizes, bits=self.bits, in_feeds=sorted(self.in_feeds),
            tombstones=self.telling.tombstones, **more
        )  # fmt: skip
