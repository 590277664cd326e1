"""The helpers over grouped arrays do what they say, whatever the sizes and however many values are equal."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from pkm.sense.suggest import arrays
from pkm.sense.suggest.arrays import Spots, best_of_rows, best_of_sums, ranked, within

VALUES = st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0])
ROWS = st.lists(st.lists(VALUES, max_size=60), min_size=1, max_size=8)


def table(rows: list[list[float]]) -> sp.csr_matrix:
    """Rows of values, in columns that fall."""
    bounds = np.cumsum([0, *map(len, rows)])
    columns = [column for row in rows for column in reversed(range(len(row)))]
    values = [value for row in rows for value in row]
    return sp.csr_matrix((np.array(values, np.float32), np.array(columns, np.int32), bounds), (len(rows), 60))


@given(ROWS, st.integers(1, 4))
def test_the_best_of_a_row_are_its_largest_and_of_equal_ones_the_earlier(rows: list[list[float]], count: int) -> None:
    best = best_of_rows(table(rows), count)

    for number, row in enumerate(rows):
        order = sorted(range(len(row)), key=lambda place: (-row[place], place))[:count]
        kept = slice(best.indptr[number], best.indptr[number + 1])
        assert best.indices[kept].tolist() == [len(row) - 1 - place for place in sorted(order)]
        assert best.data[kept].tolist() == [row[place] for place in sorted(order)]


@given(st.lists(ROWS, min_size=1, max_size=3), st.integers(1, 4))
def test_the_best_of_sums_are_the_same_compiled_or_not(several: list[list[list[float]]], count: int) -> None:
    pytest.importorskip("pkm.sense.suggest.arrays_fast", reason="it is not compiled here")
    height = min(map(len, several))
    tables = [table(rows[:height]) for rows in several]
    tables.append(-tables[0] * 0.5)

    quick = best_of_sums(tables, count)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "COMPILED", False)
        assert np.array_equal(np.sort(quick), np.sort(best_of_sums(tables, count)))


@given(ROWS, st.data())
def test_what_stands_at_places_is_the_same_compiled_or_not(rows: list[list[float]], data: st.DataObject) -> None:
    pytest.importorskip("pkm.sense.suggest.arrays_fast", reason="it is not compiled here")
    matrix = table(rows)
    keys = np.array(sorted(data.draw(st.sets(st.integers(0, 60 * len(rows) - 1)))), np.int64)

    quick = Spots(keys // 60, keys % 60, matrix.shape).values(matrix)

    assert quick.tolist() == matrix.toarray().ravel()[keys].tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "COMPILED", False)
        assert np.array_equal(Spots(keys // 60, keys % 60, matrix.shape).values(matrix), quick)


def test_all_are_kept_where_no_number_is_asked_for() -> None:
    assert best_of_rows(table([[1.0] * 9]), 0).nnz == 9


@given(st.lists(st.tuples(st.sampled_from([0, 1, 2, 1 << 40]), st.sampled_from([-2.0, -1.0, 0.0, 1.0])), max_size=30))
def test_values_are_ranked_row_by_row(pairs: list[tuple[int, float]]) -> None:
    pairs.sort(key=lambda pair: pair[0])
    row, values = (np.array([pair[part] for pair in pairs]) for part in (0, 1))

    expected = sorted(range(len(pairs)), key=lambda place: (row[place], -values[place], place))

    assert ranked(row.astype(np.int64), values).tolist() == expected


def test_many_rows_are_ranked_like_few() -> None:
    rng = np.random.default_rng(3)
    row, values = np.sort(rng.integers(0, 90, 9_000)), rng.integers(-3, 9, 9_000).astype(np.float32)
    row[:2_500] = 0

    assert np.array_equal(ranked(row, values), np.lexsort((-values, row)))


@given(st.lists(st.integers(0, 3)).map(sorted))
def test_members_of_a_group_are_counted(group: list[int]) -> None:
    assert within(np.array(group, np.int64)).tolist() == [place - group.index(each) for place, each in enumerate(group)]


def test_places_are_read_in_one_matrix_after_the_other() -> None:
    one, other = sp.csr_matrix([[0, 2.0], [3.0, 0]]), sp.csr_matrix([[0, 0], [5.0, 7.0]])
    spots = Spots(np.array([0, 1, 1]), np.array([1, 0, 1]), (2, 2))

    assert spots.values(one).tolist() == [2, 3, 0]
    assert spots.values(other).tolist() == [0, 5, 7]
