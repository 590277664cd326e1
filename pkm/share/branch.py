"""A site as a branch of a git repository: always one commit, without parents and without the vault's history.

What was taken back is therefore in no commit that is pushed. The branch is written anew by one
`git fast-import`; a branch that holds anything but such a site is refused. The caller gives the
repository, because calling git safely is the business of `sync`.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Protocol

from pkm.errors import RefusedError, UsageError
from pkm.share.garden.writer import MANIFEST, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from subprocess import Popen

PIPE = -1
# The same site is the same commit: nothing in it tells who published it, or when.
_COMMITTER = b"committer pkm <pkm@localhost> 0 +0000\n"


class Repository(Protocol):
    """What of a repository is needed here."""

    def call(self, *args: str, ok: tuple[int, ...] = (0,)) -> bytes: ...
    def start(self, *args: str, stdin: int | None = None) -> Popen[bytes]: ...
    def finish(self, process: Popen[bytes]) -> bytes: ...


def put_on_branch(repository: Repository, branch: str, site: str) -> bool:
    """Make the branch the site in that folder; False when it is that already."""
    ref = f"refs/heads/{branch}"
    before = _ours(repository, branch, ref)
    process = repository.start("-c", "core.logAllRefUpdates=false", "fast-import", "--quiet", "--force", stdin=PIPE)
    assert process.stdin
    _tell(process.stdin, ref, site, [*sorted(read_manifest(site)), MANIFEST])
    repository.finish(process)
    return _commit_of(repository, ref) != before


def _ours(repository: Repository, branch: str, ref: str) -> str:
    """Return the commit of an earlier delivery, "" when there is none. Refuses a branch with anything else on it."""
    if branch.startswith("-") or not repository.call("check-ref-format", "--branch", branch, ok=(0, 1, 128)):
        raise UsageError(f"{branch} is no name of a branch.", "", "Try --git gh-pages.")
    if repository.call("symbolic-ref", "-q", "HEAD", ok=(0, 1)).decode().strip() == ref:
        raise RefusedError(
            f"{branch} is the branch of the vault itself.", "The site needs one of its own.", "Try --git gh-pages."
        )
    commit = _commit_of(repository, ref)
    if not commit:
        return ""
    alone = repository.call("rev-list", "--max-count=2", "--count", ref).strip() == b"1"
    if not alone or not repository.call("ls-tree", "--name-only", ref, "--", MANIFEST):
        raise RefusedError(
            f"The branch {branch} holds something else.", "No garden was published there.", "Name another one."
        )
    return commit


def _commit_of(repository: Repository, ref: str) -> str:
    return repository.call("rev-parse", "-q", "--verify", ref, ok=(0, 1)).decode().strip()


def _tell(stream: IO[bytes], ref: str, site: str, names: Iterable[str]) -> None:
    """Write the site in the language of `git fast-import`. `reset` makes a commit that follows none."""
    head = f"reset {ref}\n\ncommit {ref}\n".encode()
    stream.write(head + _COMMITTER + b"data 6\nGarden\n")
    for name in names:
        with open(os.path.join(site, *name.split("/")), "rb") as file:
            data = file.read()
        stream.write(
            b"M 100644 inline " + name.encode("utf-8", "surrogateescape") + b"\ndata %d\n" % len(data) + data + b"\n"
        )
    stream.flush()
