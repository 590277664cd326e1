"""From notes to pairs worth judging: each kind of evidence nominates its best, and each pair gets its features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from pkm.sense.suggest.signals import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pkm.sense.suggest.evidence import Evidence

NOMINATED = 60  # of each kind of evidence
ABSENT = 200  # place of a candidate for which a signal says nothing
REVERSED = ("count", "chance", "linked", "rare", "words", "early", "own", "share", "place")
REVERSED_STEMS = ("count", "chance", "rare", "words")


@dataclass(slots=True)
class Pairs:
    """Candidate pairs with a row of features each, ordered by source and target."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    features: NDArray[np.float32]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.source)


def pairs(evidence: Evidence, sources: NDArray[np.int64], *, nominated: int = NOMINATED, block: int) -> Iterator[Pairs]:
    """Candidates of the given notes, a block of notes at a time. Notes already linked are never candidates."""
    for start in range(0, len(sources), block):
        yield _block(evidence, sources[start : start + block], nominated)


def _block(e: Evidence, rows: NDArray[np.int64], nominated: int) -> Pairs:
    height, notes = len(rows), e.notes
    known = e.either[rows].toarray() > 0
    known[np.arange(height), rows] = True
    chosen = np.zeros((height, notes), bool)
    tables: dict[str, NDArray[np.float32]] = {}
    keep = min(nominated, notes)
    for signal in SIGNALS:
        scores = signal.score(e, rows)
        table = (scores.toarray() if sp.issparse(scores) else np.asarray(scores)).astype(np.float32, copy=False)
        tables[signal.name] = table
        if signal.nominates:
            free = np.where(known, 0, table)
            best = np.argpartition(-free, keep - 1, axis=1)[:, :keep]
            at = (np.repeat(np.arange(height), keep), best.ravel())
            chosen[at] |= free[at] > 0
    chosen &= ~known
    row, target = np.nonzero(chosen)
    features: dict[str, NDArray[Any]] = {name: table[row, target] for name, table in tables.items()}
    for signal in SIGNALS:
        if signal.compares:
            features |= _compared(signal.name, features[signal.name], row, height)
    features |= _particulars(e, rows[row], target)
    table = np.empty((len(row), len(features)), np.float32)
    for column, values in enumerate(features.values()):
        table[:, column] = values
    return Pairs(rows[row], target.astype(np.int64), table, tuple(features))


def _compared(name: str, values: NDArray[Any], row: NDArray[Any], height: int) -> dict[str, NDArray[Any]]:
    """A value's share of the source's best, and its place among the source's candidates."""
    best = np.zeros(height, np.float32)
    np.maximum.at(best, row, values)
    order = np.lexsort((-values, row))
    place = np.empty(len(values))
    place[order] = np.arange(len(values)) - np.searchsorted(row, np.arange(height))[row[order]]
    return {
        f"{name} share": values / np.maximum(best[row], 1e-9),
        f"{name} place": np.log1p(np.where(values > 0, place, ABSENT)),
    }


def _particulars(e: Evidence, source: NDArray[Any], target: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """What is known of the pair beyond tables: how it is named, and what sort of notes the two are."""
    facts = e.facts
    there, back = source.astype(np.int64) * e.notes + target, target.astype(np.int64) * e.notes + source
    values = {f"named {kind}": e.named.at(there, kind) for kind in e.named.features}
    values |= {f"named back {kind}": e.named.at(back, kind) for kind in REVERSED}
    values |= {f"inflected {kind}": e.stems_named.at(there, kind) for kind in e.stems_named.features}
    values |= {f"inflected back {kind}": e.stems_named.at(back, kind) for kind in REVERSED_STEMS}
    apart = facts.created[target] - facts.created[source]
    values |= {
        "links in": np.log1p(e.links_in[target]),
        "links out": np.log1p(e.links_out[target]),
        "own links in": np.log1p(e.links_in[source]),
        "own links out": np.log1p(e.links_out[source]),
        "length": facts.length[target],
        "own length": facts.length[source],
        "rank": e.rank[target],
        "depth": facts.depth[target],
        "deeper": facts.depth[target] - facts.depth[source],
        "index": facts.index[target],
        "folder size": np.log1p(e.folder_size[facts.folder[target]]),
        "title words": np.diff(facts.titles.indptr)[target],
        "title rarity": (facts.titles @ e.rarity)[target],
        "days apart": np.where(np.isnan(apart), -1, np.log1p(np.abs(apart) / 86400)),
        "newer": np.where(np.isnan(apart), 0, np.sign(apart)),
        "places apart": np.log1p(np.abs(target - source)),
        "next": target - source == 1,
        "previous": source - target == 1,
    }
    return values
