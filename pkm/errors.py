"""What can go wrong, and what a person may do about it.

`PkmError` and its children stop a command: the CLI prints the three lines and exits with
`exit_code`. A `Problem` stops nothing: it is a value, collected while the rest goes on.

Exit codes: 0 done, 1 done with findings or nothing matched, 2 usage or unknown name,
3 refused for safety, 4 changed underneath or exists already, 5 the outside world failed.
"""

from __future__ import annotations


class PkmError(Exception):
    """A command cannot go on. `message` says what, `reason` why, `hint` what to do next."""

    exit_code = 1

    def __init__(self, message: str, reason: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.hint = hint


class UsageError(PkmError):
    """Wrong flags, or a name that means no note or several."""

    exit_code = 2


class RefusedError(PkmError):
    """Going on would not be safe: a gate, a path outside the vault, a suddenly empty side."""

    exit_code = 3


class TooLargeError(RefusedError):
    """A file is larger than the limit; `start` holds its first bytes, front matter and all."""

    start = b""


class ChangedError(PkmError):
    """The file is not what it was when it was read, or something is already there."""

    exit_code = 4


class OutsideError(PkmError):
    """The outside world failed: the disk, the network, git, an editor."""

    exit_code = 5


class NoRoomError(OutsideError):
    """The disk that the index lies on takes no more; another may."""


class Problem:
    """A finding about one file; `line` counts from 1, 0 means the whole file."""

    __slots__ = ("hint", "line", "message", "path")

    def __init__(self, path: str, line: int, message: str, hint: str = "") -> None:
        self.path = path
        self.line = line
        self.message = message
        self.hint = hint

    def _key(self) -> tuple[str, int, str, str]:
        return (self.path, self.line, self.message, self.hint)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Problem({self.path!r}, {self.line}, {self.message!r})"
