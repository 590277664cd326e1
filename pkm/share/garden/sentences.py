"""The sentence around a link: what a backlink says about why it is there."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from pkm.share.garden.cards import words_of

if TYPE_CHECKING:
    from pkm.share.bundle import Page

LONGEST = 96
_LEAD = re.compile(r"\s*(?:(?:[-*+]|\d+[.)])\s+(?:\[.\]\s+)?|#{1,6}\s+|(?:>\s*)+(?:\[![^\]]*\][+-]?\s*)?)*")
_ENDS = (". ", "! ", "? ")
_ENDS_OF_LINES = (".\n", "!\n", "?\n")
# A line that goes on with the one before it, what parts the two, and a line that is whole by itself.
_GOES_ON = re.compile(r"[ \t]*(?:[^\W\d_]|\[\[|[(\"'“‘])")
_BREAK = re.compile(r"\s*\n[ \t]*")
_ALONE = re.compile(r"\s*(?:\Z|#{1,6}\s|[|>$<%:=]|```|~~~|---|\[\^?[^\]]*\]:)")
_OTHER_ENDS = ("… ", "。", "！", "？")


def sentences(page: Page) -> dict[str, str]:
    """Return for each page that this one links the sentence with that link."""
    linked = dict.fromkeys(reference.page for reference in page.references)
    return {path: sentence_about(page, path) for path in linked if path and path != page.path}


def sentence_about(page: Page, path: str) -> str:
    """Return the first sentence in which a page links the one of this path, as HTML; "" when it says nothing."""
    links = (r for r in page.references if r.page == path and not r.embed)
    return next(filter(None, (sentence(page.text, link.start, link.end) for link in links)), "")


def sentence(text: str, start: int, end: int) -> str:
    """Return the sentence around `text[start:end]`, with the link's words marked; "" when there is nothing around."""
    begin, stop = _passage(text, start, end)
    if not text[begin].isalpha() and (lead := _LEAD.match(text, begin, start)):
        begin = lead.end()
    broken = text.find("\n", begin, stop) >= 0
    marks = _ENDS + _ENDS_OF_LINES if broken else _ENDS
    for mark in marks if text.isascii() else marks + _OTHER_ENDS:
        if (at := text.rfind(mark, begin, start)) >= 0:
            begin = at + len(mark)
        if (at := text.find(mark, end, stop)) >= 0:
            stop = at + len(mark)
    passage = f"{text[begin:start]}\0{text[start:end]}\0{text[end:stop]}"
    whole = words_of(_BREAK.sub(" ", passage) if broken else passage)
    before, _, rest = whole.partition("\0")
    link, _, after = rest.partition("\0")
    if not before.strip(" |.:;,–—-") and not after.strip(" |.:;,–—-"):
        return ""
    room = LONGEST - len(link)
    if len(before) + len(after) > room:
        keep = max(room // 2, room - len(after))
        if len(before) > keep:
            before = "…" + before[-keep:].partition(" ")[2]
        keep = max(room - len(before), 40)
        if len(after) > keep:
            after = after[:keep].rpartition(" ")[0] + "…"
    if "&" in whole or "<" in whole or ">" in whole:
        before, link, after = (escape(part, quote=False) for part in (before, link, after))
    return f"{before}<b>{link}</b>{after}"


def _passage(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the lines around a place begin and end that belong together: people break lines within sentences."""
    earliest, latest = max(0, start - 6 * LONGEST), min(len(text), end + 6 * LONGEST)
    begin = text.rfind("\n", earliest, start) + 1 or earliest
    while begin > earliest and _GOES_ON.match(text, begin):
        above = text.rfind("\n", earliest, begin - 1) + 1 or earliest
        if _ALONE.match(text[above : begin - 1]):
            break
        begin = above
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end, latest)
    while stop >= 0 and _GOES_ON.match(text, stop + 1, latest) and not _ALONE.match(text[line:stop]):
        line, stop = stop + 1, text.find("\n", stop + 1, latest)
    return begin, latest if stop < 0 else stop
