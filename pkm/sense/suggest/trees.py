"""Boosted trees in numpy, small enough to read: logistic loss, one question per level of a tree.

Every node of a level asks the same question, so a tree is a short list of questions and a table of answers: six bits
look up one of 64 values. That is quick to apply to a million pairs, hard to overfit, and a forest is a plain table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 32
_SCALE = float(1 << 12)  # gradients are rounded to 1/4096, so that two sums fit one float exactly
_SHIFT = float(1 << 28)


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees as tables: for tree t and level d the question is whether `feature[t, d]` exceeds `threshold[t, d]`."""

    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    value: NDArray[np.float32]
    bias: float

    def score(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Log odds for each row."""
        columns = np.asfortranarray(features)
        total = np.full(len(features), self.bias, np.float32)
        for questions, thresholds, values in zip(self.feature, self.threshold, self.value, strict=True):
            leaf = np.zeros(len(features), np.uint8)
            for question, threshold in zip(questions, thresholds, strict=True):
                leaf <<= 1
                leaf |= columns[:, question] > threshold
            total += values[leaf]
        return total


def grow(
    features: NDArray[np.float32],
    wanted: NDArray[np.bool_],
    *,
    weight: NDArray[Any] | None = None,
    trees: int = 150,
    depth: int = 6,
    rate: float = 0.1,
    ridge: float = 5.0,
    columns: float = 0.4,
    rows: float = 0.6,
    seed: int = 0,
) -> Forest:
    """Fit a forest. `columns` and `rows` are the shares that each tree sees, drawn by `seed`."""
    rng = np.random.default_rng(seed)
    edges = _edges(features)
    codes = np.stack(
        [np.searchsorted(edges[column], features[:, column]).astype(np.uint8) for column in range(features.shape[1])]
    )
    usable = np.flatnonzero([len(edge) > 0 for edge in edges])
    weight = np.ones(len(wanted)) if weight is None else weight
    chance = float(np.average(wanted, weights=weight)) if len(wanted) else 0.5
    bias = float(np.log(max(chance, 1e-6) / max(1 - chance, 1e-6)))
    total = np.full(len(wanted), bias)
    feature = np.zeros((trees, depth), np.int32)
    threshold = np.full((trees, depth), np.inf, np.float32)
    value = np.zeros((trees, 1 << depth), np.float32)
    for tree in range(trees):
        guess = 1 / (1 + np.exp(-total))
        slope, bend = weight * (wanted - guess), weight * guess * (1 - guess)
        seen = np.flatnonzero(rng.random(len(wanted)) < rows)
        asked = np.sort(rng.permutation(usable)[: max(1, int(len(usable) * columns))])
        node = np.zeros(len(seen), np.int64)
        part = codes[np.ix_(asked, seen)]
        packed = np.rint(slope[seen] * _SCALE) * _SHIFT + np.rint(bend[seen] * _SCALE)
        for level in range(depth):
            best = _question(part, node, packed, 1 << level, ridge)
            if best is None:
                node <<= 1
                continue
            row, cut = best
            feature[tree, level], threshold[tree, level] = asked[row], edges[asked[row]][cut]
            node = node * 2 + (part[row] > cut)
        leaf = np.zeros(len(wanted), np.int64)
        for level in range(depth):
            leaf = leaf * 2 + (features[:, feature[tree, level]] > threshold[tree, level])
        up = np.bincount(leaf[seen], slope[seen], minlength=1 << depth)
        down = np.bincount(leaf[seen], bend[seen], minlength=1 << depth)
        value[tree] = rate * up / (down + ridge)
        total += value[tree][leaf]
    return Forest(feature, threshold, value, bias)


def _edges(features: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """For each column the values that part it into at most BINS groups of like size; zero is a group of its own."""
    cuts = []
    for column in features.T:
        values = column[column != 0]
        inner = np.quantile(values, np.linspace(0, 1, BINS - 1)[1:-1], method="lower") if len(values) else values
        edges = np.unique(np.concatenate([inner, [0.0] if len(values) < len(column) else []]).astype(np.float32))
        cuts.append(edges[edges < column.max(initial=-np.inf)])
    return cuts


def _question(
    codes: NDArray[np.uint8], node: NDArray[np.int64], packed: NDArray[np.float64], nodes: int, ridge: float
) -> tuple[int, int] | None:
    """The column and the cut that part all nodes of this level best, if any does."""
    base = node * BINS
    sums = np.stack([np.bincount(base + code, packed, minlength=nodes * BINS) for code in codes])
    sums = sums.reshape(len(codes), nodes, BINS)
    slope = np.floor(sums / _SHIFT)
    bend = sums - slope * _SHIFT
    slope, bend = np.cumsum(slope / _SCALE, axis=2), np.cumsum(bend / _SCALE, axis=2)
    up, down = slope[:, :, -1:], bend[:, :, -1:]
    gain = slope**2 / (bend + ridge) + (up - slope) ** 2 / (down - bend + ridge) - up**2 / (down + ridge)
    worth = gain.sum(1)[:, :-1]
    best = int(np.argmax(worth))
    if worth.flat[best] <= 1e-9:
        return None
    row, cut = divmod(best, BINS - 1)
    return row, cut
