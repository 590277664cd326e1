"""From notes to pairs worth judging: the kinds of evidence nominate their best, and each pair gets its features."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.arrays import (
    Spots,
    best_of_rows,
    best_of_sums,
    distinct,
    found,
    keys_of,
    ranked,
    within,
    without,
)
from pkm.sense.suggest.details import DETAILS
from pkm.sense.suggest.library import sp
from pkm.sense.suggest.mentions import NAMED, STEMMED
from pkm.sense.suggest.signals import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pkm.sense.suggest.arrays import Sparse
    from pkm.sense.suggest.details import Detail
    from pkm.sense.suggest.evidence import Evidence
    from pkm.sense.suggest.signals import Signal

ABSENT = 200  # place of a candidate for which a signal says nothing
REVERSED = ("count", "chance", "linked", "rare", "words", "early", "own", "share", "place")
REVERSED_STEMS = ("count", "chance", "rare", "words")
KINDS = (
    *("links in", "links out", "own links in", "own links out", "length", "own length", "rank", "depth", "deeper"),
    *("index", "folder size", "title words", "title rarity", "days apart", "newer", "places apart", "next"),
    *("previous", "front in", "own front out", "number", "same pattern"),
)


def _asked(large: bool) -> tuple[list[Signal], list[Detail]]:
    """The kinds of evidence without those that are too dear for a large vault."""
    signals = [signal for signal in SIGNALS if not (large and signal.small)]
    return signals, [detail for detail in DETAILS if not (large and detail.small)]


def _names(*, large: bool) -> tuple[str, ...]:
    """What the columns of the features are, in order."""
    signals, details = _asked(large)
    every: list[Signal | Detail] = [*signals, *details]
    compared = [each.name for each in every if each.compares]
    return (
        *(each.name for each in every),
        *(f"{name} {how}" for name in compared for how in ("share", "place")),
        *(f"named {kind}" for kind in NAMED),
        *(f"named back {kind}" for kind in REVERSED),
        *(f"inflected {kind}" for kind in STEMMED),
        *(f"inflected back {kind}" for kind in REVERSED_STEMS),
        *KINDS,
    )


FEATURES = {large: _names(large=large) for large in (False, True)}


@dataclass(slots=True)
class Pairs:
    """Candidate pairs with a row of features each, ordered by source and target."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    features: NDArray[np.float32]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.source)

    def only(self, kept: NDArray[np.bool_]) -> Pairs:
        features = np.take(self.features.T, np.flatnonzero(kept), axis=1).T
        return Pairs(self.source[kept], self.target[kept], features, self.names)


def pairs(e: Evidence, sources: NDArray[np.int64], *, block: int) -> Iterator[Pairs]:
    """Candidates of the given notes, a block of notes at a time. Notes already linked are never candidates."""
    for start in range(0, len(sources), block):
        yield _block(e, sources[start : start + block])


def _block(e: Evidence, rows: NDArray[np.int64]) -> Pairs:
    signals, details = _asked(e.scale.large)
    scores = {signal.name: signal.score(e, rows) for signal in signals}
    row, target = (_best_of_groups if e.scale.large else _best_of_each)(e, rows, scores)
    names = FEATURES[e.scale.large]
    table = np.empty((len(row), len(names)), np.float32, order="F")  # filled and asked by columns
    column = iter(range(len(names)))
    compared: list[NDArray[Any]] = []
    source = rows[row]
    spots = Spots(row, target, (len(rows), e.notes))
    for signal in signals:
        values = spots.values(scores[signal.name])
        table[:, next(column)] = values
        if signal.compares:
            compared.append(values)
    for detail in details:
        values = detail.score(e, source, target)
        table[:, next(column)] = values
        if detail.compares:
            compared.append(values)
    for values in itertools.chain(_compared(compared, row), _particulars(e, source, target)):
        table[:, next(column)] = values
    return Pairs(source, target, table, names)


def _best_of_each(
    e: Evidence, rows: NDArray[np.int64], scores: dict[str, Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The best of each kind of evidence: places in `rows`, and notes."""
    height, keep = len(rows), min(e.scale.nominated, e.notes)
    chosen = np.zeros((height, e.notes), bool)
    known = e.links.either[rows].toarray() > 0
    known[np.arange(height), rows] = True
    for signal in SIGNALS:
        if not signal.nominates:
            continue
        scored = scores[signal.name]
        if sp.issparse(scored):
            best = best_of_rows(without(scored, known), keep)
            chosen.ravel()[keys_of(best)] = True
        else:
            free = np.where(known, 0, scored)
            best = np.argpartition(-free, keep - 1, axis=1)[:, :keep]
            at = (np.repeat(np.arange(height), keep), best.ravel())
            chosen[at] |= free[at] > 0
    row, target = np.nonzero(chosen)
    return row.astype(np.int64), target.astype(np.int64)


def _best_of_groups(
    e: Evidence, rows: NDArray[np.int64], scores: dict[str, Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same for a large vault: the best of each group of kinds, added up, without a table of all notes."""
    groups: dict[str, list[Sparse]] = {}
    for signal in SIGNALS:
        if signal.nominates and signal.name in scores:
            groups.setdefault(signal.nominates, []).append(scores[signal.name].tocsr())
    best = [best_of_sums(group, e.scale.nominated) for group in groups.values()]
    chosen = distinct(np.concatenate(best))
    itself = np.arange(len(rows)) * e.notes + rows
    known = np.sort(np.concatenate([keys_of(e.links.either[rows]), itself]))
    chosen = chosen[~found(chosen, known)[1]]
    return chosen // e.notes, chosen % e.notes


def _compared(values: list[NDArray[Any]], row: NDArray[np.int64]) -> Iterator[NDArray[Any]]:
    """Of each kind of values the share of the source's best, and the place among the source's candidates."""
    order = within(row)
    starts = np.flatnonzero(order == 0)
    sizes = np.diff(np.append(starts, len(row)))
    steps = np.log1p(np.arange(max(ABSENT, sizes.max(initial=0)) + 1)).astype(np.float32)
    for each in values:
        best = np.maximum.reduceat(each, starts) if len(starts) else each
        yield each / np.repeat(best.clip(1e-9), sizes)
        said = np.flatnonzero(each > 0)
        said = said[ranked(row[said], each[said])]
        place = np.full(len(row), ABSENT)
        place[said] = within(row[said])
        yield steps[place]


def _particulars(e: Evidence, source: NDArray[np.int64], target: NDArray[np.int64]) -> Iterator[NDArray[Any]]:
    """What is known of the pair beyond scores: how it is named, and what sort of notes the two are. As in KINDS."""
    facts, links, places = e.facts, e.links, e.places
    there, back = source * e.notes + target, target * e.notes + source
    for named, kinds, keys in (
        (e.named, NAMED, there), (e.named, REVERSED, back), (e.stems_named, STEMMED, there),
        (e.stems_named, REVERSED_STEMS, back),
    ):  # fmt: skip
        yield from named.at(keys, kinds)
    apart = facts.created[target] - facts.created[source]
    yield np.log1p(links.count_in[target])
    yield np.log1p(links.count_out[target])
    yield np.log1p(links.count_in[source])
    yield np.log1p(links.count_out[source])
    yield facts.length[target]
    yield facts.length[source]
    yield links.rank[target]
    yield facts.depth[target]
    yield facts.depth[target] - facts.depth[source]
    yield facts.index[target]
    yield np.log1p(places.folder_size[facts.folder[target]])
    yield facts.titles.indptr[target + 1] - facts.titles.indptr[target]
    yield e.words.title_rarity[target]
    yield np.where(np.isnan(apart), -1, np.log1p(np.abs(apart) / 86400))
    yield np.where(np.isnan(apart), 0, np.sign(apart))
    yield np.log1p(np.abs(target - source))
    yield target - source == 1
    yield source - target == 1
    yield np.log1p(links.front_in[target])
    yield np.log1p(links.front_out[source])
    yield facts.number[target] - facts.number[source]
    yield facts.pattern[target] == facts.pattern[source]
