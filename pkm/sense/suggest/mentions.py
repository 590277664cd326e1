"""Where notes name each other: occurrences of titles, aliases and shown link texts in the token stream.

Names are found once for the whole corpus, longest and whole words only, also inside links: a name that is always
a link when it is said is worth more than one that never is. A `View` then decides which occurrences count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.arrays import Sparse, found, group_max, ranges, sparse
from pkm.sense.suggest.encode import HEADING, ITEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pkm.sense.suggest.encode import Encoded
    from pkm.sense.suggest.view import View

LONGEST = 8
_PRIME = np.uint64(1_099_511_628_211)


@dataclass(slots=True)
class Names:
    """Every name in use and where it is said. `own_*` pairs a name with a note that bears it."""

    count: int
    size: NDArray[np.int32]
    first: NDArray[np.int32]
    own_name: NDArray[np.int32]
    own_note: NDArray[np.int32]
    own_rank: NDArray[np.int8]
    link_name: NDArray[np.int32]
    at: NDArray[np.int64]
    name: NDArray[np.int32]
    covered: NDArray[np.bool_]


def find_names(
    encoded: Encoded, token: NDArray[np.int32], spelled: list[list[tuple[int, ...]]], *, anchors: bool = True
) -> Names:
    """All occurrences of all names; `token` and `spelled` may be exact words or their stems."""
    numbers: dict[tuple[int, ...], int] = {}
    own: list[tuple[int, int, int]] = []
    for note, names in enumerate(spelled):
        for rank, spelling in enumerate(names):
            if len(spelling) <= LONGEST:
                own.append((numbers.setdefault(spelling, len(numbers)), note, rank))
    link_name = np.full(len(encoded.source), -1, np.int32)
    if anchors:
        shown = token.tolist()
        bounds = zip(encoded.link_start.tolist(), encoded.link_end.tolist(), strict=True)
        for number, (start, end) in enumerate(bounds):
            if 0 < end - start <= LONGEST and encoded.target[number] >= 0:
                link_name[number] = numbers.setdefault(tuple(shown[start:end]), len(numbers))
    size = np.array([len(name) for name in numbers], np.int32)
    table = np.full((len(numbers), LONGEST), -1, np.int64)
    for number, spelling in enumerate(numbers):
        table[number, : len(spelling)] = spelling
    at, name = _occurrences(encoded, token, table, size)
    order = np.lexsort((-size[name], at))
    at, name = at[order], name[order]
    end = at + size[name]
    reach = np.concatenate([[0], np.maximum.accumulate(end)])[:-1] if len(end) else end
    pairs = np.array(own, np.int32).reshape(-1, 3)
    return Names(
        len(numbers),
        size,
        table[:, 0].astype(np.int32),
        pairs[:, 0],
        pairs[:, 1],
        pairs[:, 2].astype(np.int8),
        link_name,
        at,
        name,
        reach >= end,
    )


def _hashes(columns: list[NDArray[np.int64]]) -> NDArray[np.uint64]:
    total = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        total = total * _PRIME + (column.astype(np.uint64) + np.uint64(1))
    return total


def _occurrences(
    encoded: Encoded, token: NDArray[np.int32], table: NDArray[np.int64], size: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    found_at, found_name = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
    line = encoded.line + encoded.note.astype(np.int64) * (1 << 32)
    top = int(token.max(initial=0)) + 1
    for length in range(1, int(size.max(initial=0)) + 1):
        mine = np.flatnonzero(size == length)
        if not len(mine) or len(token) < length:
            continue
        starts = np.zeros(top, bool)
        starts[table[mine, 0][table[mine, 0] < top]] = True
        at = np.flatnonzero(starts[token[: len(token) - length + 1]])
        for step in range(1, length):
            second = np.zeros(top, bool)
            second[table[mine, step][table[mine, step] < top]] = True
            at = at[second[token[at + step]]]
        at = at[line[at] == line[at + length - 1]]
        wanted = _hashes([table[mine, step] for step in range(length)])
        order = np.argsort(wanted)
        place = np.searchsorted(
            wanted[order], have := _hashes([token[at + step].astype(np.int64) for step in range(length)])
        )
        place = place.clip(max=len(mine) - 1)
        hit = wanted[order][place] == have
        found_at.append(at[hit])
        found_name.append(mine[order][place[hit]].astype(np.int32))
    return np.concatenate(found_at), np.concatenate(found_name)


@dataclass(slots=True)
class Mentions:
    """Pairs of notes of which one names the other in plain text; `key` is note * notes + named note, sorted.

    `features` has a value per pair and kind; `reach` is the chance that such words are a link, as a matrix.
    """

    key: NDArray[np.int64]
    features: dict[str, NDArray[np.float32]]
    reach: Sparse
    back: Sparse
    starts: NDArray[np.bool_]

    def at(self, keys: NDArray[np.int64], kinds: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        """For each kind its values for the pairs, 0 where the one does not name the other."""
        place, there = found(keys, self.key)
        for kind in kinds:
            values = self.features[kind]
            yield np.where(there, values[place], 0) if len(values) else np.zeros(len(keys), np.float32)


#: What is known of a mention; see `mentions`.
NAMED = ("count", "covered", "chance", "linked", "rare", "words", "early", "share", "place", "front", "common", "own",
         "uses", "near", "beside", "heading", "item", "prose", "sum")  # fmt: skip
#: What is known of a mention when only stems agree; shown text and counts of links belong to exact names.
STEMMED = ("count", "covered", "chance", "linked", "rare", "words", "early", "share", "place", "front")


def mentions(view: View, names: Names, *, skip: NDArray[np.bool_] | None = None) -> Mentions:
    """Who names whom, without saying so by a link. `skip`: tokens at which a better occurrence begins."""
    facts = view.facts
    encoded, notes, count = facts.encoded, facts.notes, max(1, names.count)
    dead = np.concatenate([[0], np.cumsum(~view.token)])
    alive = dead[names.at] == dead[names.at + names.size[names.name]]
    at, name, covered = names.at[alive], names.name[alive], names.covered[alive]
    note = encoded.note[at]
    linked = view.shows_link(at) | view.shows_link(at + names.size[name] - 1)
    said, known, anchor, uses = _usage(view, names, name, note, linked, anchors=skip is None)
    chance = (known + 0.1) / (said + 1.0)

    bearer, bearing = names.own_name.astype(np.int64) * notes + names.own_note, np.where(names.own_rank == 0, 2.0, 1.0)
    senses = np.unique(np.concatenate([bearer, anchor]))
    own, links = np.zeros(len(senses)), np.zeros(len(senses))
    np.maximum.at(own, np.searchsorted(senses, bearer), bearing)
    links[np.searchsorted(senses, anchor)] = uses
    weight = links + (own > 0) * 0.5
    common = weight / np.maximum(np.bincount(senses // notes, weight, minlength=count)[senses // notes], 1e-9)
    kept = (own > 0) | (common > 0.1)
    senses, own, links, common = senses[kept], own[kept], links[kept], common[kept]
    bounds = np.searchsorted(senses // notes, np.arange(count + 1))

    plain = np.flatnonzero(~linked)
    if skip is not None:
        plain = plain[~skip[at[plain]]]
    sense, owner = ranges(bounds[name[plain]], bounds[name[plain] + 1] - bounds[name[plain]])
    use = plain[owner]
    other = note[use] != senses[sense] % notes
    use, sense = use[other], sense[other]
    where, what, source = at[use], name[use], note[use]
    line = facts.lines.of_token[where]
    per_line, per_paragraph, place = _link_density(view)
    key = source.astype(np.int64) * notes + senses[sense] % notes
    keys, group = np.unique(key, return_inverse=True)
    free = ~covered[use]
    likely = chance[what] * common[sense]
    position = (where - encoded.start[source]) / np.maximum(encoded.start[source + 1] - encoded.start[source], 1)

    def most(values: NDArray[Any]) -> NDArray[np.float32]:
        return group_max(group, values, len(keys))

    def total(values: NDArray[Any]) -> NDArray[np.float32]:
        return np.bincount(group, values, minlength=len(keys)).astype(np.float32)

    features = {
        "count": np.log1p(total(free)),
        "covered": np.log1p(total(~free)),
        "chance": most(likely * np.where(free, 1, 0.3)),
        "linked": most(chance[what]),
        "rare": most(np.log((notes + 1) / (said[what] + 1))),
        "words": most(names.size[what]),
        "early": most(1 - position),
        "share": most(names.size[what] / np.maximum(facts.lines.size[line], 1)),
        "place": most(place[facts.lines.place[line]]),
        "front": most(encoded.front[where]),
    }
    if skip is None:
        features |= {
            "common": most(common[sense]),
            "own": most(own[sense]),
            "uses": most(np.log1p(links[sense])),
            "near": most(np.log1p(per_paragraph[encoded.paragraph[where]])),
            "beside": most(np.log1p(per_line[line])),
            "heading": most(encoded.kind[where] == HEADING),
            "item": most(encoded.kind[where] == ITEM),
            "prose": most(~encoded.code[where]),
            "sum": total(likely),
        }
    starts = np.zeros(len(encoded.token) + 1, bool)
    starts[at] = True
    reach = sparse(keys // notes, keys % notes, (notes, notes), features["chance"] + 1e-3)
    return Mentions(keys, features, reach, reach.T.tocsr(), starts)


def _usage(
    view: View,
    names: Names,
    name: NDArray[np.int32],
    note: NDArray[np.int32],
    linked: NDArray[np.bool_],
    *,
    anchors: bool,
) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.int64], NDArray[np.int64]]:
    """In how many notes each name is said, and is a link; and by how many notes each name is used for each target."""
    facts, encoded = view.facts, view.facts.encoded
    notes, count = facts.notes, max(1, names.count)
    said = np.bincount(np.unique(name.astype(np.int64) * notes + note) // notes, minlength=count)
    if not anchors:
        known = np.bincount(np.unique(name[linked].astype(np.int64) * notes + note[linked]) // notes, minlength=count)
        return said, known, np.zeros(0, np.int64), np.zeros(0, np.int64)
    links = np.flatnonzero(view.link & (names.link_name >= 0))
    spoken = names.link_name[links].astype(np.int64)
    known = np.bincount(np.unique(spoken * notes + encoded.source[links]) // notes, minlength=count)
    triples = np.unique(np.stack([spoken, encoded.target[links], encoded.source[links]]), axis=1)
    anchor, uses = np.unique(triples[0] * notes + triples[1], return_counts=True)
    return np.maximum(said, known), known, anchor, uses


def _link_density(view: View) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Links that are left, by line and by paragraph; and for each place the share of its lines that hold one."""
    facts, encoded = view.facts, view.facts.encoded
    links = np.flatnonzero(view.link & (encoded.link_end > encoded.link_start))
    start = encoded.link_start[links]
    by_line = np.bincount(facts.lines.of_token[start], minlength=len(facts.lines.size))
    by_paragraph = np.bincount(encoded.paragraph[start], minlength=int(encoded.paragraph.max(initial=0)) + 1)
    holding = np.bincount(facts.lines.place[by_line > 0], minlength=facts.lines.places)
    return by_line, by_paragraph, (holding + 0.3) / (np.bincount(facts.lines.place, minlength=facts.lines.places) + 1.0)
