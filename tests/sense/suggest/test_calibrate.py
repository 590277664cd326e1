"""Claims are as often right as they say, and the vault's own habits are heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pkm.sense.suggest.calibrate import Known, Scored, fit, places

if TYPE_CHECKING:
    from numpy.typing import NDArray

LISTS, LENGTH = 3000, 12


def lists_of(seed: int, *, said: float, lacking: float) -> tuple[Scored, Known, NDArray[np.bool_]]:
    """Made-up lists, half of them from lessons that cut the words; also which pairs are right in truth.

    A share `said` of the pairs is named. Of what is right a share `lacking` is hidden by no lesson, since it was no
    link before: as in a vault that somebody did not finish.
    """
    rng = np.random.default_rng(seed)
    rows = LISTS * LENGTH
    group = np.repeat(np.arange(LISTS), LENGTH)
    true = rng.random(rows) < 0.15
    score = rng.normal(np.where(true, 1.5, -2.5), 1.5).astype(np.float32)
    wanted = true & (rng.random(rows) >= lacking)
    cut = group % 2 == 0
    named = (rng.random(rows) < said) & ~cut
    nobody = np.zeros(rows, bool)
    scored = Scored(group, score, np.ones(rows, np.float32), named, np.zeros(rows, np.int64))
    return scored, Known(wanted, ~nobody, nobody, cut), true


def test_places_count_from_the_best_of_each_list() -> None:
    group = np.array([1, 1, 2, 1])
    score = np.array([0.5, 2.0, 1.0, 0.5], np.float32)

    assert places(group, score).tolist() == [1, 0, 0, 2]


@pytest.mark.parametrize("said", [0.0, 1.0], ids=["not named", "named"])
def test_a_claim_is_as_often_right_as_it_says(said: float) -> None:
    """Where as many links are lacking as lessons hide: the claims are about those, and cautious about names."""
    scored, known, true = lists_of(1, said=said, lacking=0.5)

    claim = fit(scored, known).probability(scored)

    asked = ~known.wanted & (~known.cut if said else known.cut)
    for low in np.arange(0, 1, 0.2):
        inside = asked & (claim >= low) & (claim < low + 0.2)
        if inside.sum() > 100:
            assert abs(claim[inside].mean() - true[inside].mean()) < 0.15


def test_where_names_stand_unlinked_what_is_lacking_is_said_to_be_named() -> None:
    tidy = fit(*lists_of(2, said=0.5, lacking=0.0)[:2])
    careless = fit(*lists_of(2, said=0.5, lacking=0.5)[:2])

    assert tidy.usual[0] < 0.2
    assert careless.usual[0] == 1.0


def test_links_that_nobody_made_do_not_halve_the_claims() -> None:
    scored, known, true = lists_of(3, said=1.0, lacking=0.5)
    sure = scored.named & (scored.score > 3)

    claim = fit(scored, known).probability(scored)

    assert true[sure].mean() > 0.95
    assert known.wanted[sure].mean() < 0.55
    assert claim[sure].mean() > 0.75


def test_what_is_not_judged_changes_no_curve() -> None:
    scored, known, _ = lists_of(4, said=0.5, lacking=0.2)
    passed_over = np.arange(len(known.wanted)) % 7 == 0
    judged = ~passed_over

    one = fit(scored, Known(known.wanted, judged, known.new, known.cut))
    other = fit(scored, Known(known.wanted | passed_over, judged, known.new, known.cut))

    assert np.array_equal(one.weights, other.weights)
    assert np.array_equal(one.usual, other.usual)


def test_a_note_asked_alone_is_judged_as_in_a_usual_vault() -> None:
    scored, known, _ = lists_of(5, said=0.5, lacking=0.2)
    curve = fit(scored, known)
    few = slice(0, 3 * LENGTH)
    alone = Scored(*(getattr(scored, name)[few] for name in Scored.__slots__))

    together = curve.probability(scored)[few]

    assert np.abs(curve.probability(alone) - together).max() < 0.05
