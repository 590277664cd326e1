"""The search index as files: written whole, or only where the words of a page changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkm.share.garden import search
from pkm.share.garden.shelf import Changed

try:
    from pkm.share.garden.gather_fast import Gathered
except ImportError:  # it was not compiled here
    from pkm.share.garden.gather import Gathered  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pkm.share.bundle import Page
    from pkm.share.garden.cards import Card
    from pkm.share.garden.project import Site
    from pkm.share.garden.state import Store
    from pkm.share.garden.writer import Folder

Weights = dict[str, int]
MOST_NEAR = 60  # neighbours that the map draws around one page


class Everything:
    """The postings of all pages, for a first build."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self._paths: list[str] = []
        self._gathered = Gathered()

    def add(self, page: Page) -> None:
        """Take the terms of a page. Pages come in the order of their characters, so that nothing needs sorting later."""
        self._paths.append(page.path)
        self._gathered.add(page.text, search.stressed(page))

    def __contains__(self, term: str) -> bool:
        return term in self._gathered

    def with_all(self, words: list[str]) -> list[str]:
        """Return the paths of the pages that hold all these terms."""
        return [self._paths[number] for number in self._gathered.with_all(words)]

    def write(self, folder: Folder, store: Store, cards: Mapping[str, Card]) -> Table:
        """Write all files."""
        docs = [cards[path].doc for path in self._paths]
        width = search.width_for(len(docs))
        groups: dict[str, search.Postings] = {}
        for term, pages in self._gathered.packed(docs):
            groups.setdefault(search.group_of(term), {})[term] = pages
        store.put_terms((group, groups[group]) for group in sorted(groups))
        self.sizes = {group: search.size_of(groups[group], width) for group in sorted(groups)}
        return _write(folder, {}, self.sizes, set(groups), groups.__getitem__, width)


def update(
    folder: Folder,
    store: Store,
    table: Table,
    sizes: dict[str, int],
    before: Mapping[str, Weights],
    after: Mapping[str, Weights],
    pages: int,
) -> Table:
    """Rewrite the files in which a page's weights changed; both mappings are by the characters that stand for a page."""
    width = search.width_for(pages)
    changed: dict[str, dict[str, dict[str, int]]] = {}
    for doc in before.keys() | after.keys():
        old, new = before.get(doc, {}), after.get(doc, {})
        for term in old.keys() | new.keys():
            if old.get(term) != new.get(term):
                changed.setdefault(search.group_of(term), {}).setdefault(term, {})[doc] = new.get(term, 0)
    for group in sorted(changed):
        found = store.terms(group)
        for term, docs in changed[group].items():
            pairs = [(weight, doc) for weight, doc in search.unpacked(found.get(term, ""), width) if doc not in docs]
            pairs += [(weight, doc) for doc, weight in docs.items() if weight]
            if pairs:
                found[term] = search.packed(pairs)
            else:
                found.pop(term, None)
        if found:
            store.put_terms([(group, found)])
            sizes[group] = search.size_of(found, width)
        else:
            store.drop_terms(group)
            sizes.pop(group, None)
    return _write(folder, table, sizes, set(changed), store.terms, width)


# Which files each segment of groups has: (place in the table, name).
Table = dict[tuple[str, ...], list[tuple[str, str]]]


def _write(
    folder: Folder,
    old: Table,
    sizes: dict[str, int],
    changed: set[str],
    postings: Callable[[str], search.Postings],
    width: int,
) -> Table:
    table: Table = {}
    stale: list[tuple[str, ...]] = []
    for segment in search.segments(sizes):
        if segment in old and changed.isdisjoint(segment):
            table[segment] = old[segment]
        else:
            table[segment] = []
            stale.append(segment)
    for segment, files in old.items():
        if table.get(segment) is not files:
            for _, name in files:
                folder.forget(name)
    for segment in stale:
        for place, name, text in search.segment_files(segment, postings, width):
            folder.put(name, text.encode())
            table[segment].append((place, name))
    return table


def write_about(folder: Folder, site: Site, table: Table, only: set[str] | None, old_bits: int) -> int:
    """Write what is known about pages, and the table of the index. `only`: pages that changed, None for all."""
    cards = site.cards
    bits = search.bits_for(len(cards))
    wanted = {search.file_of(doc, bits) for doc in only} if only is not None and bits == old_bits else None
    chosen = cards.values() if wanted is None or only is None else _together(cards, only, bits)
    written = set()
    for name, text in search.page_files(
        chosen, bits, lambda card: "".join([cards[path].doc for path in site.neighbours(card.path)[:MOST_NEAR]])
    ):
        folder.put(name, text.encode())
        written.add(name)
    if wanted is not None:
        gone = [f"s/{name}.js" for name in wanted if f"s/{name}.js" not in written]
    else:
        gone = [name for name in folder.new if name.startswith("s/d") and name not in written]
    for name in gone:
        folder.forget(name)
    places = " ".join(place for files in table.values() for place, _ in files)
    folder.put(
        "s/i.js",
        search.script("i", {"n": len(cards), "b": bits, "w": search.width_for(len(cards)), "f": places}).encode(),
    )
    return bits


def _together(cards: Mapping[str, Card], docs: set[str], bits: int) -> list[Card]:
    """Return the cards of all pages that are in one file with one of these."""
    if isinstance(cards, Changed):
        return [card for low, high in {search.range_of(doc, bits) for doc in docs} for card in cards.between(low, high)]
    files = {search.file_of(doc, bits) for doc in docs}
    return [card for card in cards.values() if search.file_of(card.doc, bits) in files]
