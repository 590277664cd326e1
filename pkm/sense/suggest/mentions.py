"""Who names whom: what the places where a name is said (`names.py`) tell about two notes, under one view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.arrays import Sparse, distinct, found, group_max, ranges, sparse
from pkm.sense.suggest.encode import HEADING, ITEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pkm.sense.suggest.names import Names
    from pkm.sense.suggest.view import View


@dataclass(slots=True)
class Mentions:
    """Pairs of notes of which one names the other in plain text; `key` is note * notes + named note, sorted.

    `features` has a value per pair and kind; `reach` is the chance that such words are a link, as a matrix.
    """

    key: NDArray[np.int64]
    features: dict[str, NDArray[np.float32]]
    reach: Sparse
    back: Sparse
    starts: NDArray[np.int64]

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


def mentions(view: View, names: Names, *, skip: NDArray[np.int64] | None = None) -> Mentions:
    """Who names whom, without saying so by a link. `skip`: where better occurrences begin, in order."""
    facts = view.facts
    encoded, notes, count = facts.encoded, facts.notes, max(1, names.count)
    silent = view.silent
    alive = np.searchsorted(silent, names.at) == np.searchsorted(silent, names.at + names.size[names.name])
    at, name, covered, line_at, code = (
        each[alive] for each in (names.at, names.name, names.covered, names.line, names.code)
    )
    lines = encoded.lines
    note = lines.note[line_at]
    linked = view.counts(names.link[alive]) | view.counts(names.last_link[alive])
    said, known, anchor, uses = _usage(view, names, name, note, linked, anchors=skip is None)
    chance = (known + 0.1) / (said + 1.0)

    bearer, bearing = names.own_name.astype(np.int64) * notes + names.own_note, np.where(names.own_rank == 0, 2.0, 1.0)
    senses = distinct(np.concatenate([bearer, anchor]))
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
        plain = plain[~found(at[plain], skip)[1]]
    sense, owner = ranges(bounds[name[plain]], bounds[name[plain] + 1] - bounds[name[plain]])
    use = plain[owner]
    other = note[use] != senses[sense] % notes
    use, sense = use[other], sense[other]
    where, what, source = at[use], name[use], note[use]
    line = line_at[use]
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
        "share": most(names.size[what] / np.maximum(lines.size[line], 1)),
        "place": most(place[facts.place[line]]),
        "front": most(lines.front[line]),
    }
    if skip is None:
        features |= {
            "common": most(common[sense]),
            "own": most(own[sense]),
            "uses": most(np.log1p(links[sense])),
            "near": most(np.log1p(per_paragraph[lines.paragraph[line]])),
            "beside": most(np.log1p(per_line[line])),
            "heading": most(lines.kind[line] == HEADING),
            "item": most(lines.kind[line] == ITEM),
            "prose": most(~code[use]),
            "sum": total(likely),
        }
    reach = sparse(keys // notes, keys % notes, (notes, notes), features["chance"] + 1e-3)
    return Mentions(keys, features, reach, reach.T.tocsr(), distinct(at))


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
    said = np.bincount(distinct(name.astype(np.int64) * notes + note) // notes, minlength=count)
    if not anchors:
        known = np.bincount(distinct(name[linked].astype(np.int64) * notes + note[linked]) // notes, minlength=count)
        return said, known, np.zeros(0, np.int64), np.zeros(0, np.int64)
    links = np.flatnonzero(view.link & (names.link_name >= 0))
    spoken = names.link_name[links].astype(np.int64)
    known = np.bincount(distinct(spoken * notes + encoded.source[links]) // notes, minlength=count)
    anchor, use = np.unique(spoken * notes + encoded.target[links], return_inverse=True)
    uses = np.bincount(distinct(use * notes + encoded.source[links]) // notes, minlength=len(anchor))
    return np.maximum(said, known), known, anchor, uses


def _link_density(view: View) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Links that are left, by line and by paragraph; and for each place the share of its lines that hold one."""
    facts, encoded = view.facts, view.facts.encoded
    links = np.flatnonzero(view.link & (encoded.link_end > encoded.link_start))
    line = encoded.lines.of(encoded.link_start[links])
    by_line = np.bincount(line, minlength=len(encoded.lines.first))
    by_paragraph = np.bincount(encoded.lines.paragraph[line], minlength=len(encoded.paragraph_start))
    holding = np.bincount(facts.place[by_line > 0], minlength=facts.places)
    return by_line, by_paragraph, (holding + 0.3) / (np.bincount(facts.place, minlength=facts.places) + 1.0)
