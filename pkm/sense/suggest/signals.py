"""The kinds of evidence: one small function each, from the evidence of a view and some notes to a score per note.

This is the place to look for why a link was suggested. `SIGNALS` is the whole list; a signal that nominates
brings in candidates, a signal that compares also counts by its share of, and place among, the source's candidates.
"""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.arrays import Sparse
    from pkm.sense.suggest.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Signal:
    """A kind of evidence; `score` gives a table with a row for each asked note and a column for each note."""

    name: str
    score: Callable[[Evidence, NDArray[np.int64]], Any]
    nominates: bool = False
    compares: bool = False


# ---- what the notes say


def same_words(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """Cosine of the two notes' words."""
    return e.text[rows] @ e.text.T


def says_title_words(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """Words of the other's title in this note."""
    return e.text[rows] @ e.title.T


def title_words_said(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """Words of this note's title in the other."""
    return e.title[rows] @ e.text.T


def titles_alike(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    return e.title[rows] @ e.title.T


def says_link_words(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """Words that people link to the other note with."""
    return e.text[rows] @ e.name.T


def reads_like_context(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """This note uses the words that stand around links to the other."""
    return e.text[rows] @ e.context.T


def context_reads_like(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """The other note uses the words that stand around links to this one."""
    return e.context[rows] @ e.text.T


def found_by_search(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """BM25, with the whole note as the query."""
    return e.query[rows] @ e.passage.T


# ---- how they link


def steps_onward(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """This note links to notes that link there."""
    return e.out[rows].multiply(e.hub) @ e.out


def shared_targets(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """Both link to the same notes."""
    return e.out[rows].multiply(e.hub) @ e.into


def linked_together(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """The same notes link to both."""
    return e.into[rows].multiply(e.hub) @ e.out


def steps_back(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """Notes that link to this one are linked to by the other."""
    return e.into[rows].multiply(e.hub) @ e.into


def common_neighbours(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """Adamic–Adar over links in either direction."""
    return e.either[rows].multiply(e.hub) @ e.either


def same_sources(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """Both link to the same web addresses or missing notes."""
    return e.wants[rows] @ e.wanted.T


def walk_near(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """A random walk of two or three steps ends there."""
    two = e.walk[rows] @ e.walk
    return 0.5 * two + 0.35 * (two @ e.walk)


def walk_three(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    return e.walk[rows] @ e.walk @ e.walk


def linked_by_alike(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """Notes that link to what this note links to also link there."""
    return e.walk_out[rows] @ e.walk_in @ e.out


def near_in_lists(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """Elsewhere, it is linked close to notes that this one links to."""
    return e.out[rows] @ e.near


# ---- both


def borrowed_links(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """Similar notes link there."""
    return e.borrowed[rows]


def lent_links(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """It links to similar notes."""
    return e.lent[rows]


def like_a_target(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """It is similar to notes that this one links to."""
    return e.out[rows] @ e.similar.T


def like_a_source(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """It is similar to notes that link to this one."""
    return e.into[rows] @ e.similar.T


def alike_at_both_ends(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """A note like this one links to a note like that one."""
    return e.borrowed[rows] @ e.similar.T


def walk_from_similar(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """A walk over links that starts at similar notes ends there; the way for notes without links."""
    one = e.similar_share[rows] @ e.walk
    return one + 0.5 * (one @ e.walk)


# ---- where they stand


def linked_from_folder(e: Evidence, rows: NDArray[np.int64]) -> Any:
    """Share of the notes of this folder that link there."""
    folder = e.facts.folder[rows]
    return e.folder_links[folder].toarray() / (e.folder_size[folder][:, None] + 3)


def folder_to_folder(e: Evidence, rows: NDArray[np.int64]) -> Any:
    """Links from this folder that go to the other's folder."""
    traffic = e.folder_traffic[e.facts.folder[rows]].toarray()
    share = traffic / (traffic.sum(1, keepdims=True) + 1)
    return share[:, e.facts.folder] / np.sqrt(e.folder_size[e.facts.folder])[None, :]


def same_folder(e: Evidence, rows: NDArray[np.int64]) -> Any:
    return (e.facts.folder[rows][:, None] == e.facts.folder[None, :]).astype(np.float32)


def folders_near(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    return e.facts.ancestors[rows] @ e.facts.ancestors.T


def same_tags(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    return e.facts.tag_weights[rows] @ e.facts.tag_weights.T


def linked_from_tags(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    """Share of the notes with this note's tags that link there."""
    return e.facts.tags[rows] @ e.tag_links


def index_above(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    return e.above[rows]


def index_below(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    return e.above.T.tocsr()[rows]


# ---- who names whom


def names_it(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    return e.named.reach[rows]


def named_by_it(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    return e.named.reach.T.tocsr()[rows]


def names_it_inflected(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    return e.stems_named.reach[rows]


def named_by_it_inflected(e: Evidence, rows: NDArray[np.int64]) -> Sparse:
    return e.stems_named.reach.T.tocsr()[rows]


SIGNALS: tuple[Signal, ...] = (
    Signal("same_words", same_words, nominates=True, compares=True),
    Signal("says_title_words", says_title_words, nominates=True, compares=True),
    Signal("title_words_said", title_words_said, nominates=True, compares=True),
    Signal("titles_alike", titles_alike, nominates=True, compares=True),
    Signal("says_link_words", says_link_words, nominates=True, compares=True),
    Signal("reads_like_context", reads_like_context, nominates=True, compares=True),
    Signal("context_reads_like", context_reads_like, nominates=True, compares=True),
    Signal("found_by_search", found_by_search, nominates=True, compares=True),
    Signal("steps_onward", steps_onward),
    Signal("shared_targets", shared_targets),
    Signal("linked_together", linked_together, nominates=True, compares=True),
    Signal("steps_back", steps_back),
    Signal("common_neighbours", common_neighbours, nominates=True, compares=True),
    Signal("same_sources", same_sources, nominates=True),
    Signal("walk_near", walk_near, nominates=True, compares=True),
    Signal("walk_three", walk_three),
    Signal("linked_by_alike", linked_by_alike, nominates=True, compares=True),
    Signal("near_in_lists", near_in_lists, nominates=True, compares=True),
    Signal("borrowed_links", borrowed_links, nominates=True, compares=True),
    Signal("lent_links", lent_links, nominates=True),
    Signal("like_a_target", like_a_target, nominates=True, compares=True),
    Signal("like_a_source", like_a_source),
    Signal("alike_at_both_ends", alike_at_both_ends, nominates=True, compares=True),
    Signal("walk_from_similar", walk_from_similar, nominates=True, compares=True),
    Signal("linked_from_folder", linked_from_folder, nominates=True, compares=True),
    Signal("folder_to_folder", folder_to_folder, compares=True),
    Signal("same_folder", same_folder),
    Signal("folders_near", folders_near),
    Signal("same_tags", same_tags, compares=True),
    Signal("linked_from_tags", linked_from_tags, nominates=True, compares=True),
    Signal("index_above", index_above, nominates=True),
    Signal("index_below", index_below),
    Signal("names_it", names_it, nominates=True),
    Signal("named_by_it", named_by_it, nominates=True),
    Signal("names_it_inflected", names_it_inflected, nominates=True),
    Signal("named_by_it_inflected", named_by_it_inflected, nominates=True),
)
