"""What the notes say, as matrices: whole texts, titles, the words of links and around them, and who is similar."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.arrays import (
    Sparse,
    best_of_rows,
    binary,
    heaviest,
    only,
    only_columns,
    ranges,
    row_sums,
    scale_columns,
    share_rows,
    sparse,
    unit_rows,
)
from pkm.sense.suggest.kin import kin
from pkm.sense.suggest.library import sp
from pkm.sense.suggest.phrases import weighted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.facts import Facts
    from pkm.sense.suggest.scale import Scale
    from pkm.sense.suggest.view import View

SIMILAR = 24  # similar notes that a note may borrow links from
WINDOW = 20  # words on either side of a link that are its context
ROWS = 2_000  # notes weighed at once
TOGETHER = 256  # notes whose similar ones are looked for at once
LINKS = 30_000  # links whose surroundings are looked at together
COMMON = 1 / 12  # share of the notes from which on a word is compared faster in a dense table
UNKNOWN = np.zeros((0, 0), np.float32)  # a table that a large vault does without
FAINT = 0.02  # a cosine below this is no similarity


@dataclass(slots=True)
class Texts:
    """What the notes themselves say. Rows are unit vectors of rarity-weighted stems unless said otherwise."""

    rarity: NDArray[Any]
    text: Sparse
    postings: Sparse  # the same, a row for each stem; in a large vault only the notes in which it weighs most
    title: Sparse
    passage: Sparse  # BM25 weights, to be met by `query`
    query: Sparse
    present: Sparse  # 1 for each stem a note has, its title's included
    title_rarity: NDArray[Any]  # of all its words
    title_share: Sparse  # title words as shares of the title
    alike: NDArray[np.float32]  # the cosine of every two notes; this and the next three in small vaults only
    phrases: NDArray[np.float32]  # the same of their phrases
    latent: NDArray[Any]  # notes as short vectors of words that go together
    kin: NDArray[np.float32]  # who takes after whom
    similar: Sparse
    similar_share: Sparse


@dataclass(slots=True)
class Words(Texts):
    """What the notes say, and what others say where they link to them."""

    name: Sparse  # title words and the words other notes link with
    context: Sparse  # words around the links to a note


def words_of(view: View, made: NDArray[np.int64], scale: Scale) -> Words:
    """What the notes say under a view; `made` are the links that count."""
    facts, silenced = view.facts, _silenced(view)
    if silenced is not None:
        texts = _texts(facts, silenced, view, scale)
    elif scale in facts.texts:
        texts = facts.texts[scale]
    else:
        texts = facts.texts[scale] = _texts(facts, facts.counts, view, scale)
    context, name = _around(view, made, texts.rarity)
    known = {each.name: getattr(texts, each.name) for each in fields(Texts)}
    return Words(**known, name=name, context=heaviest(context, scale.terms))


def _texts(facts: Facts, counts: Sparse, view: View, scale: Scale) -> Texts:
    spread = np.bincount(counts.indices, minlength=facts.stems)
    rarity = np.where(spread > 0, np.log((facts.notes + 1) / (spread + 0.5)), 0).clip(0).astype(np.float32)
    if scale.spread:
        rarity[spread > scale.spread] = 0
    text = _weighted(counts, facts.titles, rarity, scale.terms)
    passage, query = (text, text) if scale.large else _bm25(facts, counts, rarity)
    postings = best_of_rows(text.T.tocsr(), scale.postings)
    alike = UNKNOWN if scale.large else cosines(text)
    phrases = UNKNOWN if scale.large else cosines(weighted(facts.phrases.without(view.silent, facts.encoded.start)))
    similar = nearest(text, postings, SIMILAR, alike)
    title = unit_rows(scale_columns(facts.titles, rarity))
    matters = UNKNOWN if scale.large else latent(text, 128)
    return Texts(
        rarity=rarity,
        text=text,
        postings=postings,
        title=title,
        passage=passage,
        query=query,
        present=text if scale.large else binary(counts + facts.titles),
        title_rarity=facts.titles @ rarity,
        title_share=share_rows(scale_columns(facts.titles, rarity)),
        alike=alike,
        phrases=phrases,
        latent=matters,
        kin=UNKNOWN if scale.large else kin(facts, alike, phrases, title, matters),
        similar=similar,
        similar_share=share_rows(similar),
    )


def latent(matrix: Sparse, size: int) -> NDArray[Any]:
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
    target, start, end = encoded.target[made], encoded.link_start[made], encoded.link_end[made]
    shape = (facts.notes, facts.stems)
    context = sp.csr_matrix(shape, dtype=np.float32)
    for low in range(0, len(made), LINKS):
        context = context + _context(view, made[low : low + LINKS])
    context.data = 1 + np.log(context.data)
    token, owner = ranges(start, end - start)
    shown = sparse(target[owner], facts.stem_of[encoded.token[token]], shape)
    return (
        unit_rows(scale_columns(context, rarity)),
        unit_rows(scale_columns((shown.log1p() + facts.titles).tocsr(), rarity)),
    )


def _context(view: View, made: NDArray[np.int64]) -> Sparse:
    """How often each stem stands near some links to each note, in the same paragraph."""
    facts, encoded = view.facts, view.facts.encoded
    source, start, end = encoded.source[made], encoded.link_start[made], encoded.link_end[made]
    line = encoded.lines.of(np.minimum(start, len(encoded.token) - 1))
    paragraph = encoded.lines.paragraph[line]
    low = np.maximum.reduce([start - WINDOW, encoded.start[source], encoded.paragraph_start[paragraph]])
    high = np.minimum.reduce([end + WINDOW, encoded.start[source + 1], encoded.paragraph_start[paragraph + 1]])
    token, owner = ranges(low, np.maximum(high - low, 0))
    word = encoded.token[token]
    kept = facts.telling[word]
    if len(view.silent):
        kept &= view.says(token)
    return sparse(encoded.target[made][owner[kept]], facts.stem_of[word[kept]], (facts.notes, facts.stems))


def _silenced(view: View) -> Sparse | None:
    """How often each note says each stem without what is silent; nothing where that takes nothing away."""
    facts, encoded = view.facts, view.facts.encoded
    word = encoded.token[view.silent]
    textual = facts.telling[word]
    if not textual.any():
        return None
    note = np.searchsorted(encoded.start, view.silent[textual], side="right") - 1
    counts = (facts.counts - sparse(note, facts.stem_of[word[textual]], facts.counts.shape)).tocsr()
    counts.eliminate_zeros()
    return counts


def _weighted(counts: Sparse, titles: Sparse, rarity: NDArray[Any], terms: int) -> Sparse:
    """Unit rows of each note's heaviest stems, a block of notes at a time."""
    blocks = []
    for low in range(0, counts.shape[0], ROWS):
        block = counts[low : low + ROWS].copy()
        block.data = 1 + np.log(block.data)
        block = unit_rows(scale_columns((block + titles[low : low + ROWS]).tocsr(), rarity))
        blocks.append(heaviest(block, terms))
    return sp.vstack(blocks, format="csr")


def cosines(text: Sparse) -> NDArray[np.float32]:
    """The cosine of every two rows: by a dense product for columns that many share, by a sparse one for the others."""
    common = np.bincount(text.indices, minlength=text.shape[1]) > COMMON * text.shape[0]
    shared, rest = text[:, np.flatnonzero(common)].toarray(), only_columns(text, ~common)
    table: NDArray[np.float32] = shared @ shared.T
    table += (rest @ rest.T.tocsr()).toarray()
    return table


def nearest(text: Sparse, postings: Sparse, count: int, alike: NDArray[np.float32] = UNKNOWN) -> Sparse:
    """For each row its most similar other rows; `alike` are all cosines, where they are known."""
    blocks = []
    for start in range(0, text.shape[0], TOGETHER):
        rows = slice(start, start + TOGETHER)
        scores = sp.csr_matrix(alike[rows]) if alike.size else (text[rows] @ postings).tocsr()
        itself = np.repeat(np.arange(start, start + scores.shape[0]), np.diff(scores.indptr))
        scores.data[scores.indices == itself] = 0
        best = best_of_rows(scores, count)
        blocks.append(only(best, np.flatnonzero(best.data >= FAINT)))
    return sp.vstack(blocks, format="csr")
