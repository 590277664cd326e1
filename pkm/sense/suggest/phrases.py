"""Phrases: two words side by side, in more than one note. They say what a note is about more surely than its words do.

"Random" and "variable" stand in many notes; "random variable" stands where one matter is spoken of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.arrays import scale_columns, sparse, unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.arrays import Sparse
    from pkm.sense.suggest.encoded import Encoded


@dataclass(slots=True)
class Phrases:
    """`number` tells which phrase begins at each word of the run, -1 for none; `counts` how often notes say each.

    `spread` is how many notes say it.
    """

    number: NDArray[np.int32]
    counts: Sparse
    spread: NDArray[np.int64]

    def without(self, silent: NDArray[np.int64], start: NDArray[np.int64]) -> Sparse:
        """The counts without the phrases that hold a silent word. `start` is where each note begins."""
        at = np.union1d(silent, silent[silent > 0] - 1)
        at = at[self.number[at] >= 0]
        gone = sparse(_note_of(at, start), self.number[at], self.counts.shape)
        left = (self.counts - gone).tocsr()
        left.eliminate_zeros()
        return left


def find_phrases(run: Encoded, stem_of: NDArray[np.int32], telling: NDArray[np.bool_]) -> Phrases:
    """All phrases of stems that tell something."""
    tells = telling[run.token]
    follows = tells[:-1] & tells[1:]
    follows[run.start[(run.start > 0) & (run.start < len(run.token))] - 1] = False  # none goes on in the next note
    at = np.flatnonzero(follows)
    stems = stem_of[run.token].astype(np.int64)
    _, phrase = np.unique(stems[at] << 32 | stems[at + 1], return_inverse=True)
    note = _note_of(at, run.start)
    kinds = int(phrase.max(initial=-1)) + 1
    notes = np.bincount(np.unique(phrase * run.notes + note) // run.notes, minlength=kinds)
    common = np.flatnonzero(notes > 1)
    renumbered = np.full(kinds, -1, np.int32)
    renumbered[common] = np.arange(len(common))
    number = np.full(len(run.token), -1, np.int32)
    number[at] = renumbered[phrase]
    kept = number[at] >= 0
    counts = sparse(note[kept], number[at[kept]], (run.notes, max(1, len(common))))
    return Phrases(number, counts, notes[common])


def weighted(counts: Sparse) -> Sparse:
    """Unit rows in which a rare phrase weighs more."""
    spread = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.where(spread > 0, np.log((counts.shape[0] + 1) / (spread + 0.5)), 0).clip(0)
    rows = counts.copy()
    rows.data = 1 + np.log(rows.data)
    return unit_rows(scale_columns(rows, rarity))


def _note_of(at: NDArray[np.int64], start: NDArray[np.int64]) -> NDArray[Any]:
    """The note in which each of these words stands."""
    return np.searchsorted(start, at, side="right") - 1
