"""Random weeks of three people with clones of one vault: edits, renames, deletions, kills, edits during a sync.

Every line that somebody writes holds a word of its own. When all have synced in peace, no word may be missing that
nobody deleted, all clones are equal, no note has markers or broken front matter, and git finds nothing unfinished.
A longer run:  PKM_HISTORIES=500 pytest tests/sync/test_histories.py
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from pkm.markdown.frontmatter import read
from pkm.sync.copies import is_copy
from pkm.vault.folder import MissingError, open_folder
from pkm.vault.rename import exchange, rename_free
from tests.sync.clones import ROOT, Clone, Hub

if TYPE_CHECKING:
    from pathlib import Path

WORD = re.compile(rb"\bw\d+w\b")
COUNT = int(os.environ.get("PKM_HISTORIES", "20"))
FOLDERS = ["", "journal/", "areas/garden/", "Ämter/"]
NAMES = ["Daily", "Ideas", "Reading list", "café", "todo"]


class Week:
    """One history. A word counts from when it is written until somebody gives it up, on whichever clone."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.hub = Hub(folder)
        self.count = 0
        self.written: set[bytes] = set()
        self.given_up: set[bytes] = set()
        self.env = os.environ | {"PYTHONPATH": str(ROOT)}
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)
        first = self.hub.clone("c0")
        first.write(".gitignore", "/.pkm/\n.saving-*\n")
        for name in NAMES[:3]:
            self.new(first, f"{name}.md")
        assert self.sync(first) == 0
        self.clones = [first, self.hub.clone("c1"), self.hub.clone("c2")]

    # -- what people do -------------------------------------------------------

    def line(self) -> bytes:
        self.count += 1
        self.written.add(b"w%dw" % self.count)
        return b"- w%dw %s" % (
            self.count,
            b" ".join(self.rng.choices([b"seek", b"sense", b"share", b"[[Ideas]]"], k=3)),
        )

    def new(self, clone: Clone, path: str) -> None:
        rows = b"".join(self.line() + b"\n" for _ in range(self.rng.randint(1, 5)))
        ident = b"id: i%d\n" % self.count if self.rng.random() < 0.8 else b""
        self.save(clone, path, b"---\n" + ident + b"tags: [a]\nupdated: %d\n---\n\n" % self.count + rows)

    def save(self, clone: Clone, path: str, data: bytes | None) -> None:
        """A new file in place of the old one, in one step. What comes out is given up knowingly, whoever wrote it last."""
        target = clone.root / path
        saving = target.with_name(".saving-" + target.name)
        if data is None:
            with contextlib.suppress(FileNotFoundError):
                target.rename(saving)
        else:
            while not _put(saving, target, data):
                continue
        before = saving.read_bytes() if saving.exists() else b""
        saving.unlink(missing_ok=True)
        self.given_up |= set(WORD.findall(before)) - set(WORD.findall(data or b""))

    def act(
        self, clone: Clone, kinds: str = "new append append insert insert insert change cut meta move delete file"
    ) -> None:
        rng = self.rng
        kind = rng.choice(kinds.split())
        notes = [path for path in clone.files() if path.endswith(".md")]
        if kind == "new" or not notes:
            path = rng.choice(FOLDERS) + rng.choice(NAMES) + rng.choice(["", " 2", " 3"]) + ".md"
            if path not in notes:
                self.new(clone, path)
            return
        path = rng.choice(notes)
        if kind == "delete":
            self.save(clone, path, None)
        elif kind == "file":
            self.count += 1
            self.written.add(b"w%dw" % self.count)
            self.save(clone, f"pictures/{rng.randrange(2)}.bin", b"\0 w%dw " % self.count + rng.randbytes(20))
        elif kind == "move":
            to = rng.choice(FOLDERS) + rng.choice([*NAMES, path.rpartition("/")[2][:-3].swapcase()]) + ".md"
            if to not in clone.files():
                (clone.root / to).parent.mkdir(parents=True, exist_ok=True)
                (clone.root / path).rename(clone.root / to)
        else:
            self.edit(clone, path, kind)

    def edit(self, clone: Clone, path: str, kind: str) -> None:
        data = (clone.root / path).read_bytes()
        body = read(data).body
        rows = data[body:].split(b"\n")
        at = self.rng.randrange(len(rows))
        if kind == "append":
            rows[-1:] = [self.line(), b""]
        elif kind == "insert":
            rows.insert(at, self.line())
        elif kind == "change":
            rows[at] = self.line()
        elif kind == "cut":
            rows[at : at + 2] = [b""]
        front = data[:body]
        if kind == "meta":
            front = front.replace(b"]\n", b", t%d]\n" % self.count, 1)
            front = re.sub(rb"updated: \d+", b"updated: %d" % self.count, front)
        new = front + b"\n".join(rows)
        self.given_up |= set(WORD.findall(data)) - set(WORD.findall(new))
        self.save(clone, path, new)  # which looks once more: a sync may have changed the file meanwhile

    # -- and their machines ---------------------------------------------------

    def sync(self, clone: Clone, *, kill: bool = False, race: bool = False) -> int:
        run = subprocess.Popen(
            clone.command(), cwd=clone.root, env=self.env, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        while race and run.poll() is None:
            time.sleep(self.rng.uniform(0, 0.05))
            try:
                self.act(clone, "new append insert")
            except FileNotFoundError:
                continue  # the sync took the file away between looking and opening
        if kill:
            time.sleep(self.rng.uniform(0.02, 0.25))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
        _, self.said = run.communicate()
        return run.returncode

    def live(self, steps: int) -> None:
        for _ in range(steps):
            clone = self.rng.choice(self.clones)
            if self.rng.random() < 0.3:
                luck = self.rng.random()
                self.sync(clone, kill=luck < 0.3, race=0.3 <= luck < 0.6)
            else:
                self.act(clone)
        for _ in range(2):
            for clone in self.clones:
                assert self.sync(clone) == 0, self.said.decode(errors="replace")


def _put(saving: Path, target: Path, data: bytes) -> bool:
    """Give new bytes a name, or swap them with the file that has it; False when that or its folder came or went just now."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        saving.write_bytes(data)
        with open_folder(str(target.parent)) as folder:
            try:
                rename_free(folder, saving.name, folder, target.name)
            except FileExistsError:
                return exchange(folder, saving.name, target.name)
    except (FileNotFoundError, MissingError):
        return False
    return True


@pytest.mark.parametrize("seed", range(COUNT))
def test_nothing_is_lost_in_a_week(tmp_path: Path, seed: int) -> None:
    week = Week(tmp_path, seed)

    week.live(24)

    first, *others = (clone.files() for clone in week.clones)
    text = b"\n".join(first.values())
    assert week.written - week.given_up <= set(WORD.findall(text))
    assert all(first == other for other in others)
    assert not re.search(rb"^(<{7}|>{7})", text, re.MULTILINE)
    for path, data in first.items():
        if path.endswith(".md"):
            assert not read(data).broken, path
            assert not read(data).repeated, path
    for clone in week.clones:
        assert clone.clean()
        clone.git("fsck", "--no-dangling")
    assert sum(map(is_copy, first)) <= 8
