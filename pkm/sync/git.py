"""The only place that calls git: by argv, never a shell, with one fixed safe configuration.

Plumbing only. Nothing here checks out a file, merges, or leaves a state in which another
git program would find an unfinished operation.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from hashlib import new as new_hash
from typing import IO, NamedTuple

from pkm.errors import OutsideError, RefusedError
from pkm.sync import safety
from pkm.sync.merge import File

#: Seconds after which a connection that moves nothing counts as broken.
PATIENCE = 600.0

Diff = dict[str, tuple[File | None, File | None]]


class GitError(OutsideError):
    """A git command that should have worked did not."""


class Status(NamedTuple):
    """The folder against the last commit, as `git status` sees it."""

    head: str  # "" before the first commit
    branch: str  # "" on a detached head
    tracked: dict[str, tuple[File | None, str]]  # path -> what HEAD has, mode now ("000000": gone)
    untracked: list[str]
    staged: bool  # git's index is not what HEAD is
    unmerged: bool


class Commit(NamedTuple):
    """A commit to write: its parents, and what differs from the first of them."""

    parents: Sequence[str]
    changes: dict[str, File | None]
    message: str


class Git:
    """One repository. `call` is one finished git command; everything else is built on it."""

    def __init__(self, root: str, *, ask: bool | None = None) -> None:
        self.root = os.path.realpath(root)
        self.ask = safety.can_ask() if ask is None else ask
        self.env = safety.environment(os.environ, self.ask)
        self.flags = [arg for setting in safety.FIXED for arg in ("-c", setting)]
        top = self.call(
            "rev-parse", "--show-toplevel", "--absolute-git-dir", "--git-common-dir", "--show-object-format"
        ).decode(errors="surrogateescape").split("\n")
        self.top, self.dir, self.algorithm = top[0], top[1], top[3]
        self.common = os.path.join(self.root, top[2])
        self.empty_tree = new_hash(self.algorithm, b"tree 0\0", usedforsecurity=False).hexdigest()
        self.settings = safety.parse(self.call("config", "--list", "-z", "--show-scope"))
        for override in safety.overrides(self.settings):
            self.flags += ("-c", override)
        self.env["GIT_SSH_COMMAND"] = safety.ssh_command(self.settings, os.environ, self.ask)

    # -- calling --------------------------------------------------------------

    def start(self, *args: str, stdin: int | None = subprocess.DEVNULL, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                ["git", *self.flags, *args], cwd=self.root, env=self.env | (env or {}),
                stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
        except FileNotFoundError:
            raise GitError("git is not installed.", "pkm sync keeps vaults equal through git.", "Install git, then try again.") from None

    def call(self, *args: str, data: bytes | None = None, ok: tuple[int, ...] = (0,), env: dict[str, str] | None = None) -> bytes:
        """What a git command prints. Raises `GitError` when it fails."""
        process = self.start(*args, stdin=subprocess.PIPE if data is not None else subprocess.DEVNULL, env=env)
        out, err = process.communicate(data)
        if process.returncode not in ok:
            raise failure(args[0], err)
        return out

    def config(self, key: str) -> str:
        """The value of a setting, "" without one."""
        values = [s.value for s in self.settings if s.key == key]
        return values[-1] if values else ""

    # -- reading --------------------------------------------------------------

    def name(self, data: bytes) -> str:
        """The name git gives to a content."""
        return new_hash(self.algorithm, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

    def start_status(self) -> subprocess.Popen[bytes]:
        return self.start(
            "status", "--porcelain=v2", "-z", "--branch", "--untracked-files=all",
            "--no-renames", "--ignore-submodules=all", "--no-ahead-behind",
        )

    def finish_status(self, process: subprocess.Popen[bytes]) -> Status:
        out, err = process.communicate()
        if process.returncode:
            raise failure("status", err)
        return parse_status(out.decode(errors="surrogateescape"))

    def refs(self, *names: str) -> dict[str, str]:
        """Those of the refs that exist, and where they point."""
        out = self.call("for-each-ref", "--format=%(refname) %(objectname)", *names).decode()
        return dict(line.split(" ", 1) for line in out.splitlines())

    def bases(self, one: str, other: str) -> list[str]:
        """Best common ancestors, in an order that does not depend on which commit is named first."""
        return sorted(self.call("merge-base", "--all", one, other, ok=(0, 1)).decode().split())

    def diff(self, old: str, new: str) -> Diff:
        """Paths in which two trees differ."""
        out = self.call("diff-tree", "-r", "-z", "--no-renames", "--ignore-submodules=none", "--end-of-options", old, new)
        parts = out.decode(errors="surrogateescape").split("\0")
        found: Diff = {}
        for meta, path in zip(parts[::2], parts[1::2], strict=False):
            old_mode, new_mode, old_oid, new_oid, _ = meta[1:].split(" ")
            found[path] = (_file(old_oid, old_mode), _file(new_oid, new_mode))
        return found

    def tree(self, commit: str) -> dict[str, File]:
        """Every file of a commit."""
        found = {}
        for line in self.call("ls-tree", "-r", "-z", "--full-tree", commit).decode(errors="surrogateescape").split("\0")[:-1]:
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
        assert process.stdin and process.stdout
        try:
            for at in range(0, len(wanted), 500):  # as many questions as surely fit into the pipe
                chunk = wanted[at: at + 500]
                process.stdin.write("".join(oid + "\n" for oid in chunk).encode())
                process.stdin.flush()
                for oid in chunk:
                    yield oid, _blob(process.stdout, oid)
        finally:
            process.stdin.close()
            process.stdout.close()
            if process.stderr:
                process.stderr.close()
            process.wait()

    # -- writing --------------------------------------------------------------

    def commit(self, commits: Sequence[Commit], contents: dict[str, bytes], who: str, refs: Sequence[str]) -> list[str]:
        """Write commits, with those contents that are new, and hold each by a ref; their names.

        A parent may be `:1` for the first commit of this call. One process writes it all,
        and nothing is visible to other programs until a ref is moved.
        """
        stream = bytearray(b"feature done\n")
        for mark, (commit, ref) in enumerate(zip(commits, refs, strict=True), 1):
            text = commit.message.encode(errors="replace")
            stream += b"reset %s\n\n" % ref.encode()
            stream += b"commit %s\nmark :%d\ncommitter %s\ndata %d\n%s\n" % (ref.encode(), mark, who.encode(errors="replace"), len(text), text)
            for word, parent in zip(("from", *["merge"] * len(commit.parents)), commit.parents, strict=False):
                stream += f"{word} {parent}\n".encode()
            for path in sorted(path for path, file in commit.changes.items() if file is None):
                stream += b"D %s\n" % _quoted(path)
            for path, file in sorted(commit.changes.items()):
                if file is None:
                    continue
                if file.oid in contents:
                    data = contents[file.oid]
                    stream += b"M %s inline %s\ndata %d\n%s\n" % (file.mode.encode(), _quoted(path), len(data), data)
                else:
                    stream += b"M %s %s %s\n" % (file.mode.encode(), file.oid.encode(), _quoted(path))
            stream += b"get-mark :%d\n" % mark
        stream += b"done\n"
        return self.call("fast-import", "--quiet", "--force", "--date-format=raw", data=bytes(stream)).decode().split()

    def move_refs(self, *updates: tuple[str, str, str | None], reason: str = "pkm sync") -> None:
        """Move refs in one transaction: (ref, new or "" to delete, what it must be now or None)."""
        rows = []
        for ref, new, old in updates:
            verb = f"update {ref} {new}" if new else f"delete {ref}"
            rows.append(verb if old is None else f"{verb} {old or '0' * len(new)}")
        self.call("update-ref", "-m", reason, "--stdin", data="".join(row + "\n" for row in rows).encode())

    # -- other places ---------------------------------------------------------

    def start_fetch(self, url: str, refspec: str) -> subprocess.Popen[bytes]:
        return self.start(
            "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance", "--no-write-fetch-head",
            "--no-show-forced-updates", "--upload-pack=git-upload-pack", "--end-of-options", url, refspec,
        )

    def heads(self, url: str) -> tuple[dict[str, str], str]:
        """The branches that a remote has, and which of them it shows first."""
        out = self.wait(self.start("ls-remote", "--symref", "--upload-pack=git-upload-pack", "--end-of-options", url, "HEAD", "refs/heads/*"))
        heads, first = {}, ""
        for line in out.decode(errors="replace").splitlines():
            what, _, ref = line.partition("\t")
            if what.startswith("ref: refs/heads/"):
                first = what[16:]
            elif ref.startswith("refs/heads/"):
                heads[ref[11:]] = what
        return heads, first

    def push(self, url: str, oid: str, ref: str) -> str:
        """Offer a commit to a remote: "" when it took it, "late" when it has something newer."""
        process = self.start(
            "push", "--porcelain", "--no-verify", "--no-signed", "--no-recurse-submodules", "--no-follow-tags",
            "--receive-pack=git-receive-pack", "--end-of-options", url, f"{oid}:{ref}",
        )
        try:
            self.wait(process)
        except Unreachable as error:
            said = error.said
            if any(sign in said for sign in _LATE):
                return "late"
            raise
        return ""

    def wait(self, process: subprocess.Popen[bytes]) -> bytes:
        """The end of a command that talks to a remote. Raises `Unreachable`."""
        try:
            out, err = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Unreachable("", "The remote did not answer.") from None
        if process.returncode:
            raise Unreachable((out + err).decode(errors="replace"))
        return out


_LATE = ("fetch first", "non-fast-forward", "cannot lock ref", "failed to update ref", "failed to lock", "stale info", "incorrect old value")
_REFUSED = (
    ("Authentication failed", "It does not know who you are."),
    ("could not read Username", "It wants a name and password, and nobody is there to type them."),
    ("could not read Password", "It wants a password, and nobody is there to type it."),
    ("Permission denied", "It does not know your key."),
    ("Host key verification failed", "Its host key is not the known one."),
    ("Repository not found", "There is no such repository, or not for you."),
    ("not found", "There is no such repository, or not for you."),
    ("not allowed", "Only https, ssh and plain folders are used."),
    ("pre-receive hook declined", "Its own rules refuse these changes."),
    ("remote rejected", "Its own rules refuse these changes."),
    ("protected branch", "Its own rules refuse these changes."),
    ("dubious ownership", "Its files belong to another user."),
)
_MISSING = ("couldn't find remote ref", "no matching remote head")


class Unreachable(Exception):  # noqa: N818 - not an error for a sync: it says "not synced yet"
    """A remote gave no answer, or not the one hoped for."""

    def __init__(self, said: str, why: str = "") -> None:
        super().__init__(said)
        self.said = said
        self.refused = next((why for sign, why in _REFUSED if sign in said), "")
        self.missing = any(sign in said for sign in _MISSING)
        self.why = why or self.refused or _first_line(said)


def failure(verb: str, err: bytes) -> Exception:
    """What a failed git command means for a person."""
    said = err.decode(errors="replace")
    if "dubious ownership" in said:
        return RefusedError("This repository belongs to another user.", _first_line(said), "Take it over, or: git config --global --add safe.directory DIR")
    if "not a git repository" in said:
        return NotARepository("This vault is not in git yet.", "", "Connect it:  pkm sync --init REMOTE")
    return GitError(f"git {verb} failed.", _first_line(said), "Try again; `git fsck` looks for damage.")


class NotARepository(GitError):  # noqa: N818
    """The folder is under no version control."""

    exit_code = 2


def parse_status(text: str) -> Status:
    """The answer of `git status --porcelain=v2 -z --branch`."""
    head = branch = ""
    tracked: dict[str, tuple[File | None, str]] = {}
    untracked: list[str] = []
    staged = unmerged = False
    for row in text.split("\0"):
        kind = row[:1]
        if kind == "1":
            _, xy, _, head_mode, _, mode, head_oid, _, path = row.split(" ", 8)
            tracked[path] = (_file(head_oid, head_mode), mode)
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


def _file(oid: str, mode: str) -> File | None:
    return None if mode == "000000" else File(oid, mode)


def _blob(stream: IO[bytes], oid: str) -> bytes:
    header = stream.readline().split()
    if len(header) != 3:
        raise GitError("A version is missing from the repository.", f"git has no object {oid}.", "`git fsck` looks for damage.")
    data = stream.read(int(header[2]))
    stream.read(1)
    return data


def _quoted(path: str) -> bytes:
    raw = path.encode(errors="surrogateescape")
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'


def _first_line(said: str) -> str:
    rows = [row.split(": ", 1)[-1].strip() for row in said.splitlines() if row.startswith(("fatal:", "error:", "ssh:", "remote:"))]
    return (rows or [row.strip() for row in said.splitlines() if row.strip()] or [""])[0]


@contextlib.contextmanager
def running(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """A git process that does not outlive what it was started for."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
