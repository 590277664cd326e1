"""The small learner: it finds what matters, ignores what is noise, and always grows the same trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.sense.suggest.trees import BINS, grow, sums_by_code

if TYPE_CHECKING:
    from numpy.typing import NDArray


def made(rows: int = 4000) -> tuple[NDArray[np.float32], NDArray[Any]]:
    """Four columns of noise and two that matter together: neither alone tells anything."""
    rng = np.random.default_rng(7)
    features = rng.random((rows, 6)).astype(np.float32)
    return features, (features[:, 1] > 0.5) ^ (features[:, 4] > 0.5)


def test_two_columns_that_matter_together_are_found() -> None:
    features, wanted = made()

    forest = grow(features[:3000], wanted[:3000], columns=1.0)

    right = (forest.score(features[3000:]) > 0) == wanted[3000:]
    assert right.mean() > 0.95


def test_the_same_examples_grow_the_same_trees_and_another_seed_grows_others() -> None:
    features, wanted = made(600)

    one, same, other = (grow(features, wanted, trees=5, seed=seed).score(features) for seed in (1, 1, 2))

    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_first_trees_are_a_part_of_all() -> None:
    features, wanted = made(600)

    forest = grow(features, wanted, trees=6)

    assert np.array_equal(forest.score(features, 3), grow(features, wanted, trees=3).score(features))


def test_with_nothing_to_tell_apart_the_score_is_the_odds() -> None:
    features = np.zeros((400, 3), np.float32)
    wanted = np.arange(400) % 4 == 0

    forest = grow(features, wanted, trees=20)

    assert np.allclose(forest.score(features), np.log(1 / 3), atol=0.01)


def test_a_heavier_example_counts_as_several() -> None:
    features = np.zeros((300, 1), np.float32)
    wanted = np.arange(300) < 100

    forest = grow(features, wanted, weight=np.where(wanted, 2.0, 1.0), trees=1)

    assert np.allclose(forest.score(features), 0.0, atol=0.01)


@given(st.integers(0, 9), st.lists(st.integers(0, 49), unique=True), st.integers(0, 1000))
def test_compiled_sums_are_those_of_numpy(width: int, rows: list[int], seed: int) -> None:
    fast = pytest.importorskip("pkm.sense.suggest.trees_fast", reason="it is not compiled here")
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, BINS, (50, width)).astype(np.uint8)
    values = np.rint(rng.standard_normal(50) * 1e9)
    chosen = np.array(sorted(rows), np.int64)

    assert np.array_equal(fast.sums_by_code(codes, chosen, values, BINS), sums_by_code(codes, chosen, values, BINS))
