"""Which places of a text belong to something already."""

from __future__ import annotations

from bisect import bisect_right


class Taken:
    """Spans in order, which may lie in one another; `place in taken` says whether one covers it."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._starts = [span[0] for span in spans]
        self._ends: list[int] = []
        furthest = 0
        for _, end in spans:
            furthest = max(furthest, end)
            self._ends.append(furthest)

    def __contains__(self, place: int) -> bool:
        index = bisect_right(self._starts, place) - 1
        return index >= 0 and place < self._ends[index]
