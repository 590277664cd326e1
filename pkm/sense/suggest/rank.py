"""Link suggestions for a vault: `suggest`, the one door into this room.

Learn from the vault's own links, gather candidates for the asked notes, score them, say how sure that is, and why.
Pure: the same corpus and decisions give the same suggestions, whatever order the notes came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.calibrate import Curve, fit, places
from pkm.sense.suggest.candidates import Pairs, pairs
from pkm.sense.suggest.evidence import Evidence, block_size, collect
from pkm.sense.suggest.facts import gather
from pkm.sense.suggest.reasons import explain
from pkm.sense.suggest.suggestion import Suggestion
from pkm.sense.suggest.train import Examples, examples, sample
from pkm.sense.suggest.trees import Forest, grow
from pkm.sense.suggest.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from pkm.sense.suggest.corpus import Corpus
    from pkm.sense.suggest.decisions import Decisions

FEWEST = 10  # notes; fewer say too little about each other
NEGATIVES = 30  # examples of what was not linked, for each note asked
PARTS = 3  # forests, each blind to a third of the notes, on which it is then judged


@dataclass(frozen=True, slots=True)
class Ranker:
    """What a vault has taught: forests whose scores are averaged, and how sure a score is."""

    forests: tuple[Forest, ...]
    curve: Curve

    def score(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        total = np.zeros(len(features), np.float32)
        for forest in self.forests:
            total += forest.score(features)
        return total / len(self.forests)  # type: ignore[return-value]


def learn(taught: Examples) -> Ranker:
    """Grow forests and fit the curve on what each has not seen."""
    part = _part(taught.source)
    chosen = sample(taught, negatives=NEGATIVES, seed=0)
    unseen = np.zeros(len(taught), np.float32)
    forests = []
    for number in range(PARTS):
        rows = chosen[part[chosen] != number]
        forest = grow(taught.features[rows], taught.wanted[rows], seed=number)
        mine = part == number
        unseen[mine] = forest.score(taught.features[mine])
        forests.append(forest)
    return Ranker(tuple(forests), fit(taught.group, unseen, _links(taught.features, taught.names), taught.wanted))


def _part(source: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which third a note belongs to: by its number, scrambled so that folders are spread."""
    return (source * 2_654_435_761 % (1 << 32)) // 65_536 % PARTS


def _links(features: NDArray[np.float32], names: tuple[str, ...]) -> NDArray[np.float32]:
    return features[:, names.index("own links in")] + features[:, names.index("own links out")]


def suggest(
    corpus: Corpus, *, sources: Iterable[str] | None = None, limit: int = 10, decisions: Decisions | None = None
) -> list[Suggestion]:
    """The links that a person would likely make from each source note, best first, source by source.

    `sources` are paths; None asks for all notes, and unknown paths are ignored. A vault of fewer than ten notes, or
    without any link to learn from, gives no suggestions.
    """
    if len(corpus) < FEWEST:
        return []
    facts = gather(corpus)
    taught = examples(facts)
    if taught is None:
        return []
    ranker = learn(taught)
    evidence = collect(View.whole(facts))
    wanted = (
        range(len(corpus))
        if sources is None
        else sorted({corpus.numbers[path] for path in sources if path in corpus.numbers})
    )
    asked = np.array(list(wanted), np.int64)
    found = []
    for block in pairs(evidence, asked, block=block_size(len(corpus))):
        found += list(_ranked(evidence, block, ranker, limit, decisions))
    return found


def _ranked(
    evidence: Evidence, block: Pairs, ranker: Ranker, limit: int, decisions: Decisions | None
) -> Iterator[Suggestion]:
    notes = evidence.facts.corpus.notes
    if decisions is not None and len(block):
        kept = np.array(
            [
                not decisions.refused(notes[source], notes[target])
                for source, target in zip(block.source.tolist(), block.target.tolist(), strict=True)
            ]
        )
        block = Pairs(block.source[kept], block.target[kept], block.features[kept], block.names)
    score = ranker.score(block.features)
    claim = ranker.curve.probability(block.source, score, _links(block.features, block.names))
    place = places(block.source, score)
    for row in np.lexsort((place, block.source)).tolist():
        if place[row] < limit:
            source, target = int(block.source[row]), int(block.target[row])
            yield Suggestion(
                notes[source].path,
                notes[target].path,
                round(float(score[row]), 4),
                round(float(claim[row]), 4),
                explain(evidence, source, target),
            )
