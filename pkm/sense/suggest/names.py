"""Names in use and where they are said: titles, file names, aliases and the words of links, in the run of words.

Names are found once for the whole vault, longest and whole words only, also inside links: a name that is always a link
when it is said is worth more than one that never is. A name is known by a hash of its words, 64 bits wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.arrays import found, ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.encoded import Encoded
    from pkm.sense.suggest.reading import Reading

LONGEST = 8
_PRIME = np.uint64(1_099_511_628_211)


@dataclass(slots=True)
class Names:
    """Every name, and every place where one is said, in order of place and the longest first.

    `own_*` pairs a name with a note that bears it. `link_name` is the name that is each link's text, or -1. Of a place
    we know the word, the name, the line, the links that show its first and its last word (or -1), whether it lies
    within a longer name, and whether it is code.
    """

    count: int
    size: NDArray[np.int32]
    own_name: NDArray[np.int32]
    own_note: NDArray[np.int32]
    own_rank: NDArray[np.int8]
    link_name: NDArray[np.int32]
    at: NDArray[np.int64]
    name: NDArray[np.int32]
    line: NDArray[np.int32]
    link: NDArray[np.int32]
    last_link: NDArray[np.int32]
    covered: NDArray[np.bool_]
    code: NDArray[np.bool_]


def find_names(
    encoded: Encoded, reading: Reading, stem_of: NDArray[np.int32] | None = None, *, anchors: bool = True
) -> Names:
    """All places of all names, as exact words or by their stems. `anchors`: the words of links are names too."""
    bounds = np.concatenate([[0], np.cumsum(reading.name_size, dtype=np.int64)])
    note = np.repeat(np.arange(len(reading), dtype=np.int32), reading.sizes["names"])
    rank = np.arange(len(note)) - reading.starts("names")[note]
    own = np.flatnonzero(reading.name_size <= LONGEST)
    spelled = _spelled(reading.name_token, bounds[own], reading.name_size[own], stem_of)
    linked = np.zeros(0, np.int64)
    if anchors:
        length = encoded.link_end - encoded.link_start
        linked = np.flatnonzero((length > 0) & (length <= LONGEST) & (encoded.target >= 0))
        shown = _spelled(encoded.token, encoded.link_start[linked], length[linked], stem_of)
        spelled = np.concatenate([spelled, shown])
    size = (spelled >= 0).sum(axis=1)
    _, first, name = np.unique(_hashed(spelled, size), return_index=True, return_inverse=True)
    table, size = spelled[first], size[first].astype(np.int32)
    link_name = np.full(len(encoded.source), -1, np.int32)
    link_name[linked] = name[len(own) :]
    at, said, line = _places(encoded, table, size, stem_of)
    end = at + size[said]
    reach = np.concatenate([[0], np.maximum.accumulate(end)])[:-1] if len(end) else end
    return Names(
        len(table),
        size,
        name[: len(own)].astype(np.int32),
        note[own],
        rank[own].astype(np.int8),
        link_name,
        at,
        said,
        line,
        encoded.link_of(at).astype(np.int32),
        encoded.link_of(end - 1).astype(np.int32),
        reach >= end,
        reading.code[at],
    )


def _spelled(
    token: NDArray[np.int32], start: NDArray[np.int64], size: NDArray[Any], stem_of: NDArray[np.int32] | None
) -> NDArray[np.int32]:
    """A row of words for each name, -1 behind its last."""
    table = np.full((len(start), LONGEST), -1, np.int32)
    place, owner = ranges(start, size)
    words = token[place]
    table[owner, place - start[owner]] = words if stem_of is None else stem_of[words]
    return table


def _hashed(table: NDArray[np.int32], size: NDArray[Any]) -> NDArray[np.uint64]:
    total = size.astype(np.uint64)
    for column in range(LONGEST):
        longer = size > column
        total[longer] = total[longer] * _PRIME + (table[longer, column].astype(np.uint64) + np.uint64(1))
    return total


def _places(
    encoded: Encoded, table: NDArray[np.int32], size: NDArray[np.int32], stem_of: NDArray[np.int32] | None
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Where the names are said: first word, name and line."""
    words = len(encoded.spelled) if stem_of is None else int(stem_of.max(initial=-1)) + 1
    wanted = {}
    # In which lengths of names a word is the first, a bit for each; likewise for the words behind.
    used = np.zeros((LONGEST, words + 1), np.uint8)
    for length in range(1, int(size.max(initial=0)) + 1):
        mine = np.flatnonzero(size == length)
        for step in range(length):
            used[step, table[mine, step]] |= np.uint8(1 << (length - 1))
        hashes = _hashed(table[mine], size[mine])
        order = np.argsort(hashes)
        wanted[length] = mine[order].astype(np.int32), hashes[order]
    parts: list[tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]] = []
    for low, high in encoded.blocks():
        base, until = int(encoded.start[low]), int(encoded.start[high])
        token = encoded.token[base:until] if stem_of is None else stem_of[encoded.token[base:until]]
        lines = slice(*np.searchsorted(encoded.lines.first, [base, until]))
        line = np.repeat(np.arange(lines.start, lines.stop, dtype=np.int32), encoded.lines.size[lines])
        parts += _said(token, line, wanted, used, base)
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32)
    at, name, line = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((-size[name], at))
    return at[order], name[order], line[order]


def _said(
    token: NDArray[np.int32],
    line: NDArray[np.int32],
    wanted: dict[int, tuple[NDArray[np.int32], NDArray[np.uint64]]],
    used: NDArray[np.uint8],
    base: int,
) -> list[tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]]:
    """The names said in a block of words, a list for each length."""
    fits = used[0][token]
    places = np.flatnonzero(fits)
    fits = fits[places]
    for step in range(1, LONGEST):
        # Names longer than this must go on with the next word; shorter ones are through.
        longer = np.flatnonzero(fits >> step)
        following = token[np.minimum(places[longer] + step, len(token) - 1)]
        shorter = np.uint8((1 << step) - 1)
        fits[longer] &= used[step][following] | shorter
        places, fits = places[fits > 0], fits[fits > 0]
    parts = []
    for length, (names, hashes) in wanted.items():
        at = places[(fits & np.uint8(1 << (length - 1)) > 0) & (places <= len(token) - length)]
        at = at[line[at] == line[at + length - 1]]
        said = np.full(len(at), length, np.uint64)
        for step in range(length):
            said = said * _PRIME + (token[at + step].astype(np.uint64) + np.uint64(1))
        place, there = found(said, hashes)
        parts.append((at[there] + base, names[place[there]] if len(names) else names, line[at[there]]))
    return parts
