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
_OTHER_ENDS = ("… ", "。", "！", "？")


def sentences(page: Page) -> dict[str, str]:
    """Return for each page that this one links the first sentence with such a link, as HTML; "" when it says nothing."""
    said: dict[str, str] = {}
    text = page.text
    for reference in page.references:
        if not reference.page or reference.page == page.path or said.get(reference.page):
            continue
        said[reference.page] = "" if reference.embed else sentence(text, reference.start, reference.end)
    return said


def sentence(text: str, start: int, end: int) -> str:
    """Return the sentence around `text[start:end]`, with the link's words marked; "" when there is nothing around."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    begin = line_start
    if not text[line_start].isalpha() and (lead := _LEAD.match(text, line_start, start)):
        begin = lead.end()
    begin = max(begin, start - 6 * LONGEST)
    stop = min(line_end, end + 6 * LONGEST)
    for mark in _ENDS if text.isascii() else _ENDS + _OTHER_ENDS:
        if (at := text.rfind(mark, begin, start)) >= 0:
            begin = at + len(mark)
        if (at := text.find(mark, end, stop)) >= 0:
            stop = at + len(mark)
    whole = words_of(f"{text[begin:start]}\0{text[start:end]}\0{text[end:stop]}")
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
