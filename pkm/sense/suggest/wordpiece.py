"""Words in the pieces that a sentence model knows: without case and accents, the longest known piece first.

As BERT does it (Devlin et al. 2019; Wu et al. 2016 for the pieces), from the model's own `vocab.txt`. Chinese
characters are words of their own.
"""

from __future__ import annotations

import unicodedata
from itertools import groupby

UNKNOWN, BEGIN, END = "[UNK]", "[CLS]", "[SEP]"
LONGEST = 100  # characters of a word; a longer one is unknown
_CJK = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))


class Pieces:
    """Text to numbers of pieces."""

    def __init__(self, vocabulary: list[str]) -> None:
        self._number = {piece: number for number, piece in enumerate(vocabulary)}
        self._known: dict[str, list[int]] = {}

    def of(self, text: str, most: int) -> list[int]:
        """Numbers for the beginning of a text, at most so many, with the marks of begin and end."""
        numbers = [self._number[BEGIN]]
        for word in _words(text):
            if len(numbers) >= most - 1:
                break
            numbers += self._pieces(word)
        return [*numbers[: most - 1], self._number[END]]

    def _pieces(self, word: str) -> list[int]:
        if word not in self._known:
            self._known[word] = self._cut(word)
        return self._known[word]

    def _cut(self, word: str) -> list[int]:
        unknown = [self._number[UNKNOWN]]
        if len(word) > LONGEST:
            return unknown
        found: list[int] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self._number), 0)
            if not end:
                return unknown
            found.append(self._number[mark + word[start:end]])
            start = end
        return found


def _words(text: str) -> list[str]:
    """Runs of letters and digits; every other visible character, and each Chinese one, alone."""
    folded = unicodedata.normalize("NFD", text.lower())
    kept = (char for char in folded if unicodedata.category(char) != "Mn")
    words: list[str] = []
    for kind, chars in groupby(kept, _kind):
        if kind == "word":
            words.append("".join(chars))
        elif kind == "alone":
            words += chars
    return words


def _kind(char: str) -> str:
    category = unicodedata.category(char)
    if char.isspace() or category[0] in "CZ":
        return "none"
    if category[0] == "P" or (char.isascii() and not char.isalnum()):
        return "alone"
    return "alone" if any(first <= ord(char) <= last for first, last in _CJK) else "word"
