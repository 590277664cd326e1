"""From scores to claims: how often was a suggestion with such a score, in such a place, a link that somebody made?

A logistic curve over the score, its place in the note's list, and what the rest of the list looks like, fitted on
examples that the ranker has not learned from. Among the wrong ones of a lesson are links that the vault lacks; they
thin the odds (Elkan & Noto 2008). Of those that are named the lessons tell how many: where pairs that score as high as
any were not hidden, somebody left names unlinked. Of the others nobody knows, so the claims suppose as many as were
hidden.

That also tells which lessons the vault is like. Where names stand unlinked, what is lacking is named, as in lessons
that leave the words, and what is not named was seldom meant; where they do not, it is as in lessons that cut them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.arrays import ranked, within

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIDGE = 1.0
ROWS = 100_000  # rows whose inputs stand in memory together
SHOWN = 10  # places of a list that are looked at
FEW = 12  # lists asked for together that say too little about the vault
SUREST = 0.99  # no claim is larger: people change their minds
LACKING = 1.0  # links not named that are supposed to be lacking, for one that a lesson hides
NEW = 0.05  # the same in lessons about new notes, whose links are all hidden
ASKED = 1.11  # links that a new note lacks, for one that such a lesson hides: some lead to other new notes
LEVELS = np.array([0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1, 1.25, 1.6])  # of names left unlinked that are tried
USUAL = 0.3  # of these at first sight: the likelihood of each falls by a factor of e with so much more
LEFT = 0.15  # with so many names left unlinked, what the vault lacks is named
NAMED = (3.0, 0.65)  # named links that are lacking for one left by that measure, which is a low one; at most so many


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

    def part(self, rows: slice) -> Scored:
        return Scored(*(getattr(self, name)[rows] for name in Scored.__slots__))


def _logistic(line: NDArray[np.float64]) -> NDArray[np.float64]:
    value: NDArray[np.float64] = 1 / (1 + np.exp(-line.clip(-30, 30)))
    return value


def places(group: NDArray[np.int64], score: NDArray[np.float32]) -> NDArray[np.int64]:
    """Each row's place within its group, best first; ties in the order given."""
    order = np.argsort(group, kind="stable")
    order = order[ranked(group[order], score[order])]
    place = np.empty(len(group), np.int64)
    place[order] = within(group[order])
    return place


@dataclass(frozen=True, slots=True)
class _Lists:
    """Scored pairs with what is the same for a whole list, spread over its rows."""

    place: NDArray[np.int64]
    behind: NDArray[np.float64]
    hope: NDArray[np.float64]
    by_name: NDArray[np.float64]
    fresh: NDArray[np.float64]  # share of new notes in the whole batch

    def part(self, rows: slice) -> _Lists:
        return _Lists(*(getattr(self, name)[rows] for name in _Lists.__slots__))

    @classmethod
    def of(cls, scored: Scored) -> _Lists:
        _, owner = np.unique(scored.group, return_inverse=True)
        place = places(owner, scored.score)
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
        fresh = np.bincount(of_list, new, minlength=len(batches)) / size
        return cls(
            place,
            np.minimum(best[owner] - scored.score, 5),
            np.log(total[owner] + 1e-3),
            np.log(by_name[owner] + 0.05),
            fresh[batch],
        )


def _inputs(
    scored: Scored, lists: _Lists, fresh: NDArray[np.float64], said: NDArray[np.float64]
) -> NDArray[np.float64]:
    """`said`: whether the words of what is lacking were left in the text, which matters for what is not named."""
    score = scored.score.astype(np.float64)
    named, new = scored.named.astype(np.float64), (scored.linked == 0).astype(np.float64)
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
            fresh * new,
            fresh * new * score,
            said * (1 - named),
            said * (1 - named) * score,
        ],
        axis=1,
    )


@dataclass(frozen=True, slots=True)
class Curve:
    """Weights of the logistic curve; how much of what the vault lacks is named, and a usual share of new notes."""

    weights: NDArray[np.float64]
    usual: NDArray[np.float64]

    def probability(self, scored: Scored) -> NDArray[np.float64]:
        """The claim for each row. All rows belong to one batch, and rows of one list in one call."""
        lists = _Lists.of(scored)
        said, fresh = (np.full(len(scored.score), usual) for usual in self.usual)
        alone = len(np.unique(scored.group)) < FEW
        fresh = fresh if alone else lists.fresh
        claim = np.empty(len(said))
        for low in range(0, len(claim), ROWS):
            part = slice(low, low + ROWS)
            inputs = _inputs(scored.part(part), lists.part(part), fresh[part], said[part])
            claim[part] = SUREST * _logistic(inputs @ self.weights)
        return claim


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of scored pairs: which were hidden, which count, and in what kind of lesson.

    What is not `judged` stands in the lists but is neither right nor wrong. `new` marks lessons about new notes, `cut`
    those that cut the words of what they hid.
    """

    wanted: NDArray[np.bool_]
    judged: NDArray[np.bool_]
    new: NDArray[np.bool_]
    cut: NDArray[np.bool_]


def fit(scored: Scored, known: Known) -> Curve:
    """Fit to held-out examples; only places that would be shown count."""
    lists = _Lists.of(scored)
    rows = np.flatnonzero(known.judged)
    shown = rows[places(scored.group[rows], scored.score[rows]) < SHOWN]
    inputs = _inputs(scored, lists, lists.fresh, (~known.cut).astype(np.float64))[shown]
    unlinked = _unlinked(scored, known)
    more, most = NAMED
    named = min(most, more * unlinked)
    lacking = np.where(known.new[shown], NEW, np.where(scored.named[shown], named, LACKING))
    weights, _ = _fitted(inputs, known.wanted[shown], lacking, np.where(known.new[shown], ASKED, 1.0))
    return Curve(weights, np.array([min(1.0, unlinked / LEFT), lists.fresh.mean()]))


def _unlinked(scored: Scored, known: Known) -> float:
    """How many names that mean a link stand unlinked, for one that a lesson hid.

    Where some do, the share of hidden pairs levels off below certainty, however high the score; this is the level that
    fits best, in the mean.
    """
    rows = np.flatnonzero(scored.named & known.judged & ~known.cut & ~known.new)
    rows = rows[places(scored.group[rows], scored.score[rows]) < SHOWN]
    if not known.wanted[rows].any():
        return 0.0
    inputs = np.stack([np.ones(len(rows)), scored.score[rows].astype(np.float64)], axis=1)
    misfit = np.array([_fitted(inputs, known.wanted[rows], np.full(len(rows), level))[1] for level in LEVELS])
    likely = np.exp(misfit.min() - misfit - LEVELS / USUAL)
    return float(likely @ LEVELS / likely.sum())


def _fitted(
    inputs: NDArray[np.float64],
    wanted: NDArray[np.bool_],
    lacking: NDArray[np.float64],
    asked: NDArray[np.float64] | float = 1.0,
) -> tuple[NDArray[np.float64], float]:
    """Weights of a logistic curve, by Fisher scoring with a little ridge, and how badly it fits (minus log likelihood).

    For one right pair that was hidden so many are `lacking`, and so many will be `asked` for.
    """
    right = wanted.astype(np.float64)
    weights = np.zeros(inputs.shape[1])
    weights[1] = 1.0
    for _ in range(100):
        claim = _logistic(inputs @ weights).clip(1e-9, 1 - 1e-9)
        whole = (1 + lacking) * claim + asked * (1 - claim)
        seen = (claim / whole).clip(1e-9, 1 - 1e-9)
        slope = asked / whole**2 * claim * (1 - claim)
        pull = inputs.T @ ((right - seen) * slope / (seen * (1 - seen))) - RIDGE * weights
        bend = (inputs * (slope**2 / (seen * (1 - seen)))[:, None]).T @ inputs + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(bend, pull)
        # A full step may overshoot where the curve is flat.
        weights = weights + step * min(1.0, 1 / max(np.abs(step).max(), 1e-9))
        if np.abs(step).max() < 1e-6:
            break
    return weights, float(-np.log(np.where(wanted, seen, 1 - seen)).sum())
