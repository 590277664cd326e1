"""What was read is kept for the next night, so that only notes that changed since are read again.

One file of plain numbers beside the index, `.pkm/words.npz`; nothing in it is ever run. It is believed only for notes
that are as they were, checked sum by sum, and can be deleted at any time: the next night makes it again, the same.
"""

from __future__ import annotations

import os
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.index.schema import SCHEMA_VERSION
from pkm.sense.suggest.encode import Encoder
from pkm.sense.suggest.heap import give_back
from pkm.sense.suggest.reading import AXES, AXIS, Reading, Run, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from pkm.sense.suggest.corpus import Corpus, Note

VERSION = f"1 {SCHEMA_VERSION}"  # the first goes up when the way of reading changes
BATCH = 400  # notes read at once
FEW = 50  # fewer than one note in so many is read again faster than the file is written
SIZE = "size of "
BREAK = "\n"  # between spellings, none of which holds one


def read(corpus: Corpus, path: str = "", progress: Callable[[int], None] = lambda _: None) -> Reading:
    """What the notes say; those that are in the file at `path` as they are now are not opened.

    `progress` is told how many notes have been read. The file is written when it lacks more than a few of these notes.
    """
    marks = np.frombuffer(b"".join(head.written for head in corpus.heads), np.uint64)
    old, known = _recalled(path)
    if old is not None and np.array_equal(known, marks):
        return old
    place = {mark: number for number, mark in enumerate(known.tolist())} if old is not None else {}
    found = [place.get(mark, -1) for mark in marks.tolist()]
    runs: list[Run] = []
    encoder = Encoder()
    waiting = [number for number, at in enumerate(found) if at < 0]
    batches = [waiting[low : low + BATCH] for low in range(0, len(waiting), BATCH)]
    fresh: dict[int, tuple[Reading, int]] = {}
    for done, batch in enumerate(batches):
        reading = encoder.read(_opened(corpus, batch))
        fresh |= {number: (reading, at) for at, number in enumerate(batch)}
        progress(done * BATCH + len(batch))
    for number, at in enumerate(found):
        source, row = (old, at) if old is not None and at >= 0 else fresh[number]
        if runs and runs[-1].of is source and runs[-1].high == row:
            runs[-1] = Run(source, runs[-1].low, row + 1)
        else:
            runs.append(Run(source, row, row + 1))
    now = joined(runs)
    give_back()
    if path and len(waiting) * FEW > len(corpus):
        _keep(path, now, marks)
    return now


def _opened(corpus: Corpus, numbers: list[int]) -> Iterable[Note]:
    """These notes; neighbours are opened together, which takes less asking."""
    first, last = numbers[0], numbers[-1]
    if last - first == len(numbers) - 1:
        return corpus.notes[first : last + 1]
    return (corpus.notes[number] for number in numbers)


def _recalled(path: str) -> tuple[Reading | None, NDArray[np.uint64]]:
    """What is in the file, with the marks of its notes; nothing when it is not whole or of another version."""
    nothing = np.zeros(0, np.uint64)
    if not path:
        return None, nothing
    try:
        # Every array is checked against its sum while it is read.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as kept:
            if str(kept["version"]) != VERSION:
                return None, nothing
            data: dict[str, Any] = {name: kept[name] for name in kept.files}
        spelled, addresses = (_split(data[name]) for name in ("spelled", "addresses"))
        sizes = {axis: data[SIZE + axis] for axis in AXES}
        return Reading(spelled, addresses, sizes, **{name: data[name] for name in AXIS}), data["marks"]
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return None, nothing


def _split(text: NDArray[np.uint8]) -> list[str]:
    whole = text.tobytes().decode("utf-8", "surrogatepass")
    return whole.split(BREAK) if whole else []


def _keep(path: str, reading: Reading, marks: NDArray[np.uint64]) -> None:
    """Write it down, whole or not at all; when the folder cannot be written, the next night reads everything."""
    lists = {"spelled": reading.spelled, "addresses": reading.addresses}
    data: dict[str, Any] = {"version": np.array(VERSION), "marks": marks}
    for name, spellings in lists.items():
        data[name] = np.frombuffer(BREAK.join(spellings).encode("utf-8", "surrogatepass"), np.uint8)
    data |= {name: getattr(reading, name) for name in AXIS}
    data |= {SIZE + axis: sizes for axis, sizes in reading.sizes.items()}
    fresh = f"{path}.{os.getpid()}.tmp"
    try:
        with open(fresh, "wb") as file:
            np.savez(file, **data)
        os.replace(fresh, path)
    except OSError:
        return
