"""Blocks of notes, compared and scored: the work that is most of a night, and the same wherever it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.arrays import found
from pkm.sense.suggest.calibrate import Scored
from pkm.sense.suggest.candidates import pairs
from pkm.sense.suggest.decisions import REFUSALS
from pkm.sense.suggest.learn import scored

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.candidates import Pairs
    from pkm.sense.suggest.decisions import Decisions
    from pkm.sense.suggest.evidence import Evidence
    from pkm.sense.suggest.learn import Ranker


@dataclass(slots=True)
class Judged:
    """Scored pairs without their features."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    scored: Scored

    @classmethod
    def joined(cls, parts: list[Judged]) -> Judged:
        columns = (np.concatenate([getattr(each.scored, name) for each in parts]) for name in Scored.__slots__)
        source, target = (np.concatenate([getattr(each, name) for each in parts]) for name in ("source", "target"))
        return cls(source, target, Scored(*columns))


def judged(evidence: Evidence, ranker: Ranker, rows: NDArray[np.int64], decisions: Decisions | None) -> Judged:
    """The pairs of a block of notes that are worth all trees, with their scores; what was refused is left out."""
    (block,) = pairs(evidence, rows, block=max(1, len(rows)))
    if decisions is not None:
        block = block.only(~_refused(evidence, block, decisions))
    block = block.only(ranker.promising(block, evidence.scale.closely))
    score = ranker.score(block.features)
    return Judged(block.source, block.target, scored(block.source, score, block.features, block.names))


def _refused(evidence: Evidence, block: Pairs, decisions: Decisions) -> NDArray[np.bool_]:
    """Which pairs of a block were refused, in either direction, and still are."""
    notes, count = evidence.facts.corpus.notes, evidence.notes
    refused = np.zeros(len(block), bool)
    keys = refused_keys(evidence, decisions)
    for ends in (block.source * count + block.target, block.target * count + block.source):
        for row in np.flatnonzero(found(ends, keys)[1]).tolist():
            refused[row] |= decisions.refused(notes[block.source[row]], notes[block.target[row]])
    return refused


def refused_keys(evidence: Evidence, decisions: Decisions) -> NDArray[np.int64]:
    """The pairs that were refused at any time, as source * notes + target, sorted."""
    numbers, count = evidence.facts.corpus.numbers, evidence.notes
    keys = [
        numbers[each.source] * count + numbers[each.target]
        for each in decisions.latest.values()
        if each.answer in REFUSALS and each.source in numbers and each.target in numbers
    ]
    return np.unique(np.array(keys, np.int64))
