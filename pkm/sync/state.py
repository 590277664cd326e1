"""Sync's own small files in git's folder, and what a run that was killed leaves behind.

`.git/pkm/busy` stands while a sync runs and names the folders it writes to. Who finds it
knows that the run before died, and which litter is its own: half-made index files, ref
locks of git commands that died with it, temporary files beside notes (`litter.py`).
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from pkm.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pkm.sync.git import Git

#: Seconds to wait for another git program to be done with its index.
PATIENCE = 10.0
#: After this many seconds a lock of ours whose owner was killed is removed.
STALE = 1.0
#: After this many seconds a lock of anybody is, unless a git program still runs in the vault.
LONG = 600.0

#: git tidies up from so many loose objects, or packs, on.
LOOSE, PACKS = 6700, 50

EXCLUDE = ("# what pkm keeps for this machine only", "/.pkm/*", "!/.pkm/log/", ".pkm-*.tmp")


def held(reason: str) -> OutsideError:
    """Another git program holds a lock, and does not let it go."""
    return OutsideError(
        "Another git program is at work in this vault.",
        reason,
        "Try again when it is done. If none is running, remove that file.",
    )


class State:
    """The files of one repository that belong to sync."""

    def __init__(self, git: Git, branch: str, tracking: str) -> None:
        self.git = git
        self.folder = os.path.join(git.common, "pkm")
        self.busy = os.path.join(self.folder, "busy")
        self.index = os.path.join(self.folder, "index")
        self.started = time.time()
        self.locks = [
            os.path.join(where, *name.split("/")) + ".lock"
            for where, name in (
                (git.dir, "HEAD"), (git.common, f"refs/heads/{branch}"), (git.common, tracking),
                (git.common, "refs/pkm/merge"), (git.common, "refs/pkm/snapshot"), (git.common, "packed-refs"),
            )
        ]  # fmt: skip
        os.makedirs(self.folder, exist_ok=True)

    def begin(self) -> bool:
        """Sweep what a killed run left; whether this repository was never synced before."""
        first = not os.path.exists(os.path.join(self.folder, "known"))
        if first:
            self._exclude()
        try:
            with open(self.busy, "rb") as file:
                folders = file.read().decode(errors="surrogateescape").split("\n")
        except FileNotFoundError:
            pass
        else:
            self._sweep([folder for folder in folders if folder.endswith("/") or folder == "."])
        for lock in self.locks:
            self._abandoned(lock)
        self.started = time.time()
        self.note(())
        return first

    def note(self, folders: Iterable[str]) -> None:
        """Write down the folders that are about to be written to."""
        text = "\n".join(folder + "/" if folder else "." for folder in sorted(set(folders)))
        with open(self.busy, "wb") as file:
            file.write(text.encode(errors="surrogateescape"))
        os.utime(self.busy, (self.started, self.started))  # no lock of this run is older

    def end(self, *, busy: bool) -> None:
        """All is well. After a busy sync, git may tidy up its objects in the background, when it finds that due."""
        self._sweep_locks(os.stat(self.busy).st_mtime)
        with contextlib.suppress(OSError):
            os.unlink(self.busy)
        with open(os.path.join(self.folder, "known"), "wb"):
            pass
        if busy and self._untidy():
            self.git.call("-c", f"gc.auto={LOOSE}", "gc", "--auto", "--quiet", ok=tuple(range(256)))

    def _untidy(self) -> bool:
        """Whether git would find it due, without asking it: one of 256 folders stands for all, as it does for git."""
        objects = os.path.join(self.git.common, "objects")
        with contextlib.suppress(OSError):
            if len(os.listdir(os.path.join(objects, "17"))) * 256 > LOOSE:
                return True
        with contextlib.suppress(OSError):
            return sum(name.endswith(".pack") for name in os.listdir(os.path.join(objects, "pack"))) > PACKS
        return False

    # -- git's index ----------------------------------------------------------

    def set_index(self, commit: str) -> None:
        """Make git's index agree with a commit and with the files."""
        with self.index_of(commit):
            pass

    @contextlib.contextmanager
    def index_of(self, commit: str) -> Iterator[None]:
        """Make git's index agree with a commit while its files are written, and put it in place after them."""
        target, lock = os.path.join(self.git.dir, "index"), os.path.join(self.git.dir, "index.lock")
        self._copy(target)
        reading = self.git.start("read-tree", "--reset", commit, index=self.index)
        try:
            yield
        finally:
            self.git.finish(reading)
        self.git.call("update-index", "-q", "--refresh", ok=(0, 1), index=self.index)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                os.link(self.index, lock)
                break
            except FileExistsError:
                if time.monotonic() > until and not self._abandoned(lock):
                    raise held(f"It holds {lock}.") from None
                time.sleep(0.05)
            except OSError:  # a disk without hard links
                self._copy_to(lock)
                break
        os.replace(lock, target)
        with contextlib.suppress(OSError):
            os.unlink(self.index)

    def _copy(self, source: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.index)
        try:
            with open(source, "rb") as old, open(self.index, "xb") as new:
                new.write(old.read())
        except FileNotFoundError:
            pass

    def _copy_to(self, lock: str) -> None:
        with open(self.index, "rb") as old, open(lock, "xb") as new:
            new.write(old.read())

    # -- litter ---------------------------------------------------------------

    def _sweep(self, folders: Iterable[str]) -> None:
        from pkm.sync.litter import sweep

        lock = os.path.join(self.git.dir, "index.lock")
        with contextlib.suppress(OSError):
            if os.path.samefile(lock, self.index):  # the name that `set_index` gave it
                os.unlink(lock)
        for path in (self.index, self.index + ".lock"):
            with contextlib.suppress(OSError):
                os.unlink(path)
        self._sweep_locks(os.stat(self.busy).st_mtime)
        for folder in folders:
            sweep(self.git, folder.rstrip("/") if folder != "." else "")

    def _sweep_locks(self, since: float) -> None:
        """Ref locks of git commands that died with a sync; a living one is let go within the moment that is waited."""
        for path in self.locks:
            with contextlib.suppress(OSError):
                while os.stat(path).st_mtime >= since - 2:
                    if abs(time.time() - os.stat(path).st_mtime) > STALE:
                        os.unlink(path)
                    time.sleep(0.05)

    def _abandoned(self, lock: str) -> bool:
        """Remove a lock whose owner is long gone; only where one can be sure that it is."""
        try:
            old = abs(time.time() - os.stat(lock).st_mtime) > LONG
            if not old or not os.path.isdir("/proc/self"):
                return False
            for pid in filter(str.isdigit, os.listdir("/proc")):
                with contextlib.suppress(OSError):
                    with open(f"/proc/{pid}/comm", "rb") as file:
                        name = file.read()
                    if name.startswith(b"git") and os.readlink(f"/proc/{pid}/cwd").startswith(self.git.top):
                        return False
            os.unlink(lock)
        except OSError:
            return False
        return True

    def _exclude(self) -> None:
        """Keep this machine's own files out of git, without touching a file of the vault."""
        path = os.path.join(self.git.common, "info", "exclude")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            with open(path, "rb") as file:
                text = file.read()
        except FileNotFoundError:
            text = b""
        missing = [row for row in EXCLUDE if row.encode() not in text.splitlines()]
        if missing:
            with open(path, "ab") as file:
                file.write(
                    (b"" if not text or text.endswith(b"\n") else b"\n")
                    + "".join(row + "\n" for row in missing).encode()
                )
