"""What has to happen, as a table: how the two sides stand to each other, and what follows."""

from __future__ import annotations

from enum import Enum


class Relation(Enum):
    """How the last commit here and the one to join stand to each other."""

    ALONE = "there is nothing to join"
    SAME = "both are one"
    AHEAD = "we have more"
    BEHIND = "the other has more"
    APART = "each has something"
    STRANGERS = "they have no common past"


class Step(Enum):
    """One deed of a sync."""

    COMMIT = "commit what is on disk"
    FORWARD = "take over the other side as it is"
    MERGE = "join both sides"
    PUSH = "offer it to the remote"


#: (relation, is something uncommitted here?) -> what to do, in this order.
TABLE: dict[tuple[Relation, bool], tuple[Step, ...]] = {
    (Relation.ALONE, False): (Step.PUSH,),
    (Relation.ALONE, True): (Step.COMMIT, Step.PUSH),
    (Relation.SAME, False): (),
    (Relation.SAME, True): (Step.COMMIT, Step.PUSH),
    (Relation.AHEAD, False): (Step.PUSH,),
    (Relation.AHEAD, True): (Step.COMMIT, Step.PUSH),
    (Relation.BEHIND, False): (Step.FORWARD,),
    (Relation.BEHIND, True): (Step.COMMIT, Step.MERGE, Step.PUSH),
    (Relation.APART, False): (Step.MERGE, Step.PUSH),
    (Relation.APART, True): (Step.COMMIT, Step.MERGE, Step.PUSH),
    (Relation.STRANGERS, False): (Step.MERGE, Step.PUSH),
    (Relation.STRANGERS, True): (Step.COMMIT, Step.MERGE, Step.PUSH),
}


def relation(here: str, other: str, bases: list[str]) -> Relation:
    """How two commits stand to each other; "" is no commit, `bases` are their best common ancestors."""
    if not other:
        return Relation.ALONE
    if here == other:
        return Relation.SAME
    if not here or not bases:
        return Relation.STRANGERS
    if other in bases:
        return Relation.AHEAD
    return Relation.BEHIND if here in bases else Relation.APART


def joins(steps: tuple[Step, ...]) -> bool:
    """Whether the other side has something that is to come here."""
    return Step.MERGE in steps or Step.FORWARD in steps
