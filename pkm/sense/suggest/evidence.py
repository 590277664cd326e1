"""The vault as matrices: what the notes say, how they link, and where they stand, under one view.

Rows are notes. A view with hidden links has its own evidence, so nothing that is hidden can speak.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.arrays import (
    Sparse,
    best_of_rows,
    binary,
    column_sums,
    row_sums,
    scale_columns,
    scale_rows,
    share_rows,
    sparse,
    unit_rows,
    without_rows,
)
from pkm.sense.suggest.heap import give_back
from pkm.sense.suggest.library import sp
from pkm.sense.suggest.mentions import Mentions, mentions
from pkm.sense.suggest.roles import Roles, by_role
from pkm.sense.suggest.scale import Scale, scale_of
from pkm.sense.suggest.texts import Words, latent, words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.facts import Facts
    from pkm.sense.suggest.view import View

NEIGHBOURS = 8  # links after a link that stand near it
BLOCK = 1_000  # notes asked at once in a large vault, where each has few candidates
POPULAR = 30  # targets that a folder or a tag has in common, in a large vault
BESIDE = 60  # notes that stand near a note in lists, in a large vault


@dataclass(slots=True)
class Links:
    """How the notes link. `through_*` lead on through notes that are no hubs, a rarely linked one weighing more."""

    out: Sparse
    into: Sparse
    either: Sparse
    through_out: Sparse
    through_into: Sparse
    through_either: Sparse
    step: Sparse
    walk: Sparse
    walk_out: Sparse
    walk_in: Sparse
    wants: Sparse  # missing notes and web addresses that a note links to, rare ones weighing more
    wanted: Sparse
    near: Sparse
    calm_out: Sparse  # as `out` and `into`, without those of hubs
    calm_into: Sparse
    place: NDArray[Any]  # notes as short vectors of links that go together
    hub: NDArray[Any]  # weight of a path through a note
    front_in: NDArray[Any]
    front_out: NDArray[Any]
    count_out: NDArray[Any]
    count_in: NDArray[Any]
    rank: NDArray[Any]


@dataclass(slots=True)
class Places:
    """Where the notes stand, and what is usual there."""

    folder_links: Sparse
    folder_traffic: Sparse
    folder_out: NDArray[Any]
    folder_size: NDArray[Any]
    tag_links: Sparse
    tags: Sparse
    out_tags: Sparse
    out_folders: Sparse


@dataclass(slots=True)
class Evidence:
    """Everything that the signals are computed from."""

    facts: Facts
    view: View
    scale: Scale
    words: Words
    links: Links
    places: Places
    named: Mentions
    stems_named: Mentions

    meaning: NDArray[np.float32] | None = None  # a vector for each note, where a sentence model was asked
    exchanged: dict[str, Sparse] = field(default_factory=dict)
    _roles: Roles | None = None

    def turned(self, name: str) -> Sparse:
        """A matrix of the words, links or facts with rows and columns exchanged; made once."""
        if name not in self.exchanged:
            part = next(part for part in (self.words, self.links, self.facts) if hasattr(part, name))
            self.exchanged[name] = getattr(part, name).T.tocsr()
        return self.exchanged[name]

    @property
    def notes(self) -> int:
        return self.facts.notes

    @property
    def roles(self) -> Roles:
        """The links by what they are for; told apart when first asked for: a large vault never asks."""
        if self._roles is None:
            self._roles = by_role(self.facts, _made(self.view))
        return self._roles


def collect(view: View, scale: Scale | None = None) -> Evidence:
    """Compute the evidence of a view."""
    give_back()  # what the evidence of another view has left
    facts = view.facts
    scale = scale or scale_of(facts.notes)
    made = _made(view)
    words = words_of(view, made, scale)
    give_back()
    links = _links(view, made, words, scale)
    named = mentions(view, facts.names)
    evidence = Evidence(
        facts,
        view,
        scale,
        words,
        links,
        _places(facts, links, scale),
        named,
        mentions(view, facts.stemmed, skip=named.starts),
    )
    give_back()
    return evidence


def _made(view: View) -> NDArray[np.int64]:
    """The links to other notes that count."""
    linked = view.facts.linked
    return linked[view.link[linked]]


def _links(view: View, made: NDArray[np.int64], words: Words, scale: Scale) -> Links:
    facts, encoded, count = view.facts, view.facts.encoded, view.facts.notes
    out = binary(sparse(encoded.source[made], encoded.target[made], (count, count)))
    into = out.T.tocsr()
    either = binary(out + into)
    degree = row_sums(either)
    hub = 1 / np.log(2 + degree)
    crowded = degree > scale.hub if scale.hub else np.zeros(count, bool)
    passable = np.where(crowded, 0, hub)
    lost = np.flatnonzero(view.link & (encoded.target < 0))
    missing = sparse(encoded.source[lost], -1 - encoded.target[lost], (count, max(1, encoded.missing)))
    wanted = sp.hstack([binary(missing), facts.addresses]).tocsr()
    shared = column_sums(wanted)
    telling = np.where((shared > 1) & (shared <= (scale.spread or count)), 1 / np.log(1.5 + shared), 0)
    line = encoded.lines.of(np.minimum(encoded.link_start[made], len(encoded.token) - 1))
    front = made[encoded.lines.front[line]]
    walk = share_rows(either)
    return Links(
        out=out,
        into=into,
        either=either,
        through_out=scale_columns(out, passable),
        through_into=scale_columns(into, passable),
        through_either=scale_columns(either, passable),
        step=scale_columns(walk, ~crowded),
        walk=without_rows(walk, crowded),
        walk_out=share_rows(out),
        walk_in=share_rows(into),
        wants=scale_columns(wanted, telling),
        wanted=scale_columns(wanted, telling > 0),
        near=best_of_rows(_near(view, made), BESIDE if scale.large else 0),
        calm_out=without_rows(out, crowded),
        calm_into=without_rows(into, crowded),
        place=np.zeros((count, 0)) if scale.large else latent(_surroundings(walk, words), 96),
        hub=hub,
        front_in=np.bincount(encoded.target[front], minlength=count),
        front_out=np.bincount(encoded.source[front], minlength=count),
        count_out=row_sums(out),
        count_in=column_sums(out),
        rank=_rank(out),
    )


def _places(facts: Facts, links: Links, scale: Scale) -> Places:
    member = sparse(np.arange(facts.notes), facts.folder, (facts.notes, facts.folders))
    folder_links = (member.T @ links.out).tocsr()
    size = np.bincount(facts.folder, minlength=facts.folders)
    tag_links = scale_rows(facts.tags.T @ links.out, 1 / (column_sums(facts.tags) + 3))
    limit = POPULAR if scale.large else 0
    traffic = folder_links @ member
    return Places(
        folder_links=best_of_rows(scale_rows(folder_links, 1 / (size + 3)), limit),
        folder_traffic=traffic.toarray() if facts.folders < 3000 else traffic.tocsr(),
        folder_out=row_sums(traffic),
        folder_size=size,
        tag_links=best_of_rows(tag_links, limit),
        tags=facts.tags,
        out_tags=(links.walk_out @ facts.tag_weights).tocsr(),
        out_folders=(links.walk_out @ member).tocsr(),
    )


def _surroundings(walk: Sparse, words: Words) -> Sparse:
    return unit_rows(walk + 0.5 * words.similar_share + sp.identity(walk.shape[0], np.float32, format="csr"))


def block_size(notes: int) -> int:
    """How many notes to ask at once: the tables of all kinds of evidence take some 100 MB, whatever the vault."""
    return max(8, min(BLOCK, 50_000_000 // notes)) if scale_of(notes).large else max(8, min(128, 1_000_000 // notes))


def _near(view: View, made: NDArray[np.int64]) -> Sparse:
    """Notes that are linked near each other, in lists above all: the closer, the more."""
    encoded, count = view.facts.encoded, view.facts.notes
    links = made[np.lexsort((encoded.link_start[made], encoded.source[made]))]
    source, target, line = encoded.source[links], encoded.target[links], encoded.link_line[links]
    after = sp.csr_matrix((count, count), dtype=np.float32)
    for step in range(1, min(NEIGHBOURS, len(links) - 1) + 1):
        same = (source[step:] == source[:-step]) & (target[step:] != target[:-step])
        apart = np.abs(line[step:] - line[:-step])[same]
        weight = 1 / (1 + 0.5 * step + 0.3 * np.minimum(apart, 30))
        after = after + sparse(target[:-step][same], target[step:][same], (count, count), weight)
    return (after + after.T).tocsr()


def _rank(out: Sparse) -> NDArray[Any]:
    """PageRank with restart .15, as the logarithm of a note's share."""
    count = out.shape[0]
    back = share_rows(out).T.tocsr()
    ends = row_sums(out) == 0
    share = np.full(count, 1 / max(1, count))
    for _ in range(15):
        share = 0.15 / count + 0.85 * (back @ share + share[ends].sum() / count)
    rank: NDArray[Any] = np.log(share * count + 1e-3)
    return rank
