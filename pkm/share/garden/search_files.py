"""The search index as files: written whole, or only where the words of a page changed."""

from __future__ import annotations

import functools
from array import array
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from pkm.share.garden import search
from pkm.share.garden.shelf import Changed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pkm.share.bundle import Page
    from pkm.share.garden.cards import Card
    from pkm.share.garden.project import Site
    from pkm.share.garden.state import Store
    from pkm.share.garden.writer import Folder

Weights = dict[str, int]
MANY_TIMES = 16  # longer, and looking up each number is cheaper than going through all
MOST_NEAR = 60  # neighbours that the map draws around one page


class Everything:
    """The postings of all pages, gathered for a first build: one number each, because there are millions.

    A number is sixteen times the page's own, plus the weight.
    """

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self._found: defaultdict[str, array[int]] = defaultdict(functools.partial(array, "I"))
        self.paths: list[str] = []

    def add(self, page: Page) -> None:
        """Take the terms of a page. Pages that come in the order of their characters need no sorting later."""
        number = len(self.paths) << 4
        self.paths.append(page.path)
        found = self._found
        said, scale, bonus = search.counted(page)
        # As `search.weights` has it, without a mapping between the text and the millions of numbers.
        for term, more in bonus.items():
            found[term].append(number | min(search.HEAVIEST, scale[said.pop(term, 0)] + more))
        numbers = [number | weight for weight in scale]
        for term, count in said.items():
            found[term].append(numbers[count])

    def __contains__(self, term: str) -> bool:
        return term in self._found

    def with_all(self, words: list[str]) -> list[str]:
        """Return the paths of the pages that hold all these terms."""
        rows = [self._found.get(word) for word in set(words)]
        if not rows or any(row is None for row in rows):
            return []
        few = sorted((row for row in rows if row is not None), key=len)
        left = [number >> 4 for number in few[0]]
        for row in few[1:]:
            if len(left) * MANY_TIMES < len(row):
                left = [number for number in left if _holds(row, number)]
            else:
                all_numbers = {number >> 4 for number in row}
                left = [number for number in left if number in all_numbers]
        return [self.paths[number] for number in left]

    def write(self, folder: Folder, store: Store, cards: Mapping[str, Card]) -> Table:
        """Write all files."""
        docs = [cards[path].doc for path in self.paths]
        width = search.width_for(len(docs))
        grouped: dict[str, list[str]] = {}
        for term in sorted(self._found):
            grouped.setdefault(search.group_of(term), []).append(term)
        sizes = self.sizes
        held: dict[str, search.Postings] = {}
        for group in sorted(grouped):
            found = {}
            for term in grouped[group]:
                numbers = self._found.pop(term)
                if len(numbers) == 1:  # most terms are of one page alone
                    found[term] = f".{numbers[0] & 15}{docs[numbers[0] >> 4]}"
                    continue
                by_weight: tuple[list[str], ...] = ([], [], [], [], [], [], [], [], [], [])
                for number in numbers:
                    by_weight[number & 15].append(docs[number >> 4])
                found[term] = search.joined(by_weight)
            store.put_terms([(group, found)])
            sizes[group] = search.size_of(found, width)
            held[group] = {term: search.cut(pages, width) for term, pages in found.items()}
        return _write(folder, {}, sizes, set(sizes), held.__getitem__, width)


def _holds(row: array[int], page: int) -> bool:
    at = bisect_left(row, page << 4)
    return at < len(row) and row[at] >> 4 == page


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
