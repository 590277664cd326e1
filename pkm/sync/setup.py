"""Whether a folder can be synced as it is, and the first sync of a new one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pkm.errors import RefusedError
from pkm.vault.folder import READ

if TYPE_CHECKING:
    from pkm.sync.git import Git

#: State of an operation that another program began -> its name and the way out of it.
_UNFINISHED = {
    "MERGE_HEAD": ("merge", "git merge --abort"),
    "rebase-merge": ("rebase", "git rebase --abort"),
    "rebase-apply": ("rebase", "git rebase --abort"),
    "CHERRY_PICK_HEAD": ("cherry-pick", "git cherry-pick --abort"),
    "REVERT_HEAD": ("revert", "git revert --abort"),
}


def check(git: Git) -> None:
    """Refuse states in which a sync could not end well, and say what to type."""
    _check_place(git)
    _check_filters(git)
    for name, (what, way_out) in _UNFINISHED.items():
        if os.path.exists(os.path.join(git.dir, name)):
            raise RefusedError(
                f"Another program left a {what} unfinished.",
                "Joining on top of it could mix up versions.",
                f"Finish it there, or undo it:  {way_out}      Then sync again.",
            )


def _check_place(git: Git) -> None:
    if os.path.realpath(git.top) != git.root:
        raise RefusedError(
            f"The vault is a folder inside the repository {git.top}.",
            "Sync would carry files that are no part of the vault.",
            f"Sync the whole:  pkm --vault {git.top} sync      Or make the vault a repository of its own.",
        )


def _check_filters(git: Git) -> None:
    if not any(setting.key.startswith("filter.") for setting in git.settings):
        return
    from pkm.sync.safety import filters

    names = git.call("ls-files", "-z").decode(errors="surrogateescape").split("\0")
    rules = {name for name in names if name.rpartition("/")[2] == ".gitattributes"} | {".gitattributes"}
    places = [os.path.join(git.common, "info", "attributes"), *(os.path.join(git.root, name) for name in rules)]
    used = filters(git.settings, b"\n".join(map(_text, places)))
    if used:
        raise RefusedError(
            f"This vault sends files through the git filter {used[0]}.",
            "pkm runs no program that a repository names, and without it the files would be wrong.",
            "Sync it with git itself, or take the filter out of .gitattributes.",
        )


def _text(path: str) -> bytes:
    try:
        fd = os.open(path, READ)
    except OSError:
        return b""
    with open(fd, "rb") as file:
        return file.read(1 << 20)


def branch(git: Git) -> str:
    """The branch that is checked out, whether it has a commit or not."""
    try:
        with open(os.path.join(git.dir, "HEAD"), encoding="utf-8", errors="surrogateescape") as file:
            said = file.read(1024).strip()
    except OSError:
        said = ""
    name = said.removeprefix("ref: refs/heads/")
    if name in (said, ".invalid"):  # detached, or kept in another way than in files
        name = (
            git.call("symbolic-ref", "--quiet", "--short", "HEAD", ok=(0, 1)).decode(errors="surrogateescape").strip()
        )
    if name:
        return name
    heads = [ref.removeprefix("refs/heads/") for ref in git.refs("refs/heads/")]
    usual = next((usual for usual in ("main", "master") if usual in heads), heads[0] if heads else "main")
    raise RefusedError(
        "This vault is on no branch; git calls that a detached HEAD.",
        "A sync could not say where its notes belong.",
        f"Go back to your branch:  git switch {usual}      Or keep what is here as a new one:  git switch -c NAME",
    )
