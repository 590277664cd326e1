"""What a vault has taught: forests, and how sure their scores are. A young vault begins with what others taught.

Several forests are grown from different draws of the same examples: their mean is steadier than any of them. Confidence
is measured on notes that none of them learned from.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.calibrate import Curve, Known, Scored, fit, places
from pkm.sense.suggest.candidates import FEATURES
from pkm.sense.suggest.trees import Forest, grow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.candidates import Pairs
    from pkm.sense.suggest.scale import Scale
    from pkm.sense.suggest.train import Examples

OWN = 1250  # links found again at which a vault's own forests weigh as much as the shipped one
REFUSED = 4.0  # weight of a pair that was refused
FEW = 1000  # links found again; with fewer, half as much is grown
JUDGED = 3000  # lists on which confidence is measured, at most about
WEIGHTS = resources.files("pkm.sense.suggest") / "weights.npz"
SHIPPED = ("names", "roots", "feature", "threshold", "left", "right", "value", "bias", "curve", "usual")  # of each half
FIRST = 30  # trees that decide what is looked at closely


@dataclass(frozen=True, slots=True)
class Ranker:
    """Forests of this vault, if any, beside the shipped one, which weighs `borrowed` in the score."""

    forests: tuple[Forest, ...]
    general: Forest
    borrowed: float
    curve: Curve
    large: bool

    def score(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        total = self.borrowed * self.general.score(features)
        for forest in self.forests:
            total += (1 - self.borrowed) / len(self.forests) * forest.score(features)
        return total

    def promising(self, block: Pairs, closely: int) -> NDArray[np.bool_]:
        """Which pairs are worth all forests: by a first look, so many best of each note."""
        forest = self.forests[0] if self.forests else self.general
        return places(block.source, forest.score(block.features, FIRST)) < closely


def learn(taught: Examples, scale: Scale, refused: NDArray[np.float32] | None = None) -> Ranker:
    """Grow the forests on most notes and fit the curve on the others.

    `refused` are the features of pairs that a person did not want: each counts as several that nobody linked.
    """
    young = shipped(scale.large)
    borrowed = max(scale.borrowed, OWN / (OWN + float(taught.wanted.sum())))
    unwanted = np.zeros((0, len(taught.names)), np.float32) if refused is None else refused
    short = taught.wanted.sum() < FEW
    trees = scale.trees // 2 if short else scale.trees
    forests = []
    for number in range(2 if short else scale.forests):
        rows = np.flatnonzero((taught.wanted | taught.drawn[:, number]) & ~taught.held)
        features = np.concatenate([taught.features[rows], unwanted])
        wanted = np.concatenate([taught.wanted[rows], np.zeros(len(unwanted), bool)])
        weight = np.concatenate([np.ones(len(rows)), np.full(len(unwanted), REFUSED)])
        forests.append(grow(features, wanted, weight=weight, trees=trees, leaves=scale.leaves, seed=number))
    ranker = Ranker(tuple(forests), young.general, borrowed, young.curve, scale.large)
    judged = taught.only(taught.held)
    lists = np.unique(judged.group)
    judged = judged.only(np.isin(judged.group, lists[:: -(-len(lists) // JUDGED)]))
    seen = scored(judged.group, ranker.score(judged.features), judged.features, judged.names, judged.lesson)
    return replace(ranker, curve=fit(seen, Known(judged.wanted, judged.judged, judged.new, judged.cut)))


def scored(
    group: NDArray[np.int64],
    score: NDArray[np.float32],
    features: NDArray[np.float32],
    names: tuple[str, ...],
    batch: NDArray[np.int64] | None = None,
) -> Scored:
    """Scored pairs, with what confidence depends on beside the score."""
    linked = features[:, names.index("own links in")] + features[:, names.index("own links out")]
    together = np.zeros(len(group), np.int64) if batch is None else batch
    return Scored(group, score, linked, features[:, names.index("names it")] > 0, together)


@cache
def shipped(large: bool = False) -> Ranker:
    """The ranker that comes with the program; how it was made is in `benchmarks/suggest_weights.py`."""
    with np.load(io.BytesIO(WEIGHTS.read_bytes())) as data:
        name = "large" if large else "small"
        kept = {part: data[f"{name} {part}"] for part in SHIPPED}
    place = {name: number for number, name in enumerate(FEATURES[large])}
    column = np.array([place[name] for name in kept["names"].tolist()] + [-1], np.int32)
    forest = Forest(
        kept["roots"],
        column[kept["feature"]],
        kept["threshold"],
        kept["left"],
        kept["right"],
        kept["value"],
        float(kept["bias"]),
    )
    return Ranker((), forest, 1.0, Curve(kept["curve"], kept["usual"]), large)
