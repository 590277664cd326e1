"""What a person answered to suggestions, and what follows from it.

One JSON object a line in `.pkm/log/decisions.jsonl`, only ever appended to, so that two machines' logs can be joined
line by line. A refused pair stays away until either note has changed by more than 30 % since.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from pkm.sense.suggest.spell import UNSPACED, fold, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkm.sense.suggest.corpus import Note

CHANGED = 0.3  # share of a note's text that must differ for an old no to lapse
SKETCH = 64  # numbers kept of a note's text
RUN = 4  # words in a shingle
ANSWERS = ("accept", "reject", "later", "never")
REFUSALS = {"reject", "never"}


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer to one suggestion. Sketches tell later how much the notes have changed since."""

    source: str
    target: str
    answer: str
    at: str
    kinds: tuple[str, ...] = ()
    probability: float = 0.0
    why: str = ""
    source_sketch: tuple[int, ...] = ()
    target_sketch: tuple[int, ...] = ()

    def line(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def sketch(text: str) -> tuple[int, ...]:
    """The smallest hashes of the text's runs of words: two sketches agree as much as the texts do.

    Bottom-k sketch of shingles (Broder 1997).
    """
    spoken = words(text)
    run = 2 * RUN if spoken and UNSPACED.match(spoken[0]) else RUN
    runs = {" ".join(spoken[at : at + run]) for at in range(max(1, len(spoken) - run + 1))} if spoken else set()
    return tuple(
        sorted(int.from_bytes(blake2b(each.encode("utf-8", "surrogatepass"), digest_size=6).digest()) for each in runs)[
            :SKETCH
        ]
    )


def difference(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """How much two texts differ by their sketches: 0 the same, 1 nothing in common."""
    if not one and not other:
        return 0.0
    smallest = sorted({*one, *other})[:SKETCH]
    return 1 - len({*one} & {*other} & {*smallest}) / len(smallest)


def parse(lines: Iterable[str]) -> list[Decision]:
    """Decisions in the order of their time; lines that cannot be read (a merge gone wrong) are passed over."""
    read: dict[str, Decision] = {}
    for line in lines:
        try:
            row = json.loads(line)
            values: dict[str, Any] = {
                key: tuple(value) if isinstance(value, list) else value for key, value in row.items()
            }
            decision = Decision(**values)
        except (ValueError, TypeError, AttributeError):
            continue
        if decision.answer in ANSWERS:
            read.setdefault(decision.line(), decision)
    return sorted(read.values(), key=lambda decision: (decision.at, decision.source, decision.target, decision.answer))


@dataclass(slots=True)
class Decisions:
    """All decisions of a vault, ready to be asked."""

    all: list[Decision]
    latest: dict[frozenset[str], Decision] = field(init=False)

    def __post_init__(self) -> None:
        self.latest = {frozenset((each.source, each.target)): each for each in self.all}

    def refused(self, source: Note, target: Note) -> bool:
        """Whether a no to this pair, in either direction, still holds."""
        decision = self.latest.get(frozenset((source.path, target.path)))
        if decision is None or decision.answer not in REFUSALS:
            return False
        if decision.answer == "never":
            return True
        if decision.source != source.path:
            source, target = target, source
        return (
            difference(decision.source_sketch, sketch(fold(source.text))) <= CHANGED
            and difference(decision.target_sketch, sketch(fold(target.text))) <= CHANGED
        )
