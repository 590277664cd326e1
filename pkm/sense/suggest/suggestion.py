"""What a suggestion is: two notes, a claim and its reasons. Never a bare number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence in words. `line` is a line of the source note, 0 when no single line shows it.

    `kind` names the evidence, for filters and for the record of what a person accepts: "mention", "mentioned-by",
    "words", "title", "context", "neighbours", "similar", "folder", "tags", "sequence", "source".
    """

    kind: str
    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A link that a person would likely make, from `source` to `target`, both paths in the vault.

    `score` orders the suggestions of one source; `probability` is the calibrated claim that the link would be made.
    """

    source: str
    target: str
    score: float
    probability: float
    reasons: tuple[Reason, ...] = ()
