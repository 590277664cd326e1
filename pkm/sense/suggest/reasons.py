"""Why a link was suggested, in words, from the same evidence that gave the score."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.suggestion import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.arrays import Sparse
    from pkm.sense.suggest.evidence import Evidence
    from pkm.sense.suggest.mentions import Mentions
    from pkm.sense.suggest.names import Names

MOST = 3
FEW = 10  # notes that say a phrase which is worth telling, at most; its words are in no more, or in a tenth
KIN = 0.03  # of what is known of a note so much is carried over to one that is like it


def explain(e: Evidence, source: int, target: int) -> tuple[Reason, ...]:
    """The two or three strongest reasons, those that can be seen in the text first."""
    reasons: list[Reason] = []
    for find in (_mention, _mentioned_by, _sources, _neighbours, _similar, _carried, _phrase, _words, _tags, _folder):
        reason = find(e, source, target)
        if reason is not None:
            reasons.append(reason)
        if len(reasons) == MOST:
            break
    return tuple(reasons)


def _occurrence(e: Evidence, names: Names, source: int, target: int) -> tuple[int, int] | None:
    """The first place where the source names the target outside of links: token and number of tokens."""
    encoded = e.facts.encoded
    low, high = np.searchsorted(names.at, [encoded.start[source], encoded.start[source + 1]])
    bearing = set(names.own_name[names.own_note == target].tolist())
    bearing |= set(names.link_name[(encoded.target == target) & (names.link_name >= 0)].tolist())
    here = (names.at[low:high], names.name[low:high], names.link[low:high] >= 0)
    for at, name, shown in zip(*(column.tolist() for column in here), strict=True):
        if name in bearing and not shown:
            return at, int(names.size[name])
    return None


def _said(e: Evidence, note: int, at: int, size: int) -> tuple[str, int]:
    """The words of an occurrence as the note spells them, and their line."""
    lines = e.facts.encoded.lines
    line = int(lines.number[lines.of(np.array([at]))[0]])
    text = e.facts.corpus.notes[note].text.split("\n")
    pieces = [e.facts.encoded.spelled[int(word)] for word in e.facts.encoded.token[at : at + size]]
    return _spelled(pieces, text[line - 1] if line <= len(text) else ""), line


def _spelled(pieces: list[str], line: str) -> str:
    """Words as the line spells them, one soon after the other."""
    words: list[str] = []
    for piece in pieces:
        if words and not piece.isascii() and words[-1].endswith(piece[0]):
            words[-1] += piece[1:]  # Chinese, Japanese and Korean are read as pairs of characters that overlap
        else:
            words.append(piece)
    folded = line.casefold()
    found = re.search(("\\b" if words[0].isascii() else "") + "[\\W_]{0,3}".join(map(re.escape, words)), folded)
    return line[slice(*found.span())] if found and len(folded) == len(line) else " ".join(pieces)


def _names(found: Mentions, source: int, target: int) -> bool:
    return bool(found.reach[source, target] > 0)


def _mention(e: Evidence, source: int, target: int) -> Reason | None:
    for found, names in ((e.named, e.facts.names), (e.stems_named, e.facts.stemmed)):
        if _names(found, source, target):
            place = _occurrence(e, names, source, target)
            if place is not None:
                text, line = _said(e, source, *place)
                return Reason("mention", f'says "{text}"', line)
    return None


def _mentioned_by(e: Evidence, source: int, target: int) -> Reason | None:
    if _names(e.named, target, source):
        place = _occurrence(e, e.facts.names, target, source)
        if place is not None:
            text, line = _said(e, target, *place)
            return Reason("mentioned-by", f'it says "{text}" in its line {line}')
    return None


def _title(e: Evidence, note: int) -> str:
    return e.facts.corpus.heads[note].title


def _list(titles: list[str]) -> str:
    return ", ".join(f"[[{title}]]" for title in titles)


def _shared(one: Sparse, first: int, other: Sparse, second: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Columns in which both rows have an entry, and the product of the two."""
    left, right = slice(*one.indptr[first : first + 2]), slice(*other.indptr[second : second + 2])
    columns, here, there = np.intersect1d(
        one.indices[left], other.indices[right], assume_unique=True, return_indices=True
    )
    return columns, one.data[left][here] * other.data[right][there]


def _neighbours(e: Evidence, source: int, target: int) -> Reason | None:
    shared, _ = _shared(e.links.either, source, e.links.either, target)
    if not len(shared):
        return None
    near = shared[np.argsort(-e.links.hub[shared], kind="stable")][:3].tolist()
    notes = "1 note" if len(shared) == 1 else f"{len(shared)} notes"
    return Reason("neighbours", f"{notes} linked with both: {_list([_title(e, note) for note in near])}")


def _similar(e: Evidence, source: int, target: int) -> Reason | None:
    alike, likeness = _shared(e.words.similar, source, e.links.into, target)
    if not len(alike):
        return None
    return Reason("similar", f"like [[{_title(e, int(alike[np.argmax(likeness)]))}]], which links there")


def _carried(e: Evidence, source: int, target: int) -> Reason | None:
    """The link of a note like this one that tells most about a link to the target, which is like what it leads to."""
    if e.scale.large or not e.links.out.nnz:
        return None
    linking, linked = e.links.out.nonzero()
    near, far = e.words.kin[source, linking], e.words.kin[linked, target]
    kin = np.where((linking != source) & (linked != target), np.minimum(near, far), 0)
    best = int(np.argmax(np.where(kin > KIN, near * far, 0)))
    if kin[best] <= KIN:
        return None
    alike, other = _title(e, int(linking[best])), _title(e, int(linked[best]))
    return Reason("similar", f"like [[{alike}]], which links to [[{other}]], a note like it")


def _sources(e: Evidence, source: int, target: int) -> Reason | None:
    shared, _ = _shared(e.links.wants, source, e.links.wanted, target)
    if not len(shared):
        return None
    pages = "page" if len(shared) == 1 else f"{len(shared)} pages"
    return Reason("source", f"both point to the same {pages} outside")


def _phrase(e: Evidence, source: int, target: int) -> Reason | None:
    """The rarest words that stand side by side in both, none of them common."""
    if e.scale.large:
        return None
    facts = e.facts
    start, said = facts.encoded.start, facts.phrases
    shared, _ = _shared(said.counts, source, said.counts, target)
    shared = shared[said.spread[shared] <= FEW]
    here = said.number[start[source] : start[source + 1]]
    for phrase in shared[np.argsort(said.spread[shared], kind="stable")]:
        at = int(start[source] + np.argmax(here == phrase))
        if facts.spread[facts.stem_of[facts.encoded.token[at : at + 2]]].max() <= max(FEW, facts.notes // 10):
            text, line = _said(e, source, at, 2)
            return Reason("words", f'both say "{text}"', line)
    return None


def _words(e: Evidence, source: int, target: int) -> Reason | None:
    shared, weight = _shared(e.words.text, source, e.words.text, target)
    if not len(shared):
        return None
    best = shared[np.lexsort((shared, -weight))][:3].tolist()
    return Reason("words", "rare words in common: " + ", ".join(e.facts.shortest[stem] for stem in best))


def _tags(e: Evidence, source: int, target: int) -> Reason | None:
    notes = e.facts.corpus.heads
    shared = sorted(notes[source].tags & notes[target].tags)
    return Reason("tags", "tags in common: " + ", ".join(f"#{tag}" for tag in shared[:3])) if shared else None


def _folder(e: Evidence, source: int, target: int) -> Reason | None:
    folder = e.facts.corpus.heads[source].folder
    return (
        Reason("folder", f"both in {folder}") if folder and e.facts.folder[source] == e.facts.folder[target] else None
    )
