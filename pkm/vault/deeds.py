"""From changes to deeds: check everything first, then do one after the other.

A `Ledger` follows each path through the changes of a plan: what is there now, what would be there after
each step, which bytes would be lost. It is built from the disk without writing, so a stale plan is refused
before its first deed; the journal is written from it; and it carries the deeds out.
"""

from __future__ import annotations

import os

from pkm.errors import OutsideError, RefusedError
from pkm.model.digest import digest
from pkm.vault import atomic
from pkm.vault.atomic import changed, exists, gone
from pkm.vault.folder import Folder, MissingError, check_path, digest_file, open_folder, read_file
from pkm.vault.journal import FileRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Self

    from pkm.vault.plan import Change, Move, Remove, Rewrite

_OPEN_FOLDERS = 64
_OURS = frozenset(["undo", "lock"])


class Folders:
    """The folders that a plan works in: each opened once, and made durable before it is closed."""

    __slots__ = ("_open", "_root", "_touched", "made")

    def __init__(self, root: str) -> None:
        self._root = root
        self._open: dict[str, Folder] = {}
        self._touched: set[str] = set()
        self.made: list[str] = []

    def get(self, path: str, *, make: bool = False) -> Folder:
        folder = self._open.get(path)
        if folder is None:
            if len(self._open) >= _OPEN_FOLDERS:
                self._shut(next(iter(self._open)))
            folder = self._open[path] = open_folder(self._root, path, self.made if make else None)
        return folder

    def touch(self, path: str, *, make: bool = False) -> Folder:
        """The folder, in which a name is about to change."""
        folder = self.get(path, make=make)
        self._touched.add(path)
        return folder

    def settle(self) -> None:
        """Make every changed name durable."""
        for path in sorted(self._touched):
            try:
                self.get(path).sync()
            except OSError as error:
                raise atomic.failed("write", path or "the vault's folder", error) from None
        self._touched.clear()

    def _shut(self, path: str) -> None:
        folder = self._open.pop(path)
        try:
            if path in self._touched:
                folder.sync()
                self._touched.discard(path)
        except OSError as error:
            raise atomic.failed("write", path or "the vault's folder", error) from None
        finally:
            folder.close()

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Track:
    """One path on its way through a plan."""

    __slots__ = ("data", "keep", "mode", "origin", "states")

    def __init__(self, path: str, state: str, mode: int | None, data: bytes | None) -> None:
        self.states = [state]  # digests, "" for absent; the last one is what is there after the steps so far
        self.mode = mode
        self.data = data
        self.origin = path if state else ""  # the path from which the bytes that are there now came, "" for new ones
        self.keep = False  # the bytes at the start will be lost


class Ledger:
    """Changes that were checked against the disk. Use as a context: it holds folders open."""

    __slots__ = ("_tracks", "folders", "missing", "steps")

    def __init__(self, root: str, changes: Iterable[Change]) -> None:
        self.folders = Folders(root)
        self.missing: list[str] = []  # folders that will be made
        self.steps: list[Change] = []
        self._tracks: dict[str, _Track] = {}
        try:
            for change in changes:
                check_writable(change.path)
                if self._follow(change):
                    self.steps.append(change)
        except BaseException:
            self.folders.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.folders.close()

    def records(self) -> list[FileRecord]:
        """What the journal has to know of each path."""
        return [
            FileRecord(path, track.states, track.mode, self._bytes(path, track) if track.keep else None)
            for path, track in self._tracks.items()
            if len(track.states) > 1
        ]

    def perform(self) -> None:
        """Do all the steps, then make them durable."""
        for step in self.steps:
            above, _, name = step.path.rpartition("/")
            if step.kind == "create":
                atomic.create(self.folders.touch(above, make=True), name, step.data, step.mode)
            else:
                self._alter(step, self.folders.touch(above), name)
        self.folders.settle()

    def _alter(self, step: Rewrite | Move | Remove, folder: Folder, name: str) -> None:
        from pkm.vault import alter

        if step.kind == "rewrite":
            alter.replace(folder, name, step.data, step.expect, step.mode)
        elif step.kind == "move":
            below, _, new = step.to.rpartition("/")
            alter.move(folder, name, self.folders.touch(below, make=True), new)
        else:
            alter.remove(folder, name, step.expect)

    def _follow(self, change: Change) -> bool:
        """Check one change against what would be there by then. False when it changes nothing."""
        if change.kind == "create":
            self._free(change.path).states.append(digest(change.data))
            return True
        track = self._track(change.path, whole=change.kind != "move")
        if not track.states[-1]:
            raise gone(change.path)
        if track.states[-1] != change.expect:
            raise changed(change.path)
        if change.kind == "move":
            check_writable(change.to)
            target = self._free(change.to, change.path)
            target.states.append(change.expect)
            target.origin, track.origin = track.origin, ""
            track.states.append("")
            return True
        if change.kind == "rewrite":
            new = digest(change.data)
            if new == change.expect and change.mode in (None, track.mode):
                return False
            self._lose(track)
            track.states.append(new)
            return True
        self._lose(track)
        track.states.append("")
        return True

    def _lose(self, track: _Track) -> None:
        if track.origin:
            self._tracks[track.origin].keep = True
            track.origin = ""

    def _free(self, path: str, source_path: str = "") -> _Track:
        """The track of a path at which nothing may be."""
        track = self._tracks.get(path)
        if track is None:
            above, _, name = path.rpartition("/")
            folder = self._folder(above)
            if folder is not None and folder.lstat(name) is not None and not _alias(folder, source_path, name):
                raise exists(path)
            track = self._tracks[path] = _Track(path, "", None, None)
        elif track.states[-1]:
            raise exists(path)
        return track

    def _track(self, path: str, *, whole: bool) -> _Track:
        track = self._tracks.get(path)
        if track is None:
            above, _, name = path.rpartition("/")
            try:
                folder = self.folders.get(above)
                data = read_file(folder, name) if whole else None
                found = digest_file(folder, name) if data is None else digest(data)
                status = folder.lstat(name)
            except MissingError:
                raise gone(path) from None
            mode = None if status is None else status.st_mode & 0o7777
            track = self._tracks[path] = _Track(path, found, mode, data)
        return track

    def _bytes(self, path: str, track: _Track) -> bytes:
        """The bytes at the start of a path, for the journal."""
        if track.data is None:
            above, _, name = path.rpartition("/")
            data = read_file(self.folders.get(above), name)
            if digest(data) != track.states[0]:
                raise changed(path)
            return data
        return track.data

    def _folder(self, path: str) -> Folder | None:
        """An existing folder; None, and noted as missing, when it will have to be made."""
        try:
            return self.folders.get(path)
        except MissingError:
            parts = path.split("/")
            for depth in range(1, len(parts) + 1):
                part = "/".join(parts[:depth])
                if part not in self.missing and not self._is_there(part):
                    self.missing.append(part)
            return None

    def _is_there(self, path: str) -> bool:
        above, _, name = path.rpartition("/")
        try:
            status = self.folders.get(above).lstat(name)
        except MissingError:
            return False
        if status is not None and status.st_mode & 0o170000 != 0o040000:
            raise exists(path)  # a file where a folder would have to be
        return status is not None


def _alias(folder: Folder, path: str, name: str) -> bool:
    """Whether only the case of a file's name changes, on a file system that takes both for one."""
    above, _, old = path.rpartition("/")
    if not path or above != folder.path:
        return False
    from pkm.vault.alter import same_entry

    return same_entry(folder, old, folder, name)


def check_writable(path: str) -> None:
    """Refuse paths that no plan may touch: outside the vault, git's own files, the journal and the lock."""
    check_path(path)
    parts = path.split("/")
    for part in parts:
        if part.rstrip(". ").lower() in (".git", "git~1"):
            raise RefusedError(f"{path!r} lies in git's own folder.", "What is written there can run as a program.")
    if parts[0].lower() == ".pkm" and (len(parts) == 1 or parts[1] in _OURS):
        raise RefusedError(f"{path!r} belongs to the journal.", "Undo needs it as it is.")
    if len(os.fsencode(parts[-1])) > 255:
        raise OutsideError(f"The name of {path} is too long.", "File systems hold 255 bytes.", "Choose a shorter one.")
