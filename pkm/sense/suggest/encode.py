"""Text to numbers: the words of some notes, with what stands around each of them.

A token is a casefolded word, or a pair of neighbouring characters where a script puts no spaces between words. Link
markup is gone but remembered, and so is on which line and in which paragraph a word stands, and whether that is front
matter, code or a heading. Text is read once, a few hundred notes at a time, so that what is only needed on the way
stays small.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.reading import Reading
from pkm.sense.suggest.spell import CJK, fold, paired, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from pkm.sense.suggest.corpus import Note

OPEN, CLOSE = "\x01", "\x02"
#: Line starts with their mark, backticks, the edges of links, unspaced script, words. In this order of trial.
TOKENS = re.compile(
    rf"\n[ \t]*(?:[-*+][ \t]|\d+[.)][ \t]|\#+[ \t]|```|~~~|>|\|)?|`+|{OPEN}|{CLOSE}|[{CJK}]+|[^\W_{CJK}]+"
)
#: In text of ASCII alone each line start becomes a word of one character, by its mark, and words are what is split.
BREAKS = "\x03\x04\x05\x06\x0e\x0f"
MARK = re.compile(r"\n[ \t]*(?:([-*+][ \t]|\d+[.)][ \t])|(\#+[ \t])|(```|~~~)|(>)|(\|))")
TICKS = re.compile("`+")
_LOWER = {each: each + 32 for each in range(ord("A"), ord("Z") + 1)} | {ord(each): "!" for each in BREAKS}
_SPACED = {each: " " for each in range(128) if not chr(each).isalnum() and chr(each) not in f"`{OPEN}{CLOSE}{BREAKS}"}

URL = re.compile(r"https?://[^\s<>()\[\]\"'`|]+")

BODY, ITEM, HEADING, QUOTE, TABLE = range(5)
_WORD, _BREAK, _OPENS, _CLOSES, _TICK = range(5)
_KINDS = {"": BODY, "`": BODY, "~": BODY, "#": HEADING, ">": QUOTE, "|": TABLE}


def plain(text: str) -> str:
    """The text without the two characters that mark the edges of links here."""
    return text.replace(OPEN, " ").replace(CLOSE, " ") if OPEN in text or CLOSE in text else text


def _marked(note: Note) -> tuple[str, list[int]]:
    """The note's text with each link as OPEN shown CLOSE, and which of its links are in it, in order."""
    parts: list[str] = ["\n"]
    kept: list[int] = []
    at = 0
    for number, link in enumerate(note.links):
        if link.start < at:
            continue
        parts += (plain(note.text[at : link.start]), OPEN, plain(link.shown).replace("\n", " "), CLOSE)
        kept.append(number)
        at = link.end
    parts.append(plain(note.text[at:]))
    return "".join(parts), kept


def _split(text: str) -> list[str]:
    """The tokens of text of ASCII alone: what `TOKENS` finds, three times as fast."""
    text = MARK.sub(lambda found: f" {BREAKS[found.lastindex or 0]} ", text.translate(_LOWER))
    text = text.replace("\n", f" {BREAKS[0]} ").replace(OPEN, f" {OPEN} ").replace(CLOSE, f" {CLOSE} ")
    if "`" in text:
        text = TICKS.sub(" ` ", text)
    return text.translate(_SPACED).split()


def _address(url: str) -> str:
    return url.split("#", maxsplit=1)[0].rstrip("/.,")


class _Numbers(dict[str, int]):
    """Spellings with their numbers; one that is not known yet gets the next."""

    def __init__(self) -> None:
        self.spelled: list[str] = []

    def __missing__(self, spelling: str) -> int:
        self.spelled.append(spelling)
        number = self[spelling] = len(self)
        return number


class Encoder:
    """Reads notes, a batch at a time. All its readings share one list of spellings."""

    def __init__(self) -> None:
        self._numbers, self._addresses = _Numbers(), _Numbers()
        self._role = np.zeros(0, np.int8)
        self._kind = np.zeros(0, np.int8)
        self._fence = np.zeros(0, bool)

    def read(self, notes: Iterable[Note]) -> Reading:
        """What these notes say."""
        number_of = self._numbers.__getitem__
        streams: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
        sizes: list[int] = []
        fronts: list[int] = []
        links: list[list[int]] = []
        names: list[list[list[int]]] = []
        addresses: list[list[int]] = []
        for note in notes:
            text, kept = _marked(note)
            tokens = _split(text) if text.isascii() else TOKENS.findall(paired(fold(text)))
            streams.append(np.fromiter(map(number_of, tokens), np.int32, len(tokens)))
            sizes.append(len(tokens))
            links.append(kept)
            fronts.append(note.text.count("\n", 0, note.body) if note.body else 0)
            names.append([list(map(number_of, found)) for found in map(words, note.names) if found])
            found = sorted({_address(url) for url in URL.findall(note.text)}) if "://" in note.text else []
            addresses.append([self._addresses[each] for each in found])
        self._learn()
        stream = np.concatenate(streams)
        starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        reading = self._structured(stream, starts, np.array(fronts, np.int32))
        reading.link = _flat(links)
        reading.sizes |= {
            "links": _lengths(links),
            "names": _lengths(names),
            "name_tokens": np.array([sum(map(len, each)) for each in names], np.int32),
            "addresses": _lengths(addresses),
        }
        reading.name_size = _flat([[len(name) for name in each] for each in names])
        reading.name_token = _flat([name for each in names for name in each])
        reading.address = _flat(addresses)
        return reading

    def _learn(self) -> None:
        """What the spellings are that were not seen before: words, or marks of structure."""
        fresh = self._numbers.spelled[len(self._role) :]
        role, kind = np.zeros(len(fresh), np.int8), np.zeros(len(fresh), np.int8)
        fence = np.zeros(len(fresh), bool)
        for number, word in enumerate(fresh):
            if word[0] == "\n" or word in BREAKS:
                mark = "\n-#`>|"[BREAKS.index(word)].strip() if word in BREAKS else word.strip()[:1]
                role[number], kind[number], fence[number] = _BREAK, _KINDS.get(mark, ITEM), mark in {"`", "~"}
            elif word[0] in "`\x01\x02":
                role[number] = {"`": _TICK, OPEN: _OPENS, CLOSE: _CLOSES}[word[0]]
        self._role = np.concatenate([self._role, role])
        self._kind = np.concatenate([self._kind, kind])
        self._fence = np.concatenate([self._fence, fence])

    def _structured(self, stream: NDArray[np.int32], starts: NDArray[np.int64], fronts: NDArray[np.int32]) -> Reading:
        """Marks of structure become properties of the lines and words beside them, and leave the stream."""
        role = self._role[stream]
        keep = role == _WORD
        before = np.concatenate([[0], np.cumsum(keep)])  # words before each place of the stream
        at = np.flatnonzero(role == _BREAK)  # each note begins with one
        kinds = self._kind[stream[at]]
        owner = np.searchsorted(starts, at, side="right") - 1
        begin = np.searchsorted(at, starts[:-1])  # each note's first line
        line = np.arange(len(at)) - begin[owner] + 1
        # A paragraph ends at an empty line, a heading, or the end of a note.
        ends = kinds == HEADING
        ends[1:] |= (np.diff(at) == 1) & (kinds[:-1] == BODY)
        ends[begin] = True
        paragraph = np.cumsum(ends)
        fenced = np.cumsum(self._fence[stream[at]])
        fenced -= (fenced - self._fence[stream[at]])[begin][owner]
        words_of = np.diff(np.append(before[at], before[-1]))
        code = np.repeat((fenced % 2).astype(bool), words_of)
        ticks = np.flatnonzero(role == _TICK)
        if len(ticks):
            ticked = np.cumsum(role == _TICK)
            line_of = np.repeat(np.arange(len(at)), words_of)
            code |= ((ticked[keep] - ticked[at][line_of]) % 2).astype(bool)
        opens, closes = np.flatnonzero(role == _OPENS), np.flatnonzero(role == _CLOSES)
        held = np.searchsorted(starts, opens, side="right") - 1
        first = before[starts]
        said = words_of > 0
        notes = len(starts) - 1
        nothing = np.zeros(0, np.int32)
        return Reading(
            self._numbers.spelled,
            self._addresses.spelled,
            {
                "tokens": np.diff(first).astype(np.int32),
                "lines": np.bincount(owner[said], minlength=notes).astype(np.int32),
            },
            token=stream[keep],
            code=code,
            first=(before[at] - first[owner])[said].astype(np.int32),
            line=line[said].astype(np.int32),
            kind=kinds[said],
            front=(line <= fronts[owner])[said],
            paragraph=(paragraph - paragraph[begin][owner])[said].astype(np.int32),
            link=nothing,
            link_start=(before[opens] - first[held]).astype(np.int32),
            link_end=(before[closes] - first[held]).astype(np.int32),
            link_line=line[np.searchsorted(at, opens) - 1].astype(np.int32),
            name_size=nothing,
            name_token=nothing,
            address=nothing,
        )


def _lengths(rows: list[list[int]] | list[list[list[int]]]) -> NDArray[np.int32]:
    return np.array([len(row) for row in rows], np.int32)


def _flat(rows: list[list[int]]) -> NDArray[np.int32]:
    return np.fromiter(itertools.chain.from_iterable(rows), np.int32)
