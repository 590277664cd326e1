"""Three versions of a text made into one, line by line.

`merge` is symmetric in its two sides, so two machines that merge the same pair get the
same bytes. Changes to different lines are both taken, even when the lines touch; lines
added at one place are both kept; a changed line beats a deleted one. Only a line changed
in two ways is a conflict: there the preferred side stands, and the caller keeps the other
version whole. Lines are any values that compare: the words of one line merge likewise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pkm.sync.differ import Hunk, diff, has_words, matches

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORDS = re.compile(rb"\s*\S+|\s+\Z")


def merge(
    base: Sequence[bytes], ours: Sequence[bytes], theirs: Sequence[bytes], prefer_ours: bool
) -> tuple[list[bytes], bool]:
    """One text of three, and whether it is clean: nothing had to be decided by preference."""
    here, there = diff(base, ours), diff(base, theirs)
    whole = [
        list(side) for side, one, other in ((ours, here, there), (theirs, there, here)) if _holds(base, one, other)
    ]
    if whole:  # they were joined before
        return min(whole), True
    out: list[bytes] = []
    clean = True
    done = 0
    for start, end, mine, yours in _regions(here, there):
        out += base[done:start]
        lines, ok = _region(base, start, end, mine, yours, prefer_ours)
        out += lines
        clean = clean and ok
        done = end
    return out + list(base[done:]), clean


def merge_texts(base: bytes | None, ours: bytes, theirs: bytes, prefer_ours: bool) -> tuple[bytes, bool]:
    """`merge` for whole texts. Without a base both were written at once: all of both is kept."""
    (b, ended), (o, ours_ends), (t, theirs_ends) = map(_rows, (base or b"", ours, theirs))
    rows, clean = merge(b, o, t, prefer_ours) if base is not None else (union(o, t), True)
    ends = ours_ends if theirs_ends in (ours_ends, ended) else theirs_ends
    return b"\n".join(rows) + (b"\n" if ends and rows else b""), clean


def _rows(text: bytes) -> tuple[list[bytes], bool]:
    """The lines of a text, and whether the last one is ended like the others."""
    rows = text.split(b"\n")
    return (rows[:-1], True) if not rows[-1] else (rows, False)


def union(x: Sequence[bytes], y: Sequence[bytes]) -> list[bytes]:
    """Both texts added at one place: what they share once, the rest of each in the order of its content.

    Only lines with words tie the two together: two entries of a journal that share no
    more than a blank line must not be woven into each other.
    """
    x, y = sorted((list(x), list(y)))  # which of several ways to match them must not depend on the sides
    out: list[bytes] = []
    i = j = 0
    for p, q in [*matches(x, y, words_only=True), (len(x), len(y))]:
        out += _both(x[i:p], y[j:q])
        out += x[p : p + 1]
        i, j = p + 1, q + 1
    return out


def _both(x: list[bytes], y: list[bytes]) -> list[bytes]:
    """Two runs with nothing in common, one after the other."""
    if not x or not y:
        return x or y
    if x == y:
        return x
    first, second = (x, y) if x < y else (y, x)
    apart = b"" in first or b"" in second
    return first + ([b""] if apart and has_words(first[-1]) and has_words(second[0]) else []) + second


def _regions(mine: list[Hunk], yours: list[Hunk]) -> list[tuple[int, int, list[Hunk], list[Hunk]]]:
    """Hunks of both sides, those that overlap together."""
    tagged = sorted([(h[0], h[1], 0, h) for h in mine] + [(h[0], h[1], 1, h) for h in yours], key=lambda t: t[:3])
    regions: list[tuple[int, int, list[Hunk], list[Hunk]]] = []
    for start, end, side, hunk in tagged:
        if regions:
            first, last, *sides = regions[-1]
            if start < last or (start == last == first and end == start) or _meets(sides, side, hunk, last):
                sides[side].append(hunk)
                regions[-1] = (first, max(last, end), sides[0], sides[1])
                continue
        regions.append((start, end, [] if side else [hunk], [hunk] if side else []))
    return regions


def _meets(sides: list[list[Hunk]], side: int, hunk: Hunk, last: int) -> bool:
    """Whether a hunk only touches the ones before, but one of the two adds what the other holds too."""
    for other in sides[1 - side]:
        adds = other[0] == other[1] or hunk[0] == hunk[1]
        if adds and other[1] == last == hunk[0]:
            shared = set(other[2]) & set(hunk[2])
            if any(map(has_words, shared)) or shared == set(other[2]) or shared == set(hunk[2]):
                return True
    return False


def _region(
    base: Sequence[bytes], start: int, end: int, mine: list[Hunk], yours: list[Hunk], prefer_ours: bool
) -> tuple[list[bytes], bool]:
    if not yours or not mine:
        return _applied(base, start, end, mine or yours), True
    ours, theirs = _applied(base, start, end, mine), _applied(base, start, end, yours)
    if ours == theirs:
        return ours, True
    for one, other in ((mine, yours), (yours, mine)):
        if _contains(one, other):
            return _applied(base, start, end, one), True
    if not any(map(has_words, base[start:end])):
        return union(ours, theirs), True
    for one, other in ((mine, yours), (yours, mine)):
        if not any(lines for _, _, lines in one):  # only deletes: what the other changed stays
            return _applied(base, start, end, other, {i for s, e, _ in one for i in range(s, e)}), True
        if all(s == e for s, e, _ in one):  # only adds, inside a passage that was rewritten: after it
            added = [line for _, _, lines in one for line in lines]
            rewritten = _applied(base, start, end, other)
            return (union if set(added) & set(rewritten) else list.__add__)(rewritten, added), True
    if end - start == len(ours) == len(theirs) == 1:
        words = _words(base[start], ours[0], theirs[0])
        if words is not None:
            return [words], True
    return (ours if prefer_ours else theirs), False


def _holds(base: Sequence[bytes], one: list[Hunk], other: list[Hunk]) -> bool:
    """`_contains` for whole texts. Blank lines say too little there, so they do not count."""
    sides = [
        [
            (s, e, [line for line in lines if has_words(line)])
            for s, e, lines in side
            if any(map(has_words, (*base[s:e], *lines)))
        ]
        for side in (one, other)
    ]
    return any(lines for _, _, lines in sides[1]) and _contains(*sides)


def _contains(one: list[Hunk], other: list[Hunk]) -> bool:
    """Whether one side already has all that the other did: it was joined with it before."""
    gone = {i for start, end, _ in other for i in range(start, end)}
    rest = iter([line for _, _, lines in one for line in lines])
    return gone <= {i for start, end, _ in one for i in range(start, end)} and all(
        line in rest for _, _, lines in other for line in lines
    )


def _applied(
    base: Sequence[bytes], start: int, end: int, hunks: list[Hunk], gone: set[int] | None = None
) -> list[bytes]:
    out: list[bytes] = []
    at = start
    for s, e, lines in hunks:
        out += [base[i] for i in range(at, s) if not gone or i not in gone]
        out += lines
        at = e
    return out + [base[i] for i in range(at, end) if not gone or i not in gone]


def _words(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """A line changed on both sides, when the changes are some words apart; a paragraph is often one line."""
    b, o, t = (_WORDS.findall(line) for line in (base, ours, theirs))
    mine, yours = diff(b, o), diff(b, t)
    if sum(e - s for s, e, _ in mine) * 2 > len(b) or sum(e - s for s, e, _ in yours) * 2 > len(b):
        return None
    if any(s < f + 3 and r < e + 3 for s, e, _ in mine for r, f, _ in yours):
        return None
    return b"".join(_applied(b, 0, len(b), sorted(mine + yours, key=lambda h: h[:2])))
