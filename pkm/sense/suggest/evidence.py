"""The vault as matrices: what the notes say, how they link, and where they stand, under one view.

Rows are notes. A view with hidden links has its own evidence, so nothing that is hidden can speak.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from pkm.sense.suggest.arrays import (
    Sparse,
    best_of_rows,
    binary,
    column_sums,
    heaviest,
    ranges,
    row_sums,
    scale_columns,
    scale_rows,
    share_rows,
    sparse,
    unit_rows,
    without_rows,
)
from pkm.sense.suggest.mentions import Mentions, mentions
from pkm.sense.suggest.scale import Scale, scale_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.facts import Facts
    from pkm.sense.suggest.view import View

SIMILAR = 24  # similar notes that a note may borrow links from
WINDOW = 20  # words on either side of a link that are its context
NEIGHBOURS = 8  # links after a link that stand near it
FAINT = 0.02  # a cosine below this is no similarity
BLOCK = 250  # notes asked at once in a large vault
POPULAR = 30  # targets that a folder or a tag has in common, in a large vault


@dataclass(slots=True)
class Words:
    """What the notes say. Rows are unit vectors of rarity-weighted stems unless said otherwise."""

    rarity: NDArray[Any]
    text: Sparse
    title: Sparse
    name: Sparse  # title words and the words other notes link with
    context: Sparse  # words around the links to a note
    passage: Sparse  # BM25 weights, to be met by `query`
    query: Sparse
    present: Sparse  # 1 for each stem a note has, its title's included
    title_share: Sparse  # title words as shares of the title
    latent: NDArray[Any]  # notes as short vectors of words that go together
    similar: Sparse
    similar_share: Sparse


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
    borrowed: Sparse
    lent: Sparse
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

    exchanged: dict[str, Sparse] = field(default_factory=dict)

    def turned(self, name: str) -> Sparse:
        """A matrix of the words, links or facts with rows and columns exchanged; made once."""
        if name not in self.exchanged:
            part = next(part for part in (self.words, self.links, self.facts) if hasattr(part, name))
            self.exchanged[name] = getattr(part, name).T.tocsr()
        return self.exchanged[name]

    @property
    def notes(self) -> int:
        return self.facts.notes


def collect(view: View, scale: Scale | None = None) -> Evidence:
    """Compute the evidence of a view."""
    facts = view.facts
    scale = scale or scale_of(facts.notes)
    made = facts.linked[view.link[facts.linked]]
    words = _words(view, made, scale)
    links = _links(view, made, words, scale)
    named = mentions(view, facts.names)
    return Evidence(
        facts,
        view,
        scale,
        words,
        links,
        _places(facts, links, scale),
        named,
        mentions(view, facts.stemmed, skip=named.starts),
    )


def _words(view: View, made: NDArray[np.int64], scale: Scale) -> Words:
    facts = view.facts
    kept = view.token & facts.textual
    counts = sparse(facts.encoded.note[kept], facts.stem[kept], (facts.notes, facts.stems))
    spread = np.bincount(counts.indices, minlength=facts.stems)
    rarity = np.where(spread > 0, np.log((facts.notes + 1) / (spread + 0.5)), 0).clip(0).astype(np.float32)
    if scale.spread:
        rarity[spread > scale.spread] = 0
    damped = counts.copy()
    damped.data = 1 + np.log(damped.data)
    text = heaviest(unit_rows(scale_columns((damped + facts.titles).tocsr(), rarity)), scale.terms)
    context, name = _around(view, made, rarity)
    passage, query = (text, text) if scale.large else _bm25(facts, counts, rarity)
    similar = nearest(text, SIMILAR)
    return Words(
        rarity=rarity,
        text=text,
        title=unit_rows(scale_columns(facts.titles, rarity)),
        name=name,
        context=heaviest(context, scale.terms),
        passage=passage,
        query=query,
        present=text if scale.large else binary(counts + facts.titles),
        title_share=share_rows(scale_columns(facts.titles, rarity)),
        latent=np.zeros((facts.notes, 0)) if scale.large else _latent(text, 128),
        similar=similar,
        similar_share=share_rows(similar),
    )


def _links(view: View, made: NDArray[np.int64], words: Words, scale: Scale) -> Links:
    facts, encoded, count = view.facts, view.facts.encoded, view.facts.notes
    out = binary(sparse(encoded.source[made], encoded.target[made], (count, count)))
    into = out.T.tocsr()
    either = binary(out + into)
    degree = row_sums(either)
    hub = 1 / np.log(2 + degree)
    crowded = degree > scale.hub if scale.hub else np.zeros(count, bool)
    passable = np.where(crowded, 0, hub)
    calm_out, calm_into = without_rows(out, crowded), without_rows(into, crowded)
    lost = np.flatnonzero(view.link & (encoded.target < 0))
    missing = sparse(encoded.source[lost], -1 - encoded.target[lost], (count, max(1, encoded.missing)))
    wanted = sp.hstack([binary(missing), facts.addresses]).tocsr()
    shared = column_sums(wanted)
    telling = np.where((shared > 1) & (shared <= (scale.spread or count)), 1 / np.log(1.5 + shared), 0)
    front = made[encoded.front[np.minimum(encoded.link_start[made], len(encoded.token) - 1)]]
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
        near=_near(view, made),
        borrowed=(words.similar_share @ calm_out).tocsr(),
        lent=(words.similar_share @ calm_into).tocsr(),
        place=np.zeros((count, 0)) if scale.large else _latent(_surroundings(walk, words), 96),
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
    return Places(
        folder_links=best_of_rows(scale_rows(folder_links, 1 / (size + 3)), limit),
        folder_traffic=(folder_links @ member).toarray() if facts.folders < 3000 else (folder_links @ member).tocsr(),
        folder_size=size,
        tag_links=best_of_rows(tag_links, limit),
        tags=facts.tags,
        out_tags=(links.walk_out @ facts.tag_weights).tocsr(),
        out_folders=(links.walk_out @ member).tocsr(),
    )


def _surroundings(walk: Sparse, words: Words) -> Sparse:
    return unit_rows(walk + 0.5 * words.similar_share + sp.identity(walk.shape[0], np.float32, format="csr"))


def _latent(matrix: Sparse, size: int) -> NDArray[Any]:
    """The main directions of a matrix's rows, by a randomised decomposition (Halko et al. 2011)."""
    size = max(1, min(size, min(matrix.shape) - 1))
    rng = np.random.default_rng(0)
    sight = matrix @ rng.standard_normal((matrix.shape[1], size + 8)).astype(np.float32)
    for _ in range(2):
        sight, _ = np.linalg.qr(matrix @ (matrix.T @ sight))
    basis, _ = np.linalg.qr(sight)
    back = matrix.T @ basis
    power, turn = np.linalg.eigh(back.T @ back)
    order = np.argsort(-power)[:size]
    vectors = (basis @ turn[:, order]) * np.sqrt(np.maximum(power[order], 0))
    unit: NDArray[Any] = (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return unit


def _bm25(facts: Facts, counts: Sparse, rarity: NDArray[Any]) -> tuple[Sparse, Sparse]:
    """Okapi BM25, k1 = 1.2, b = 0.75, a title word counting as three; the query saturates too."""
    length = row_sums(counts)
    passage = (counts + facts.titles * 3).tocsr()
    penalty = np.repeat(1.2 * (0.25 + 0.75 * length / (length.mean() + 1e-9)), np.diff(passage.indptr))
    passage.data = (passage.data * 2.2 / (passage.data + penalty)).astype(np.float32)
    query = counts.copy()
    query.data = np.minimum(query.data, 3) / (np.minimum(query.data, 3) + 1)
    return scale_columns(passage, rarity), share_rows(scale_columns(query, rarity))


def _around(view: View, made: NDArray[np.int64], rarity: NDArray[Any]) -> tuple[Sparse, Sparse]:
    """For each note the words that stand around links to it, and the words that are these links."""
    facts = view.facts
    encoded = facts.encoded
    source, target = encoded.source[made], encoded.target[made]
    start, end = encoded.link_start[made], encoded.link_end[made]
    low = np.maximum(start - WINDOW, encoded.start[source])
    token, owner = ranges(low, np.minimum(end + WINDOW, encoded.start[source + 1]) - low)
    same = encoded.paragraph[token] == encoded.paragraph[np.minimum(start, len(encoded.token) - 1)][owner]
    kept = same & view.token[token] & facts.textual[token]
    shape = (facts.notes, facts.stems)
    context = sparse(target[owner[kept]], facts.stem[token[kept]], shape)
    context.data = 1 + np.log(context.data)
    token, owner = ranges(start, end - start)
    shown = sparse(target[owner], facts.stem[token], shape)
    return (
        unit_rows(scale_columns(context, rarity)),
        unit_rows(scale_columns((shown.log1p() + facts.titles).tocsr(), rarity)),
    )


def nearest(text: Sparse, count: int) -> Sparse:
    """For each row its most similar other rows."""
    notes = text.shape[0]
    turned = text.T.tocsr()
    step = max(8, min(512, 4_000_000 // max(1, notes)))
    blocks = []
    for start in range(0, notes, step):
        scores = (text[start : start + step] @ turned).tocsr()
        scores.data[scores.data < FAINT] = 0
        mine = np.arange(scores.shape[0])
        itself = sparse(mine, mine + start, scores.shape, np.full(len(mine), -9.0))
        scores = scores + itself
        scores.data[scores.data < 0] = 0
        scores.eliminate_zeros()
        blocks.append(best_of_rows(scores, count))
    return sp.vstack(blocks).tocsr()


def block_size(notes: int) -> int:
    """How many notes to ask at once: a small vault's tables take about 4 MB for each kind of evidence."""
    return BLOCK if scale_of(notes).large else max(8, min(256, 1_000_000 // max(1, notes)))


def _near(view: View, made: NDArray[np.int64]) -> Sparse:
    """Notes that are linked near each other, in lists above all: the closer, the more."""
    encoded, count = view.facts.encoded, view.facts.notes
    links = made[np.lexsort((encoded.link_start[made], encoded.source[made]))]
    source, target, line = encoded.source[links], encoded.target[links], encoded.link_line[links]
    rows, weights = [np.zeros((2, 0), np.int64)], [np.zeros(0)]
    for step in range(1, min(NEIGHBOURS, len(links) - 1) + 1):
        same = (source[step:] == source[:-step]) & (target[step:] != target[:-step])
        apart = np.abs(line[step:] - line[:-step])[same]
        weight = 1 / (1 + 0.5 * step + 0.3 * np.minimum(apart, 30))
        pair = np.stack([target[:-step][same], target[step:][same]])
        rows += [pair, pair[::-1]]
        weights += [weight, weight]
    ends = np.concatenate(rows, axis=1)
    return sparse(ends[0], ends[1], (count, count), np.concatenate(weights))


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
