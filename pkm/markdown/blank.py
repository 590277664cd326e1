"""Blank out what is no prose, so that plain searches over the rest are right.

The result has the same length as the text, so offsets stay. `None` means: this text's structure cannot
be seen without reading its blocks, see `leaves`.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from pkm.markdown.blocks import HTML_ALONE, HTML_END, HTML_START, RAW_END
from pkm.markdown.inline import AUTOLINK, DISPLAY_MATH, ESCAPED, HTML, MATH, destination_span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

#: Stands for a character that means nothing: in code, escaped, in HTML. Blocks become line ends instead.
BLANK = "\x9f"

#: Lines that mean more than text, in one search because each costs a millisecond a megabyte. 1 to 3: code or a
#: formula begins; 4: dashes or equals signs; 5: HTML; 6: what takes the blocks to read (a fence or HTML in a container,
#: a link definition); 7: a container whose text may be indented code; 8: an indented line's first character.
STRUCTURE = re.compile(
    r"\n(?=[ \t`~$<=\[>*+.0-9-])(?:"
    r"(```+)[^`\n]*(?=\n|\Z)|(~~~+)[^\n]*|(\$\$)(?![^\n]*\$\$)[^\n]*"
    r"|([ \t>]*(?:-+|=+)[ \t]*(?=\n|\Z))"
    r"|(<(?!https?:)[A-Za-z/!?])"
    r"|([ \t>*+\-.)0-9]*+(?:```|~~~|\$\$(?![^\n]*\$\$)|<(?!https?:)[A-Za-z/!?]|\[(?!\^)[^\[\]\n]+\]:))"
    r"|([ \t>]*(?:[-+*>]|[0-9]{1,9}[.)])(?: {5}| {0,4}\t))"
    r"|(?: {4}| {0,3}\t)[ \t]*([^ \t\n]))"
)
FENCE_END = re.compile(r"\n {0,3}(```+|~~~+)[ \t]*(?=\n|\Z)")
MATH_END = re.compile(r"\$\$[ \t]*(?=\n|\Z)")
MARKER_LINE = re.compile(r"[ \t>]*(?:[-+*]|[0-9]{1,9}[.)])[ \t]")
#: Lines after which, as after an empty one, an indented line is code.
NO_PARAGRAPH = re.compile(
    r"[ \t>]*+(?:#{1,6}(?:[ \t]|\Z)|(?:=+|-+)[ \t]*\Z|[-+*]?[ \t]*\Z|\|"
    r"|(?:\*[ \t]*){3,}\Z|(?:-[ \t]*){3,}\Z|(?:_[ \t]*){3,}\Z)"
)
EMPTY_LINE = re.compile(r"\n[ \t]*(?=\n|\Z)")
PARAGRAPH_BREAK = re.compile(r"\n[ \t>]*\n")
CODE = re.compile(r"`[^`\n]+`")
RUN = re.compile("``*+")
INERT = re.compile(r"[\\`<$]")


class Prose:
    """What `blank` gives: the text without code, the spans of its autolinks, and lines that may underline headings."""

    __slots__ = ("addresses", "text", "underlines")

    def __init__(self, text: str, underlines: list[tuple[int, int]]) -> None:
        self.text = text
        self.underlines = underlines
        self.addresses: list[tuple[int, int]] = []


def blank(source: str) -> Prose | None:
    """The text without code, HTML, formulas and escapes."""
    spans: list[tuple[int, int]] = []
    underlines: list[tuple[int, int]] = []
    at = 0
    for match in STRUCTURE.finditer(source):
        start = match.start()
        if start < at:
            continue  # inside code
        group = match.lastindex
        if group == 4:
            underlines.append(match.span())
        elif group == 8:
            if start == at or _may_be_code(source, start, match[8]):
                return None
        elif group is not None and group < 6:
            end = _block_end(source, match, group, at)
            if end < 0:
                return None
            if end:
                spans.append((start, end))
                at = end
        else:
            return None
    prose = Prose(_replace(source, spans, "\n") if spans else source, underlines)
    text = prose.text
    if "<" in text or "\\" in text or "$" in text:
        return prose if _blank_all(prose) else None
    ticks = text.count("`")
    if ticks:
        spans = [match.span() for match in CODE.finditer(text)]
        if 2 * len(spans) != ticks:
            return prose if _blank_all(prose) else None
        prose.text = _replace(text, spans, BLANK)
    return prose


def _block_end(source: str, match: re.Match[str], group: int, after: int) -> int:
    """Where code, a formula or HTML ends; 0 when it is none, -1 when only the blocks can tell."""
    start = match.start()
    if group == 5:
        return _html_end(source, start + 1)
    if group == 3:
        if source.count("$$", max(after, source.rfind("\n\n", 0, start)), start):
            return -1  # perhaps it closes a formula that began inside the paragraph
        close = MATH_END.search(source, match.end())
        return close.end() if close else 0
    for close in FENCE_END.finditer(source, match.end()):
        if close[1].startswith(match[group]):
            return close.end()
    return len(source)


def _html_end(source: str, start: int) -> int:
    """Where HTML ends that begins a line: at its own end mark or at an empty line, by what it begins with."""
    match = HTML_START.match(source, start)
    if match is None:
        return -1 if HTML_ALONE.match(source, start) else 0
    form = str(match.lastgroup)
    if form == "block":
        close = EMPTY_LINE.search(source, start)
        return close.start() if close else len(source)
    if form == "raw":
        close = RAW_END.search(source, start)
        end = close.end() if close else -1
    else:
        end = source.find(HTML_END[form], start + 2)
    end = source.find("\n", end) if end >= 0 else -1
    return end if end >= 0 else len(source)


def _may_be_code(source: str, place: int, char: str) -> bool:
    """Whether an indented line may be code; lists within lists are not."""
    before = source[source.rfind("\n", 0, place) + 1 : place]
    if NO_PARAGRAPH.match(before):
        return True
    return char in "-+*>#0123456789" and before[:1] not in " \t" and not MARKER_LINE.match(before)


def _replace(text: str, spans: Iterable[tuple[int, int]], filler: str) -> str:
    parts: list[str] = []
    at = 0
    for begin, end in spans:
        parts += (text[at:begin], filler * (end - begin))
        at = end
    parts.append(text[at:])
    return "".join(parts)


def _blank_all(prose: Prose) -> bool:
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
        prose.text = _replace(text, spans, BLANK)
    return True
