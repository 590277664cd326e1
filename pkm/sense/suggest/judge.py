"""Blocks of notes, compared and scored: the work that is most of a night, and the same wherever it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.arrays import found
from pkm.sense.suggest.calibrate import Scored, places
from pkm.sense.suggest.candidates import Pairs, pairs
from pkm.sense.suggest.decisions import REFUSALS
from pkm.sense.suggest.learn import scored

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.corpus import Corpus
    from pkm.sense.suggest.decisions import Decisions
    from pkm.sense.suggest.evidence import Evidence
    from pkm.sense.suggest.learn import Ranker

MEANING = 1.0  # weight of the cosine of two notes' vectors, in log odds


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

    def best(self, count: int) -> Judged:
        """The best so many of each list."""
        kept = places(self.source, self.scored.score) < count
        columns = (getattr(self.scored, name)[kept] for name in Scored.__slots__)
        return Judged(self.source[kept], self.target[kept], Scored(*columns))


def judged(evidence: Evidence, ranker: Ranker, rows: NDArray[np.int64], refused: NDArray[np.int64]) -> Judged:
    """The pairs of a block of notes that are worth all trees, with their scores; what was refused is left out."""
    (block,) = pairs(evidence, rows, block=len(rows))
    if len(refused):
        block = block.only(~found(block.source * evidence.notes + block.target, refused)[1])
    block = block.only(ranker.promising(block, evidence.scale.closely))
    score = ranker.score(block.features) + _nearer(evidence, block)
    return Judged(block.source, block.target, scored(block.source, score, block.features, block.names))


def _nearer(evidence: Evidence, block: Pairs) -> NDArray[np.float32]:
    """What the meaning of whole notes adds to the score: how much nearer a note is than the others of its list.

    Added and not learned: where lessons cut words, vectors of whole notes would tell what was hidden.
    """
    if evidence.meaning is None:
        return np.zeros(len(block), np.float32)
    alike = np.einsum("ij,ij->i", evidence.meaning[block.source], evidence.meaning[block.target])
    _, owner, size = np.unique(block.source, return_inverse=True, return_counts=True)
    nearer: NDArray[np.float32] = (MEANING * (alike - (np.bincount(owner, alike) / size)[owner])).astype(np.float32)
    return nearer


def refused_keys(corpus: Corpus, decisions: Decisions | None, *, still: bool = False) -> NDArray[np.int64]:
    """The pairs that were refused, in the direction of the question, as source * notes + target, sorted.

    `still`: only those whose no holds for the notes as they are, and in both directions.
    """
    keys: list[int] = []
    for each in decisions.latest.values() if decisions is not None else ():
        source, target = corpus.numbers.get(each.source), corpus.numbers.get(each.target)
        if each.answer not in REFUSALS or source is None or target is None or decisions is None:
            continue
        if not still:
            keys.append(source * len(corpus) + target)
        elif decisions.refused(corpus.notes[source], corpus.notes[target]):
            keys += (source * len(corpus) + target, target * len(corpus) + source)
    return np.unique(np.array(keys, np.int64))
