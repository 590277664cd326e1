"""The vault teaches itself: hide a part of its links, look for them, learn which evidence found them.

Each round hides a share of the linked pairs, half of them with their words, and every link of a few notes, as if
these were new. The candidates of the notes that lost a link become examples: those that were hidden are wanted, the
others are not. All randomness comes from a fixed seed, so the same vault teaches the same lesson.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.arrays import found
from pkm.sense.suggest.candidates import pairs
from pkm.sense.suggest.evidence import block_size, collect
from pkm.sense.suggest.view import hide, pair_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.facts import Facts

ROUNDS = 5  # every link is hidden once
NEW = 0.1  # share of linking notes that lose all their links, each round others
CUT = 0.5  # share of hidden links that lose their words too
NOTES = 2_000  # notes asked in a round at most
ENOUGH = 100  # fewer links than this teach nothing reliable


@dataclass(slots=True)
class Examples:
    """Candidate pairs of known outcome. `group` tells apart the source notes of each round."""

    features: NDArray[np.float32]
    wanted: NDArray[np.bool_]
    group: NDArray[np.int64]
    source: NDArray[np.int64]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.wanted)


def examples(facts: Facts, *, rounds: int = ROUNDS, seed: int = 0) -> Examples | None:
    """Examples from the links that the vault has, or None when there are too few."""
    rng = np.random.default_rng(seed)
    keys = pair_keys(facts)[facts.linked]
    everything = np.unique(keys)
    if len(everything) < ENOUGH:
        return None
    parts = np.array_split(rng.permutation(everything), rounds)
    linking = rng.permutation(np.unique(facts.encoded.source[facts.linked]))
    gathered = []
    for number, part in enumerate(parts):
        new = np.zeros(facts.notes, bool)
        new[linking[int(len(linking) * number * NEW) : int(len(linking) * (number + 1) * NEW)]] = True
        fresh = everything[new[everything // facts.notes] | new[everything % facts.notes]]
        hidden = np.unique(np.concatenate([part, fresh]))
        gathered.append(_round(facts, hidden, rng.random(len(hidden)) < CUT, number, rng))
    return Examples(
        np.concatenate([each.features for each in gathered]),
        np.concatenate([each.wanted for each in gathered]),
        np.concatenate([each.group for each in gathered]),
        np.concatenate([each.source for each in gathered]),
        gathered[0].names,
    )


def _round(
    facts: Facts, hidden: NDArray[np.int64], cut: NDArray[np.bool_], number: int, rng: np.random.Generator
) -> Examples:
    notes = facts.notes
    evidence = collect(hide(facts, hidden, cut))
    source = facts.encoded.source[facts.linked].astype(np.int64)
    target = facts.encoded.target[facts.linked].astype(np.int64)
    _, lost = found(np.minimum(source, target) * notes + np.maximum(source, target), hidden)
    wanted = np.unique(source[lost] * notes + target[lost])
    # Seen from its other end a hidden link is neither right nor wrong.
    other = np.unique(target[lost] * notes + source[lost])
    asked = np.unique(wanted // notes)
    if len(asked) > NOTES:
        asked = np.sort(rng.permutation(asked)[:NOTES])
    features, outcome, sources = [], [], []
    names: tuple[str, ...] = ()
    for block in pairs(evidence, asked, block=block_size(notes)):
        key = block.source * notes + block.target
        right = found(key, wanted)[1]
        kept = right | ~found(key, other)[1]
        features.append(block.features[kept])
        outcome.append(right[kept])
        sources.append(block.source[kept])
        names = block.names
    source = np.concatenate(sources)
    return Examples(np.concatenate(features), np.concatenate(outcome), source + number * notes, source, names)


def sample(found_examples: Examples, *, negatives: int, seed: int) -> NDArray[np.int64]:
    """Rows to learn from: every wanted pair, and for each source some of the others."""
    rng = np.random.default_rng(seed)
    others = np.flatnonzero(~found_examples.wanted)
    group = found_examples.group[others]
    order = np.lexsort((rng.random(len(others)), group))
    place = np.arange(len(others)) - np.searchsorted(group[order], group[order])
    return np.sort(np.concatenate([np.flatnonzero(found_examples.wanted), others[order][place < negatives]]))
