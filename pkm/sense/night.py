"""What a night keeps of all that was suggested: few, sure, each pair once, and nothing of a kind that was refused.

A person who keeps saying no to one kind of reason should not have to say so for ever: that kind falls silent, says
that it did, and may try one suggestion a night, by which it can win its voice back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from pkm.sense.suggest.decisions import Decision

HEARD = 10  # the last answers to a kind of reason that count
WANTED = 2  # of these must be yes, or the kind is muted
NAMED = "mention"


@dataclass(frozen=True, slots=True)
class Voice:
    """How a kind of reason was answered lately, where it was the first reason given."""

    kind: str
    accepted: int
    heard: int

    @property
    def muted(self) -> bool:
        return self.heard >= HEARD and self.accepted < WANTED

    def __str__(self) -> str:
        return f'"{self.kind}" is muted: {self.accepted} of its last {self.heard} suggestions were wanted'


def voices(decisions: Iterable[Decision]) -> dict[str, Voice]:
    """Each kind of reason that was ever answered; decisions come in the order of their time."""
    answers: dict[str, list[bool]] = {}
    for each in decisions:
        if each.answer != "later" and each.kinds:
            answers.setdefault(each.kinds[0], []).append(each.answer == "accept")
    return {kind: Voice(kind, sum(given[-HEARD:]), len(given[-HEARD:])) for kind, given in sorted(answers.items())}


def best_of(
    rows: Iterable[dict[str, Any]], heard: Mapping[str, Voice], *, threshold: float, per_note: int, per_night: int
) -> list[dict[str, Any]]:
    """The few of a night: confident ones, so many a note, each pair once; what is named first, then the surest.

    A pair is as sure as the surer of its directions, and goes from the note that names the other.
    """
    given: dict[str, int] = {}
    tried: set[str] = set()
    chosen: list[dict[str, Any]] = []
    for row in sorted(_pairs(rows), key=lambda row: (-row["probability"], row["source"], row["target"])):
        pair = _pair(row)
        kind = next(iter(kinds_of(row)), "")
        muted = kind in heard and heard[kind].muted
        # Nobody is asked about a link without being told why.
        weak = not kind or row["probability"] < threshold or (muted and kind in tried)
        # A link belongs to both notes, so both have it on their account.
        full = len(chosen) >= per_night or any(given.get(end, 0) >= per_note for end in pair)
        if weak or full:
            continue
        if muted:
            tried.add(kind)
        for end in pair:
            given[end] = given.get(end, 0) + 1
        chosen.append(row)
    return sorted(chosen, key=lambda row: not is_named(row))


def _pairs(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each pair of notes."""
    best: dict[frozenset[str], dict[str, Any]] = {}
    for row in rows:
        other = best.get(_pair(row), row)
        first, second = sorted((row, other), key=lambda row: (not is_named(row), -row["probability"], row["source"]))
        best[_pair(row)] = {**first, "probability": max(first["probability"], second["probability"])}
    return list(best.values())


def _pair(row: dict[str, Any]) -> frozenset[str]:
    return frozenset((row["source"], row["target"]))


def kinds_of(row: dict[str, Any]) -> list[str]:
    """The kinds of a suggestion's reasons, the first one first."""
    return [str(reason.get("kind", "")) for reason in row["reasons"]]


def is_named(row: dict[str, Any]) -> bool:
    """Whether the note says the other's name: a place where the link can go."""
    return NAMED in kinds_of(row)
