"""What turns one text into another: the fewest changes, preferring lines that are one of a kind.

Lines that occur once on each side tie the two together first; between them the shortest
edit is sought. So a moved paragraph does not drag the blank lines around it along.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Lines of the first text [start, end) that the second text replaced by these.
Hunk = tuple[int, int, list[bytes]]

#: Beyond this many differences in one gap a finer comparison is not worth its time.
MAX_EDITS = 400


def diff(a: Sequence[bytes], b: Sequence[bytes]) -> list[Hunk]:
    """What turns a into b. A run changed line for line is given as one hunk a line."""
    hunks: list[Hunk] = []
    i = j = 0
    for x, y in [*matches(a, b), (len(a), len(b))]:
        if x - i == y - j:
            hunks += [(i + k, i + k + 1, [b[j + k]]) for k in range(x - i)]
        elif x > i or y > j:
            hunks.append((i, x, list(b[j:y])))
        i, j = x + 1, y + 1
    return hunks


def has_words(line: bytes) -> bool:
    """Whether a line says anything; blank ones tie no two texts together."""
    return bool(line.strip())


def matches(a: Sequence[bytes], b: Sequence[bytes], words_only: bool = False) -> list[tuple[int, int]]:
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
        if p < 0 or q < 0 or not has_words(line):
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
                return [(i + p, j + q) for p, q in pairs if not words_only or has_words(a[i + p])]
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
