"""A disk that is full, clocks that jump, and several syncs at once, with real processes."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.sync.clones import ROOT, Clone, Hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Pair = tuple[Clone, Clone]

KEPT = {"by one", "by two", "\nONE\n", "\nTHREE\n", "new of one", "new of two"}


def edit(pair: Pair) -> None:
    """Changes at different lines, a line changed in two ways, a deletion, a move, new notes and a large file."""
    one, two = pair
    one.write("t.md", "---\nid: t\n---\ntorn\n")
    one.sync()
    two.sync()
    one.write("n.md", one.read("n.md").replace("one", "ONE"))
    one.write("t.md", one.read("t.md").replace("torn", "by one"))
    one.write("new.md", "new of one\n")
    one.write("large.bin", os.urandom(30_000))
    (one.root / "in/other.md").rename(one.root / "moved.md")
    one.sync()
    two.write("n.md", two.read("n.md").replace("three", "THREE"))
    two.write("t.md", two.read("t.md").replace("torn", "by two"))
    two.write("own.md", "new of two\n")


def run(clone: Clone, size: int | None = None) -> subprocess.CompletedProcess[str]:
    """A sync in a process of its own; no file may grow beyond `size`."""

    def limit() -> None:
        if size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        clone.command(), cwd=clone.root, env=env, capture_output=True, text=True, check=False, preexec_fn=limit
    )


def ends_right(one: Clone, two: Clone) -> bool:
    for clone in (two, one, two):
        done = run(clone)
        assert done.returncode == 0, done.stderr
    text = b"".join(data for path, data in one.files().items() if path.endswith(".md")).decode()
    assert one.files() == two.files()
    assert [kept for kept in KEPT if kept not in text] == []
    assert one.clean()
    assert two.clean()
    assert not any(name.rpartition("/")[2].startswith(".pkm-") for name in two.files())
    return not two.git("fsck", "--no-dangling")


# -- a full disk --------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte; only root can have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(disk)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("cannot mount a small disk here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_disk_that_fills_up(small_disk: Path) -> None:
    hub = Hub(small_disk)
    pair = one, two = hub.clone("one"), hub.clone("two")
    one.write("n.md", "---\nid: n1\n---\n\none\ntwo\nthree\n")
    one.write("in/other.md", "other\n")
    edit(pair)
    start = small_disk.parent / "start"
    shutil.copytree(small_disk, start, symlinks=True)
    failed = 0
    for free in range(0, 160_000, 20_000):
        filler = small_disk / "filler"
        room = shutil.disk_usage(small_disk).free
        filler.write_bytes(b"x" * max(room - free, 0))

        done = run(two)

        assert "Traceback" not in done.stderr
        failed += done.returncode != 0
        filler.unlink()
        assert ends_right(one, two), free
        for name in ("one", "two", "hub.git"):
            shutil.rmtree(small_disk / name)
            shutil.copytree(start / name, small_disk / name, symlinks=True)
    assert failed > 3


@pytest.mark.parametrize("size", [0, 100, 400, 2000, 20_000])
def test_files_that_cannot_grow(pair: Pair, size: int) -> None:
    edit(pair)
    one, two = pair

    done = run(two, size)

    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 5)
    assert ends_right(one, two)


# -- a clock that jumps -------------------------------------------------------


@pytest.mark.parametrize("times", [("1969-12-31", "2099-01-01"), ("2099-01-01", "1985-01-01"), ("2026-01-01",) * 2])
def test_clocks_far_apart(pair: Pair, times: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = pair
    for _ in range(2):
        for clone, at in zip(pair, times, strict=True):
            monkeypatch.setenv("PKM_NOW", f"{at}T08:00:00")
            clone.write("n.md", clone.read("n.md") + f"{at} of {clone.root.name}\n")
            clone.sync()
        monkeypatch.setenv("PKM_NOW", f"{times[0]}T09:00:00")
        one.sync()

    assert one.files() == two.files()
    text = one.read("n.md")
    assert [text.count(f"{at} of {clone.root.name}") for clone, at in zip(pair, times, strict=True)] == [2, 2]
    assert len(one.git("rev-list", "HEAD").split()) >= 5
    assert not one.git("fsck", "--no-dangling")


def test_files_from_the_future_and_the_past(pair: Pair) -> None:
    edit(pair)
    one, two = pair
    now = time.time()
    for path, at in (("n.md", now + 1e8), ("t.md", now - 1e9), ("own.md", now + 3600)):
        os.utime(two.root / path, (at, at))
    assert ends_right(one, two)

    same = (two.root / "own.md").stat()
    two.write("own.md", "NEW of two\n")  # of the same length, and dated back
    os.utime(two.root / "own.md", ns=(same.st_atime_ns, same.st_mtime_ns - 7))
    run(two)
    run(one)

    assert one.read("own.md") == "NEW of two\n"


@pytest.mark.parametrize("jump", [3600, -3600])
def test_the_litter_of_a_kill_is_swept_though_the_clock_jumped(pair: Pair, jump: int) -> None:
    """The run that was killed began an hour from now, or an hour ago, and its clock jumped while it ran."""
    edit(pair)
    one, two = pair
    busy = two.root / ".git/pkm/busy"
    busy.write_text(".\n")
    os.utime(busy, (time.time() + jump,) * 2)
    lock = two.root / ".git/refs/heads/main.lock"
    lock.touch()
    os.utime(lock, (time.time() - 7200,) * 2)

    assert ends_right(one, two)


# -- at once ------------------------------------------------------------------


def test_clones_that_sync_at_once_all_get_through(hub: Hub, pair: Pair) -> None:
    clones = [*pair, hub.clone("three")]
    for turn in range(3):
        for clone in clones:
            clone.write("n.md", clone.read("n.md") + f"{turn} of {clone.root.name}\n")
            clone.write(f"{turn} {clone.root.name}.md", "new\n")
        runs = [subprocess.Popen(clone.command(), cwd=clone.root, stdout=subprocess.DEVNULL) for clone in clones]
        assert [each.wait() for each in runs] == [0, 0, 0]
    for clone in (*clones, *clones):
        clone.sync()

    first, *others = (clone.files() for clone in clones)
    assert all(first == other for other in others)
    rows = clones[0].read("n.md").splitlines()
    assert sorted(row for row in rows if " of " in row) == sorted(
        f"{t} of {c.root.name}" for t in range(3) for c in clones
    )
