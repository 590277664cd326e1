"""The vault as one run of words: a reading with its places counted through, and where its links lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.spell import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pkm.sense.suggest.corpus import Aims
    from pkm.sense.suggest.reading import Reading

BLOCK = 1 << 21  # words looked at together


@dataclass(slots=True)
class Lines:
    """Lines that hold words, in order: the first word, how many, the note, and what the line is."""

    first: NDArray[np.int64]
    size: NDArray[np.int32]
    note: NDArray[np.int32]
    number: NDArray[np.int32]
    kind: NDArray[np.int8]
    front: NDArray[np.bool_]
    paragraph: NDArray[np.int32]

    def of(self, token: NDArray[np.int64]) -> NDArray[np.int64]:
        """The line in which each of these words stands."""
        return np.searchsorted(self.first, token, side="right") - 1


@dataclass(slots=True)
class Encoded:
    """Tokens of note i are those from `start[i]` to `start[i + 1]`. A link to no note has a negative target."""

    notes: int
    spelled: list[str]
    token: NDArray[np.int32]
    start: NDArray[np.int64]
    lines: Lines
    paragraph_start: NDArray[np.int64]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    link_start: NDArray[np.int64]
    link_end: NDArray[np.int64]
    link_line: NDArray[np.int32]
    missing: int

    def link_of(self, token: NDArray[np.int64]) -> NDArray[np.int64]:
        """The link that shows each of these words, -1 for none."""
        if not len(self.link_start):
            return np.full(len(token), -1, np.int64)
        link = np.searchsorted(self.link_start, token, side="right") - 1
        return np.where((link >= 0) & (token < self.link_end[link]), link, -1)

    def blocks(self) -> Iterator[tuple[int, int]]:
        """The notes in order, so many at once that their words stay a small part of memory."""
        low = 0
        while low < self.notes:
            high = int(np.searchsorted(self.start, self.start[low] + BLOCK, side="right")) - 1
            high = min(max(high, low + 1), self.notes)
            yield low, high
            low = high


def encoded(reading: Reading, aims: Aims) -> Encoded:
    """Count through, and give each link its target; those that want the same missing note have the same one."""
    start = reading.starts("tokens")
    notes = len(reading)
    line_note = np.repeat(np.arange(notes, dtype=np.int32), reading.sizes["lines"])
    first = reading.first + start[line_note]
    numbered = np.ones(len(first), bool)
    numbered[1:] = (line_note[1:] != line_note[:-1]) | (reading.paragraph[1:] != reading.paragraph[:-1])
    lines = Lines(
        first,
        np.diff(np.append(first, len(reading.token))).astype(np.int32),
        line_note,
        reading.line,
        reading.kind,
        reading.front,
        (np.cumsum(numbered) - 1).astype(np.int32),
    )
    source = np.repeat(np.arange(notes, dtype=np.int32), reading.sizes["links"])
    target, missing = _targets(reading, aims, source)
    return Encoded(
        notes,
        reading.spelled,
        reading.token,
        start,
        lines,
        np.append(first[numbered], len(reading.token)),
        source,
        target,
        reading.link_start + start[source],
        reading.link_end + start[source],
        reading.link_line,
        missing,
    )


def _targets(reading: Reading, aims: Aims, source: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
    at = np.array(aims.start, np.int64)[source] + reading.link
    target = np.array(aims.target, np.int64)[at] if len(at) else at
    missing: dict[str, int] = {}
    lost = np.flatnonzero(target < 0)
    wanted = (fold(aims.wanted[place]).strip() for place in at[lost].tolist())
    target[lost] = [-1 - missing.setdefault(each, len(missing)) for each in wanted]
    return target.astype(np.int32), len(missing)
