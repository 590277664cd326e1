"""The vault teaches itself: hide some of its links, look for them, learn which evidence found them.

A lesson hides a fifth of the linked pairs, or all links of a tenth of the notes, as if these were new. In every other
lesson the words of hidden links are cut as well, so that the ranker also learns to find what is not named. Candidates
of notes that lost a link become examples: those that were hidden are wanted, the others are not. All randomness comes
from a fixed seed, so the same vault teaches the same lessons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.arrays import found, ranked, within
from pkm.sense.suggest.candidates import pairs
from pkm.sense.suggest.evidence import block_size, collect
from pkm.sense.suggest.heap import give_back
from pkm.sense.suggest.scale import Scale, scale_of
from pkm.sense.suggest.view import hide, pair_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pkm.sense.suggest.facts import Facts
    from pkm.sense.suggest.learn import Ranker

SHARES = 5  # a lesson about pairs hides one in so many
NEW = 10  # a lesson about new notes takes one in so many
BUSY = 30  # links that no new note has
COLUMNS = ("features", "wanted", "judged", "source", "lesson", "new", "cut", "drawn", "held")  # of Examples
NEGATIVES = 15  # examples of what was not linked that a forest sees, for each list
HELD = 5  # one note in so many is held back from the forests, to measure confidence on
MEASURED = 60_000  # rows held back in a lesson, at most about: they are what fills the memory
ENOUGH = 100  # fewer links than this teach nothing reliable


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is hidden: pairs of notes, with their words or without. `new`: the notes that lose all links, or none."""

    number: int
    pairs: NDArray[np.int64]
    cut: bool
    new: NDArray[np.int64]


@dataclass(slots=True)
class Examples:
    """Candidate pairs of known outcome. `lesson` and `source` tell apart the lists that they belong to.

    Of lists that are not held back only those rows are here that some forest sees: the wanted and a few drawn others.
    """

    features: NDArray[np.float32]
    wanted: NDArray[np.bool_]
    judged: NDArray[np.bool_]  # not so where it cannot be told whether a person would link
    source: NDArray[np.int64]
    lesson: NDArray[np.int64]
    new: NDArray[np.bool_]  # whether the lesson was about new notes
    cut: NDArray[np.bool_]  # whether it cut the words of what it hid
    drawn: NDArray[np.bool_]  # a column for each forest: rows that it sees beside the wanted ones
    held: NDArray[np.bool_]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.wanted)

    def only(self, kept: NDArray[np.bool_]) -> Examples:
        return Examples(names=self.names, **{name: getattr(self, name)[kept] for name in COLUMNS})

    @property
    def group(self) -> NDArray[np.int64]:
        """One number for each list: a note asked in a lesson."""
        return self.lesson << 32 | self.source


def examples(facts: Facts, *, scale: Scale | None = None, seed: int = 0, look: Ranker | None = None) -> Examples | None:
    """Examples from the links that the vault has, or None when there are too few.

    Of lists that are held back only what `look` finds promising is kept, as in a night; without it all.
    """
    scale = scale or scale_of(facts.notes)
    rng = np.random.default_rng(seed)
    linked = np.unique(pair_keys(facts)[facts.linked])
    if len(linked) < ENOUGH:
        return None
    draws = [np.random.default_rng(number) for number in range(scale.forests)]
    taught = [
        part
        for lesson in _lessons(facts, linked, scale, rng)
        for part in _taught(facts, lesson, scale, rng, draws, look)
    ]
    return _joined(taught) if any(each.wanted.any() for each in taught) else None


def _joined(parts: list[Examples]) -> Examples:
    """One table. The parts are used up while it fills: what they hold is most of the memory of a lesson."""
    names, rows = parts[0].names, sum(map(len, parts))
    columns: dict[str, NDArray[Any]] = {}
    for name in COLUMNS:
        like = getattr(parts[0], name)
        columns[name] = np.empty((rows, *like.shape[1:]), like.dtype)
    parts.reverse()
    at = 0
    while parts:
        part = parts.pop()
        for name, column in columns.items():
            column[at : at + len(part)] = getattr(part, name)
        at += len(part)
        del part
        give_back()
    return Examples(names=names, **columns)


def _lessons(facts: Facts, linked: NDArray[np.int64], scale: Scale, rng: np.random.Generator) -> Iterator[Lesson]:
    """Lessons in turn with words cut and with words left, each time about other links."""
    nobody = np.zeros(0, np.int64)
    drawn = [np.array_split(rng.permutation(linked), SHARES) for _ in range(2)]
    for number in range(scale.lessons):
        yield Lesson(number, np.sort(drawn[number % 2][number // 2]), number % 2 == 0, nobody)
    out = np.bincount(facts.encoded.source[facts.linked], minlength=facts.notes)
    linking = np.flatnonzero((out > 0) & (out <= BUSY))
    taken = [np.array_split(rng.permutation(linking), NEW) for _ in range(2)]
    for number in range(scale.new_lessons):
        new = np.sort(taken[number % 2][number // 2])
        lost = linked[np.isin(linked // facts.notes, new) | np.isin(linked % facts.notes, new)]
        if len(lost):
            yield Lesson(scale.lessons + number, lost, number % 2 == 0, new)


def _taught(
    facts: Facts,
    lesson: Lesson,
    scale: Scale,
    rng: np.random.Generator,
    draws: list[np.random.Generator],
    look: Ranker | None,
) -> Iterator[Examples]:
    """The examples of one lesson, a block of notes at a time."""
    notes = facts.notes
    evidence = collect(hide(facts, lesson.pairs, np.full(len(lesson.pairs), lesson.cut)), scale)
    source = facts.encoded.source[facts.linked].astype(np.int64)
    target = facts.encoded.target[facts.linked].astype(np.int64)
    _, lost = found(np.minimum(source, target) * notes + np.maximum(source, target), lesson.pairs)
    wanted = np.unique(source[lost] * notes + target[lost])
    # Seen from its other end a hidden link is neither right nor wrong.
    other = np.unique(target[lost] * notes + source[lost])
    asked = np.unique(wanted // notes)
    if len(lesson.new):
        asked = np.intersect1d(asked, lesson.new)
    if len(asked) > scale.asked:
        asked = np.sort(rng.permutation(asked)[: scale.asked])
    measured = 0
    for block in pairs(evidence, asked, block=block_size(notes)):
        key = block.source * notes + block.target
        right = found(key, wanted)[1]
        judged = right | ~found(key, other)[1]
        if lesson.cut:
            # Where names were cut nothing that is named by its own name is right, which says nothing about names.
            judged &= block.features[:, block.names.index("named own")] == 0
        right &= judged
        drawn = np.stack([_drawn(block.source, judged & ~right, draw) for draw in draws], axis=1)
        held = _scrambled(block.source) % HELD == 0
        kept = held if measured < MEASURED else np.zeros(len(held), bool)
        measured += int(kept.sum())
        if look is not None and kept.any():
            kept[kept] = look.promising(block.only(kept), scale.closely) | right[kept]
        kept = kept | (right | drawn.any(1)) & ~held
        number, new, cut = (np.full(len(block), each) for each in (lesson.number, len(lesson.new) > 0, lesson.cut))
        every = Examples(block.features, right, judged, block.source, number, new, cut, drawn, held, block.names)
        yield every.only(kept)


def _drawn(source: NDArray[np.int64], others: NDArray[np.bool_], draw: np.random.Generator) -> NDArray[np.bool_]:
    """Some of the others of each list, by chance."""
    rows = np.flatnonzero(others)
    _, group = np.unique(source[rows], return_inverse=True)
    order = ranked(group, 1 - draw.random(len(rows)))
    drawn = np.zeros(len(others), bool)
    drawn[rows[order][within(group[order]) < NEGATIVES]] = True
    return drawn


def _scrambled(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers in no order that means anything, the same on every machine."""
    scrambled: NDArray[np.int64] = (numbers * 2_654_435_761 % (1 << 32)) >> 16
    return scrambled
