"""The folder that a site is delivered to: each file whole or not at all, the manifest last.

A reader, or a build that is stopped half-way, never meets half a page. Files whose content is as it
was are not touched. Only files that an earlier build wrote are ever replaced or removed, and a folder
with other things in it is refused.
"""

from __future__ import annotations

import os
from hashlib import sha256

from pkm.errors import OutsideError, RefusedError

MANIFEST = "manifest.txt"
_HEAD = "pkm garden 1"
_SHORT = 24  # characters of a digest: 96 bits


class Folder:
    """A site on disk, and what an earlier build left there."""

    def __init__(self, root: str) -> None:
        self.root = os.path.abspath(root)
        self.old: dict[str, str] = {}
        self.new: dict[str, str] = {}
        self.written: list[str] = []
        self.removed: list[str] = []
        self._made: set[str] = set()
        self.fresh = not os.path.isdir(self.root) or not os.listdir(self.root)
        if not self.fresh:
            self.old = read_manifest(self.root)

    def put(self, name: str, data: bytes) -> None:
        """Write a file unless it is there already."""
        known = sha256(data).hexdigest()[:_SHORT]
        self.new[name] = known
        if self.old.get(name) != known:
            self._write(name, data)
            self.written.append(name)

    def keep_all(self) -> None:
        """Start from what is there: a file stays unless it is put again or forgotten."""
        self.new = dict(self.old)

    def forget(self, name: str) -> None:
        """Take a file out of the site."""
        self.new.pop(name, None)

    def _write(self, name: str, data: bytes) -> None:
        path = os.path.join(self.root, *name.split("/"))
        above = os.path.dirname(path)
        try:
            if above not in self._made:
                os.makedirs(above, exist_ok=True)
                self._made.add(above)
            if self.fresh:
                # Nobody reads a site that has no manifest yet.
                fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o644)
                target = path
            else:
                target = f"{path}.new~"
                fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o644)
            try:
                if os.write(fd, data) != len(data):
                    raise OutsideError(f"{path} cannot be written.", "Only a part was taken; the disk may be full.")
            finally:
                os.close(fd)
            if target != path:
                os.replace(target, path)
        except OSError as error:
            raise OutsideError(f"{path} cannot be written.", error.strerror or str(error)) from None

    def finish(self) -> None:
        """Remove what is no longer part of the site, then say what is."""
        for name in sorted(self.old.keys() - self.new.keys()):
            self._remove(name)
        text = _HEAD + "\n" + "".join(f"{self.new[name]} {name}\n" for name in sorted(self.new))
        data = text.encode()
        if self.old != self.new or self.fresh:
            self._write(MANIFEST, data)
            self.written.append(MANIFEST)

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
