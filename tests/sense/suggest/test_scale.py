"""How much is looked at in vaults of all sizes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pkm.sense.suggest.scale import COMPARED, MANY, SMALL, scale_of


@given(st.integers(0, MANY))
def test_a_lesson_compares_no_more_pairs_in_a_larger_vault_and_all_there_are_in_a_small_one(notes: int) -> None:
    asked = scale_of(notes).asked

    assert min(asked, notes) * notes <= COMPARED
    assert asked >= min(notes, 1000) or notes > 1000
    assert asked <= SMALL.asked


def test_what_a_lesson_asks_does_not_jump_where_the_rules_change() -> None:
    assert 200 < scale_of(MANY).asked < scale_of(MANY + 1).asked < 4 * scale_of(MANY).asked
