"""Names inside a page: what `[[Note#Heading]]` and `[[Note#^block]]` point at.

The renderer gives headings these ids and links use the same function, so both sides agree without
asking each other.
"""

from __future__ import annotations

import re
import unicodedata

_WIKI = re.compile(r"!?\[\[([^\[\]\n|]*)(?:\|([^\[\]\n]*))?\]\]")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*\)")
_MARKS = "*_`~=$\\"
_WORDS = re.compile(r"\w+")


def plain(raw: str) -> str:
    """Return one line of Markdown as its reader sees it: links as their words, no marks."""
    if "[" in raw:
        if "[[" in raw:
            raw = _WIKI.sub(_wiki_words, raw)
        if "](" in raw:
            raw = _LINK.sub(r"\1", raw)
    for mark in _MARKS:
        if mark in raw:
            raw = raw.replace(mark, "")
    return raw.strip()


def _wiki_words(found: re.Match[str]) -> str:
    words: str = found[2]
    return words or found[1].replace("#", " > ").strip(" >")


def heading_id(raw: str) -> str:
    """Return the id of a heading from its Markdown; the same for every way to write the same words."""
    words = plain(raw)
    if not words.isascii():
        words = unicodedata.normalize("NFC", words)
    return "-".join(_WORDS.findall(words.casefold()))[:80] or "section"


def block_id(name: str) -> str:
    """Return the id of the block that its author marked with `^name`."""
    return "b-" + name.casefold()


class Anchors:
    """Hands out ids on one page, each once: `aims`, `aims-1`, …."""

    __slots__ = ("prefix", "taken")

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.taken: dict[str, int] = {}

    def take(self, raw: str) -> str:
        base = self.prefix + heading_id(raw)
        name, count = base, self.taken.get(base, 0)
        while name in self.taken:
            count += 1
            name = f"{base}-{count}"
        self.taken[base] = count
        self.taken.setdefault(name, 0)
        return name
