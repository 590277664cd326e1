"""Words: what counts as one, and which spellings are the same. Needs no library, so answers can be read without."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
WORDS = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
UNSPACED = re.compile(rf"[{CJK}]")
_RUNS = re.compile(rf"[{CJK}]{{2,}}")


def fold(text: str) -> str:
    """One spelling for what a reader takes for the same: composed, caseless."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()


_ENDINGS = (
    "ations",
    "ation",
    "ingly",
    "ments",
    "ment",
    "ness",
    "ings",
    "ing",
    "ies",
    "ied",
    "ed",
    "es",
    "ly",
    "s",
    "e",
    "y",
)


def stem(word: str) -> str:
    """The word without a common ending, so that "links", "linked" and "link" meet. Rough on purpose."""
    if len(word) < 4 or not word.endswith(_ENDINGS) or word.endswith("ss"):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def words(text: str) -> list[str]:
    """The tokens of a short text such as a name."""
    return WORDS.findall(paired(fold(text)))


def paired(text: str) -> str:
    """Runs of unspaced script as pairs of neighbouring characters."""
    return text if text.isascii() else _RUNS.sub(lambda run: " ".join(map("".join, pairwise(run[0]))), text)
