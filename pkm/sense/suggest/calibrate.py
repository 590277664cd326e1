"""From scores to claims: how often was a suggestion with such a score, in such a place, a link that somebody made?

A logistic curve over the score, its place in the note's list, and what the rest of the list and of the vault look
like, fitted on examples that the ranker has not learned from. The vault lacks links too, and in practice these stood
among the wrong ones; nobody knows how many, so the claims suppose as many as were hidden (Elkan & Noto 2008 show how
such unlabelled right ones thin the odds).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIDGE = 1.0
SHOWN = 10  # places of a list that are looked at
FEW = 40  # lists asked for together that say too little about the vault
LACKING = 0.02  # share of links between known notes that the vault is supposed to lack, and a lesson to hide
NEW = 0.1  # share of notes that are new in a lesson, and supposed to be new in the vault


@dataclass(slots=True)
class Scored:
    """Scored pairs, list by list: the score, how many links the list's note has, whether it names the other note.

    `batch` tells apart lists that were asked for together.
    """

    group: NDArray[np.int64]
    score: NDArray[np.float32]
    linked: NDArray[np.float32]
    named: NDArray[np.bool_]
    batch: NDArray[np.int64]


def _logistic(line: NDArray[np.float64]) -> NDArray[np.float64]:
    value: NDArray[np.float64] = 1 / (1 + np.exp(-line.clip(-30, 30)))
    return value


def places(group: NDArray[np.int64], score: NDArray[np.float32]) -> NDArray[np.int64]:
    """Each row's place within its group, best first; ties in the order given."""
    order = np.lexsort((-score, group))
    ordered = group[order]
    place = np.empty(len(group), np.int64)
    place[order] = np.arange(len(group)) - np.searchsorted(ordered, ordered)
    return place


@dataclass(frozen=True, slots=True)
class _Lists:
    """Scored pairs with what is the same for a whole list, spread over its rows."""

    place: NDArray[np.int64]
    behind: NDArray[np.float64]
    hope: NDArray[np.float64]
    by_name: NDArray[np.float64]
    outlook: NDArray[np.float64]  # two columns: how much is named, and how many notes are new, in the whole batch

    @classmethod
    def of(cls, scored: Scored) -> _Lists:
        place = places(scored.group, scored.score)
        _, owner = np.unique(scored.group, return_inverse=True)
        lists = int(owner.max(initial=-1)) + 1
        best = np.full(lists, -np.inf)
        np.maximum.at(best, owner, scored.score)
        hopes = np.where(place < SHOWN, _logistic(scored.score.astype(np.float64)), 0)
        total = np.bincount(owner, hopes, minlength=lists)
        by_name = np.bincount(owner, hopes * scored.named, minlength=lists)
        batches, batch = np.unique(scored.batch, return_inverse=True)
        of_list, new = np.zeros(lists, np.int64), np.zeros(lists)
        of_list[owner], new[owner] = batch, scored.linked == 0
        size = np.bincount(of_list, minlength=len(batches))
        named = np.bincount(of_list, by_name, minlength=len(batches)) / size
        fresh = np.bincount(of_list, new, minlength=len(batches)) / size
        return cls(
            place,
            np.minimum(best[owner] - scored.score, 5),
            np.log(total[owner] + 1e-3),
            np.log(by_name[owner] + 0.05),
            np.stack([np.log(named + 0.05), fresh], axis=1)[batch],
        )


def _inputs(scored: Scored, lists: _Lists, outlook: NDArray[np.float64]) -> NDArray[np.float64]:
    score = scored.score.astype(np.float64)
    named, new = scored.named.astype(np.float64), (scored.linked == 0).astype(np.float64)
    mostly_named, mostly_new = outlook.T
    return np.stack(
        [
            np.ones(len(score)),
            score,
            np.log1p(lists.place),
            lists.behind,
            lists.hope,
            new,
            new * score,
            named,
            named * score,
            lists.by_name,
            lists.by_name * named,
            mostly_named,
            mostly_named * named,
            mostly_new * new,
            mostly_new * new * score,
        ],
        axis=1,
    )


@dataclass(frozen=True, slots=True)
class Curve:
    """Weights of the logistic curve, and the outlook of a usual vault, for lists that are asked for alone."""

    weights: NDArray[np.float64]
    usual: NDArray[np.float64]

    def probability(self, scored: Scored) -> NDArray[np.float64]:
        """The claim for each row. All rows belong to one batch, and rows of one list in one call."""
        lists = _Lists.of(scored)
        alone = len(np.unique(scored.group)) < FEW
        outlook = np.broadcast_to(self.usual, lists.outlook.shape) if alone else lists.outlook
        return _logistic(_inputs(scored, lists, outlook) @ self.weights)


def fit(scored: Scored, wanted: NDArray[np.bool_], judged: NDArray[np.bool_], new: NDArray[np.bool_]) -> Curve:
    """Fit to held-out examples by Fisher scoring with a little ridge; only places that would be shown count.

    What is not `judged` stands in the lists but is neither right nor wrong; `new` marks lessons about new notes.
    """
    lists = _Lists.of(scored)
    rows = np.flatnonzero(judged)
    shown = rows[places(scored.group[rows], scored.score[rows]) < SHOWN]
    inputs = _inputs(scored, lists, lists.outlook)[shown]
    right, new = wanted[shown].astype(np.float64), new[shown]
    # Of the right ones a lesson hides a share, the vault lacks a share, and a share is what will be asked for.
    hidden = np.where(new, 1 - NEW, LACKING * (1 - LACKING))
    lacking = np.where(new, NEW, LACKING)
    asked = np.where(new, 1.0, LACKING)
    weights = np.zeros(inputs.shape[1])
    weights[1] = 1.0
    for _ in range(100):
        claim = _logistic(inputs @ weights).clip(1e-9, 1 - 1e-9)
        whole = (hidden + lacking) * claim + asked * (1 - claim)
        seen = (hidden * claim / whole).clip(1e-9, 1 - 1e-9)
        slope = hidden * asked / whole**2 * claim * (1 - claim)
        pull = inputs.T @ ((right - seen) * slope / (seen * (1 - seen))) - RIDGE * weights
        bend = (inputs * (slope**2 / (seen * (1 - seen)))[:, None]).T @ inputs + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(bend, pull)
        # A full step may overshoot where the curve is flat.
        weights = weights + step * min(1.0, 1 / max(np.abs(step).max(), 1e-9))
        if np.abs(step).max() < 1e-6:
            break
    return Curve(weights, lists.outlook.mean(0))
