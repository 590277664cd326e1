"""Three versions of a text made into one, line by line.

`merge` is symmetric in its two sides, so two machines that merge the same pair get the
same bytes. Changes to different lines are both taken, even when the lines touch; lines
added at one place are both kept; a changed line beats a deleted one. Only a line changed
in two ways is a conflict: there the preferred side stands, and the caller keeps the other
version whole. Lines are any values that compare: the words of one line merge likewise.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Lines of the first text [start, end) that the second text replaced by these.
Hunk = tuple[int, int, list[bytes]]

#: Beyond this many differences in one gap a finer comparison is not worth its time.
MAX_EDITS = 400

_WORDS = re.compile(rb"\s*\S+|\s+\Z")


def diff(a: Sequence[bytes], b: Sequence[bytes]) -> list[Hunk]:
    """What turns a into b. A run changed line for line is given as one hunk a line."""
    hunks: list[Hunk] = []
    i = j = 0
    for x, y in [*_matches(a, b), (len(a), len(b))]:
        if x - i == y - j:
            hunks += [(i + k, i + k + 1, [b[j + k]]) for k in range(x - i)]
        elif x > i or y > j:
            hunks.append((i, x, list(b[j:y])))
        i, j = x + 1, y + 1
    return hunks


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
    for p, q in [*_matches(x, y, words_only=True), (len(x), len(y))]:
        out += _both(x[i:p], y[j:q])
        out += x[p : p + 1]
        i, j = p + 1, q + 1
    return out


def _has_words(line: bytes) -> bool:
    return bool(line.strip())


def _both(x: list[bytes], y: list[bytes]) -> list[bytes]:
    """Two runs with nothing in common, one after the other."""
    if not x or not y:
        return x or y
    if x == y:
        return x
    first, second = (x, y) if x < y else (y, x)
    apart = b"" in first or b"" in second
    return first + ([b""] if apart and _has_words(first[-1]) and _has_words(second[0]) else []) + second


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
            if any(map(_has_words, shared)) or shared == set(other[2]) or shared == set(hunk[2]):
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
    if not any(map(_has_words, base[start:end])):
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
            (s, e, [line for line in lines if _has_words(line)])
            for s, e, lines in side
            if any(map(_has_words, (*base[s:e], *lines)))
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


def _matches(a: Sequence[bytes], b: Sequence[bytes], words_only: bool = False) -> list[tuple[int, int]]:
    """Equal lines of both, in order: the ends, then lines unique in both, then the gaps between."""
    pairs: list[tuple[int, int]] = []
    work = [(0, len(a), 0, len(b))]
    while work:
        i, x, j, y = work.pop()
        if not words_only:
            while i < x and j < y and a[i] == b[j]:
                pairs.append((i, j))
                i, j = i + 1, j + 1
            while i < x and j < y and a[x - 1] == b[y - 1]:
                x, y = x - 1, y - 1
                pairs.append((x, y))
        if i == x or j == y:
            continue
        unique = _unique(a, i, x, b, j, y)
        if not unique:
            pairs += _myers(a, i, x, b, j, y, words_only)
            continue
        pairs += unique
        for p, q in [*unique, (x, y)]:
            work.append((i, p, j, q))
            i, j = p + 1, q + 1
    return sorted(pairs)


def _unique(a: Sequence[bytes], i: int, x: int, b: Sequence[bytes], j: int, y: int) -> list[tuple[int, int]]:
    """Longest rising run of lines that occur once on each side (patience)."""
    here: dict[bytes, int] = {}
    for k in range(i, x):
        here[a[k]] = -1 if a[k] in here else k
    there: dict[bytes, int] = {}
    for k in range(j, y):
        there[b[k]] = -1 if b[k] in there else k
    tops: list[int] = []
    rows: list[list[tuple[int, int, int]]] = []
    for line, p in here.items():
        q = there.get(line, -1)
        if p < 0 or q < 0 or not _has_words(line):
            continue
        at = bisect_left(tops, q)
        row = (p, q, len(rows[at - 1]) - 1 if at else -1)
        if at == len(tops):
            tops.append(q)
            rows.append([row])
        else:
            tops[at] = q
            rows[at].append(row)
    out: list[tuple[int, int]] = []
    back = len(rows[-1]) - 1 if rows else -1
    for at in range(len(rows) - 1, -1, -1):
        p, q, below = rows[at][back]
        out.append((p, q))
        back = below
    return out[::-1]


def _myers(
    a: Sequence[bytes], i: int, x: int, b: Sequence[bytes], j: int, y: int, words_only: bool
) -> list[tuple[int, int]]:
    """Fewest edits between a[i:x] and b[j:y]; nothing when that would take more than MAX_EDITS.

    Source: Myers, An O(ND) Difference Algorithm and Its Variations, 1986.
    """
    n, m = x - i, y - j
    furthest = {1: 0}
    trail: list[dict[int, int]] = []
    for d in range(min(n + m, MAX_EDITS) + 1):
        trail.append(dict(furthest))
        for k in range(-d, d + 1, 2):
            down = k == -d or (k != d and furthest[k - 1] < furthest[k + 1])
            p = furthest[k + 1] if down else furthest[k - 1] + 1
            q = p - k
            while p < n and q < m and a[i + p] == b[j + q]:
                p, q = p + 1, q + 1
            furthest[k] = p
            if p >= n and q >= m:
                pairs = _backtrack(trail, n, m)
                return [(i + p, j + q) for p, q in pairs if not words_only or _has_words(a[i + p])]
    return []


def _backtrack(trail: list[dict[int, int]], p: int, q: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for d in range(len(trail) - 1, -1, -1):
        furthest = trail[d]
        k = p - q
        down = k == -d or (k != d and furthest[k - 1] < furthest[k + 1])
        before = k + 1 if down else k - 1
        r = furthest[before]
        s = r - before
        while p > r and q > s and p > 0 and q > 0:
            p, q = p - 1, q - 1
            pairs.append((p, q))
        p, q = r, s
    return pairs[::-1]
