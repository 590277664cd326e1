"""Text to numbers: every note as one run of token numbers, with what stands around each token.

All evidence is computed from these arrays, so text is read once. A token is a casefolded word, or a pair of
neighbouring characters where a script puts no spaces between words. Link markup is gone but remembered: each token
knows which link shows it, its line, its paragraph, and whether it stands in front matter, code or a heading.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.spell import CJK, UNSPACED, fold, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.corpus import Corpus, Note

OPEN, CLOSE = "\x01", "\x02"
#: Line starts with their mark, backticks, the edges of links, unspaced script, words. In this order of trial.
TOKENS = re.compile(
    rf"\n[ \t]*(?:[-*+][ \t]|\d+[.)][ \t]|\#+[ \t]|```|~~~|>|\|)?|`+|{OPEN}|{CLOSE}|[{CJK}]+|[^\W_{CJK}]+"
)
URL = re.compile(r"https?://[^\s<>()\[\]\"'`|]+")

BODY, ITEM, HEADING, QUOTE, TABLE = range(5)


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


@dataclass(slots=True)
class Encoded:
    """The corpus as arrays. Tokens of note i are those from `start[i]` to `start[i + 1]`."""

    notes: int
    vocabulary: dict[str, int]
    token: NDArray[np.int32]
    start: NDArray[np.int64]
    note: NDArray[np.int32]
    line: NDArray[np.int32]
    kind: NDArray[np.int8]
    paragraph: NDArray[np.int32]
    front: NDArray[np.bool_]
    code: NDArray[np.bool_]
    link: NDArray[np.int32]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    link_start: NDArray[np.int64]
    link_end: NDArray[np.int64]
    link_line: NDArray[np.int32]
    missing: int
    names: list[list[tuple[int, ...]]]

    @property
    def words(self) -> int:
        return len(self.vocabulary)


def encode(corpus: Corpus) -> Encoded:
    """Read every note once."""
    vocabulary: defaultdict[str, int] = defaultdict(itertools.count().__next__)
    stream: list[int] = []
    starts, fronts = [0], []
    source: list[int] = []
    target: list[int] = []
    missing: dict[str, int] = {}
    count = len(corpus)
    number_of = vocabulary.__getitem__
    for number, note in enumerate(corpus.notes):
        text, kept = _marked(note)
        tokens = TOKENS.findall(fold(text))
        if not text.isascii():
            tokens = _pairs(tokens)
        stream.extend(map(number_of, tokens))
        starts.append(len(stream))
        fronts.append(note.text.count("\n", 0, note.body) if note.body else 0)
        for at in kept:
            link = note.links[at]
            source.append(number)
            if link.target is not None and link.target in corpus.numbers:
                target.append(corpus.numbers[link.target])
            else:
                target.append(-1 - missing.setdefault(fold(link.raw or link.shown).strip(), len(missing)))
    names = [[tuple(map(number_of, found)) for found in map(words, note.names) if found] for note in corpus.notes]
    return _arrays(
        count,
        dict(vocabulary),
        np.array(stream, np.int32),
        np.array(starts, np.int64),
        np.array(fronts, np.int32),
        np.array(source, np.int32),
        np.array(target, np.int32),
        len(missing),
        names,
    )


def _pairs(tokens: list[str]) -> list[str]:
    """Runs of unspaced script as pairs of neighbouring characters."""
    spread: list[str] = []
    for token in tokens:
        if len(token) > 1 and UNSPACED.match(token):
            spread += [token[at : at + 2] for at in range(len(token) - 1)]
        else:
            spread.append(token)
    return spread


def _arrays(
    count: int,
    vocabulary: dict[str, int],
    stream: NDArray[np.int32],
    starts: NDArray[np.int64],
    fronts: NDArray[np.int32],
    source: NDArray[np.int32],
    target: NDArray[np.int32],
    missing: int,
    names: list[list[tuple[int, ...]]],
) -> Encoded:
    """Structure tokens become properties of the words beside them, and leave the stream."""
    kinds = np.full(len(vocabulary), -1, np.int8)  # kind of line that a line-start token opens
    fence, tick = np.zeros(len(vocabulary), bool), np.zeros(len(vocabulary), bool)
    for word, number in vocabulary.items():
        if word[0] == "\n":
            mark = word.strip()
            kinds[number] = (
                BODY
                if not mark
                else HEADING
                if mark[0] == "#"
                else QUOTE
                if mark == ">"
                else TABLE
                if mark == "|"
                else BODY
                if mark[0] in "`~"
                else ITEM
            )
            fence[number] = mark[:1] in {"`", "~"} and bool(mark)
        elif word[0] == "`":
            tick[number] = True
    opens = stream == vocabulary.get(OPEN, -1)
    closes = stream == vocabulary.get(CLOSE, -1)
    breaks = kinds[stream] >= 0
    structure = breaks | opens | closes | tick[stream]
    note = np.repeat(np.arange(count, dtype=np.int32), np.diff(starts))
    line_number = np.cumsum(breaks)  # global; each note begins with a break
    line_kind = np.concatenate([[0], kinds[stream[breaks]]]).astype(np.int8)[line_number]
    # A paragraph ends at an empty line, a heading, or the end of a note.
    at = np.flatnonzero(breaks)
    empty = np.zeros(len(stream), bool)
    follows = np.zeros(len(at), bool)
    follows[1:] = (np.diff(at) == 1) & (kinds[stream[at[:-1]]] == BODY)
    empty[at] = follows | (kinds[stream[at]] == HEADING)
    first = starts[:-1][np.diff(starts) > 0]
    empty[first] = True
    paragraph = np.cumsum(empty)
    fences = np.cumsum(fence[stream])
    base = np.zeros(count, np.int64)
    filled = np.diff(starts) > 0
    base[filled] = fences[first] - fence[stream[first]]
    code = ((fences - base[note]) % 2).astype(bool)
    ticks = np.cumsum(tick[stream])
    before = np.concatenate([[0], ticks[at]])[line_number]
    code |= ((ticks - before) % 2).astype(bool)
    opened = np.cumsum(opens)
    inside = opened > np.cumsum(closes)
    link = np.where(inside, opened - 1, -1).astype(np.int32)
    keep = ~structure
    position = np.concatenate([[0], np.cumsum(keep)])
    local = (line_number - line_number[starts[:-1].clip(max=max(len(stream) - 1, 0))][note]).astype(np.int32) + 1
    kept_note = note[keep]
    link_at = np.flatnonzero(opens)
    return Encoded(
        notes=count,
        vocabulary=vocabulary,
        token=stream[keep],
        start=position[starts],
        note=kept_note,
        line=local[keep],
        kind=line_kind[keep],
        paragraph=paragraph[keep].astype(np.int32),
        front=(local <= fronts[note])[keep],
        code=code[keep],
        link=link[keep],
        source=source,
        target=target,
        link_start=position[link_at],
        link_end=position[np.flatnonzero(closes)],
        link_line=local[link_at],
        missing=missing,
        names=names,
    )
