"""The small learner: it finds what matters, ignores what is noise, and always grows the same trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.trees import grow

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
