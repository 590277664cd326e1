"""Asking and telling the remote: fetch, list, push, and what its answers mean.

No answer is no failure: a machine without a network has its notes committed and says "not
synced yet". An answer that says no is one, because waiting will not help.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from pkm.sync.git import first_line

if TYPE_CHECKING:
    from pkm.sync.git import Git

#: A question to a remote that is under way.
Asking = subprocess.Popen[bytes]

#: Seconds after which a question counts as unanswered; a first sync over a slow line takes its time. Where a line is
#: dead, ssh (`ServerAliveInterval`) and https (`http.lowSpeedTime`) notice within a minute.
PATIENCE = 3600.0

#: What a remote says that took something newer in the meantime.
_LATE = (
    "fetch first",
    "non-fast-forward",
    "cannot lock ref",
    "failed to update ref",
    "failed to lock",
    "stale info",
    "incorrect old value",
)
_REFUSED = (
    ("Authentication failed", "It does not know who you are."),
    ("could not read Username", "It wants a name and password, and nobody is there to type them."),
    ("could not read Password", "It wants a password, and nobody is there to type it."),
    ("Permission denied", "It does not know your key, or you may not write there."),
    ("Host key verification failed", "Its host key is not the known one."),
    ("ot found", "There is no such repository, or not for you."),
    ("not allowed", "Only https, ssh and folders are used as remotes."),
    ("refusing to update checked out branch", "It is somebody's folder of notes; a remote must be a bare repository."),
    ("hook declined", "Its own rules refuse these changes."),
    ("unpacker error", ""),  # it could not take in what came: the line broke off, or its disk is full
    ("remote rejected", "Its own rules refuse these changes."),
    ("protected branch", "Its own rules refuse these changes."),
    ("dubious ownership", "Its files belong to another user."),
    ("unable to create temporary object directory", "You may not write there."),
    ("insufficient permission", "You may not write there."),
)
#: What git says when it is this machine's disk that fails.
_DISK = (
    "No space left",
    "Input/output error",
    "Disk quota exceeded",
    "Read-only file system",
    "unable to write",
    "unable to create",
    "write error",
    "unable to append",
    "failed to write",
    "cannot store",
    "cannot fsync",
    "fsync error",
    "unable to rename",
)
_MISSING = ("couldn't find remote ref", "no matching remote head")


class Unreachable(Exception):
    """A remote gave no answer, or not the one hoped for.

    `refused`: it said no, and why. `missing`: it has no such branch. `disk`: it is this machine's disk that failed.
    Otherwise it is away, and `why` says how.
    """

    def __init__(self, said: str, why: str = "") -> None:
        super().__init__(said)
        self.said = said
        self.refused = next((meaning for sign, meaning in _REFUSED if sign in said), "")
        self.disk = any(sign in said for sign in _DISK)
        self.missing = any(sign in said for sign in _MISSING)
        self.why = why or self.refused or first_line(said) or "The remote did not answer."


def start_fetch(git: Git, url: str, refspec: str) -> Asking:
    """Begin to fetch one branch; `wait` ends it."""
    return git.start(
        "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance", "--no-write-fetch-head",
        "--no-show-forced-updates", "--upload-pack=git-upload-pack", "--end-of-options", url, refspec,
    )  # fmt: skip


def heads(git: Git, url: str) -> tuple[dict[str, str], str]:
    """The branches that a remote has, and which of them it shows first."""
    process = git.start(
        "ls-remote", "--symref", "--upload-pack=git-upload-pack", "--end-of-options", url, "HEAD", "refs/heads/*"
    )
    found, first = {}, ""
    for line in wait(process).decode(errors="replace").splitlines():
        what, _, ref = line.partition("\t")
        if what.startswith("ref: refs/heads/"):
            first = what[16:]
        elif ref.startswith("refs/heads/"):
            found[ref[11:]] = what
    return found, first


def push(git: Git, url: str, oid: str, ref: str) -> bool:
    """Offer a commit to a remote. False when it took something newer meanwhile."""
    process = git.start(
        "push", "--porcelain", "--no-verify", "--no-signed", "--no-recurse-submodules", "--no-follow-tags",
        "--receive-pack=git-receive-pack", "--end-of-options", url, f"{oid}:{ref}", apart=_is_folder(git, url),
    )  # fmt: skip
    try:
        wait(process)
    except Unreachable as error:
        if any(sign in error.said for sign in _LATE):
            return False
        raise
    return True


def _is_folder(git: Git, url: str) -> bool:
    """Whether the remote is on a disk of this machine: then its end of a push must not die with ours."""
    return url.startswith("file://") or os.path.isdir(os.path.join(git.root, url))


def wait(process: Asking) -> bytes:
    """The end of a command that talks to a remote. Raises `Unreachable`."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        give_up(process)
        raise Unreachable("", "The remote did not answer.") from None
    if process.returncode:
        raise Unreachable((out + err).decode(errors="replace"))
    return out


def give_up(process: Asking) -> None:
    """Stop a question that nobody waits for any more. An ssh that hangs may hold its ends of the pipes; let it."""
    process.kill()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
    process.wait()
