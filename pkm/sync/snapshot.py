"""The folder as it is now: what differs from the last commit, read once and named as git would.

Only regular files of the vault count. Links, other repositories and what is private to this
machine stay as the last commit has them. A file that cannot be read, or that a cloud service
has taken away and promises to bring back, is absent here; that is no deletion.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pkm.errors import PkmError, Problem
from pkm.sync.tree import File, is_log
from pkm.vault.folder import READ, Folder, MissingError, check_path, open_folder, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkm.sync.git import Git
    from pkm.sync.status import Status
    from pkm.sync.tree import Diff, Tree

#: Larger files go to git through a pipe instead of through memory.
LARGE = 1 << 20
#: Files that the hosts of git repositories warn about.
HUGE = 50 << 20


class Snapshot:
    """Changes since the last commit; contents of those that are small."""

    def __init__(self) -> None:
        self.changes: Diff = {}
        self.contents: dict[str, bytes] = {}
        self.problems: list[Problem] = []
        self.away: list[str] = []  # files that a cloud service keeps elsewhere for now

    @property
    def deleted(self) -> list[str]:
        """Files that are gone, but for those that only moved."""
        added = {new.oid for old, new in self.changes.values() if new is not None and old is None}
        return sorted(
            p for p, (old, new) in self.changes.items() if new is None and old is not None and old.oid not in added
        )


def ours(path: str) -> bool:
    """Whether sync carries and may write a path: inside the vault, not private to a machine or a program."""
    try:
        check_path(path)
    except PkmError:
        return False
    if path.startswith(".pkm/"):
        return is_log(path) or path in (".pkm/.gitignore", ".pkm/.gitattributes")
    parts = path.split("/")
    return not any(part.lower().rstrip(". ") in (".git", "git~1") for part in parts) and not (
        parts[-1].startswith(".pkm-") and parts[-1].endswith(".tmp")
    )


def take(git: Git, status: Status) -> Snapshot:
    """Read every file that git says differs from the last commit."""
    heads: Tree = git.tree(status.head) if status.unmerged and status.head else {}  # then git does not say it itself
    taking = _Taking(git, Snapshot())
    for path, (head, mode) in status.tracked.items():
        taking.look(path, heads.get(path, head), mode)
    for path in status.untracked:
        taking.look(path, None, "100644")
    return taking.done()


def also(git: Git, shot: Snapshot, paths: Iterable[str]) -> None:
    """Look at further paths, at which the last commit has nothing."""
    taking = _Taking(git, shot)
    for path in paths:
        if path not in shot.changes:
            taking.look(path, None, "100644")
    taking.done()


class _Taking:
    """Fills a snapshot; keeps the folder of the last file open."""

    def __init__(self, git: Git, shot: Snapshot) -> None:
        self.git = git
        self.shot = shot
        self.folder: Folder | None = None
        self.executable = git.config("core.filemode") != "false"

    def done(self) -> Snapshot:
        if self.folder is not None:
            self.folder.close()
        return self.shot

    def look(self, path: str, head: File | None, mode: str) -> None:
        linked = mode in ("120000", "160000") or (head is not None and not head.regular and mode == "000000")
        if linked or path.endswith("/") or not ours(path):
            if "\\" in path:
                self.shot.problems.append(Problem(path, 0, "not synced: its name leads elsewhere on other systems"))
            return
        try:
            new = self.read(path, head)
        except (PkmError, OSError) as error:
            why = error.message if isinstance(error, PkmError) else error.strerror or str(error)
            self.shot.problems.append(Problem(path, 0, f"not synced: {why}"))
            return
        if new is None and head and self.is_away(path):
            self.shot.away.append(path)
        elif new != head:
            self.shot.changes[path] = (head, new)

    def read(self, path: str, head: File | None) -> File | None:
        """The file at a path now; None when there is none."""
        above, _, name = path.rpartition("/")
        try:
            folder = self.open(above)
            status = folder.lstat(name)
            if status is None or status.st_mode & 0o170000 == 0o040000:
                return None
            if status.st_mode & 0o170000 != 0o100000:
                return head
            mode = "100755" if status.st_mode & 0o100 else "100644"
            if not self.executable:
                mode = head.mode if head else "100644"
            if status.st_size > LARGE:
                return self.read_large(folder, name, mode)
            data = read_file(folder, name)
        except MissingError:
            return None
        if head and getattr(status, "st_blocks", 1) == 0 and data.count(0) == len(data) > 0:
            self.shot.away.append(path)  # a hole where the text was: not here, though it has a size
            return head
        oid = self.git.name(data)
        if not head or head.oid != oid:
            self.shot.contents[oid] = data
        return File(oid, mode)

    def open(self, path: str) -> Folder:
        if self.folder is None or self.folder.path != path:
            if self.folder is not None:
                self.folder.close()
                self.folder = None
            self.folder = open_folder(self.git.root, path)
        return self.folder

    def read_large(self, folder: Folder, name: str, mode: str) -> File:
        """Give a large file to git through a pipe."""
        fd = os.open(folder.at(name), READ, dir_fd=folder.fd)
        try:
            size = os.fstat(fd).st_size
            process = self.git.start("hash-object", "-w", "--no-filters", "--stdin", stdin=fd)
            oid = self.git.finish(process).decode().strip()
        finally:
            os.close(fd)
        if size > HUGE:
            self.shot.problems.append(
                Problem(
                    folder.inside(name), 0, f"has {size >> 20} MB; many hosts of git refuse files of 100 MB",
                    "Keep it outside the vault and link to it.",
                )
            )  # fmt: skip
        return File(oid, mode)

    def is_away(self, path: str) -> bool:
        """Whether a cloud service left a note in place of the file: iCloud's `.Name.md.icloud`."""
        above, _, name = path.rpartition("/")
        return os.path.lexists(os.path.join(self.git.root, above, f".{name}.icloud"))
