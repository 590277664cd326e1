"""The folder as it is now: what differs from the last commit, read once and named as git would.

Only regular files of the vault count. Links, other repositories and what is private to this
machine stay as the last commit has them. A file that cannot be read, or that a cloud service
has taken away and promises to bring back, is absent here; that is no deletion.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from pkm.errors import PkmError, Problem
from pkm.sync.git import Diff, Git, Status, failure
from pkm.sync.merge import File
from pkm.vault.folder import READ, Folder, MissingError, open_folder
from pkm.vault.vault import check_path, read_file

#: Larger files go to git through a pipe instead of through memory.
LARGE = 1 << 20
#: Files that the hosts of git repositories warn about.
HUGE = 50 << 20


@dataclass(slots=True)
class Snapshot:
    """Changes since the last commit; contents of those that are small."""

    changes: Diff = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    #: Files that a cloud service keeps elsewhere for now.
    away: list[str] = field(default_factory=list)

    @property
    def deleted(self) -> list[str]:
        """Files that are gone, but for those that only moved."""
        added = {new.oid for old, new in self.changes.values() if new is not None and old is None}
        return sorted(p for p, (old, new) in self.changes.items() if new is None and old is not None and old.oid not in added)


def ours(path: str) -> bool:
    """Whether a path is one that sync carries and may write: inside the vault, not private to a machine or a program."""
    try:
        check_path(path)
    except PkmError:
        return False
    if path.startswith(".pkm/"):
        return path.startswith(".pkm/log/")
    parts = path.split("/")
    return not any(part.lower().rstrip(". ") in (".git", "git~1") for part in parts) and not (
        parts[-1].startswith(".pkm-") and parts[-1].endswith(".tmp")
    )


def take(git: Git, status: Status) -> Snapshot:
    """Read every file that git says differs from the last commit."""
    return _Taking(git).run(status)


class _Taking:
    def __init__(self, git: Git) -> None:
        self.git = git
        self.shot = Snapshot()
        self.folder: Folder | None = None
        self.executable = git.config("core.filemode") != "false"

    def run(self, status: Status) -> Snapshot:
        heads: Diff = {}
        if status.unmerged:  # git does not say what HEAD has there
            heads = {path: (file, None) for path, file in self.git.tree(status.head).items()} if status.head else {}
        try:
            for path, (head, mode) in status.tracked.items():
                if status.unmerged and path in heads:
                    head = heads[path][0]
                if ours(path):
                    self.look(path, head, mode)
            for path in status.untracked:
                if ours(path) and not path.endswith("/"):
                    self.look(path, None, "100644")
        finally:
            if self.folder is not None:
                self.folder.close()
        return self.shot

    def look(self, path: str, head: File | None, mode: str) -> None:
        if (head and not head.regular and not mode.startswith("100")) or mode in ("120000", "160000"):
            return
        try:
            new = self.read(path, head)
        except PkmError as error:
            self.shot.problems.append(Problem(path, 0, f"not synced: {error.message}", error.hint))
            return
        if new is None and head and self.is_away(path):
            self.shot.away.append(path)
        elif new != head:
            self.shot.changes[path] = (head, new)

    def read(self, path: str, head: File | None) -> File | None:
        """The file at a path now; None when there is none."""
        above, _, name = path.rpartition("/")
        try:
            if self.folder is None or self.folder.path != above:
                if self.folder is not None:
                    self.folder.close()
                    self.folder = None
                self.folder = open_folder(self.git.root, above)
            status = self.folder.lstat(name)
            if status is None or (head and status.st_mode & 0o170000 == 0o040000):
                return None
            if status.st_mode & 0o170000 != 0o100000:
                return head
            mode = "100755" if status.st_mode & 0o100 else "100644"
            if not self.executable:
                mode = head.mode if head else "100644"
            if status.st_size > LARGE:
                return self.read_large(self.folder, name, path, mode, status.st_size)
            data = read_file(self.folder, name)
        except MissingError:
            return None
        if head and data.count(0) == len(data) > 0 and status.st_blocks == 0:
            self.shot.away.append(path)  # a hole where the text was: not here, though it has a size
            return head
        oid = self.git.name(data)
        if not head or head.oid != oid:
            self.shot.contents[oid] = data
        return File(oid, mode)

    def read_large(self, folder: Folder, name: str, path: str, mode: str, size: int) -> File:
        if size > HUGE:
            self.shot.problems.append(
                Problem(path, 0, f"is large ({size >> 20} MB); many hosts refuse files over 100 MB", "Keep it outside the vault and link to it.")
            )
        fd = os.open(folder.at(name), READ, dir_fd=folder.fd)
        try:
            process = self.git.start("hash-object", "-w", "--no-filters", "--stdin", stdin=fd)
            out, err = process.communicate()
        finally:
            os.close(fd)
        if process.returncode:
            raise failure("hash-object", err)
        return File(out.decode().strip(), mode)

    def is_away(self, path: str) -> bool:
        """Whether a cloud service left a note in place of the file: iCloud's `.Name.md.icloud`."""
        above, _, name = path.rpartition("/")
        return os.path.lexists(os.path.join(self.git.root, above, f".{name}.icloud"))
