"""The folder that a site is delivered to: rendered aside, looked at as a whole, then put in place.

A reader, or a build that is stopped half-way, never meets half a page: a new site comes by one rename,
a changed file by one of its own, the manifest last. Files whose content is as it was are not touched.
Only files that an earlier build wrote are ever replaced or removed, and a folder with other things in
it is refused.
"""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING

from pkm.errors import OutsideError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkm.share.garden.verify import Verifier

MANIFEST = "manifest.txt"
_HEAD = "pkm garden 1"
_SHORT = 16  # characters of a digest: 64 bits
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)


class Folder:
    """A site on disk, and what an earlier build left there."""

    def __init__(self, root: str, verifier: Verifier | None = None) -> None:
        self.root = os.path.abspath(root)
        self.old: dict[str, str] = {}
        self.new: dict[str, str] = {}
        self.written: list[str] = []
        self.removed: list[str] = []
        self.verifier = verifier
        self._made: set[str] = set()
        above, name = os.path.split(self.root)
        self._aside = os.path.join(above, f".{name}.new~")
        self.fresh = not os.path.isdir(self.root) or not os.listdir(self.root)
        if not self.fresh:
            self.old = read_manifest(self.root)
        if os.path.isfile(os.path.join(self._aside, MANIFEST)):
            # A delivery was stopped: some of its files are in place, and no manifest says so.
            for file in read_manifest(self._aside):
                self.old.setdefault(file, "")

    def put(self, name: str, data: bytes) -> None:
        """Write a file unless it is there already."""
        self.put_all([(name, data)])

    def put_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files unless they are there already."""
        changed = []
        for name, data in files:
            known = self.new[name] = sha256(data).hexdigest()[:_SHORT]
            if self.old.get(name) != known:
                changed.append((name, data))
        for name, data in changed:
            self._write(name, data)
            self.written.append(name)
        if self.verifier:
            for name, data in changed:
                self.verifier.see(name, data)

    def keep_all(self) -> None:
        """Start from what is there: a file stays unless it is put again or forgotten."""
        self.new = {name: known for name, known in self.old.items() if known}

    def forget(self, name: str) -> None:
        """Take a file out of the site."""
        self.new.pop(name, None)

    def finish(self) -> None:
        """Look at what was written, put it in place, remove what is no longer part of the site, say what is."""
        if self.verifier:
            self.verifier.refuse_if_wrong(self.new)
        if self.old == self.new and not self.fresh:
            return
        text = _HEAD + "\n" + "".join([f"{self.new[name]} {name}\n" for name in sorted(self.new)])
        self._write(MANIFEST, text.encode())
        if not (self.fresh and self._appears()):
            for name in self.written:
                self._move(name)
            for name in sorted(self.old.keys() - self.new.keys()):
                self._remove(name)
            self._move(MANIFEST)
        self.written.append(MANIFEST)
        shutil.rmtree(self._aside, ignore_errors=True)

    def _write(self, name: str, data: bytes) -> None:
        """Write a file aside."""
        if not self._made:
            shutil.rmtree(self._aside, ignore_errors=True)
        path = f"{self._aside}/{name}"
        above = name.rpartition("/")[0]
        try:
            if above not in self._made:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                self._made.add(above)
            fd = os.open(path, _WRITE, 0o644)
            try:
                if os.write(fd, data) != len(data):
                    raise OutsideError(f"{path} cannot be written.", "Only a part was taken; the disk may be full.")
            finally:
                os.close(fd)
        except OSError as error:
            raise OutsideError(f"{path} cannot be written.", error.strerror or str(error)) from None

    def _appears(self) -> bool:
        """Put a whole new site in place at once; False where the system cannot."""
        try:
            os.replace(self._aside, self.root)
        except OSError:
            return False
        return True

    def _move(self, name: str) -> None:
        path = os.path.join(self.root, *name.split("/"))
        try:
            if not os.path.isdir(above := os.path.dirname(path)):
                os.makedirs(above, exist_ok=True)
            os.replace(f"{self._aside}/{name}", path)
        except OSError as error:
            raise OutsideError(f"{path} cannot be written.", error.strerror or str(error)) from None

    def _remove(self, name: str) -> None:
        path = os.path.join(self.root, *name.split("/"))
        try:
            os.unlink(path)
            self.removed.append(name)
            above = os.path.dirname(path)
            while above != self.root and not os.listdir(above):
                os.rmdir(above)
                above = os.path.dirname(above)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise OutsideError(f"{path} cannot be removed.", error.strerror or str(error)) from None


def read_manifest(root: str) -> dict[str, str]:
    """Return the files of an earlier build by name. Refuses a folder that no build of ours made."""
    try:
        with open(os.path.join(root, MANIFEST), encoding="utf-8") as file:
            lines = file.read().split("\n")
    except (OSError, UnicodeDecodeError):
        lines = []
    if not lines or lines[0] != _HEAD:
        raise RefusedError(
            f"{root} holds something else.",
            "It is not empty, and no garden was written there.",
            "Name an empty folder with --to.",
        )
    files = {}
    for line in lines[1:]:
        known, _, name = line.partition(" ")
        if name and ".." not in name.split("/") and not name.startswith("/"):
            files[name] = known
    return files
