"""Boosted trees in numpy, small enough to read: logistic loss, histograms, the most promising leaf splits next.

The method is that of the well-known gradient boosting libraries; what is here is only what a few tens of thousands of
examples need. A forest is a few flat tables, so weights learned elsewhere can be shipped as data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BINS = 48
ROWS = 1 << 15  # rows judged together: their columns stay in the processor's cache
COUNTED = 1 << 12  # examples counted together, likewise
FEWEST = 20  # examples in a leaf
_SCALE = float(1 << 12)  # gradients are rounded to 1/4096 of their size, so that two sums share one float exactly
_SHIFT = float(1 << 28)


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees side by side: node k asks whether `feature[k]` exceeds `threshold[k]` and goes to `right[k]` or `left[k]`.

    At a leaf `feature` is -1 and `value` is its share of the score. `roots` are the first nodes of the trees.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    bias: float

    def score(self, features: NDArray[np.float32], trees: int | None = None) -> NDArray[np.float32]:
        """Log odds for each row, by all trees or by the first few."""
        columns = np.asfortranarray(features).T
        nodes = _Nodes(self.feature.tolist(), list(self.threshold), self.left.tolist(), self.right.tolist())
        total = np.full(len(features), self.bias, np.float32)
        for low in range(0, len(features), ROWS):
            part = columns[:, low : low + ROWS]
            for root in self.roots[:trees].tolist():
                total[low : low + ROWS] += nodes.said(root, part, self.value)
        return total


@dataclass(frozen=True, slots=True)
class _Nodes:
    """The questions of trees, as in `Forest`; thresholds are in whatever the columns are in."""

    feature: list[int]
    threshold: list[Any]
    left: list[int]
    right: list[int]

    def said(self, root: int, columns: NDArray[Any], value: NDArray[Any]) -> NDArray[Any]:
        """What a tree says of each row; `columns` has a row for each feature.

        Every question is asked of every row, and the answers choose between the sides from the leaves up: to read
        whole columns from end to end is several times as fast as to follow each row down.
        """
        leaves: list[int] = []
        place = self._place(root, columns, leaves)
        said: NDArray[Any] = value[leaves][place]
        return said

    def _place(self, node: int, columns: NDArray[Any], leaves: list[int]) -> Any:
        """To which of the leaves, which are collected from left to right, each row comes."""
        if self.feature[node] < 0:
            leaves.append(node)
            return np.uint8(len(leaves) - 1)
        left = self._place(self.left[node], columns, leaves)
        further = self._place(self.right[node], columns, leaves) - left
        place = (columns[self.feature[node]] > self.threshold[node]).view(np.uint8)
        place *= further
        place += left
        return place


def grow(
    features: NDArray[np.float32],
    wanted: NDArray[np.bool_],
    *,
    weight: NDArray[Any] | None = None,
    trees: int = 100,
    leaves: int = 31,
    rate: float = 0.1,
    ridge: float = 5.0,
    columns: float = 0.2,
    rows: float = 0.8,
    seed: int = 0,
) -> Forest:
    """Fit a forest. `columns` and `rows` are the shares of the table that each tree sees, drawn by `seed`."""
    rng = np.random.default_rng(seed)
    table = np.ascontiguousarray(features.T)
    edges = [_edges(column) for column in table]
    codes = np.empty(table.shape, np.uint8)
    for code, cuts, column in zip(codes, edges, table, strict=True):
        code[:] = np.searchsorted(cuts, column)
    usable = np.flatnonzero([len(cuts) > 0 for cuts in edges])
    weight = np.ones(len(wanted)) if weight is None else weight
    chance = float(np.average(wanted, weights=weight).clip(1e-6, 1 - 1e-6))
    bias = float(np.log(chance / (1 - chance)))
    total = np.full(len(wanted), bias)
    grown = _Growing()
    for _ in range(trees if len(usable) else 0):
        guess = 1 / (1 + np.exp(-total))
        slope, bend = weight * (wanted - guess), weight * guess * (1 - guess)
        seen = np.flatnonzero(rng.random(len(wanted)) < rows)
        asked = np.sort(rng.permutation(usable)[: max(1, int(len(usable) * columns))])
        _tree(grown, codes, edges, seen, asked, slope, bend, leaves, ridge, rate)
        total += grown.last(codes)
    return grown.forest(bias)


def _edges(column: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values that part a column into at most BINS groups of like size; zero is a group of its own."""
    values = np.sort(column[column != 0])
    inner = values[(np.linspace(0, 1, BINS - 1)[1:-1] * (len(values) - 1)).astype(np.int64)] if len(values) else values
    edges = np.unique(np.concatenate([inner, np.zeros(int(len(values) < len(column)))]).astype(np.float32))
    below: NDArray[np.float32] = edges[edges < column.max(initial=-np.inf)]
    return below


class _Growing:
    """The forest while it grows."""

    def __init__(self) -> None:
        self.roots: list[int] = []
        self.feature: list[int] = []
        self.threshold: list[float] = []
        self.cut: list[int] = []
        self.left: list[int] = []
        self.right: list[int] = []
        self.value: list[float] = []

    def node(self) -> int:
        self.feature.append(-1)
        self.threshold.append(0.0)
        self.cut.append(0)
        self.left.append(0)
        self.right.append(0)
        self.value.append(0.0)
        return len(self.feature) - 1

    def last(self, codes: NDArray[np.uint8]) -> NDArray[np.float64]:
        """What the newest tree says of every example."""
        nodes = _Nodes(self.feature, self.cut, self.left, self.right)
        return nodes.said(self.roots[-1], codes, np.array(self.value))

    def forest(self, bias: float) -> Forest:
        return Forest(
            np.array(self.roots, np.int32),
            np.array(self.feature, np.int32),
            np.array(self.threshold, np.float32),
            np.array(self.left, np.int32),
            np.array(self.right, np.int32),
            np.array(self.value, np.float32),
            bias,
        )


def _tree(
    grown: _Growing,
    codes: NDArray[np.uint8],
    edges: list[NDArray[np.float32]],
    seen: NDArray[np.int64],
    asked: NDArray[np.int64],
    slope: NDArray[np.float64],
    bend: NDArray[np.float64],
    leaves: int,
    ridge: float,
    rate: float,
) -> None:
    """Grow one tree on the examples `seen`, asking only the columns `asked`."""
    mine = np.ascontiguousarray(codes[asked].T)
    packed = np.rint(slope * _SCALE) * _SHIFT + np.rint(bend * _SCALE)
    root = grown.node()
    grown.roots.append(root)
    table = _sums(mine, seen, packed, BINS)
    open_leaves = [(*split, root, seen, table) for split in _splits(table[None], ridge)]
    closed: list[tuple[int, NDArray[np.int64]]] = []
    while open_leaves and len(open_leaves) + len(closed) < leaves:
        best = max(range(len(open_leaves)), key=lambda place: open_leaves[place][0])
        gain, column, cut, node, rows, table = open_leaves.pop(best)
        above = codes[asked[column]][rows] > cut
        low, high = rows[~above], rows[above]
        if gain <= 1e-6 or min(len(low), len(high)) < FEWEST:
            closed.append((node, rows))
            continue
        feature = int(asked[column])
        grown.feature[node], grown.cut[node], grown.threshold[node] = feature, cut, float(edges[feature][cut])
        grown.left[node], grown.right[node] = grown.node(), grown.node()
        # Only the smaller half is counted; the other is what is left.
        fewer = _sums(mine, low if len(low) < len(high) else high, packed, BINS)
        tables = np.stack([fewer, table - fewer] if len(low) < len(high) else [table - fewer, fewer])
        children = (grown.left[node], grown.right[node])
        for split, child, part, counted in zip(_splits(tables, ridge), children, (low, high), tables, strict=True):
            open_leaves.append((*split, child, part, counted))
    for node, rows in closed + [(leaf[3], leaf[4]) for leaf in open_leaves]:
        grown.value[node] = float(rate * slope[rows].sum() / (bend[rows].sum() + ridge))


def sums_by_code(
    codes: NDArray[np.uint8], rows: NDArray[np.int64], values: NDArray[np.float64], bins: int
) -> NDArray[np.float64]:
    """For each column and code the sum of the values of those rows that have it there."""
    width = codes.shape[1]
    first = np.arange(width) * bins
    sums = np.zeros(width * bins)
    for low in range(0, len(rows), COUNTED):
        part = rows[low : low + COUNTED]
        places = (codes[part] + first).ravel()
        sums += np.bincount(places, np.repeat(values[part], width), minlength=width * bins)
    return sums.reshape(width, bins)


try:
    from pkm.sense.suggest.trees_fast import sums_by_code as _sums
except ImportError:  # there was nothing to compile it with
    _sums = sums_by_code


def _splits(tables: NDArray[np.float64], ridge: float) -> Iterator[tuple[float, int, int]]:
    """The best question for each of some leaves: its gain, column and cut."""
    slope = np.floor(tables / _SHIFT)
    bend = np.cumsum(tables - slope * _SHIFT, axis=2) / _SCALE
    slope = np.cumsum(slope, axis=2) / _SCALE
    up, down = slope[..., -1:], bend[..., -1:]
    gain = slope**2 / (bend + ridge) + (up - slope) ** 2 / (down - bend + ridge) - up**2 / (down + ridge)
    gain[(bend < 0.5) | (down - bend < 0.5)] = -1
    for each in gain:
        best = int(np.argmax(each))
        yield float(each.flat[best]), *divmod(best, BINS)
