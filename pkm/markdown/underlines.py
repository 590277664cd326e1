"""Headings that are underlined."""

from __future__ import annotations

import re
from operator import itemgetter

from pkm.model.link import Heading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pkm.model.link import Scan

#: A line that is no more than a paragraph's text, and lines before which a paragraph certainly begins.
PLAIN_LINE = re.compile(r"[ \t]*(?![ \t\n]|\Z|[>#<=|~`*+_-]|[0-9]{1,9}[.)][ \t])")
RULED_LINE = re.compile(r"#{1,6}(?:[ \t]|\Z)|(?:\*[ \t]*){3,}\Z|(?:-[ \t]*){3,}\Z|(?:_[ \t]*){3,}\Z")
LIST_LINE = re.compile(r" {0,3}(?:[-+*]|1[.)])[ \t]+(?:[^\W\d_]|\[)")


def underlined(source: str, prose: str, underlines: list[tuple[int, int]], shift: int, line: int, found: Scan) -> bool:
    """Headings of the form `Title` over `=====`; False when it takes the blocks to tell whether it is one."""
    added = False
    for start, stop in underlines:
        end = start + len(source[start:stop].rstrip())
        mark = source[end - 1]
        below = start
        first, above = -1, prose.rfind("\n", 0, below) + 1
        if not prose[above:below].strip(" \t>"):
            continue
        if source[start + 1] in " \t>":
            return False
        while True:
            text = prose[above:below]
            if PLAIN_LINE.match(text):
                first = above
            elif not text.strip() or RULED_LINE.match(text):
                break
            elif LIST_LINE.match(text) and mark == "-":
                first = -1  # a rule below a list or quote
                break
            else:
                return False
            below = above - 1
            above = prose.rfind("\n", 0, below) + 1
        if first < 0:
            continue
        if prose[first] in " \t":
            return False
        words = " ".join([text.strip() for text in source[first:start].split("\n")])
        number = line + source.count("\n", 0, first)
        level = 1 if mark == "=" else 2
        found.headings.append(Heading(level, words, first + shift, end + shift, number))
        added = True
    if added:
        found.headings.sort(key=itemgetter(2))
    return True
