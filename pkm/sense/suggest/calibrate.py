"""From scores to claims: how often was a suggestion with such a score, in such a place, a link that somebody made?

A logistic curve over the score, its place in the note's list and its distance to the best, fitted on examples that
the ranker has not learned from. Seven numbers, so a few hundred suggestions are enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHOWN = 10  # places of a list that are looked at


def places(group: NDArray[np.int64], score: NDArray[np.float32]) -> NDArray[np.int64]:
    """Each row's place within its group, best first; ties in the order given."""
    order = np.lexsort((-score, group))
    ordered = group[order]
    place = np.empty(len(group), np.int64)
    place[order] = np.arange(len(group)) - np.searchsorted(ordered, ordered)
    return place


def _inputs(group: NDArray[np.int64], score: NDArray[np.float32], linked: NDArray[np.float32]) -> NDArray[np.float64]:
    place = places(group, score)
    _, owner = np.unique(group, return_inverse=True)
    best = np.full(int(owner.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(best, owner, score)
    total = np.bincount(owner, 1 / (1 + np.exp(-score.astype(np.float64))), minlength=len(best))
    behind = best[owner] - score
    new = (linked == 0).astype(np.float64)
    return np.stack(
        [
            np.ones(len(score)),
            score,
            np.log1p(place),
            np.minimum(behind, 5),
            np.log(total[owner] + 1e-3),
            new,
            new * score,
        ],
        axis=1,
    )


@dataclass(frozen=True, slots=True)
class Curve:
    """Weights of the logistic curve."""

    weights: NDArray[np.float64]

    def probability(
        self, group: NDArray[np.int64], score: NDArray[np.float32], linked: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """The claim for each row; `linked` counts the links that the source has."""
        return 1 / (1 + np.exp(-(_inputs(group, score, linked) @ self.weights).clip(-30, 30)))  # type: ignore[no-any-return]


def fit(
    group: NDArray[np.int64], score: NDArray[np.float32], linked: NDArray[np.float32], wanted: NDArray[np.bool_]
) -> Curve:
    """Fit to held-out examples by Newton's method with a little ridge; only places that would be shown count."""
    inputs = _inputs(group, score, linked)
    shown = places(group, score) < SHOWN
    inputs, right = inputs[shown], wanted[shown].astype(np.float64)
    weights = np.zeros(inputs.shape[1])
    weights[1] = 1.0
    for _ in range(25):
        guess = 1 / (1 + np.exp(-(inputs @ weights).clip(-30, 30)))
        slope = inputs.T @ (right - guess) - 1.0 * weights
        bend = (inputs * (guess * (1 - guess))[:, None]).T @ inputs + np.eye(len(weights))
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return Curve(weights)
