"""One writer at a time: the vault's lock.

The lock is the system's own on `.pkm/lock`, so it ends with the process that holds it, however that
ends; a file left behind means nothing. Readers do not need it. Whoever holds it may take it again.

Such a lock belongs to the process, so threads of one process wait for each other at a lock in memory.
"""

from __future__ import annotations

import os
import sys
from _thread import RLock
from time import monotonic, sleep

from pkm.errors import OutsideError, UsageError
from pkm.vault.folder import NO_FOLLOW, Folder, MissingError, open_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

if sys.platform == "win32":
    import msvcrt

    def _try(fd: int) -> None:
        os.lseek(fd, 1 << 30, os.SEEK_SET)  # far from the holder's number, which others must be able to read
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

else:

    def _try(fd: int) -> None:
        os.lseek(fd, 0, os.SEEK_SET)
        os.lockf(fd, os.F_TLOCK, 0)  # the same as fcntl's, without loading another module


PATIENCE = 5.0  # seconds

_THREADS: dict[tuple[str, str], RLock] = {}


class _Held:
    """A lock that this process has, and how often it was taken."""

    __slots__ = ("count", "fd", "folder")

    def __init__(self, fd: int, folder: Folder) -> None:
        self.fd = fd
        self.folder = folder
        self.count = 0


# The process is part of the key: a forked child inherits this table, but not the right to write.
_HELD: dict[tuple[int, str, str], _Held] = {}


class Lock:
    """`with Lock(root) as private:` holds the vault; `private` is the open folder `.pkm`.

    Waits for another holder as long as `patience` says, then raises `OutsideError`. Other locks
    (one nightly run at a time, say) are files of another name beside it.
    """

    __slots__ = ("_name", "_patience", "_root")

    def __init__(self, root: str, patience: float = PATIENCE, name: str = "lock") -> None:
        self._root = root
        self._patience = patience
        self._name = name

    def __enter__(self) -> Folder:
        until = monotonic() + self._patience
        threads = _THREADS.setdefault((self._root, self._name), RLock())
        if not threads.acquire(timeout=self._patience):
            raise _busy("Another part of this program")
        try:
            key = os.getpid(), self._root, self._name
            held = _HELD.get(key)
            if held is None:
                folder = private_folder(self._root)
                try:
                    held = _Held(_take(folder, self._name, until), folder)
                except BaseException:
                    folder.close()
                    raise
                _HELD[key] = held
            held.count += 1
        except BaseException:
            threads.release()
            raise
        return held.folder

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        key = os.getpid(), self._root, self._name
        held = _HELD[key]
        held.count -= 1
        try:
            if not held.count:
                del _HELD[key]
                os.close(held.fd)  # which lets go of the lock
                held.folder.close()
        finally:
            _THREADS[self._root, self._name].release()


def _take(folder: Folder, name: str, until: float) -> int:
    """Open and lock the file; the open descriptor is the lock."""
    fd = -1
    try:
        fd = os.open(folder.at(name), os.O_RDWR | os.O_CREAT | NO_FOLLOW, 0o666, dir_fd=folder.fd)
        _wait(fd, until)
    except OSError as error:
        if fd >= 0:
            os.close(fd)
        raise OutsideError(
            f"Cannot lock the vault with {folder.inside(name)}.",
            error.strerror or str(error),
            "Is the vault read-only, or the disk full?",
        ) from None
    except BaseException:
        if fd >= 0:
            os.close(fd)
        raise
    _sign(fd)
    return fd


def _wait(fd: int, until: float) -> None:
    while True:
        try:
            _try(fd)
        except (BlockingIOError, PermissionError):
            if monotonic() >= until:
                raise _busy(_holder(fd)) from None
            sleep(0.02)
        else:
            return


def private_folder(root: str) -> Folder:
    """The open folder `.pkm` of an adopted vault; made when only `pkm.toml` is there."""
    try:
        return open_folder(root, ".pkm")
    except MissingError:
        if not os.path.isfile(os.path.join(root, "pkm.toml")):
            raise UsageError(
                f"{root} is not a vault yet.", "It has neither pkm.toml nor .pkm.", "Adopt it:  pkm init"
            ) from None
    return open_folder(root, ".pkm", made=[])


def _sign(fd: int) -> None:
    """Say who holds it, for the one who waits in vain. Not needed for the lock to hold."""
    try:
        os.lseek(fd, 0, os.SEEK_SET)
        os.write(fd, b"%-19d\n" % os.getpid())
    except OSError:
        return


def _holder(fd: int) -> str:
    os.lseek(fd, 0, os.SEEK_SET)
    number = os.read(fd, 20).strip().decode("ascii", "replace")
    return f"Process {number}" if number.isdigit() else "Another program"


def _busy(who: str) -> OutsideError:
    return OutsideError(
        "The vault is being changed by another command.", f"{who} holds its lock.", "Try again when that has ended."
    )
