"""How much to look at: everything in a vault of a person, the telling part in one of tens of thousands of notes."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Scale:
    """Limits that keep the work in proportion to the number of notes."""

    large: bool
    terms: int  # heaviest words of a note that are compared, 0 for all
    postings: int  # notes of a word that are compared by it, those in which it weighs most, 0 for all
    spread: int  # a word in more notes than this compares nothing, 0 for no limit
    hub: int  # a note with more links than this is no path between others, 0 for no limit
    ends: int  # notes that similar notes link to, of which it is asked what is like them, 0 for all
    closely: int  # candidates of a note that all trees look at
    nominated: int  # candidates from each kind, or group of kinds, of evidence
    asked: int  # notes asked in a lesson, at most
    lessons: int  # about hidden pairs; half of them with words cut
    new_lessons: int  # about new notes
    forests: int
    trees: int
    leaves: int
    borrowed: float  # weight of the shipped forest beside a vault's own, at least


SMALL = Scale(
    large=False,
    terms=0,
    postings=0,
    spread=0,
    hub=0,
    ends=0,
    closely=80,
    nominated=60,
    asked=2_000,
    lessons=8,
    new_lessons=12,
    forests=4,
    trees=100,
    leaves=31,
    borrowed=0.5,
)
LARGE = Scale(
    large=True,
    terms=32,
    postings=150,
    spread=500,
    hub=200,
    ends=32,
    closely=20,
    nominated=16,
    asked=700,
    lessons=2,
    new_lessons=2,
    forests=2,
    trees=60,
    leaves=15,
    borrowed=0.0,
)
MANY = 4_000  # notes
COMPARED = 1_000_000  # pairs of an asked note and another that a lesson compares, at most


def scale_of(notes: int) -> Scale:
    """The scale for a vault of so many notes. The more there are, the fewer does a lesson have to ask."""
    if notes > MANY:
        return LARGE
    return replace(SMALL, asked=min(SMALL.asked, COMPARED // max(1, notes)))
