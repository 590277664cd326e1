"""A corpus with some of its links hidden, so that a ranker can be asked for them.

A hidden link is as if it had never been made. Its words stay as plain text (a mention that nobody linked), or are
cut with every other naming of that note, so that the ranker also learns to find what is not named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.arrays import found, ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.facts import Facts


@dataclass(slots=True)
class View:
    """Which links count, and which words are `silent`, in order.

    `hidden` holds the hidden pairs, sorted: smaller note * notes + larger.
    """

    facts: Facts
    link: NDArray[np.bool_]
    silent: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    hidden: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def counts(self, link: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Whether these are links that count; -1 is none."""
        counted = link >= 0
        counted[counted] = self.link[link[counted]]
        return counted

    def says(self, token: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether these words are not silent."""
        return ~found(token, self.silent)[1]

    @classmethod
    def whole(cls, facts: Facts) -> View:
        """The vault as it is."""
        return cls(facts, np.ones(len(facts.encoded.source), bool))


def pair_keys(facts: Facts) -> NDArray[np.int64]:
    """One number for the unordered pair of notes of each link; -1 for links to nowhere or to the note itself."""
    source, target = facts.encoded.source.astype(np.int64), facts.encoded.target.astype(np.int64)
    keys: NDArray[np.int64] = np.minimum(source, target) * facts.notes + np.maximum(source, target)
    keys[(target < 0) | (target == source)] = -1
    return keys


def hide(facts: Facts, pairs: NDArray[np.int64], cut: NDArray[np.bool_]) -> View:
    """Hide every link between the given pairs; where `cut`, with the words."""
    encoded = facts.encoded
    order = np.argsort(pairs)
    pairs, cut = pairs[order], cut[order]
    place, gone = found(pair_keys(facts), pairs)
    view = View(facts, ~gone, hidden=pairs)
    silenced = np.flatnonzero(gone & cut[place]) if len(pairs) else np.zeros(0, np.int64)
    if len(silenced):
        at, size = _namings(view, silenced)
        start, end = encoded.link_start[silenced], encoded.link_end[silenced]
        view.silent = np.unique(np.concatenate([ranges(start, end - start)[0], ranges(at, size)[0]]))
    return view


def _namings(view: View, silenced: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Where the notes of these links name the other note, outside of links that are left."""
    facts, names = view.facts, view.facts.names
    encoded, count = facts.encoded, max(1, names.count)
    by_note = np.argsort(names.own_note, kind="stable")
    bounds = np.searchsorted(names.own_note[by_note], np.arange(facts.notes + 1))
    pairs = np.unique(encoded.source[silenced].astype(np.int64) * facts.notes + encoded.target[silenced])
    source, target = pairs // facts.notes, pairs % facts.notes
    spoken = names.link_name[silenced]
    wanted = [encoded.source[silenced][spoken >= 0].astype(np.int64) * count + spoken[spoken >= 0]]
    wanted += [
        note * count + names.own_name[by_note[bounds[other] : bounds[other + 1]]].astype(np.int64)
        for note, other in zip(source.tolist(), target.tolist(), strict=True)
    ]
    free = ~view.counts(names.link)
    said = encoded.lines.note[names.line].astype(np.int64) * count + names.name
    _, hit = found(said, np.unique(np.concatenate(wanted)))
    hit &= free
    return names.at[hit], names.size[names.name[hit]]
