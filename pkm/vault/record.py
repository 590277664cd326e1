"""One record of the journal: what a change was, and the bytes that it would lose.

    PKM-UNDO 1 <state> <bytes of text> <bytes of blobs>
    id, at, why, undoes, did, folder, file …   one to a line, names with % for what would break a line
    sum <digest of the sizes and the text>
    <blobs, one after the other, in the order of the file lines>
    END <bytes of the whole record>

The text vouches for itself by its sum, each blob by the digest that its file line says it had. The state
is one byte at a fixed place, outside the sum, because it changes when the outcome is known.
"""

from __future__ import annotations

import os

from pkm.errors import OutsideError
from pkm.model.digest import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BEGUN, DONE, VOID = b".", b"+", b"-"  # VOID: failed, and put right again at once

MAGIC = b"PKM-UNDO 1 "
STATE_AT = len(MAGIC)
HEAD = STATE_AT + 1 + 1 + 10 + 1 + 16 + 1
FOOT = 1 + 4 + 16 + 1
_SUM = 69  # bytes of the line with the digest


class FileRecord:
    """What a change does to one path: the digests it goes through ("" for absent), and the bytes at its start."""

    __slots__ = ("_blob", "_where", "length", "mode", "path", "states")

    def __init__(self, path: str, states: Sequence[str], mode: int | None, blob: bytes | None = None) -> None:
        self.path = path
        self.states = tuple(states)
        self.mode = mode
        self._blob = blob
        self.length = None if blob is None else len(blob)
        self._where: tuple[str, int] | None = None

    def blob(self) -> bytes | None:
        """The bytes at the start, if the record keeps them."""
        if self._blob is None and self._where is not None and self.length is not None:
            segment, offset = self._where
            with open(segment, "rb") as file:
                file.seek(offset)
                data = file.read(self.length)
            if digest(data) != self.states[0]:
                raise OutsideError(
                    f"The journal's copy of {self.path} is damaged.", f"{segment} is not as it was written."
                )
            return data
        return self._blob

    def found_at(self, segment: str, offset: int, length: int) -> None:
        self._where, self.length = (segment, offset), length


class Entry:
    """One change that was begun. `steps` is what it did, in order: ("move", "a.md", "b.md")."""

    __slots__ = ("at", "files", "id", "made", "offset", "reason", "segment", "state", "steps", "undoes")

    def __init__(
        self,
        reason: str,
        steps: Iterable[tuple[str, ...]],
        files: Iterable[FileRecord],
        made: Iterable[str] = (),
        undoes: str = "",
    ) -> None:
        self.id = os.urandom(8).hex()
        self.at = 0.0  # seconds since 1970
        self.reason = reason
        self.steps = list(steps)
        self.files = list(files)
        self.made = list(made)  # folders that did not exist before
        self.undoes = undoes  # the id of the entry that this one takes back
        self.state = BEGUN
        self.segment = ""
        self.offset = 0

    @property
    def paths(self) -> list[str]:
        return [file.path for file in self.files]


def pieces_of(entry: Entry) -> list[bytes]:
    """The record as bytes: one piece for small ones, so that it is one write."""
    rows = [f"id {entry.id}", f"at {entry.at!r}", f"why {_escaped(entry.reason)}"]
    if entry.undoes:
        rows.append(f"undoes {entry.undoes}")
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
    if text[-_SUM : 4 - _SUM] != b"sum " or digest(head[STATE_AT + 1 :] + text[:-_SUM]).encode() != text[4 - _SUM : -1]:
        return None
    return head[STATE_AT : STATE_AT + 1], text, blobs


def read_at(fd: int, offset: int, length: int) -> bytes:
    """Bytes from a place in a file; fewer at its end."""
    os.lseek(fd, offset, os.SEEK_SET)
    return os.read(fd, length)


def parsed(text: bytes, segment: str, offset: int) -> Entry:
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
        elif kind == "did":
            entry.steps.append(tuple(_plain(word) for word in rest.split("\t")))
        elif kind == "folder":
            entry.made.append(_plain(rest))
        elif kind == "file":
            mode, length, states, path = rest.split("\t")
            known = tuple("" if state == "-" else state for state in states.split(","))
            file = FileRecord(_plain(path), known, None if mode == "-" else int(mode, 8))
            if length != "-":
                file.found_at(segment, offset, int(length))
                offset += int(length)
            entry.files.append(file)
    return entry


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


def _plain(text: str) -> str:
    if "%" not in text:
        return text
    return text.replace("%0A", "\n").replace("%09", "\t").replace("%0D", "\r").replace("%25", "%")
