"""What git says of the folder: the branch, and which files are not as the last commit has them.

git compares times and sizes, and contents where those could deceive; nobody does it faster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkm.sync.git import Git, file_of

if TYPE_CHECKING:
    import subprocess

    from pkm.sync.tree import File


class Status(NamedTuple):
    """The folder against the last commit, as `git status` sees it."""

    head: str  # "" before the first commit
    branch: str  # "" on a detached head
    tracked: dict[str, tuple[File | None, str]]  # path -> what HEAD has, mode now ("000000": gone)
    untracked: list[str]
    staged: bool  # git's index is not what HEAD is
    unmerged: bool


def start(git: Git) -> subprocess.Popen[bytes]:
    """Begin to look; `finish` ends it."""
    return git.start(
        "status", "--porcelain=v2", "-z", "--branch", "--untracked-files=all",
        "--no-renames", "--ignore-submodules=all", "--no-ahead-behind",
    )  # fmt: skip


def finish(git: Git, process: subprocess.Popen[bytes]) -> Status:
    """What `start` found."""
    return parse(git.finish(process).decode(errors="surrogateescape"))


def parse(text: str) -> Status:
    """The answer of `git status --porcelain=v2 -z --branch`."""
    head = branch = ""
    tracked: dict[str, tuple[File | None, str]] = {}
    untracked: list[str] = []
    staged = unmerged = False
    for row in text.split("\0"):
        kind = row[:1]
        if kind == "1":
            _, xy, _, head_mode, _, mode, head_oid, _, path = row.split(" ", 8)
            tracked[path] = (file_of(head_oid, head_mode), mode)
            staged = staged or xy[0] != "."
        elif kind == "u":
            _, _, _, _, _, _, mode, _, _, _, path = row.split(" ", 10)
            tracked[path] = (None, mode)
            staged = unmerged = True
        elif kind == "?":
            untracked.append(row[2:])
        elif row.startswith("# branch.oid ") and not row.endswith("(initial)"):
            head = row[13:]
        elif row.startswith("# branch.head ") and not row.endswith("(detached)"):
            branch = row[14:]
    return Status(head, branch, tracked, untracked, staged, unmerged)
