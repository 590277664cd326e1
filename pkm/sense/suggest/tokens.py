"""Text to tokens: the words of a note and the marks of its structure, as numbers.

A token is a casefolded word, or a pair of neighbouring characters where a script puts no spaces between words; or a
mark: the beginning of a line and what sort of line it is, backticks, the edges of a link. Where there was a compiler,
`tokens_fast.pyx` takes text apart; this is what it has to agree with.
"""

from __future__ import annotations

import re
from array import array
from typing import TYPE_CHECKING

from pkm.sense.suggest.spell import CJK, fold, paired, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkm.sense.suggest.corpus import Link

OPEN, CLOSE, TICK = "\x01", "\x02", "`"
#: The beginning of a line of text, or of one with a mark, by the groups of `MARK`.
BREAKS = "\x03\x04\x05\x06\x0e\x0f"
MARK = re.compile(r"\n[ \t]*(?:([-*+][ \t]|\d+[.)][ \t])|(\#+[ \t])|(```|~~~)|(>)|(\|))")
#: Their numbers are those of their places here; words come after them.
SIGNS = f"{BREAKS}{OPEN}{CLOSE}{TICK}"
TOKENS = re.compile(rf"[{SIGNS}]|[{CJK}]+|[^\W_{CJK}]+")
_TICKS = re.compile(f"{TICK}+")
_RESERVED = {ord(each): "!" for each in BREAKS}
#: In text of ASCII alone words are what is split.
_LOWER = _RESERVED | {each: each + 32 for each in range(ord("A"), ord("Z") + 1)}
_SPACED = {each: " " for each in range(128) if not chr(each).isalnum() and chr(each) not in SIGNS}


class Numbers(dict[str, int]):
    """Spellings with their numbers; one that is not known yet gets the next."""

    def __init__(self, first: str = "") -> None:
        self.spelled = list(first)
        super().__init__({spelling: number for number, spelling in enumerate(first)})

    def __missing__(self, spelling: str) -> int:
        self.spelled.append(spelling)
        number = self[spelling] = len(self)
        return number


class Tokens:
    """Takes texts apart; all share one list of spellings, of which the first are `SIGNS`."""

    def __init__(self, numbers: Numbers) -> None:
        self._number_of = numbers.__getitem__

    def read(self, text: str, links: Sequence[Link]) -> tuple[array[int] | bytes, list[int]]:
        """The tokens of a text, C integers of 32 bits, and which of its links are in it: one within another is not."""
        shown, kept = marked(text, links)
        return array("i", map(self._number_of, _split(shown))), kept

    def words(self, text: str) -> list[int]:
        """The words of a short text such as a name."""
        return list(map(self._number_of, words(text)))


def _plain(text: str) -> str:
    """The text without the two characters that mark the edges of links here."""
    return text.replace(OPEN, "!").replace(CLOSE, "!") if OPEN in text or CLOSE in text else text


def marked(text: str, links: Sequence[Link]) -> tuple[str, list[int]]:
    """The text with a line feed before it and each link as OPEN shown CLOSE, and which links are in it, in order."""
    parts: list[str] = ["\n"]
    kept: list[int] = []
    at = 0
    for number, link in enumerate(links):
        if link.start < at:
            continue
        parts += (_plain(text[at : link.start]), OPEN, _plain(link.shown).replace("\n", " "), CLOSE)
        kept.append(number)
        at = link.end
    parts.append(_plain(text[at:]))
    return "".join(parts), kept


def _split(text: str) -> list[str]:
    """The tokens of a text with links marked in it; where it is ASCII alone, three times as fast."""
    plain = text.isascii()
    text = text.translate(_LOWER) if plain else fold(text.translate(_RESERVED))
    text = MARK.sub(lambda found: f" {BREAKS[found.lastindex or 0]} ", text).replace("\n", f" {BREAKS[0]} ")
    if TICK in text:
        text = _TICKS.sub(f" {TICK} ", text)
    if not plain:
        return TOKENS.findall(paired(text))
    return text.replace(OPEN, f" {OPEN} ").replace(CLOSE, f" {CLOSE} ").translate(_SPACED).split()
