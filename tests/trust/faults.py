"""Faults at every call: a command runs in a child process, in which the n-th call of the file system goes wrong.

`sweep` tries n = 1, 2, 3 … until a run meets no fault any more, so nothing is left out when the code changes.
"""

from __future__ import annotations

import errno
import os
import signal
import warnings
from typing import TYPE_CHECKING

from pkm.errors import PkmError
from pkm.vault import rename

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Every call of `os` through which the vault is changed; opening counts when it may create.
CALLS = ("write", "fsync", "link", "rename", "replace", "unlink", "mkdir", "rmdir", "ftruncate", "fchmod")
DONE, REFUSED, INTERRUPTED, UNCAUGHT, KILLED = 0, 5, 6, 7, -signal.SIGKILL

KILL, EIO, FULL, CTRL_C, FULL_FOR_GOOD = "kill", "EIO", "full", "ctrl-c", "full for good"


def run(work: Callable[[], object], fault: str, nth: int) -> tuple[int, bool]:
    """How the work ended, and whether its n-th call was reached and went wrong."""
    reached, tell = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        _Faults(fault, nth, tell).install()
        os._exit(_outcome(work))
    os.close(tell)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    met = bool(os.read(reached, 1))
    os.close(reached)
    return status, met


def sweep(work: Callable[[], object], fault: str, fresh: Callable[[], object]) -> Iterator[tuple[int, int]]:
    """Run the work with the fault at its first call, its second…; each time on a fresh vault. (n, how it ended)."""
    for nth in range(1, 1000):
        fresh()
        status, met = run(work, fault, nth)
        if not met:
            assert status == DONE
            return
        yield nth, status
    raise AssertionError("the work has no end")


def trace(work: Callable[[], object]) -> list[tuple[str, str]]:
    """Every changing call of the work, in order: its name, and the path that it works on."""
    calls: list[tuple[str, str]] = []
    undo = _Faults("", 0, -1, calls).install()
    try:
        work()
    finally:
        undo()
    return calls


def _outcome(work: Callable[[], object]) -> int:
    try:
        work()
    except PkmError as error:
        return REFUSED if error.exit_code == 5 and error.message and error.reason else UNCAUGHT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BaseException:  # noqa: BLE001 - whatever else would be a traceback before a person's eyes
        return UNCAUGHT
    return DONE


class _Faults:
    def __init__(self, fault: str, nth: int, tell: int, calls: list[tuple[str, str]] | None = None) -> None:
        self.fault, self.nth, self.tell, self.calls = fault, nth, tell, calls
        self.count = 0
        self.write = os.write

    def install(self) -> Callable[[], None]:
        before = {name: getattr(os, name) for name in (*CALLS, "open")}
        swap = rename._rename2()
        for name in CALLS:
            setattr(os, name, self.wrapped(name, before[name]))

        def opening(path: str, flags: int, *args: int, **words: int) -> int:
            if flags & os.O_CREAT:
                self.before("open", (path,), words)
            return int(before["open"](path, flags, *args, **words))

        os.open = opening  # type: ignore[assignment]
        rename._found = self.wrapped("renameat2", swap)  # type: ignore[assignment]

        def undo() -> None:
            for name, function in before.items():
                setattr(os, name, function)
            rename._found = swap

        return undo

    def wrapped(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **words: object) -> object:
            self.before(name, args, words)
            return real(*args, **words)

        return call

    def before(self, name: str, args: tuple[object, ...], words: dict[str, int] | dict[str, object]) -> None:
        if self.calls is not None:
            self.calls.append((name, _target(name, args, words)))
            return
        self.count += 1
        if self.count == self.nth or (self.fault == FULL_FOR_GOOD and self.count > self.nth):
            self.write(self.tell, b"x")
            self.fail(name)

    def fail(self, name: str) -> None:
        if self.fault == KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == CTRL_C:
            raise KeyboardInterrupt
        if self.fault == FULL_FOR_GOOD and name in ("unlink", "rmdir", "ftruncate", "rename", "renameat2", "fchmod"):
            return  # these need no room
        code = errno.EIO if self.fault == EIO else errno.ENOSPC
        raise OSError(code, os.strerror(code))


def _target(name: str, args: tuple[object, ...], words: dict[str, int] | dict[str, object]) -> str:
    """The path that a call changes; of two paths the new one."""
    if name == "renameat2":
        folder, path = args[2], str(args[3])
        return os.path.join(folder.full, path)  # type: ignore[attr-defined]
    if name in ("write", "fsync", "ftruncate", "fchmod"):
        return os.readlink(f"/proc/self/fd/{args[0]}")
    two = name in ("link", "rename", "replace")
    folder = words.get("dst_dir_fd" if two else "dir_fd")
    above = os.readlink(f"/proc/self/fd/{folder}") if folder is not None else ""
    return os.path.join(above, str(args[1 if two else 0]))
