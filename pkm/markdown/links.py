"""The grammar of single links and tags, which every reader of a text shares."""

from __future__ import annotations

import re
from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    Found = list[tuple[str, str, str, str, int, int]]  # Link without its line

#: After `[[`: anything on one line up to the first `]]`; another `[[` begins anew.
WIKI = r"\[\[(?!\[)([^\[\]\n]*+(?:(?:\](?!\])|\[(?!\[))[^\[\]\n]*+)*+)\]\]"
#: What Obsidian takes as a tag: all but ASCII punctuation, white space and general punctuation; we leave out
#: CJK punctuation too, and keep the joiner that emoji are built with.
NO_TAG = (
    r"\s\x00-\x2c.:-@\[-^`{-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\u2000-\u200c\u200e-\u206f\u2e00-\u2e7f"
    r"\u3000-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3e\uff40\uff5b-\uff65\udc80-\udcff"
)
#: A tag begins a line or follows white space or an opening mark; `word#x`, `/#x`, `&#x` and `##x` are none.
BEFORE_TAG = frozenset(" \n\t\r\f\v([{,;*_~>|\"'!?:。、，；：（「『【《“‘！？\u3000\u00a0")
BLOCK_ID = re.compile(r"\^([A-Za-z0-9-]+)[ \t]*(?=\n|\Z)")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:|//")


def wiki_link(inner: str, *, embed: bool) -> tuple[str, str, str, str] | None:
    """(kind, target, anchor, display) of what stands between `[[` and `]]`; None when that is nothing."""
    left, bar, display = inner.partition("|")
    if bar and left.endswith("\\"):  # the pipe of a link in a table is written `\|`
        left = left[:-1]
    target, _, anchor = left.partition("#")
    target, anchor = target.strip(), anchor.strip()
    if not target and not anchor:
        return None
    if ":" in target:
        from pkm.markdown.addresses import is_address

        if is_address(target):
            return "external", left.strip(), "", display.strip()
    return "embed" if embed else "wiki", target, anchor, display.strip()


def markdown_link(destination: str, display: str, *, embed: bool) -> tuple[str, str, str, str] | None:
    """(kind, target, anchor, display) of a Markdown link or image; None when it points nowhere."""
    if "\\" in destination or "&" in destination:
        from pkm.markdown.destinations import unescaped

        destination = unescaped(destination)
    if SCHEME.match(destination):
        return "external", destination, "", display
    target, _, anchor = destination.partition("#")
    if "%" in destination:
        from pkm.markdown.destinations import percent_decode

        target, anchor = percent_decode(target), percent_decode(anchor)
    target = target.strip()
    if not target and not anchor:
        return None
    return "embed-markdown" if embed else "markdown", target, anchor, display


def is_tag(name: str) -> bool:
    """Whether a tag has something in it that is no digit; `name` holds tag characters only."""
    return not name.isdigit() and name.strip("/") != ""


class Taken:
    """Spans in order, which may lie in one another; `place in taken` says whether one covers it."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._starts = [span[0] for span in spans]
        self._ends: list[int] = []
        furthest = 0
        for _, end in spans:
            furthest = max(furthest, end)
            self._ends.append(furthest)

    def __contains__(self, place: int) -> bool:
        index = bisect_right(self._starts, place) - 1
        return index >= 0 and place < self._ends[index]
