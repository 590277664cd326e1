"""The only place that calls git: by argv, never a shell, with one fixed safe configuration.

Plumbing only. Nothing here checks out a file, merges, or leaves a state in which another
git program would find an unfinished operation.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
from typing import IO, TYPE_CHECKING

from pkm.errors import OutsideError, RefusedError
from pkm.sync import safety
from pkm.sync.tree import File

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pkm.sync.tree import Diff


class GitError(OutsideError):
    """A git command that should have worked did not."""


class Git:
    """One repository. `call` is one finished git command; everything else is built on it."""

    def __init__(self, root: str, *, ask: bool | None = None) -> None:
        self.root = os.path.realpath(root)
        self.ask = safety.can_ask() if ask is None else ask
        self.env = safety.environment(os.environ, self.ask)
        self.flags = [arg for setting in safety.FIXED for arg in ("-c", setting)]
        places = self.start(
            "rev-parse", "--show-toplevel", "--absolute-git-dir", "--git-common-dir", "--show-object-format"
        )
        settings = self.start("config", "--list", "-z", "--show-scope")
        listing, _ = settings.communicate()
        rows = self.finish(places).decode(errors="surrogateescape").split("\n")
        self.top, self.dir, self.algorithm = rows[0], rows[1], rows[3]
        self.common = os.path.join(self.root, rows[2])
        self.settings = safety.parse(listing)
        for override in safety.overrides(self.settings):
            self.flags += ("-c", override)
        self.env["GIT_SSH_COMMAND"] = safety.ssh_command(self.settings, os.environ, self.ask)

    # -- calling --------------------------------------------------------------

    def start(
        self, *args: str, stdin: int | None = None, index: str = "", apart: bool = False
    ) -> subprocess.Popen[bytes]:
        """Begin a git command; without `stdin` it has nothing to read. One `apart` goes on when we are killed."""
        try:
            return subprocess.Popen(
                ["git", *self.flags, *args],
                cwd=self.root,
                env=self.env | ({"GIT_INDEX_FILE": index} if index else {}),
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=apart,
            )
        except FileNotFoundError:
            raise GitError(
                "git is not installed.", "pkm sync keeps vaults equal through git.", "Install git, then try again."
            ) from None

    def finish(self, process: subprocess.Popen[bytes], data: bytes | None = None, ok: tuple[int, ...] = (0,)) -> bytes:
        """What a command prints, at its end. Raises `GitError` when it failed."""
        out, err = process.communicate(data)
        if process.returncode not in ok:
            raise failure(_verb(process), err)
        return out

    def call(self, *args: str, data: bytes | None = None, ok: tuple[int, ...] = (0,), index: str = "") -> bytes:
        """A whole git command; `data` is what it reads, `index` the index file that it works on."""
        return self.finish(self.start(*args, stdin=None if data is None else subprocess.PIPE, index=index), data, ok)

    def config(self, key: str) -> str:
        """The value of a setting, "" without one."""
        values = [s.value for s in self.settings if s.key == key]
        return values[-1] if values else ""

    # -- reading --------------------------------------------------------------

    def name(self, data: bytes, kind: bytes = b"blob") -> str:
        """The name git gives to a content."""
        from hashlib import new

        return new(self.algorithm, kind + b" %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

    def refs(self, *names: str) -> dict[str, str]:
        """Those of the refs that exist, and where they point."""
        out = self.call("for-each-ref", "--format=%(refname) %(objectname)", *names).decode()
        return dict(line.split(" ", 1) for line in out.splitlines())

    def bases(self, one: str, other: str) -> list[str]:
        """Best common ancestors, in an order that does not depend on which commit is named first."""
        return sorted(self.call("merge-base", "--all", one, other, ok=(0, 1)).decode().split())

    def diff(self, old: str, new: str) -> Diff:
        """Paths in which two trees differ."""
        out = self.call(
            "diff-tree", "-r", "-z", "--no-renames", "--ignore-submodules=none", "--end-of-options", old, new
        )
        parts = out.decode(errors="surrogateescape").split("\0")
        found: Diff = {}
        for meta, path in zip(parts[::2], parts[1::2], strict=False):
            old_mode, new_mode, old_oid, new_oid, _ = meta[1:].split(" ")
            found[path] = (file_of(old_oid, old_mode), file_of(new_oid, new_mode))
        return found

    def tree(self, commit: str) -> dict[str, File]:
        """Every file of a commit."""
        found = {}
        for line in (
            self.call("ls-tree", "-r", "-z", "--full-tree", commit).decode(errors="surrogateescape").split("\0")[:-1]
        ):
            meta, path = line.split("\t", 1)
            mode, _, oid = meta.split(" ")
            found[path] = File(oid, mode)
        return found

    def paths(self, commit: str) -> set[str]:
        """The path of every file of a commit."""
        out = self.call("ls-tree", "-r", "-z", "--full-tree", "--name-only", commit)
        return set(out.decode(errors="surrogateescape").split("\0")[:-1])

    def blobs(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Contents by name, one git process for all of them."""
        wanted = sorted(set(oids))
        if not wanted:
            return
        process = self.start("cat-file", "--batch", stdin=subprocess.PIPE)
        assert process.stdin
        assert process.stdout
        try:
            for at in range(0, len(wanted), 500):  # as many questions as surely fit into the pipe
                chunk = wanted[at : at + 500]
                with contextlib.suppress(BrokenPipeError):  # then no answer comes, which is an error below
                    process.stdin.write("".join(oid + "\n" for oid in chunk).encode())
                    process.stdin.flush()
                for oid in chunk:
                    yield oid, _blob(process.stdout, oid)
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.stdout.close()
            if process.stderr:
                process.stderr.close()
            process.wait()

    # -- writing --------------------------------------------------------------

    def move_refs(self, *updates: tuple[str, str, str | None], reason: str = "pkm sync") -> None:
        """Move refs in one transaction: (ref, new or "" to delete, what it must be now or None)."""
        rows = []
        for ref, new, old in updates:
            verb = f"update {ref} {new}" if new else f"delete {ref}"
            rows.append(verb if old is None else f"{verb} {old or '0' * len(new)}")
        self.call("update-ref", "-m", reason, "--stdin", data="".join(row + "\n" for row in rows).encode())


def failure(verb: str, err: bytes) -> Exception:
    """What a failed git command means for a person."""
    said = err.decode(errors="replace")
    if "dubious ownership" in said:
        return RefusedError(
            "This repository belongs to another user.",
            first_line(said),
            "Take it over, or trust it:  git config --global --add safe.directory FOLDER",
        )
    if "not a git repository" in said:
        return NotARepository("This vault is not in git yet.", "", "Connect it to a remote:  pkm sync --init REMOTE")
    return GitError(f"git {verb} failed.", first_line(said), "Try again; `git fsck` looks for damage.")


def first_line(said: str) -> str:
    """The sentence in git's messages that says why."""
    signs = ("fatal:", "error:", "ssh:", "remote:")
    rows = [row.split(": ", 1)[-1].strip() for row in said.splitlines() if row.startswith(signs)]
    return (rows or [row.strip() for row in said.splitlines() if row.strip()] or [""])[0]


def _verb(process: subprocess.Popen[bytes]) -> str:
    args = process.args
    assert isinstance(args, list)
    words = [arg for before, arg in itertools.pairwise(args) if before != "-c" and arg != "-c"]
    return str(words[0])


class NotARepository(GitError):
    """The folder is under no version control."""

    exit_code = 2


def file_of(oid: str, mode: str) -> File | None:
    """What git means by a name and a mode; mode 0 is nothing."""
    return None if mode == "000000" else File(oid, mode)


def _blob(stream: IO[bytes], oid: str) -> bytes:
    header = stream.readline().split()
    if len(header) != 3:
        raise GitError(
            "A version is missing from the repository.", f"git has no object {oid}.", "`git fsck` looks for damage."
        )
    data = stream.read(int(header[2]))
    stream.read(1)
    return data
