"""Links are carried over to kin, at both of their ends."""

from __future__ import annotations

import numpy as np

from pkm.sense.suggest.evidence import collect
from pkm.sense.suggest.facts import gather
from pkm.sense.suggest.kin import RIDGE, akin, expected, expected_back, kin_link, kin_of_targets, near_in_time, smoother
from pkm.sense.suggest.reasons import explain
from pkm.sense.suggest.view import View, hide
from tests.sense.suggest.vaults import corpus

#: Two notes about soil, two about tides, and others. The first about soil links to the first about tides.
TEXTS = {
    "beds.md": "soil compost worm spade and the [[ebb]]",
    "borders.md": "soil compost worm spade in autumn",
    "ebb.md": "tide rudder keel anchor",
    "flood.md": "tide rudder keel buoy",
    **{f"other {number}.md": f"chord{number} tempo{number} octave{number}" for number in range(8)},
}


def test_a_note_may_expect_the_links_of_its_kin_and_those_to_kin_of_what_they_lead_to() -> None:
    vault = corpus(TEXTS)
    e = collect(View.whole(gather(vault)))
    beds, borders, ebb, flood, other = (
        vault.numbers[f"{name}.md"] for name in ("beds", "borders", "ebb", "flood", "other 0")
    )
    rows = np.arange(len(vault))

    assert akin(e, rows)[borders, beds] > 5 * abs(akin(e, rows)[borders, other])
    assert kin_link(e, rows)[borders, ebb] > 5 * abs(kin_link(e, rows)[other, ebb])
    assert kin_of_targets(e, rows)[beds, flood] > 5 * abs(kin_of_targets(e, rows)[beds, other])
    hoped = expected(e, rows)
    assert hoped[borders, ebb] > hoped[borders, flood] > hoped[borders, other]
    assert np.allclose(expected_back(e, rows), hoped.T, atol=1e-5)


def test_what_kin_link_to_is_told() -> None:
    vault = corpus(TEXTS)
    borders, flood = (vault.numbers[f"{name}.md"] for name in ("borders", "flood"))

    reasons = explain(collect(View.whole(gather(vault))), borders, flood)

    assert "like [[beds]], which links to [[ebb]], a note like it" in [reason.text for reason in reasons]


def test_nothing_is_expected_because_of_a_hidden_link() -> None:
    facts = gather(corpus(TEXTS))
    beds, ebb, borders = (facts.corpus.numbers[f"{name}.md"] for name in ("beds", "ebb", "borders"))

    e = collect(hide(facts, np.array([beds * facts.notes + ebb]), np.array([True])))

    assert not kin_link(e, np.array([borders])).any()


def test_the_smoother_solves_the_ridge_regression() -> None:
    rng = np.random.default_rng(0)
    half = rng.standard_normal((20, 30)).astype(np.float32)
    kernel = half @ half.T

    smooth = smoother(kernel.copy())

    assert np.allclose(smooth @ (kernel + RIDGE * np.eye(20)), kernel, atol=1e-3)
    assert np.array_equal(smooth, smooth.T)


def test_notes_of_one_day_are_alike_and_those_without_a_date_are_not() -> None:
    day = 86400.0

    near = near_in_time(np.array([20_000 * day, 20_000 * day, 20_003 * day, 21_000 * day, np.nan]))

    assert near[0, 1] == 1
    assert np.isclose(near[0, 2], np.exp(-1))
    assert near[0, 3] < 1e-6
    assert not near[4].any()
    assert np.array_equal(near, near.T)


def test_a_note_may_expect_the_links_of_one_that_was_made_on_the_same_day() -> None:
    texts = {**TEXTS, "new.md": "nothing of what others say"}
    dated = {"beds.md": 0.0, "new.md": 0.0, "borders.md": 1e9}
    vault = corpus(texts, created=dated)
    e = collect(View.whole(gather(vault)))
    new, ebb, other = (vault.numbers[f"{name}.md"] for name in ("new", "ebb", "other 0"))

    assert kin_link(e, np.array([new]))[0, ebb] > 5 * abs(kin_link(e, np.array([other]))[0, ebb])
