"""The journal as it is read: by undo, and when it is time to forget."""

from __future__ import annotations

import os
from time import time

from pkm.errors import OutsideError
from pkm.model.digest import digest
from pkm.vault.folder import READ, Folder
from pkm.vault.journal import FOOT, HEAD, Entry, FileRecord, head_at, open_journal, segments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KEEP_BYTES = 256 << 20
KEEP_SECONDS = 180 * 86400.0
KEEP_SEGMENTS = 256


class PastFile(FileRecord):
    """A file of an entry from the journal; its bytes are read when they are asked for."""

    __slots__ = ("_length", "_offset", "_segment")

    def __init__(self, path: str, states: Sequence[str], mode: int | None, where: tuple[str, int, int] | None) -> None:
        super().__init__(path, states, mode)
        self._segment, self._offset, self._length = where or ("", 0, 0)

    def blob(self) -> bytes | None:
        if not self._segment:
            return None
        try:
            with open(self._segment, "rb") as file:
                file.seek(self._offset)
                data = file.read(self._length)
        except OSError as error:
            raise OutsideError("Cannot read the journal.", error.strerror or str(error)) from None
        if digest(data) != self.states[0]:
            raise OutsideError(f"The journal's copy of {self.path} is damaged.", "It is not as it was written.")
        return data


def entries(private: Folder) -> list[Entry]:
    """All entries that are whole, oldest first."""
    try:
        with open_journal(private, make=False) as folder:
            return [entry for name in segments(folder) for entry in _read(folder, name)]
    except FileNotFoundError:
        return []


def _read(folder: Folder, name: str) -> Iterator[Entry]:
    """The whole records of one segment."""
    fd = os.open(folder.at(name), READ, dir_fd=folder.fd)
    try:
        size, start = os.fstat(fd).st_size, 0
        while (head := head_at(fd, start, size)) is not None:
            state, text, blobs = head
            try:
                entry = _parsed(text, os.path.join(folder.full, name), start + HEAD + len(text))
            except ValueError:
                return  # whole, but not of our making
            entry.state, entry.segment, entry.offset = state, os.path.join(folder.full, name), start
            yield entry
            start += HEAD + len(text) + blobs + FOOT
    finally:
        os.close(fd)


def _parsed(text: bytes, segment: str, offset: int) -> Entry:
    """The entry that a record's text tells; its blobs begin at `offset` of the file `segment`. May raise ValueError."""
    entry = Entry("", (), ())
    for row in text.decode("utf-8", "surrogateescape").split("\n"):
        kind, _, rest = row.partition(" ")
        if kind == "id":
            entry.id = rest
        elif kind == "at":
            entry.at = float(rest)
        elif kind == "why":
            entry.reason = _plain(rest)
        elif kind == "undoes":
            entry.undoes = rest
        elif kind == "part":
            entry.part_of = rest
        elif kind == "did":
            entry.steps.append(tuple(_plain(word) for word in rest.split("\t")))
        elif kind == "folder":
            entry.made.append(_plain(rest))
        elif kind == "file":
            mode, length, states, path = rest.split("\t")
            known = tuple("" if state == "-" else state for state in states.split(","))
            where = None if length == "-" else (segment, offset, int(length))
            offset += where[2] if where else 0
            entry.files.append(PastFile(_plain(path), known, None if mode == "-" else int(mode, 8), where))
    return entry


def _plain(text: str) -> str:
    if "%" not in text:
        return text
    return text.replace("%0A", "\n").replace("%09", "\t").replace("%0D", "\r").replace("%25", "%")


def drop_old(folder: Folder, names: list[str]) -> None:
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
