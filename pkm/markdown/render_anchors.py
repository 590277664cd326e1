"""Names inside a page: what `[[Note#Heading]]` and `[[Note#^block]]` point at.

The renderer gives headings these ids and links use the same function, so both sides agree without
asking each other.
"""

from __future__ import annotations

import re
import unicodedata

_WIKI = re.compile(r"!?\[\[([^\[\]\n|]*)(?:\|([^\[\]\n]*))?\]\]")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*\)")
# Patterns that begin with a character and look behind it then: one that looks behind first is tried at each place.
_CODE = re.compile(r"(`(?<!``)`*)(?!`)(.+?)(?<!`)\1(?!`)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LONG = 2_000  # a line beyond this is no heading, and looking for where its code ends may take long
_KEPT = 0xE000  # what was escaped waits here, in code points that no text uses, until the marks are gone
_SUM = re.compile(r"(\$\$?)(?=\S)([^$]+)(?<=\S)\1(?!\d)")
# A mark touches the words that it marks: `2 * 3` and `a == b` are none.
_STARS = re.compile(r"\*(?:\**(?=\S)|(?<=\S\*)\**)")
_OPENING = re.compile(r"(?<!\w)_+(?=[^\s_])")
_CLOSING = re.compile(r"(?<=[^\s_])_+(?!\w)")
_DOUBLE = re.compile(r"(?:==|~~)(?=\S)|(?<=\S)(?:==|~~)")
_WORDS = re.compile(r"\w+")


def plain(raw: str) -> str:
    """Return one line of Markdown as its reader sees it: links as their words, no marks."""
    if "[" in raw:
        if "[[" in raw:
            raw = _WIKI.sub(_wiki_words, raw)
        if "](" in raw:
            raw = _LINK.sub(r"\1", raw)
    if "`" in raw and len(raw) < _LONG:
        parts = _CODE.split(raw)  # words, ticks, code, words, ...
        return "".join(part if n % 3 == 2 else _unmarked(part) for n, part in enumerate(parts) if n % 3 != 1).strip()
    return _unmarked(raw).strip()


def _unmarked(words: str) -> str:
    """Return words without the marks of emphasis, highlights, strokes and sums; underscores within a word stay."""
    escaped = "\\" in words
    if escaped:
        words = _ESCAPED.sub(lambda found: chr(_KEPT + ord(found[1])), words)
    if "$" in words:
        words = _SUM.sub(r"\2", words)
    if "*" in words:
        words = _STARS.sub("", words)
    if "_" in words and _OPENING.search(words) and _CLOSING.search(words):
        words = _CLOSING.sub("", _OPENING.sub("", words))
    if "==" in words or "~~" in words:
        words = _DOUBLE.sub("", words)
    if escaped:
        words = "".join(chr(ord(char) - _KEPT) if _KEPT < ord(char) < _KEPT + 128 else char for char in words)
    return words


def _wiki_words(found: re.Match[str]) -> str:
    words: str = found[2]
    return words or found[1].replace("#", " > ").strip(" >")


def heading_id(raw: str) -> str:
    """Return the id of a heading from its Markdown; the same for every way to write the same words."""
    return _id_of(plain(raw))


def _id_of(words: str) -> str:
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

    def take(self, words: str) -> str:
        """Return the id of a heading of these words, which are plain."""
        base = self.prefix + _id_of(words)
        name, count = base, self.taken.get(base, 0)
        while name in self.taken:
            count += 1
            name = f"{base}-{count}"
        self.taken[base] = count
        self.taken.setdefault(name, 0)
        return name
