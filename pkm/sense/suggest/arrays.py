"""Small helpers over sparse matrices and grouped arrays, so that the evidence reads like its definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    from numpy.typing import NDArray

TABLE = 2_000_000  # entries of a table that is quicker to write out than to search
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


def best_of_rows(matrix: Sparse, count: int) -> Sparse:
    """The largest entries of each row, so many at most; 0 keeps all."""
    long = np.flatnonzero(np.diff(matrix.indptr) > count) if count else np.zeros(0, np.int64)
    if not len(long):
        return matrix
    kept = np.ones(matrix.nnz, bool)
    for start, end in zip(matrix.indptr[long].tolist(), matrix.indptr[long + 1].tolist(), strict=True):
        row = matrix.data[start:end]
        kept[start + np.argpartition(row, len(row) - count)[: len(row) - count]] = False
    bounds = np.concatenate([[0], np.cumsum(kept)])[matrix.indptr]
    return sp.csr_matrix((matrix.data[kept], matrix.indices[kept], bounds), matrix.shape)


def heaviest(matrix: Sparse, count: int) -> Sparse:
    """Unit rows of each row's largest entries, so many at most; 0 keeps all."""
    return unit_rows(best_of_rows(matrix, count)) if count else matrix


def keys_of(matrix: Sparse) -> NDArray[np.int64]:
    """Where a matrix has entries: row * width + column, in order of rows."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    keys: NDArray[np.int64] = rows * matrix.shape[1] + matrix.indices
    return keys


def values_at(scores: Any, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float32]:
    """The entries at some places, 0 where a sparse matrix has none; places are in order of rows."""
    if not sp.issparse(scores):
        values: NDArray[np.float32] = np.asarray(scores, np.float32)[row, column]
        return values
    matrix = scores.tocsr()
    if matrix.shape[0] * matrix.shape[1] <= TABLE:
        table: NDArray[np.float32] = matrix.toarray()
        return table[row, column]
    matrix.sort_indices()
    place, there = found(row * matrix.shape[1] + column, keys_of(matrix))
    return np.where(there, matrix.data[place], 0).astype(np.float32) if matrix.nnz else np.zeros(len(row), np.float32)
