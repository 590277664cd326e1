"""The journal: what a plan is about to do, written down and durable before its first deed.

It lies in `.pkm/undo/` as a few segments, `000001.log` and on, each a row of records that are only ever
appended. A record can be checked by itself; a torn one at the end of a segment is recognised and passed
over, and the next goes into a new segment:

    PKM-UNDO 1 <state> <bytes of text> <bytes of blobs>
    id, at, why, undoes, part, did, folder, file …   one to a line, names with % for what would break a line
    sum <digest of the sizes and the text>
    <blobs, the bytes that the change would lose, in the order of the file lines>
    END <bytes of the whole record>

The text vouches for itself by its sum, each blob by the digest that its file line says it had. The state
is one byte at a fixed place, outside the sum, because it changes when the outcome is known.

Appending looks at the end of the last segment only, so it costs the same after ten changes and after a
hundred thousand. Reading is next door, in `past`.
"""

from __future__ import annotations

import os

from pkm.config import now
from pkm.model.digest import digest
from pkm.vault.atomic import write_all
from pkm.vault.folder import NO_FOLLOW, Folder, full_sync

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FOLDER = "undo"
SEGMENT_BYTES = 4 << 20  # a segment of this size is full

_BINARY = getattr(os, "O_BINARY", 0)

BEGUN, DONE, VOID = b".", b"+", b"-"  # VOID: failed, and put right again at once

MAGIC = b"PKM-UNDO 1 "
STATE_AT = len(MAGIC)
HEAD = STATE_AT + 1 + 1 + 10 + 1 + 16 + 1
FOOT = 1 + 4 + 16 + 1
_SUM = 69  # bytes of the line with the digest


class FileRecord:
    """What a change does to one path: the digests it goes through ("" for absent), and the bytes at its start."""

    __slots__ = ("_blob", "mode", "path", "states")

    def __init__(self, path: str, states: Sequence[str], mode: int | None, blob: bytes | None = None) -> None:
        self.path = path
        self.states = tuple(states)
        self.mode = mode
        self._blob = blob

    def blob(self) -> bytes | None:
        """The bytes at the start, if the record keeps them."""
        return self._blob


class Entry:
    """One change that was begun. `steps` is what it did, in order: ("move", "a.md", "b.md")."""

    __slots__ = ("at", "files", "id", "made", "offset", "part_of", "reason", "segment", "state", "steps", "undoes")

    def __init__(
        self,
        reason: str,
        steps: Iterable[tuple[str, ...]],
        files: Iterable[FileRecord],
        made: Iterable[str] = (),
        undoes: str = "",
        part_of: str = "",
    ) -> None:
        self.id = os.urandom(8).hex()
        self.at = 0.0  # seconds since 1970
        self.reason = reason
        self.steps = list(steps)
        self.files = list(files)
        self.made = list(made)  # folders that did not exist before
        self.undoes = undoes  # the id of the entry that this one takes back
        self.part_of = part_of  # the id of the first entry of a change that had to be done in parts
        self.state = BEGUN
        self.segment = ""
        self.offset = 0

    @property
    def paths(self) -> list[str]:
        return [file.path for file in self.files]


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
    with open_journal(private, make=True) as folder:
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


def open_journal(private: Folder, *, make: bool) -> Folder:
    """The open folder of the segments."""
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


def segments(folder: Folder) -> list[str]:
    """Names of the segments, oldest first."""
    names = os.listdir(folder.full if folder.fd is None else folder.fd)
    return sorted((name for name in names if name.endswith(".log") and name[:-4].isdigit()), key=lambda n: int(n[:-4]))


def _segment(folder: Folder) -> tuple[int, int]:
    """The open segment that takes the next record, and where in it."""
    names = segments(folder)
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
    if names:
        from pkm.vault.past import drop_old

        drop_old(folder, names)
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


def pieces_of(entry: Entry) -> list[bytes]:
    """The record as bytes: one piece for small ones, so that it is one write."""
    rows = [f"id {entry.id}", f"at {entry.at!r}", f"why {_escaped(entry.reason)}"]
    if entry.undoes:
        rows.append(f"undoes {entry.undoes}")
    if entry.part_of:
        rows.append(f"part {entry.part_of}")
    rows += ["did " + "\t".join(_escaped(word) for word in step) for step in entry.steps]
    rows += [f"folder {_escaped(path)}" for path in entry.made]
    blobs = []
    for file in entry.files:
        blob = file.blob()
        mode = "-" if file.mode is None else f"{file.mode:o}"
        length = "-" if blob is None else str(len(blob))
        states = ",".join(state or "-" for state in file.states)
        rows.append(f"file {mode}\t{length}\t{states}\t{_escaped(file.path)}")
        blobs.append(blob or b"")
    text = ("\n".join(rows) + "\n").encode("utf-8", "surrogateescape")
    total = sum(len(blob) for blob in blobs)
    sizes = b" %010d %016d\n" % (len(text) + _SUM, total)
    text += b"sum " + digest(sizes + text).encode() + b"\n"
    foot = b"\nEND %016d\n" % (HEAD + len(text) + total + FOOT)
    pieces = [MAGIC + BEGUN + sizes + text, *blobs, foot]
    return [b"".join(pieces)] if total < 1 << 20 else pieces


def head_at(fd: int, start: int, size: int) -> tuple[bytes, bytes, int] | None:
    """State, text and number of blob bytes of the record that starts here; None when there is no whole one."""
    head = read_at(fd, start, HEAD)
    fields = head[STATE_AT + 1 :].split()
    if len(head) < HEAD or not head.startswith(MAGIC) or len(fields) != 2 or not b"".join(fields).isdigit():
        return None
    length, blobs = int(fields[0]), int(fields[1])
    if start + HEAD + length + blobs + FOOT > size:
        return None
    text = read_at(fd, start + HEAD, length)
    checked = digest(head[STATE_AT + 1 :] + text[:-_SUM])
    if text[-_SUM:] != b"sum " + checked.encode() + b"\n":
        return None
    return head[STATE_AT : STATE_AT + 1], text, blobs


def read_at(fd: int, offset: int, length: int) -> bytes:
    """Bytes from a place in a file; fewer at its end."""
    os.lseek(fd, offset, os.SEEK_SET)
    return os.read(fd, length)


def _escaped(text: str) -> str:
    if "%" in text or "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("%", "%25").replace("\n", "%0A").replace("\t", "%09").replace("\r", "%0D")
    if not text.isascii():
        # Half a surrogate pair cannot be written; in a reason (a title, say) it does not matter.
        text = text.encode("utf-8", "surrogateescape" if _sayable(text) else "replace").decode(
            "utf-8", "surrogateescape"
        )
    return text


def _sayable(text: str) -> bool:
    return not any("\ud800" <= c < "\ue000" and not "\udc80" <= c <= "\udcff" for c in text)
