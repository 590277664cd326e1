"""Small helpers over sparse matrices and grouped arrays, so that the evidence reads like its definition."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.library import sp

try:
    from pkm.sense.suggest import arrays_fast
except ImportError:  # there was nothing to compile it with
    COMPILED = False
else:
    COMPILED = True

if TYPE_CHECKING:
    from numpy.typing import NDArray

LAID = 1_000_000  # cells of a table that lie in memory at once
SORTED = 500  # values sorted together, unless a row has more
FINE = 6  # parts of a row that are looked at for each entry that is wanted
LEAST = np.finfo(np.float32).tiny  # of what is above 0

#: A sparse matrix; scipy has no types of its own.
Sparse = Any


def sparse(
    rows: NDArray[Any], columns: NDArray[Any], shape: tuple[int, int], values: NDArray[Any] | None = None
) -> Sparse:
    """A matrix from coordinates; values at the same place add up."""
    data = np.ones(len(rows), np.float32) if values is None else values.astype(np.float32)
    matrix = sp.coo_matrix((data, (rows, columns)), shape=shape).tocsr()
    matrix.sort_indices()
    return matrix


def binary(matrix: Sparse) -> Sparse:
    """The same matrix with every entry 1."""
    copy = matrix.copy()
    copy.data[:] = 1
    return copy


def scale_rows(matrix: Sparse, factors: NDArray[Any]) -> Sparse:
    """Each row times a number; entries that become 0 are dropped."""
    return _dropped_zeros(sp.diags(factors.astype(np.float32)).dot(matrix).tocsr())


def scale_columns(matrix: Sparse, factors: NDArray[Any]) -> Sparse:
    """Each column times a number; entries that become 0 are dropped."""
    return _dropped_zeros(matrix.dot(sp.diags(factors.astype(np.float32))).tocsr())


def _dropped_zeros(matrix: Sparse) -> Sparse:
    matrix.eliminate_zeros()
    return matrix


def unit_rows(matrix: Sparse) -> Sparse:
    """Rows of length one, so that a product is a cosine."""
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1)).ravel())
    return scale_rows(matrix, 1 / np.where(length > 0, length, 1))


def share_rows(matrix: Sparse) -> Sparse:
    """Rows that sum to one: the steps of a walk."""
    total = row_sums(matrix)
    return scale_rows(matrix, 1 / np.where(total > 0, total, 1))


def row_sums(matrix: Sparse) -> NDArray[np.float64]:
    """The sum of each row."""
    return np.asarray(matrix.sum(1), np.float64).ravel()


def column_sums(matrix: Sparse) -> NDArray[np.float64]:
    """The sum of each column."""
    return np.asarray(matrix.sum(0), np.float64).ravel()


def group_max(group: NDArray[Any], values: NDArray[Any], groups: int) -> NDArray[np.float32]:
    """The largest value of each group, 0 for a group without any."""
    largest = np.zeros(groups, np.float32)
    np.maximum.at(largest, group, values.astype(np.float32))
    return largest


def found(keys: NDArray[Any], table: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For each key its place in the sorted `table`, and whether it is there."""
    if not len(table):
        return np.zeros(len(keys), np.int64), np.zeros(len(keys), bool)
    place = np.searchsorted(table, keys).clip(max=len(table) - 1)
    return place, table[place] == keys


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """The values in order, each once. Sorting whole numbers is much faster than the hashing of `np.unique`."""
    ordered: NDArray[Any] = np.sort(values)
    first: NDArray[Any] = ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(ordered)]]
    return first


def ranges(starts: NDArray[Any], lengths: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Members of many ranges in one array, and to which range each belongs."""
    owner = np.repeat(np.arange(len(starts)), lengths)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return starts[owner] + offset, owner


def without_rows(matrix: Sparse, dropped: NDArray[np.bool_]) -> Sparse:
    """The matrix with some rows empty."""
    if not dropped.any():
        return matrix
    return scale_rows(matrix, ~dropped)


def only(matrix: Sparse, places: NDArray[np.int64]) -> Sparse:
    """The matrix with only those entries that have these places, in order, among its entries."""
    bounds = np.searchsorted(places, matrix.indptr)
    return sp.csr_matrix((matrix.data[places], matrix.indices[places], bounds), matrix.shape)


def only_columns(matrix: Sparse, kept: NDArray[np.bool_]) -> Sparse:
    """The matrix with the other columns empty."""
    return only(matrix, np.flatnonzero(kept[matrix.indices]))


def without(matrix: Sparse, dropped: NDArray[np.bool_]) -> Sparse:
    """The matrix with only its entries above 0 that a table of the same shape does not drop."""
    matrix = matrix.tocsr()
    return only(matrix, np.flatnonzero((matrix.data > 0) & ~dropped.ravel()[keys_of(matrix)]))


def ranked(row: NDArray[np.int64], values: NDArray[Any]) -> NDArray[np.int64]:
    """The places of the values, row by row, the largest first; of equal ones the earlier. Rows come in order.

    Row, value and place are sorted as one number, several times as fast as by three keys, and some rows at a time,
    which stay in the cache. There is room for rows of two million values.
    """
    if not len(values):
        return np.zeros(0, np.int64)
    starts = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
    sizes = np.diff(np.append(starts, len(row)))
    heads = np.flatnonzero(np.concatenate([[True], np.diff(starts // SORTED) > 0]))  # rows with which a part begins
    first = np.repeat(heads, np.diff(np.append(heads, len(starts))))
    head = np.repeat(starts[first], sizes)
    bits = values.astype(np.float32).view(np.uint32).astype(np.int64)
    # Floats above 0 are in the order of their bits, those below in the opposite order.
    keys = (bits ^ (((bits >> 31) - 1) & 0x7FFFFFFF)) << 21
    keys += np.repeat((np.arange(len(starts)) - first) << 53, sizes) + np.arange(len(row)) - head
    for low, high in pairwise([*starts[heads].tolist(), len(row)]):
        keys[low:high].sort()
    places: NDArray[np.int64] = (keys & ((1 << 21) - 1)) + head
    return places


def within(group: NDArray[Any]) -> NDArray[np.int64]:
    """The place of each member within its group, counted from 0; members of a group stand beside each other."""
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]])[: len(group)])
    place: NDArray[np.int64] = np.arange(len(group)) - np.repeat(starts, np.diff(np.append(starts, len(group))))
    return place


def largest_of_rows(matrix: Sparse) -> NDArray[np.float32]:
    """The largest entry of each row, 0 for a row without any above."""
    largest = np.zeros(matrix.shape[0], np.float32)
    filled = np.flatnonzero(np.diff(matrix.indptr))
    if len(filled):
        largest[filled] = np.maximum.reduceat(matrix.data, matrix.indptr[filled]).clip(0)
    return largest


def best_of_rows(matrix: Sparse, count: int) -> Sparse:
    """The largest entries above 0 of each row, so many at most, of equal ones the earlier; 0 keeps all."""
    size = np.diff(matrix.indptr)
    if not count or size.max(initial=0) <= count:
        return matrix
    # Sieve first: what is smaller than the largest of so many parts of a row is not among the row's best.
    cuts = count * FINE
    long = np.flatnonzero(size > cuts)
    parts = matrix.indptr[long, None] + size[long, None] * np.arange(cuts + 1) // cuts
    largest = np.maximum.reduceat(matrix.data, parts.ravel().clip(max=matrix.nnz - 1)).reshape(parts.shape)
    least = np.where(size > count, LEAST, -np.inf).astype(matrix.dtype)
    least[long] = np.maximum(LEAST, np.partition(largest[:, :-1], -count, axis=1)[:, -count])
    some = np.flatnonzero(matrix.data >= np.repeat(least, size))
    left = np.diff(np.searchsorted(some, matrix.indptr))
    chosen = np.repeat(left <= count, left)
    rest = np.flatnonzero(~chosen)
    row = np.repeat(np.arange(len(left)), np.where(left > count, left, 0))
    order = ranked(row, matrix.data[some[rest]])
    chosen[rest[order[within(row[order]) < count]]] = True
    return only(matrix, some[chosen])


def best_of_sums(tables: list[Sparse], count: int) -> NDArray[np.int64]:
    """As keys the best of each row of a sum of tables, in units of the largest entry of each one's row."""
    largest = np.stack([largest_of_rows(table) for table in tables], axis=1)
    units = 1 / np.where(largest > 0, largest, 1)
    if COMPILED and all(map(_is_plain, tables)):
        return arrays_fast.best_of_sums(tables, units, count, tables[0].shape[1])
    height, many = units.shape
    place = np.arange(height)[:, None] + np.arange(many) * height
    bounds = np.arange(height + 1) * many
    added_up = sp.csr_matrix((units.ravel(), place.ravel(), bounds), (height, height * many)) @ sp.vstack(tables)
    return keys_of(best_of_rows(added_up, count))


def _is_plain(matrix: Sparse) -> bool:
    """Whether compiled code can read it."""
    return bool(matrix.format == "csr" and matrix.dtype == np.float32 and matrix.indptr.dtype == np.int32)


def heaviest(matrix: Sparse, count: int) -> Sparse:
    """Unit rows of each row's largest entries, so many at most; 0 keeps all."""
    return unit_rows(best_of_rows(matrix, count)) if count else matrix


def keys_of(matrix: Sparse) -> NDArray[np.int64]:
    """Where a matrix has entries: row * width + column, in order of rows."""
    height, width = matrix.shape
    begins = np.arange(height, dtype=np.int64) * width
    keys: NDArray[np.int64] = np.repeat(begins, np.diff(matrix.indptr)) + matrix.indices
    return keys


class Spots:
    """Some places of a table, in order of rows, at which many matrices of that `shape` are read.

    A matrix is laid out a few rows at a time, in one small table that is used again and again.
    """

    def __init__(self, row: NDArray[np.int64], column: NDArray[np.int64], shape: tuple[int, int]) -> None:
        height, width = shape
        step = 1 if COMPILED else max(1, min(height, LAID // width))
        self._row, self._column, self._width = row, column, width
        self._rows = np.append(np.arange(0, height, step), height)
        self._parts = np.searchsorted(row, self._rows)
        self._table = np.zeros(step * width, np.float32)

    def values(self, scores: Any) -> NDArray[np.float32]:
        """The entries at these places, 0 where a sparse matrix has none."""
        if not sp.issparse(scores):
            return np.asarray(scores, np.float32)[self._row, self._column]
        matrix = scores.tocsr()
        if COMPILED and _is_plain(matrix):
            return arrays_fast.values_at(matrix, self._parts, self._column, self._table)
        keys = keys_of(matrix)
        values = np.empty(len(self._row), np.float32)
        ends = matrix.indptr[self._rows]
        for row, spots, entries in zip(self._rows, pairwise(self._parts), pairwise(ends), strict=False):
            mine, there = slice(*spots), slice(*entries)
            laid = keys[there] - row * self._width
            self._table[laid] = matrix.data[there]
            values[mine] = self._table[(self._row[mine] - row) * self._width + self._column[mine]]
            self._table[laid] = 0
        return values
