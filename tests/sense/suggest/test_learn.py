"""What a vault teaches, and what is shipped for one that has taught nothing yet."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pkm.sense.suggest.candidates import FEATURES
from pkm.sense.suggest.facts import gather
from pkm.sense.suggest.learn import WEIGHTS, learn, shipped
from pkm.sense.suggest.scale import SMALL
from pkm.sense.suggest.train import examples
from tests.sense.suggest.vaults import corpus, grown

if TYPE_CHECKING:
    from pkm.sense.suggest.train import Examples


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_the_shipped_forest_asks_for_features_by_the_names_they_have(large: bool) -> None:
    """When a kind of evidence is added or renamed, `benchmarks/suggest_weights.py` has to be run again."""
    half = "large" if large else "small"
    with np.load(io.BytesIO(WEIGHTS.read_bytes())) as kept:
        assert tuple(kept[f"{half} names"].tolist()) == FEATURES[large]
        assert max(kept[f"{half} feature"]) < len(FEATURES[large])
        assert len({len(kept[f"{half} {part}"]) for part in ("feature", "threshold", "left", "right", "value")}) == 1


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_the_shipped_curve_fits_the_curve_that_a_vault_learns(large: bool) -> None:
    own = learn(_taught(), SMALL).curve

    young = shipped(large).curve

    assert young.weights.shape == own.weights.shape
    assert young.usual.shape == own.usual.shape
    assert (young.usual >= 0).all()
    assert (young.usual <= 1).all()


def test_what_was_hidden_and_held_back_is_found_again() -> None:
    taught = _taught()

    ranker = learn(taught, SMALL)

    score = ranker.score(taught.features[taught.held])
    wanted = taught.wanted[taught.held]
    assert score[wanted].mean() > score[~wanted].mean() + 1


def test_a_vault_with_few_links_leans_on_what_others_taught() -> None:
    few, many = learn(_taught(40), SMALL), learn(_taught(120), SMALL)

    assert SMALL.borrowed <= many.borrowed < few.borrowed < 1


def test_refused_pairs_score_lower_than_they_would() -> None:
    taught = _taught()
    refused = taught.features[taught.wanted & ~taught.held][:30]

    before, after = learn(taught, SMALL), learn(taught, SMALL, refused)

    assert float(np.mean(after.score(refused))) < float(np.mean(before.score(refused))) - 0.2


def _taught(size: int = 60) -> Examples:
    taught = examples(gather(corpus(grown(size))), scale=SMALL)
    assert taught is not None
    return taught
