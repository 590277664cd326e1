"""The vault as matrices: what the notes say, how they link, and where they stand, under one view.

Rows are notes. A view with hidden links has its own evidence, so nothing that is hidden can speak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from pkm.sense.suggest.arrays import (
    Sparse,
    binary,
    column_sums,
    ranges,
    row_sums,
    scale_columns,
    scale_rows,
    share_rows,
    sparse,
    unit_rows,
)
from pkm.sense.suggest.mentions import Mentions, mentions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.facts import Facts
    from pkm.sense.suggest.view import View

SIMILAR = 24  # similar notes that a note may borrow links from
WINDOW = 20  # words on either side of a link that are its context
NEIGHBOURS = 8  # links after a link that stand near it
FAINT = 0.02  # a cosine below this is no similarity


@dataclass(slots=True)
class Evidence:
    """Everything the signals are computed from. Text rows are unit vectors of rarity-weighted stems."""

    facts: Facts
    view: View
    text: Sparse
    title: Sparse
    name: Sparse  # title words and the words other notes link with
    context: Sparse  # words around the links to a note
    passage: Sparse  # BM25 weights, to be met by `query`
    query: Sparse
    rarity: NDArray[Any]
    out: Sparse
    into: Sparse
    either: Sparse
    wants: Sparse  # missing notes and web addresses that a note links to, rare ones weighing more
    wanted: Sparse
    hub: NDArray[Any]  # weight of a path through a note: less through a hub
    walk: Sparse
    walk_out: Sparse
    walk_in: Sparse
    similar: Sparse
    similar_share: Sparse
    borrowed: Sparse
    lent: Sparse
    near: Sparse
    member: Sparse
    folder_links: Sparse
    folder_traffic: Sparse
    folder_size: NDArray[Any]
    tag_links: Sparse
    above: Sparse
    named: Mentions
    stems_named: Mentions
    links_out: NDArray[Any]
    links_in: NDArray[Any]
    rank: NDArray[Any]

    @property
    def notes(self) -> int:
        return self.facts.notes


def collect(view: View) -> Evidence:
    """Compute the evidence of a view."""
    facts = view.facts
    encoded, count = facts.encoded, facts.notes
    links = facts.linked[view.link[facts.linked]]
    out = binary(sparse(encoded.source[links], encoded.target[links], (count, count)))
    into = out.T.tocsr()
    either = binary(out + into)
    counts, rarity = _words(view)
    text = _text(facts, counts, rarity)
    context, name = _around(view, links, rarity)
    similar = nearest(text, text, SIMILAR)
    similar_share = share_rows(similar)
    lost = np.flatnonzero(view.link & (encoded.target < 0))
    wanted = sp.hstack(
        [
            binary(sparse(encoded.source[lost], -1 - encoded.target[lost], (count, max(1, encoded.missing)))),
            facts.addresses,
        ]
    ).tocsr()
    member = sparse(np.arange(count), facts.folder, (count, facts.folders))
    folder_links = (member.T @ out).tocsr()
    passage, query = _bm25(facts, counts, rarity)
    named = mentions(view, facts.names)
    return Evidence(
        facts=facts,
        view=view,
        text=text,
        title=unit_rows(scale_columns(facts.titles, rarity)),
        name=name,
        context=context,
        passage=passage,
        query=query,
        rarity=rarity,
        out=out,
        into=into,
        either=either,
        wants=scale_columns(wanted, 1 / np.log(1.5 + column_sums(wanted))),
        wanted=wanted,
        hub=1 / np.log(2 + row_sums(either)),
        walk=share_rows(either),
        walk_out=share_rows(out),
        walk_in=share_rows(into),
        similar=similar,
        similar_share=similar_share,
        borrowed=(similar_share @ out).tocsr(),
        lent=(similar_share @ into).tocsr(),
        near=_near(view, links),
        member=member,
        folder_links=folder_links,
        folder_traffic=(folder_links @ member).tocsr(),
        folder_size=np.bincount(facts.folder, minlength=facts.folders),
        tag_links=scale_rows(facts.tags.T @ out, 1 / (column_sums(facts.tags) + 3)),
        above=facts.above,
        named=named,
        stems_named=mentions(view, facts.stemmed, skip=named.starts),
        links_out=row_sums(out),
        links_in=column_sums(out),
        rank=_rank(out),
    )


def _words(view: View) -> tuple[Sparse, NDArray[Any]]:
    facts = view.facts
    kept = view.token & facts.textual
    counts = sparse(facts.encoded.note[kept], facts.stem[kept], (facts.notes, facts.stems))
    spread = np.bincount(counts.indices, minlength=facts.stems)
    return counts, np.where(spread > 0, np.log((facts.notes + 1) / (spread + 0.5)), 0).clip(0).astype(np.float32)


def _text(facts: Facts, counts: Sparse, rarity: NDArray[Any]) -> Sparse:
    damped = counts.copy()
    damped.data = 1 + np.log(damped.data)
    return unit_rows(scale_columns((damped + facts.titles).tocsr(), rarity))


def _bm25(facts: Facts, counts: Sparse, rarity: NDArray[Any]) -> tuple[Sparse, Sparse]:
    """Okapi BM25, k1 = 1.2, b = 0.75, a title word counting as three; the query saturates too."""
    length = row_sums(counts)
    passage = (counts + facts.titles * 3).tocsr()
    penalty = np.repeat(1.2 * (0.25 + 0.75 * length / (length.mean() + 1e-9)), np.diff(passage.indptr))
    passage.data = (passage.data * 2.2 / (passage.data + penalty)).astype(np.float32)
    query = counts.copy()
    query.data = np.minimum(query.data, 3) / (np.minimum(query.data, 3) + 1)
    return scale_columns(passage, rarity), share_rows(scale_columns(query, rarity))


def _around(view: View, links: NDArray[Any], rarity: NDArray[Any]) -> tuple[Sparse, Sparse]:
    """For each note the words that stand around links to it, and the words that are these links."""
    facts = view.facts
    encoded = facts.encoded
    source, target = encoded.source[links], encoded.target[links]
    start, end = encoded.link_start[links], encoded.link_end[links]
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


def nearest(query: Sparse, answer: Sparse, count: int) -> Sparse:
    """For each row of `query` its most similar rows of `answer`, itself left out."""
    notes = query.shape[0]
    rows, columns, values = [], [], []
    turned = answer.T.tocsr()
    step = block_size(notes)
    for start in range(0, notes, step):
        scores = (query[start : start + step] @ turned).toarray()
        mine = np.arange(len(scores))
        scores[mine, mine + start] = 0
        keep = min(count, notes)
        best = np.argpartition(-scores, keep - 1, axis=1)[:, :keep]
        value = np.take_along_axis(scores, best, 1)
        good = value > FAINT
        rows.append(np.repeat(mine + start, keep).reshape(value.shape)[good])
        columns.append(best[good])
        values.append(value[good])
    return sparse(np.concatenate(rows), np.concatenate(columns), (notes, notes), np.concatenate(values))


def block_size(notes: int) -> int:
    """How many rows of a notes-wide table to hold at once: about 4 MB each kind of evidence."""
    return max(8, min(256, 1_000_000 // max(1, notes)))


def _near(view: View, links: NDArray[Any]) -> Sparse:
    """Notes that are linked near each other, in lists above all: the closer, the more."""
    encoded, count = view.facts.encoded, view.facts.notes
    links = links[np.lexsort((encoded.link_start[links], encoded.source[links]))]
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
    return np.log(share * count + 1e-3)  # type: ignore[no-any-return]
