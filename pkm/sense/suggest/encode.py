"""What stands around each word: on which line, in which paragraph, and whether that is front matter, code, a heading.

Text is read once, a few hundred notes at a time, so that what is only needed on the way stays small. Marks of structure
and of links (`tokens.py`) become properties of the lines and words beside them.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.reading import Reading
from pkm.sense.suggest.tokens import BREAKS, CLOSE, OPEN, SIGNS, TICK, Numbers, Tokens

try:
    from pkm.sense.suggest.tokens_fast import Tokens as Quickest
except ImportError:  # there was nothing to compile it with
    from pkm.sense.suggest.tokens import Tokens as Quickest  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from pkm.sense.suggest.corpus import Note

URL = re.compile(r"https?://[^\s<>()\[\]\"'`|]+")

BODY, ITEM, HEADING, QUOTE, TABLE = range(5)
_BREAKS, _FENCE = len(BREAKS), 3  # numbers below the one begin a line; which of them opens or closes code
_OPEN, _CLOSE, _TICK = map(SIGNS.index, (OPEN, CLOSE, TICK))
#: What sort of line begins with each of `BREAKS`.
_KINDS = np.array([BODY, ITEM, HEADING, BODY, QUOTE, TABLE], np.int8)


def _address(url: str) -> str:
    return url.split("#", maxsplit=1)[0].rstrip("/.,")


class Encoder:
    """Reads notes, a batch at a time. All its readings share one list of spellings."""

    def __init__(self, tokens: Callable[[Numbers], Tokens] = Quickest) -> None:
        self._numbers, self._addresses = Numbers(SIGNS), Numbers()
        self._tokens = tokens(self._numbers)

    def read(self, notes: Iterable[Note]) -> Reading:
        """What these notes say."""
        streams: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
        fronts: list[int] = []
        links: list[list[int]] = []
        names: list[list[list[int]]] = []
        addresses: list[list[int]] = []
        for note in notes:
            said, kept = self._tokens.read(note.text, note.links)
            streams.append(np.frombuffer(said, np.int32))
            links.append(kept)
            fronts.append(note.text.count("\n", 0, note.body) if note.body else 0)
            names.append([words for words in map(self._tokens.words, note.names) if words])
            found = sorted({_address(url) for url in URL.findall(note.text)}) if "://" in note.text else []
            addresses.append([self._addresses[each] for each in found])
        stream = np.concatenate(streams)
        starts = np.cumsum([0, *map(len, streams[1:])], dtype=np.int64)
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

    def _structured(self, stream: NDArray[np.int32], starts: NDArray[np.int64], fronts: NDArray[np.int32]) -> Reading:
        """Marks of structure become properties of the lines and words beside them, and leave the stream."""
        keep = stream >= len(SIGNS)
        before = np.concatenate([[0], np.cumsum(keep)])  # words before each place of the stream
        at = np.flatnonzero(stream < _BREAKS)  # each note begins with one
        kinds = _KINDS[stream[at]]
        owner = np.searchsorted(starts, at, side="right") - 1
        begin = np.searchsorted(at, starts[:-1])  # each note's first line
        line = np.arange(len(at)) - begin[owner] + 1
        # A paragraph ends at an empty line, a heading, or the end of a note.
        ends = kinds == HEADING
        ends[1:] |= (np.diff(at) == 1) & (kinds[:-1] == BODY)
        ends[begin] = True
        paragraph = np.cumsum(ends)
        fence = stream[at] == _FENCE
        fenced = np.cumsum(fence)
        fenced -= (fenced - fence)[begin][owner]
        words_of = np.diff(np.append(before[at], before[-1]))
        code = np.repeat((fenced % 2).astype(bool), words_of)
        tick = stream == _TICK
        if tick.any():
            ticked = np.cumsum(tick)
            line_of = np.repeat(np.arange(len(at)), words_of)
            code |= ((ticked[keep] - ticked[at][line_of]) % 2).astype(bool)
        opens, closes = np.flatnonzero(stream == _OPEN), np.flatnonzero(stream == _CLOSE)
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
