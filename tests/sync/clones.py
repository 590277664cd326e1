"""A remote and clones of a vault, with real git."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pkm.sync.sync import sync

if TYPE_CHECKING:
    from pkm.sync.report import Report

ROOT = Path(__file__).parent.parent.parent


def git(folder: Path, *args: str) -> str:
    done = subprocess.run(
        ["git", *args], cwd=folder, capture_output=True, check=False, env=os.environ | {"LC_ALL": "C"}
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode(errors="surrogateescape")


class Clone:
    """One machine's copy of the vault."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, data: str | bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.encode() if isinstance(data, str) else data)

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def sync(self, *, yes: bool = False) -> Report:
        return sync(str(self.root), yes=yes, ask=False)

    def command(self, *args: str) -> list[str]:
        return [sys.executable, "-m", "pkm", "--vault", str(self.root), "sync", *args]

    def git(self, *args: str) -> str:
        return git(self.root, *args)

    def files(self) -> dict[str, bytes]:
        """Everything that a sync carries."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if path.is_file() and not name.startswith((".git/", ".pkm/")):
                found[name] = path.read_bytes()
        return found

    def clean(self) -> bool:
        """Whether git sees nothing unfinished here."""
        left = ("MERGE_HEAD", "index.lock", "rebase-merge", "rebase-apply", "pkm/busy")
        return not self.git("status", "--porcelain") and not any((self.root / ".git" / name).exists() for name in left)


class Hub:
    """The bare repository in the middle."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = folder / "hub.git"
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.url))

    def clone(self, name: str) -> Clone:
        root = self.folder / name
        git(self.folder, "clone", "-q", str(self.url), str(root))
        git(root, "symbolic-ref", "HEAD", "refs/heads/main") if not (
            root / ".git" / "refs" / "heads" / "main"
        ).exists() else None
        return Clone(root)

    def files(self) -> set[str]:
        return set(git(self.url, "ls-tree", "-r", "--name-only", "-z", "main").split("\0")[:-1])
