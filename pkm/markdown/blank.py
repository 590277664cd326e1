"""Blank out what is no prose, so that plain searches over the rest are right.

The result has the same length as the text, so offsets stay. `None` means: this text's structure cannot
be seen without reading its blocks, see `leaves`.
"""

from __future__ import annotations

import re

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
CODE = re.compile(r"`[^`\n]+`")


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
            from pkm.markdown.indented import may_be_code

            if start == at or may_be_code(source, start, match[8]):
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
    prose = Prose(replaced(source, spans, "\n") if spans else source, underlines)
    text = prose.text
    ticks = text.count("`")
    spans = [match.span() for match in CODE.finditer(text)] if ticks else []
    if 2 * len(spans) != ticks or "<" in text or "\\" in text or "$" in text:
        from pkm.markdown.inert import blank_inline

        return prose if blank_inline(prose) else None
    if spans:
        prose.text = replaced(text, spans, BLANK)
    return prose


def _block_end(source: str, match: re.Match[str], group: int, after: int) -> int:
    """Where code, a formula or HTML ends; 0 when it is none, -1 when only the blocks can tell."""
    start = match.start()
    if group == 5:
        from pkm.markdown.html import block_end

        return block_end(source, start + 1)
    if group == 3:
        if source.count("$$", max(after, source.rfind("\n\n", 0, start)), start):
            return -1  # perhaps it closes a formula that began inside the paragraph
        close = MATH_END.search(source, match.end())
        return close.end() if close else 0
    for close in FENCE_END.finditer(source, match.end()):
        if close[1].startswith(match[group]):
            return close.end()
    return len(source)


def replaced(text: str, spans: Iterable[tuple[int, int]], filler: str) -> str:
    """The text with each span filled with that character: its length stays."""
    parts: list[str] = []
    at = 0
    for begin, end in spans:
        parts += (text[at:begin], filler * (end - begin))
        at = end
    parts.append(text[at:])
    return "".join(parts)
