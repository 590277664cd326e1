"""Bold, italics and highlights inside one paragraph, found as CommonMark finds them.

A bold span must open before and close behind a word, which is what makes `**这是。**下一句` no bold at all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING
from unicodedata import category

if TYPE_CHECKING:
    from pkm.markdown.inline import Inline

DELIMITERS = re.compile(r"\\.|\*+|_+|==+", re.DOTALL)


class Emphasis:
    """Spans with their marks: `strong` and `highlights`; `marks` are the marks themselves, italics' too."""

    __slots__ = ("highlights", "marks", "strong")

    def __init__(self) -> None:
        self.strong: list[tuple[int, int]] = []
        self.highlights: list[tuple[int, int]] = []
        self.marks: list[tuple[int, int]] = []


class _Run:
    """A run of stars or underscores, getting shorter as its ends are used."""

    __slots__ = ("after", "before", "char", "closes", "count", "length", "opens", "start")

    def __init__(self, char: str, start: int, length: int, *, opens: bool, closes: bool) -> None:
        self.char = char
        self.start = start
        self.length = length
        self.count = length
        self.opens = opens
        self.closes = closes
        self.before: _Run | None = None
        self.after: _Run | None = None


def emphasis(inline: Inline) -> Emphasis:
    """Find the emphasis in a leaf that has been read."""
    found = Emphasis()
    text = inline.text
    if "*" not in text and "_" not in text and "==" not in text:
        return found
    closed, texts = _regions(inline)
    starts = [span[0] for span in closed]
    text_starts = [span[0] for span in texts]
    runs: dict[int, list[_Run]] = {}
    equals: dict[int, list[int]] = {}
    at = 0
    while match := DELIMITERS.search(text, at):
        start, at = match.span()
        inside = bisect_right(starts, start) - 1
        if inside >= 0 and closed[inside][1] > start:
            at = max(at, closed[inside][1])
            continue
        char = match[0][0]
        if char == "\\":
            continue
        # Emphasis does not cross the edge of a link's text: each text is matched by itself.
        owner = bisect_right(text_starts, start) - 1
        while owner >= 0 and texts[owner][1] <= start:
            owner = texts[owner][2]
        if char == "=":
            if at - start == 2:
                equals.setdefault(owner, []).append(start)
        else:
            runs.setdefault(owner, []).append(_run(text, char, start, at))
    for same in runs.values():
        _match(same, found)
    for places in equals.values():
        _pair(text, places, found)
    found.strong.sort()
    found.highlights.sort()
    return found


def _regions(inline: Inline) -> tuple[list[tuple[int, int]], list[tuple[int, int, int]]]:
    """What no emphasis can begin in, and the texts of links: (start, end, the text around it or -1)."""
    closed = [(start, end) for _, start, end in inline.inert]
    texts: list[tuple[int, int, int]] = []
    for kind, _, _, display, start, end in inline.found:
        begin = start + inline.text.startswith("!", start) + 1
        if kind in ("wiki", "embed") or inline.text.startswith("[", begin) or inline.text.startswith("<", start):
            closed.append((start, end))
        else:
            owner = len(texts) - 1
            while owner >= 0 and texts[owner][1] <= start:
                owner = texts[owner][2]
            texts.append((begin, begin + len(display), owner))
            closed.append((begin + len(display), end))
    closed.sort()
    return closed, texts


def _run(text: str, char: str, start: int, end: int) -> _Run:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    space_before, space_after = before.isspace(), after.isspace()
    mark_before, mark_after = category(before)[0] in "PS", category(after)[0] in "PS"
    left = not space_after and (not mark_after or space_before or mark_before)
    right = not space_before and (not mark_before or space_after or mark_after)
    if char == "*":
        return _Run(char, start, end - start, opens=left, closes=right)
    return _Run(
        char, start, end - start, opens=left and (not right or mark_before), closes=right and (not left or mark_after)
    )


def _match(runs: list[_Run], found: Emphasis) -> None:
    """CommonMark's rule for delimiter runs: the nearest opener that fits, never searched twice in vain."""
    for one, other in pairwise(runs):
        one.after, other.before = other, one
    bottoms: dict[tuple[str, bool, int], _Run | None] = {}
    closer: _Run | None = runs[0]
    while closer is not None:
        if not closer.closes:
            closer = closer.after
            continue
        slot = (closer.char, closer.opens, closer.length % 3)
        bottom = bottoms.get(slot)
        opener = closer.before
        while opener is not None and opener is not bottom:
            odd = (opener.closes or closer.opens) and (opener.length + closer.length) % 3 == 0
            if opener.char == closer.char and opener.opens and not (odd and (opener.length % 3 or closer.length % 3)):
                break
            opener = opener.before
        if opener is None or opener is bottom:
            bottoms[slot] = closer.before
            following = closer.after
            if not closer.opens:
                _drop(closer)
            closer = following
            continue
        closer = _use(opener, closer, found)


def _use(opener: _Run, closer: _Run, found: Emphasis) -> _Run | None:
    """Take the marks of one span off both runs; where to go on."""
    width = 2 if opener.count >= 2 and closer.count >= 2 else 1
    start = opener.start + opener.count - width
    end = closer.start + width
    found.marks += ((start, start + width), (closer.start, end))
    if width == 2:
        found.strong.append((start, end))
    opener.count -= width
    closer.count -= width
    closer.start = end
    opener.after, closer.before = closer, opener
    if not opener.count:
        _drop(opener)
    if closer.count:
        return closer
    following = closer.after
    _drop(closer)
    return following


def _drop(run: _Run) -> None:
    if run.before is not None:
        run.before.after = run.after
    if run.after is not None:
        run.after.before = run.before


def _pair(text: str, places: list[int], found: Emphasis) -> None:
    """Highlights: `==` before a word with the next `==` behind one."""
    opened = -1
    for place in places:
        if opened >= 0 and not text[place - 1].isspace() and place > opened + 2:
            found.highlights.append((opened, place + 2))
            found.marks += ((opened, opened + 2), (place, place + 2))
            opened = -1
        elif place + 2 < len(text) and not text[place + 2].isspace():
            opened = place
