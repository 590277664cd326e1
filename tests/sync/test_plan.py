"""The table of what has to happen."""

from __future__ import annotations

import pytest

from pkm.sync.plan import TABLE, Relation, Step, joins, relation


@pytest.mark.parametrize(
    ("here", "other", "bases", "found"),
    [
        ("a", "", [], Relation.ALONE),
        ("", "", [], Relation.ALONE),
        ("a", "a", [], Relation.SAME),
        ("a", "b", ["b"], Relation.AHEAD),
        ("a", "b", ["a"], Relation.BEHIND),
        ("a", "b", ["c"], Relation.APART),
        ("a", "b", [], Relation.STRANGERS),
        ("", "b", [], Relation.STRANGERS),
    ],
)
def test_how_two_commits_stand_to_each_other(here: str, other: str, bases: list[str], found: Relation) -> None:
    assert relation(here, other, bases) is found


def test_every_case_is_in_the_table() -> None:
    assert TABLE.keys() == {(relation, dirty) for relation in Relation for dirty in (False, True)}


@pytest.mark.parametrize("case", list(TABLE))
def test_what_is_on_disk_is_committed_before_anything_is_written(case: tuple[Relation, bool]) -> None:
    steps = TABLE[case]

    assert (Step.COMMIT in steps) == case[1]
    assert steps == tuple(sorted(steps, key=[Step.COMMIT, Step.FORWARD, Step.MERGE, Step.PUSH].index))
    assert not (joins(steps) and case[0] in (Relation.ALONE, Relation.SAME, Relation.AHEAD))


def test_only_history_that_the_remote_lacks_is_offered() -> None:
    assert Step.PUSH not in TABLE[Relation.SAME, False]
    assert Step.PUSH not in TABLE[Relation.BEHIND, False]
