"""The kinds of evidence: one small function each. This is the place to look for why a link was suggested.

A `Signal` compares some notes with all notes; those that nominate bring in candidates. What is asked only about pairs
that were brought in is in `details.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pkm.sense.suggest.arrays import best_of_rows
from pkm.sense.suggest.kin import (
    akin,
    expected,
    expected_back,
    kin_link,
    kin_link_as,
    kin_link_to_kin,
    kin_of_targets,
    links_kin_as,
)
from pkm.sense.suggest.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from pkm.sense.suggest.arrays import Sparse
    from pkm.sense.suggest.evidence import Evidence

    Notes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Signal:
    """Evidence in a table: a row for each asked note, a column for each note.

    `nominates` names the group in which it brings in candidates. What `compares` also counts by its share of, and its
    place among, the source's candidates. `small`: too dear for a large vault.
    """

    name: str
    score: Callable[[Evidence, Notes], Any]
    nominates: str = ""
    compares: bool = False
    small: bool = False


# ---- what the notes say


def same_words(e: Evidence, rows: Notes) -> Any:
    """Cosine of the two notes' words."""
    return e.words.text[rows] @ e.words.postings if e.scale.large else e.words.alike[rows]


def same_phrases(e: Evidence, rows: Notes) -> NDArray[Any]:
    """Cosine of the two notes' phrases."""
    alike: NDArray[Any] = e.words.phrases[rows]
    return alike


def says_title_words(e: Evidence, rows: Notes) -> Sparse:
    """Words of the other's title in this note."""
    return e.words.text[rows] @ e.turned("title")


def title_words_said(e: Evidence, rows: Notes) -> Sparse:
    """Words of this note's title in the other."""
    return e.words.title[rows] @ e.words.postings


def titles_alike(e: Evidence, rows: Notes) -> Sparse:
    """Words that the titles share."""
    return e.words.title[rows] @ e.turned("title")


def says_link_words(e: Evidence, rows: Notes) -> Sparse:
    """Words that people link to the other note with."""
    return e.words.text[rows] @ e.turned("name")


def reads_like_context(e: Evidence, rows: Notes) -> Sparse:
    """This note uses the words that stand around links to the other."""
    return e.words.text[rows] @ e.turned("context")


def context_reads_like(e: Evidence, rows: Notes) -> Sparse:
    """The other note uses the words that stand around links to this one."""
    return e.words.context[rows] @ e.words.postings


def found_by_search(e: Evidence, rows: Notes) -> Sparse:
    """BM25, with the whole note as the query."""
    return e.words.query[rows] @ e.turned("passage")


def title_covered(e: Evidence, rows: Notes) -> Sparse:
    """Share of the other's title that this note has words for."""
    return e.words.present[rows] @ e.turned("title_share")


def title_covered_back(e: Evidence, rows: Notes) -> Sparse:
    """Share of this note's title that the other has words for."""
    return e.words.title_share[rows] @ e.turned("present")


def title_in_title(e: Evidence, rows: Notes) -> Sparse:
    """Share of the other's title that stands in this note's title."""
    return e.facts.titles[rows] @ e.turned("title_share")


def title_in_title_back(e: Evidence, rows: Notes) -> Sparse:
    """Share of this note's title that stands in the other's."""
    return e.words.title_share[rows] @ e.turned("titles")


def same_matters(e: Evidence, rows: Notes) -> NDArray[Any]:
    """Words that go together, though not the same ones."""
    product: NDArray[Any] = e.words.latent[rows] @ e.words.latent.T
    return product


# ---- how they link


def steps_onward(e: Evidence, rows: Notes) -> Sparse:
    """This note links to notes that link there."""
    return e.links.through_out[rows] @ e.links.out


def shared_targets(e: Evidence, rows: Notes) -> Sparse:
    """Both link to the same notes."""
    return e.links.through_out[rows] @ e.links.into


def linked_together(e: Evidence, rows: Notes) -> Sparse:
    """The same notes link to both."""
    return e.links.through_into[rows] @ e.links.out


def steps_back(e: Evidence, rows: Notes) -> Sparse:
    """Notes that link to this one are linked to by the other."""
    return e.links.through_into[rows] @ e.links.into


def common_neighbours(e: Evidence, rows: Notes) -> Sparse:
    """Adamic–Adar over links in either direction."""
    return e.links.through_either[rows] @ e.links.either


def same_sources(e: Evidence, rows: Notes) -> Sparse:
    """Both link to the same web addresses or missing notes."""
    return e.links.wants[rows] @ e.turned("wanted")


def walk_near(e: Evidence, rows: Notes) -> Sparse:
    """A random walk of two or three steps ends there."""
    two = e.links.step[rows] @ e.links.walk
    return 0.5 * two + 0.35 * (two @ e.links.walk)


def walk_three(e: Evidence, rows: Notes) -> Sparse:
    """A random walk of three steps ends there."""
    return e.links.step[rows] @ e.links.walk @ e.links.walk


def linked_by_alike(e: Evidence, rows: Notes) -> Sparse:
    """Notes that link to what this note links to also link there."""
    return e.links.walk_out[rows] @ e.links.walk_in @ e.links.out


def near_in_lists(e: Evidence, rows: Notes) -> Sparse:
    """Elsewhere, it is linked close to notes that this one links to."""
    return e.links.through_out[rows] @ e.links.near


def same_place(e: Evidence, rows: Notes) -> NDArray[Any]:
    """Both stand in the same part of the web of links and likenesses."""
    product: NDArray[Any] = e.links.place[rows] @ e.links.place.T
    return product


# ---- both


def borrowed_links(e: Evidence, rows: Notes) -> Sparse:
    """Similar notes link there."""
    product: Sparse = e.words.similar_share[rows] @ e.links.calm_out
    return product


def lent_links(e: Evidence, rows: Notes) -> Sparse:
    """It links to similar notes."""
    product: Sparse = e.words.similar_share[rows] @ e.links.calm_into
    return product


def like_a_target(e: Evidence, rows: Notes) -> Sparse:
    """It is similar to notes that this one links to."""
    return e.links.out[rows] @ e.turned("similar")


def like_a_source(e: Evidence, rows: Notes) -> Sparse:
    """It is similar to notes that link to this one."""
    return e.links.into[rows] @ e.turned("similar")


def alike_at_both_ends(e: Evidence, rows: Notes) -> Sparse:
    """A note like this one links to a note like that one."""
    return best_of_rows(borrowed_links(e, rows), e.scale.ends) @ e.turned("similar")


def walk_from_similar(e: Evidence, rows: Notes) -> Sparse:
    """A walk over links that starts at similar notes ends there; the way for notes without links."""
    one = e.words.similar_share[rows] @ e.links.walk
    return one + 0.5 * (one @ e.links.walk)


# ---- where they stand


def linked_from_folder(e: Evidence, rows: Notes) -> Sparse:
    """Share of the notes of this folder that link there."""
    return e.places.folder_links[e.facts.folder[rows]]


def linked_from_tags(e: Evidence, rows: Notes) -> Sparse:
    """Share of the notes with this note's tags that link there."""
    return e.places.tags[rows] @ e.places.tag_links


def index_above(e: Evidence, rows: Notes) -> Sparse:
    """It is the index of this note's folder, or of one above."""
    return e.facts.above[rows]


def index_below(e: Evidence, rows: Notes) -> Sparse:
    """This note is the index of the other's folder, or of one above."""
    return e.facts.below[rows]


# ---- who names whom


def names_it(e: Evidence, rows: Notes) -> Sparse:
    """This note says a name of the other; the chance that such words are a link."""
    return e.named.reach[rows]


def named_by_it(e: Evidence, rows: Notes) -> Sparse:
    """The other says a name of this note."""
    return e.named.back[rows]


def names_it_inflected(e: Evidence, rows: Notes) -> Sparse:
    """This note says a name of the other with another ending."""
    return e.stems_named.reach[rows]


def named_by_it_inflected(e: Evidence, rows: Notes) -> Sparse:
    """The other says a name of this note with another ending."""
    return e.stems_named.back[rows]


SIGNALS: tuple[Signal, ...] = (
    Signal("same words", same_words, "text", compares=True),
    Signal("same phrases", same_phrases, "text", compares=True, small=True),
    Signal("says title words", says_title_words, "text", compares=True),
    Signal("title words said", title_words_said, "text", compares=True),
    Signal("titles alike", titles_alike, "text", compares=True),
    Signal("says link words", says_link_words, "text", compares=True),
    Signal("reads like context", reads_like_context, "text", compares=True),
    Signal("context reads like", context_reads_like, "text", compares=True, small=True),
    Signal("found by search", found_by_search, "text", compares=True, small=True),
    Signal("title covered", title_covered, "text", compares=True),
    Signal("title covered back", title_covered_back, compares=True, small=True),
    Signal("title in title", title_in_title),
    Signal("title in title back", title_in_title_back),
    Signal("same matters", same_matters, "text", compares=True, small=True),
    Signal("steps onward", steps_onward, compares=True),
    Signal("shared targets", shared_targets, small=True),
    Signal("linked together", linked_together, "links", compares=True),
    Signal("steps back", steps_back, small=True),
    Signal("common neighbours", common_neighbours, "links", compares=True),
    Signal("same sources", same_sources, "links"),
    Signal("walk near", walk_near, "links", compares=True, small=True),
    Signal("walk three", walk_three, small=True),
    Signal("linked by alike", linked_by_alike, "links", compares=True, small=True),
    Signal("near in lists", near_in_lists, "links", compares=True),
    Signal("same place", same_place, "links", compares=True, small=True),
    Signal("borrowed links", borrowed_links, "both", compares=True),
    Signal("lent links", lent_links, "both"),
    Signal("like a target", like_a_target, "both", compares=True),
    Signal("like a source", like_a_source),
    Signal("alike at both ends", alike_at_both_ends, "both", compares=True),
    Signal("walk from similar", walk_from_similar, "both", compares=True, small=True),
    Signal("akin", akin, compares=True, small=True),
    Signal("kin link", kin_link, compares=True, small=True),
    Signal("kin of targets", kin_of_targets, compares=True, small=True),
    Signal("kin link to kin", kin_link_to_kin, compares=True, small=True),
    Signal("expected", expected, "both", compares=True, small=True),
    Signal("expected back", expected_back, compares=True, small=True),
    *(
        Signal(f"kin link as {role}", partial(kin_link_as, number), compares=True, small=True)
        for number, role in enumerate(ROLES)
    ),
    *(
        Signal(f"links kin as {role}", partial(links_kin_as, number), compares=True, small=True)
        for number, role in enumerate(ROLES)
    ),
    Signal("linked from folder", linked_from_folder, "place", compares=True),
    Signal("linked from tags", linked_from_tags, "place", compares=True),
    Signal("index above", index_above, "place"),
    Signal("index below", index_below),
    Signal("names it", names_it, "name"),
    Signal("named by it", named_by_it, "name back"),
    Signal("names it inflected", names_it_inflected, "name"),
    Signal("named by it inflected", named_by_it_inflected, "name back"),
)
