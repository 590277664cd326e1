"""A corpus with some of its links hidden, so that a ranker can be asked for them.

A hidden link is as if it had never been made. Its words stay as plain text (a mention that nobody linked), or are
cut with every other naming of that note, so that the ranker also learns to find what is not named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.arrays import found

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.facts import Facts


@dataclass(slots=True)
class View:
    """Which links and tokens count. `hidden` holds the hidden pairs, sorted: smaller note * notes + larger."""

    facts: Facts
    link: NDArray[np.bool_]
    token: NDArray[np.bool_]
    hidden: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def shows_link(self, token: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether these tokens stand in a link that counts."""
        link = self.facts.encoded.link[token]
        shown = link >= 0
        shown[shown] = self.link[link[shown]]
        return shown

    @classmethod
    def whole(cls, facts: Facts) -> View:
        """The vault as it is."""
        encoded = facts.encoded
        return cls(facts, np.ones(len(encoded.source), bool), np.ones(len(encoded.token), bool))


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
    view = View(facts, ~gone, np.ones(len(encoded.token), bool), pairs)
    silenced = np.flatnonzero(gone & cut[place]) if len(pairs) else np.zeros(0, np.int64)
    if not len(silenced):
        return view
    edge = np.zeros(len(encoded.token) + 1, np.int64)
    np.add.at(edge, encoded.link_start[silenced], 1)
    np.add.at(edge, encoded.link_end[silenced], -1)
    at, size = _namings(view, silenced)
    np.add.at(edge, at, 1)
    np.add.at(edge, at + size, -1)
    view.token = np.cumsum(edge[:-1]) == 0
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
    free = ~view.shows_link(names.at)
    _, hit = found(encoded.note[names.at].astype(np.int64) * count + names.name, np.unique(np.concatenate(wanted)))
    hit &= free
    return names.at[hit], names.size[names.name[hit]]
