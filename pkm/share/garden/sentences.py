"""The sentence around a link: what a backlink says about why it is there."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from pkm.share.garden.cards import words_of

try:
    from pkm.share.garden.sentence_fast import plain_sentence
except ImportError:  # it was not compiled here

    def plain_sentence(text: str, start: int, end: int, longest: int) -> str | None:
        """Return nothing, so that the sentence is looked for here."""


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
    for link in page.references:
        if link.page == path and not link.embed and (said := sentence(page.text, link.start, link.end)):
            return said
    return ""


def sentence(text: str, start: int, end: int) -> str:
    """Return the sentence around `text[start:end]`, with the link's words marked; "" when there is nothing around."""
    said = plain_sentence(text, start, end, LONGEST)
    return look(text, start, end) if said is None else said


def look(text: str, start: int, end: int) -> str:
    """Return the same for any text; what is plain may have been answered by `sentence_fast.pyx`."""
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
    before, link, after = _words(text[begin:start], text[start:end], text[end:stop], broken=broken)
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
    told = f"{before}\0{link}\0{after}"
    if "&" in told or "<" in told or ">" in told:
        told = escape(told, quote=False)
    return told.replace("\0", "<b>", 1).replace("\0", "</b>", 1)


def _words(before: str, link: str, after: str, *, broken: bool) -> tuple[str, str, str]:
    """Return what stands before a link, the link and what stands behind it as plain words."""
    if link[:2] == "[[" and not broken:
        target, _, words = link[2:-2].partition("|")
        words = words or target.replace("#", " > ").strip(" >")
        if _is_plain(before + words + after):
            return before.lstrip(), words, after.rstrip()
    passage = f"{before}\0{link}\0{after}"
    before, _, rest = words_of(_BREAK.sub(" ", passage) if broken else passage).partition("\0")
    link, _, after = rest.partition("\0")
    return before, link, after


def _is_plain(text: str) -> bool:
    """Whether a text is read as it is written. Most are, and taking marks out of none takes a third of all the time."""
    return not (
        "[" in text
        or "]" in text
        or "`" in text
        or "*" in text
        or "_" in text
        or "\\" in text
        or "$" in text
        or "=" in text
        or "~" in text
        or "<" in text
        or "^" in text
    )


def _passage(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the lines around a place begin and end that belong together: people break lines within sentences."""
    earliest, latest = max(0, start - 6 * LONGEST), min(len(text), end + 6 * LONGEST)
    begin = text.rfind("\n", earliest, start) + 1 or earliest
    while begin > earliest and text[begin - 2 : begin - 1] != "\n" and _GOES_ON.match(text, begin):
        above = text.rfind("\n", earliest, begin - 1) + 1 or earliest
        if _ALONE.match(text[above : begin - 1]):
            break
        begin = above
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end, latest)
    while stop >= 0 and _GOES_ON.match(text, stop + 1, latest) and not _ALONE.match(text[line:stop]):
        line, stop = stop + 1, text.find("\n", stop + 1, latest)
    return begin, latest if stop < 0 else stop
