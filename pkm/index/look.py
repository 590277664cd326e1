"""A look at the vault's folders: which of them differ from last time.

A folder's listing is kept as a fingerprint, some bytes for each handful of its files. An unchanged folder
costs one comparison, and of a large one in which a file was written only that file's handful is compared.

A file written in the very moment of a look could change again without a new time (git calls such entries
racy). It is read once more at the next look, until its time is safely past.
"""

from __future__ import annotations

import marshal
import sys
import time

from pkm.errors import Problem
from pkm.model.brief import BRIEF, brief

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    Stamp = tuple[str, int, int, int]  # name, mtime in ns, size, inode

# Times are ticked by the system's clock: Linux takes up to 10 ms from one tick to the next, Windows 16.
# Some file systems keep whole seconds, or two.
FINE_TICK = 20_000_000 if sys.platform == "win32" else 12_000_000
COARSE_TICK = 2_000_000_000
HANDFUL = 8  # files that share a mark in the fingerprint
_LARGEST = (1 << 63) - 1  # that SQLite can keep


class Look:
    """What the walk saw: the folders that differ from last time, those that are gone, and the count of files."""

    __slots__ = ("before", "count", "differing", "gone", "started_ns")

    def __init__(self, started_ns: int) -> None:
        self.started_ns = started_ns
        self.differing: list[tuple[str, list[Stamp], bytes]] = []  # with their fingerprints
        self.before: dict[str, bytes | None] = {}  # the fingerprints that these had last time
        self.gone: set[str] = set()
        self.count = 0


def look(db: sqlite3.Connection | None, listing: Iterable[tuple[str, list[Stamp]]]) -> Look:
    """Walk through the vault and compare each folder with last time. Without a `db` all is new."""
    found = Look(time.time_ns())  # the file system's time, which `PKM_NOW` does not stop
    known = {} if db is None else dict(db.execute("SELECT path, stamp FROM folders"))
    for folder, files in listing:
        found.count += len(files)
        stamp = fingerprint(files)
        before = known.pop(folder, None)
        if before != stamp:
            found.differing.append((folder, files, stamp))
            found.before[folder] = before
    found.gone = set(known)
    return found


def fingerprint(files: list[Stamp]) -> bytes:
    """A folder's listing in short: the same as long as nothing was added, removed, renamed or written."""
    return b"".join([mark(files[at : at + HANDFUL]) for at in range(0, max(len(files), 1), HANDFUL)])


def mark(files: list[Stamp]) -> bytes:
    """A handful of files in short."""
    return brief(marshal.dumps(files, 0))


def touched(files: list[Stamp], stamp: bytes, before: bytes | None) -> list[tuple[list[Stamp], bytes]] | None:
    """The handfuls that differ, each with its mark of last time; None when they are many, or there is no telling."""
    if before is None or len(before) != len(stamp):
        return None
    found = [
        (files[number * HANDFUL : (number + 1) * HANDFUL], before[at : at + BRIEF])
        for number, at in enumerate(range(0, len(stamp), BRIEF))
        if stamp[at : at + BRIEF] != before[at : at + BRIEF]
    ]
    return found if 2 * HANDFUL * len(found) <= len(files) else None


def is_racy(mtime_ns: int, started_ns: int) -> bool:
    """Whether a file's time is so near the look at it that a later write could leave it the same."""
    tick = COARSE_TICK if mtime_ns % 1_000_000_000 == 0 else FINE_TICK
    return mtime_ns > started_ns - tick


def fit(number: int) -> int:
    """A time or inode within SQLite's numbers: some disks have times after the year 2262."""
    return number if -_LARGEST <= number <= _LARGEST else _LARGEST


def sayable(seen: Look, problems: list[Problem]) -> list[tuple[str, list[Stamp], bytes]]:
    """The folders to index, without the names that SQLite cannot keep: these become problems.

    Their folder gets no fingerprint, so that they are told of each time.
    """
    kept = []
    for folder, files, stamp in seen.differing:
        if _is_text("".join([folder, *[file[0] for file in files]])):
            kept.append((folder, files, stamp))
            continue
        sound = [file for file in files if _is_utf8(folder, file[0], problems)]
        if sound or _is_text(folder):
            kept.append((folder, sound, b""))
    return kept


def _is_utf8(folder: str, name: str, problems: list[Problem]) -> bool:
    path = f"{folder}/{name}" if folder else name
    if _is_text(path):
        return True
    problems.append(Problem(path, 0, "The name is not UTF-8.", "Rename it; until then it is not in the index."))
    return False


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
