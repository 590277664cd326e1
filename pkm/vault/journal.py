"""The journal: what a plan is about to do, written down and durable before its first deed.

It lies in `.pkm/undo/` as a few segments, `000001.log` and on, each a row of records that are only ever
appended and can be checked by itself (`record` has the format). A torn record at the end of a segment is
recognised and passed over; the next goes into a new segment. One byte of a record is changed later: its
state.

Appending looks at the end of the last segment only, so it costs the same after ten changes and after a
hundred thousand. A full segment is the moment at which the oldest ones are dropped.
"""

from __future__ import annotations

import os
from time import time

from pkm.config import now
from pkm.vault.atomic import write_all
from pkm.vault.folder import NO_FOLLOW, READ, Folder, full_sync
from pkm.vault.record import FOOT, HEAD, STATE_AT, Entry, head_at, parsed, pieces_of, read_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = "undo"
SEGMENT_BYTES = 4 << 20  # a segment of this size is full
KEEP_BYTES = 256 << 20
KEEP_SECONDS = 180 * 86400.0
KEEP_SEGMENTS = 256

_BINARY = getattr(os, "O_BINARY", 0)


class Open:
    """An appended entry, open until its outcome is known."""

    __slots__ = ("_at", "_fd")

    def __init__(self, fd: int, offset: int) -> None:
        self._fd = fd
        self._at = offset + STATE_AT

    def close(self, state: bytes, *, durable: bool = False) -> None:
        """Note the outcome. It may fail: what the files are like says the same, only more slowly."""
        try:
            os.lseek(self._fd, self._at, os.SEEK_SET)
            os.write(self._fd, state)
            if durable:
                full_sync(self._fd)
        except OSError:
            return
        finally:
            os.close(self._fd)


def append(private: Folder, entry: Entry) -> Open:
    """Write an entry durably, under the vault's lock; `private` is the open folder `.pkm`. May raise OSError."""
    entry.at = now()
    pieces = pieces_of(entry)
    with _open(private, make=True) as folder:
        fd, offset = _segment(folder)
        try:
            os.lseek(fd, offset, os.SEEK_SET)
            for piece in pieces:
                write_all(fd, piece)
            full_sync(fd)
        except BaseException:
            _forget(fd, offset)
            raise
    return Open(fd, offset)


def _forget(fd: int, offset: int) -> None:
    """Take back what was only half written. If that fails too, the next record starts a new segment."""
    try:
        os.ftruncate(fd, offset)
    except OSError:
        return
    finally:
        os.close(fd)


def entries(private: Folder) -> list[Entry]:
    """All entries that are whole, oldest first."""
    try:
        with _open(private, make=False) as folder:
            return [entry for name in _segments(folder) for entry in _read(folder, name)]
    except FileNotFoundError:
        return []


def _open(private: Folder, *, make: bool) -> Folder:
    if make:
        try:
            os.mkdir(private.at(FOLDER), dir_fd=private.fd)
            private.sync()
        except FileExistsError:
            pass
    full, path = os.path.join(private.full, FOLDER), private.inside(FOLDER)
    if private.fd is None:
        return Folder(None, full, path)
    return Folder(os.open(FOLDER, os.O_RDONLY | os.O_DIRECTORY | NO_FOLLOW, dir_fd=private.fd), full, path)


def _segments(folder: Folder) -> list[str]:
    """Names of the segments, oldest first."""
    names = os.listdir(folder.full if folder.fd is None else folder.fd)
    return sorted((name for name in names if name.endswith(".log") and name[:-4].isdigit()), key=lambda n: int(n[:-4]))


def _segment(folder: Folder) -> tuple[int, int]:
    """The open segment that takes the next record, and where in it."""
    names = _segments(folder)
    if names:
        fd = os.open(folder.at(names[-1]), os.O_RDWR | NO_FOLLOW | _BINARY, dir_fd=folder.fd)
        size = os.fstat(fd).st_size
        if size == 0:
            folder.sync()  # whoever made it may have died before its name was durable
            return fd, 0
        if size < SEGMENT_BYTES and _ends_well(fd, size):
            return fd, size
        os.close(fd)
    number = int(names[-1][:-4]) + 1 if names else 1
    _drop_old(folder, names)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | NO_FOLLOW | _BINARY
    # Old bytes of private notes lie here: nobody else's business.
    fd = os.open(folder.at(f"{number:06}.log"), flags, 0o600, dir_fd=folder.fd)
    try:
        folder.sync()
    except BaseException:
        os.close(fd)
        raise
    return fd, 0


def _ends_well(fd: int, size: int) -> bool:
    """Whether the last record of a segment is whole."""
    if size < HEAD + FOOT:
        return False
    foot = read_at(fd, size - FOOT, FOOT)
    if foot[:5] != b"\nEND " or not foot[5:21].isdigit():
        return False
    start = size - int(foot[5:21])
    return start >= 0 and head_at(fd, start, size) is not None


def _drop_old(folder: Folder, names: list[str]) -> None:
    """Remove the oldest segments that are too old or too many bytes; the two newest stay."""
    kept = 0
    oldest = time() - KEEP_SECONDS
    for place, name in enumerate(reversed(names)):
        status = folder.lstat(name)
        if status is None:
            continue
        kept += status.st_size
        if place >= 2 and (place >= KEEP_SEGMENTS or kept > KEEP_BYTES or status.st_mtime < oldest):
            try:
                os.unlink(folder.at(name), dir_fd=folder.fd)
            except OSError:
                return  # the next full segment brings the next try


def _read(folder: Folder, name: str) -> Iterator[Entry]:
    """The whole records of one segment."""
    fd = os.open(folder.at(name), READ, dir_fd=folder.fd)
    try:
        size, start = os.fstat(fd).st_size, 0
        while (head := head_at(fd, start, size)) is not None:
            state, text, blobs = head
            try:
                entry = parsed(text, os.path.join(folder.full, name), start + HEAD + len(text))
            except ValueError:
                return  # whole, but not of our making
            entry.state, entry.segment, entry.offset = state, os.path.join(folder.full, name), start
            yield entry
            start += HEAD + len(text) + blobs + FOOT
    finally:
        os.close(fd)
