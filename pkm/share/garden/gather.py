"""The terms of all texts of a garden, gathered for a first build.

One number each, because there are millions: sixteen times the text's own, plus the weight. This is what
`gather_fast.pyx` does where it was compiled; a test holds the two to each other.
"""

from __future__ import annotations

import functools
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from pkm.share.garden import search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MANY_TIMES = 16  # longer, and looking up each number is cheaper than going through all


class Gathered:
    """The terms of texts that come in the order of the names that they will have."""

    def __init__(self) -> None:
        self._texts = 0
        self._found: defaultdict[str, array[int]] = defaultdict(functools.partial(array, "I"))

    def add(self, text: str, more: Iterable[tuple[int, str]]) -> None:
        """Take the terms of a text, see `search.weights`."""
        number = self._texts << 4
        self._texts += 1
        found = self._found
        words = search.terms(text)
        said = Counter(words)
        scale = search.scale(len(words) // 20, max(said.values(), default=0))
        for term, bonus in search.bonuses(more).items():
            found[term].append(number | min(search.HEAVIEST, scale[said.pop(term, 0)] + bonus))
        numbers = [number | weight for weight in scale]
        for term, count in said.items():
            found[term].append(numbers[count])

    def __contains__(self, term: str) -> bool:
        return term in self._found

    def with_all(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of the texts that have all these terms."""
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
        return left

    def packed(self, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield each term, in order, with its texts by their names as `search.packed` has them."""
        for term in sorted(self._found):
            by_weight: tuple[list[str], ...] = ([], [], [], [], [], [], [], [], [], [])
            for number in self._found[term]:
                by_weight[number & 15].append(names[number >> 4])
            yield term, search.joined(by_weight)


def _holds(row: array[int], text: int) -> bool:
    at = bisect_left(row, text << 4)
    return at < len(row) and row[at] >> 4 == text
