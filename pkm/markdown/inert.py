"""Blank out what means nothing between backticks, backslashes, dollar signs and angle brackets."""

from __future__ import annotations

import re
from bisect import bisect_right

from pkm.markdown.blank import BLANK, replaced
from pkm.markdown.destinations import destination_span
from pkm.markdown.html import AUTOLINK, HTML

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pkm.markdown.blank import Prose

MATH = re.compile(r"\$(?![\s$])(?:[^$\\\n]|\\.)*+\$(?!\d)")
DISPLAY_MATH = re.compile(r"\$\$[^$]*+(?:\$(?!\$)[^$]*+)*+\$\$")
#: Marks that mean nothing to a reader of links once they are escaped.
ESCAPED = frozenset("[]`<#!$^\\()")
PARAGRAPH_BREAK = re.compile(r"\n[ \t>]*\n")
RUN = re.compile("``*+")
INERT = re.compile(r"[\\`<$]")


def blank_inline(prose: Prose) -> bool:
    """Go through backticks, escapes, `<` and `$` from left to right: the first to open wins. False: see the blocks."""
    text = prose.text
    spans: list[tuple[int, int]] = []
    runs: dict[int, list[int]] = {}
    for run in RUN.finditer(text):
        runs.setdefault(run.end() - run.start(), []).append(run.start())
    at = 0
    while found := INERT.search(text, at):
        place = found.start()
        char = found[0]
        at = place + 1
        end = 0
        if char == "\\":
            following = text[at : at + 1]
            if following == "]" or (following == "[" and "[" in text[max(place - 1, 0) : place + 3 : 3]):
                return False  # part of a wikilink or not: the reader of leaves knows
            if following in ESCAPED and following:
                spans.append((place, place + 2))
                at = place + 2
            elif following and following in "\"%&'*+,-./:;=>?@_{|}~":
                at = place + 2
            continue
        if char == "`":
            match = RUN.match(text, place)
            length = match.end() - place if match else 1
            places = runs.get(length, [])
            index = bisect_right(places, place)
            at = place + length
            end = places[index] + length if index < len(places) else 0
        elif char == "$":
            display = text.startswith("$$", place)
            match = (DISPLAY_MATH if display else MATH).match(text, place)
            at = place + (2 if display else 1)
            if match and (display or not text[match.end() - 2].isspace()):
                end = match.end()
        elif text.startswith("](", place - 2) and (span := destination_span(text, place - 1)):
            if text.startswith("]", place - 3):
                return False  # a wikilink before parentheses, or the end of nested brackets
            at = span[1]  # a link's destination in angle brackets
        elif text[at : at + 1] in "/!?" or text[at : at + 1].isalpha():
            match = AUTOLINK.match(text, place)
            if match:
                prose.addresses.append(match.span())
                end = match.end()
            elif match := HTML.match(text, place):
                end = match.end()
            elif text[at : at + 1] in "!?" and text[at : at + 1]:
                return False
        if not end:
            continue
        if text.find("\n", place, end) >= 0:
            if not PARAGRAPH_BREAK.search(text, place, end):
                return False  # over several lines: whether it is one paragraph takes a look at the blocks
            continue
        spans.append((place, end))
        at = end
    if spans:
        prose.text = replaced(text, spans, BLANK)
    return True
