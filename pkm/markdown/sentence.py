"""The sentence around a link: what its author said about the note it leads to."""

from __future__ import annotations

import re

from pkm.markdown.plain import CALLOUT, CJK, TABLE_RULE, row, visible

#: How much of a paragraph is looked at on either side, and how much of a sentence is shown.
REACH = 2000
LONGEST = 300

LEAD = re.compile(
    r"[ \t]*(?:(?:>|[-+*](?=[ \t])|[0-9]{1,9}[.)](?=[ \t])|#{1,6}(?=[ \t]))[ \t]*)*(?:\[[^\]\n]\][ \t]+)?"
)
BEGINS = re.compile(r"[ \t>]*(?:[-+*][ \t]|[0-9]{1,9}[.)][ \t]|#{1,6}[ \t]|```|~~~|\||\[\^[^\]\s]+\]:)")
END = re.compile(rf"[.!?…]+[\"'”’»)\]*_=]*(?=\s)|[。！？…]+[”’」』）*_=]*|(?<=[{CJK}])[.!?](?=[{CJK}])")
WHOLE = re.compile(r"!?\[\[[^\[\]\n]*\]\]|!?\[[^\[\]\n]*\]\([^()\n]*\)|`[^`\n]*`|https?://[^\s<>]*[^\s<>.,;:!?]")
ABBREVIATIONS = frozenset(
    "al approx bzw ca cf ch dr ed eds eg ed etc fig ggf ie inc jr max min mr mrs ms nr no p pp prof resp sec sog "
    "sr st usw u.a vgl viz vol vs z.b z.t d.h i.e e.g p.s a.m p.m u.s".split()
)


def sentence_at(text: str, start: int, end: int) -> str:
    """The sentence in which `text[start:end]` stands, without marks and at most about 300 characters long.

    A list item, heading, cell of a table or property of the front matter bounds it as a full stop does.
    """
    if text.startswith(("---", "\ufeff---")) and start < text.find("\n---", 3):
        line = text[text.rfind("\n", 0, start) + 1 : _line_end(text, end)]
        return visible(line.replace('"', "").replace("'[[", "[[").replace("]]'", "]]").strip().removeprefix("- "))
    begin, stop = _paragraph(text, start, end)
    lead = LEAD.match(text, begin, max(begin, min(start, stop)))
    begin = lead.end() if lead else begin
    if callout := CALLOUT.match(text, begin):
        title = _line_end(text, begin)
        begin = title + 1 if title < start else min(callout.end(), start)
        stop = title if start < title < stop else stop
    part = text[begin:stop]
    first, last = _bounds(part, start - begin, end - begin)
    words = _lines(part[first:last])
    if len(words) <= LONGEST:
        return words
    return _shortened(words, _lines(part[start - begin : end - begin]))


def _paragraph(text: str, start: int, end: int) -> tuple[int, int]:
    """The lines around the link that belong to its paragraph, list item or row."""
    begin = text.rfind("\n", 0, start) + 1
    floor, ceiling = start - REACH, end + REACH
    while begin > 0 and begin > floor:
        above = text.rfind("\n", 0, begin - 1) + 1
        line = text[above : begin - 1]
        if BEGINS.match(text, begin) or not line.strip(" \t>\r") or line.startswith(("---", "#", "```", "~~~")):
            break
        if TABLE_RULE.match(line) or text.startswith(">", begin) != line.startswith(">"):
            break
        begin = above
    stop = _line_end(text, end)
    while stop < len(text) and stop < ceiling:
        below = _line_end(text, stop + 1)
        line = text[stop + 1 : below]
        if not line.strip(" \t>\r") or BEGINS.match(line) or line.startswith(("---", "===")):
            break
        stop = below
    return max(begin, floor, 0), min(stop, ceiling)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def _bounds(part: str, start: int, end: int) -> tuple[int, int]:
    """The sentence's borders inside its paragraph."""
    if part.lstrip().startswith("|"):
        return 0, len(part)
    whole = [match.span() for match in WHOLE.finditer(part)]
    first, last = 0, len(part)
    for match in END.finditer(part):
        at = match.end()
        if any(begin < at < finish for begin, finish in whole) or not _ends(part, match):
            continue
        if at <= start:
            first = at
        elif match.start() >= end:
            last = at
            break
    return first, last


def _ends(part: str, match: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence: not behind an abbreviation, an initial or a number in a list."""
    if match[0][0] != "." or match[0].startswith(".."):
        return True
    before = part[max(0, match.start() - 12) : match.start()].split()
    word = before[-1].lstrip("(\"'“‘[*_").casefold() if before else ""
    if word in ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word.isascii()):
        return False
    following = part[match.end() :].lstrip()[:1]
    return not following.islower()


def _lines(part: str) -> str:
    """Visible words; quote marks at the beginning of lines are none."""
    lines = [line.lstrip(" \t>") for line in part.split("\n")]
    text = "\n".join(lines).replace("\r", "").replace("%%", "")
    return row(text) if text.startswith("|") else visible(text)


def _shortened(words: str, link: str) -> str:
    """A window of a long sentence with the link in it, cut between words where there are any."""
    at = max(words.find(link), 0)
    begin = max(0, min(at - (LONGEST - min(len(link), LONGEST)) // 2, len(words) - LONGEST))
    stop = min(len(words), begin + LONGEST)
    if begin and (space := words.find(" ", begin, begin + 30)) >= 0 and space < at:
        begin = space + 1
    if stop < len(words) and (space := words.rfind(" ", stop - 30, stop)) >= at + len(link):
        stop = space
    return ("…" if begin else "") + words[begin:stop].strip() + ("…" if stop < len(words) else "")
