"""Notes as numbers: a `Reading` holds, note by note, everything that evidence needs to know of what they say.

Rows of different notes lie end to end in flat arrays, without an object for each word, and every place in them is
counted from the beginning of its note. So readings can be cut and joined: what is known of unchanged notes is kept
(`kept.py`) and joined with what was read anew. Words are numbered in the order in which the vault says them first,
so a joined reading is, number by number, what reading everything at once gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

#: The arrays of a reading, by what they have a row for. `sizes` tells how many of these each note has.
AXES: dict[str, tuple[str, ...]] = {
    "tokens": ("token", "code"),
    "lines": ("first", "line", "kind", "front", "paragraph"),
    "links": ("link", "link_start", "link_end", "link_line"),
    "names": ("name_size",),
    "name_tokens": ("name_token",),
    "addresses": ("address",),
}
AXIS = {name: axis for axis, names in AXES.items() for name in names}
CHUNK = 1 << 21  # tokens renumbered at once


@dataclass(slots=True)
class Reading:
    """What some notes say.

    Of every word: its number, whether it is code. Of every line that has words: its first word, its number, what kind
    of line it is, whether it is front matter, its paragraph. Of every link: which of the note's links it is, its
    first word, the word behind it, its line. Of every name: how many words it has. Of web addresses: their numbers.
    """

    spelled: list[str]
    addresses: list[str]
    sizes: dict[str, NDArray[np.int32]]
    token: NDArray[np.int32]
    code: NDArray[np.bool_]
    first: NDArray[np.int32]
    line: NDArray[np.int32]
    kind: NDArray[np.int8]
    front: NDArray[np.bool_]
    paragraph: NDArray[np.int32]
    link: NDArray[np.int32]
    link_start: NDArray[np.int32]
    link_end: NDArray[np.int32]
    link_line: NDArray[np.int32]
    name_size: NDArray[np.int32]
    name_token: NDArray[np.int32]
    address: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.sizes["tokens"])

    def starts(self, axis: str) -> NDArray[np.int64]:
        """Where each note's rows begin, and at last where all end."""
        return np.concatenate([[0], np.cumsum(self.sizes[axis], dtype=np.int64)])


@dataclass(frozen=True, slots=True)
class Run:
    """Notes of a reading, from `low` up to and without `high`."""

    of: Reading
    low: int
    high: int


def joined(runs: list[Run]) -> Reading:
    """One reading of all these notes in this order, numbered anew. Uses the others up, to need no room for both."""
    starts = {axis: {id(run.of): run.of.starts(axis) for run in runs} for axis in AXES}

    def end_to_end(name: str) -> NDArray[Any]:
        bounds = starts[AXIS[name]]
        parts = [getattr(run.of, name)[bounds[id(run.of)][run.low] : bounds[id(run.of)][run.high]] for run in runs]
        whole = np.concatenate(parts)
        for run in runs:
            setattr(run.of, name, whole[:0])
        return whole

    sizes = {axis: np.concatenate([run.of.sizes[axis][run.low : run.high] for run in runs]) for axis in AXES}
    fields = {name: end_to_end(name) for name in AXIS}
    _renumber(fields, ("token", "name_token"), runs, sizes, spelled := _union(runs, "spelled"))
    _renumber(fields, ("address",), runs, sizes, addresses := _union(runs, "addresses"))
    words = _in_order([fields["token"], fields["name_token"]], spelled)
    return Reading(words, _in_order([fields["address"]], addresses), sizes, **fields)


def _union(runs: list[Run], name: str) -> dict[str, int]:
    """Every spelling in use, numbered."""
    numbers: dict[str, int] = {}
    seen: set[int] = set()
    for run in runs:
        spellings = getattr(run.of, name)
        if id(spellings) not in seen:
            seen.add(id(spellings))
            for spelling in spellings:
                numbers.setdefault(spelling, len(numbers))
    return numbers


def _renumber(
    fields: dict[str, NDArray[Any]],
    names: Iterable[str],
    runs: list[Run],
    sizes: dict[str, NDArray[np.int32]],
    numbers: dict[str, int],
) -> None:
    """From the numbers of each run's own reading to those of the union."""
    kind = "addresses" if "address" in names else "spelled"
    known: dict[int, NDArray[np.int32] | None] = {}
    for name in names:
        ends = np.concatenate([[0], np.cumsum(sizes[AXIS[name]], dtype=np.int64)])
        note = 0
        for run in runs:
            spellings = getattr(run.of, kind)
            if id(spellings) not in known:
                table = np.fromiter((numbers[each] for each in spellings), np.int32, len(spellings))
                known[id(spellings)] = None if np.array_equal(table, np.arange(len(table))) else table
            rows = slice(ends[note], ends[note + run.high - run.low])
            note += run.high - run.low
            fresh = known[id(spellings)]
            if fresh is not None:
                fields[name][rows] = fresh[fields[name][rows]]


def _in_order(parts: list[NDArray[np.int32]], numbers: dict[str, int]) -> list[str]:
    """Number anew, in place, by the order in which the parts say each first; the spellings that are said at all."""
    total = sum(map(len, parts))
    first = np.full(len(numbers), total, np.int64)
    behind = total
    for part in reversed(parts):
        for low in range(max(0, len(part) - 1) // CHUNK * CHUNK, -1, -CHUNK):
            chunk = part[low : low + CHUNK]
            behind -= len(chunk)
            # Of equal places the last assignment stays: the first time that it is said.
            first[chunk[::-1]] = np.arange(behind + len(chunk) - 1, behind - 1, -1)
    order = np.argsort(first, kind="stable")[: int((first < total).sum())]
    fresh = np.zeros(len(numbers), np.int32)
    fresh[order] = np.arange(len(order), dtype=np.int32)
    for part in parts:
        for low in range(0, len(part), CHUNK):
            part[low : low + CHUNK] = fresh[part[low : low + CHUNK]]
    spellings = list(numbers)
    return [spellings[number] for number in order.tolist()]
