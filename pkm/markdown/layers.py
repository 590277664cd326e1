"""How far a text is distilled: the layers of progressive summarisation that it shows."""

from __future__ import annotations

import re

from pkm.markdown.blocks import blocks
from pkm.markdown.inline import Inline
from pkm.markdown.leaves import Joined
from pkm.markdown.plain import visible, without_html, words
from pkm.markdown.scan import prepare
from pkm.markdown.spans import spans


def layers(text: str, start: int = 0) -> int:
    """How far a text is distilled, as far as the text alone tells.

    0 no more than an address, 1 captured text, 2 something bold, 3 something highlighted, 4 a summary.
    (5, a note of one's own made from it, is known to who knows the links.) Bold run-in headings are no distilling.
    """
    found = spans(text, start)
    if any(callout.kind == "abstract" for callout in found.callouts):
        return 4
    if found.highlights:
        return 3
    if any(not span.lead for span in found.bold):
        return 2
    return 1 if _captured(text, start) else 0


def _captured(text: str, start: int) -> bool:
    """Whether there is a word besides headings, addresses and links out of the vault."""
    source, _ = prepare(text, start)
    for leaf in blocks(source):
        if leaf.kind == "heading":
            continue
        if leaf.kind == "html":
            if words(without_html(source[leaf.start : leaf.end])):
                return True
            continue
        if leaf.kind != "text":
            return True
        inline = Inline(Joined(source, leaf.pieces).text).read()
        rest = list(inline.text)
        for kind, *_, begin, end in inline.found:
            if kind == "external":
                rest[begin:end] = " " * (end - begin)
        bare = re.sub(r"[A-Za-z][A-Za-z0-9+.-]{1,31}://[^\s<>]*", " ", "".join(rest))
        if words(visible(bare)):
            return True
    return False
