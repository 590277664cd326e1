"""What a sync costs, side by side with git doing the same job.

    .venv/bin/python benchmarks/sync.py [--notes 10000] [--rounds 7] [--changed 100] [--command COMMAND]

Two questions, each answered by the median of interleaved rounds on fresh copies of one vault:

  nothing   two equal clones: `pkm sync` beside `git fetch && git status`; at most 3 times that
  both      so many notes changed on each side, half of them the same notes in other lines: `pkm sync`
            beside `git add, commit, fetch, merge, push`, and beside the `git merge` in it alone; at most
            2 times the first

The remote is a bare repository on this disk, so nothing waits for a network. Everything lies in a temporary
folder. Exit code 1 when a bound is broken.
"""

from __future__ import annotations

import argparse
import os
import random
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ENV = os.environ | {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{who}_{what}": "bench@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}
WORDS = "thought garden river question answer habit paper learn share light stone bridge".split()


def git(folder: str, *args: str) -> None:
    subprocess.run(["git", *args], cwd=folder, env=ENV, check=True, capture_output=True)


def write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make_vault(folder: str, count: int) -> None:
    rng = random.Random(7)
    for n in range(count):
        body = "\n\n".join(" ".join(rng.choices(WORDS, k=40)) for _ in range(rng.randint(2, 14)))
        front = f"---\nid: n{n:06}\ntitle: Note {n}\ntags: [a, b]\nupdated: 2026-01-01T10:00:00\n---\n"
        write(os.path.join(folder, f"area {n % 40:02}", f"note-{n:05}.md"), f"{front}\n# Note {n}\n\n{body}\n")


def change(folder: str, numbers: range, where: int, word: str) -> None:
    for n in numbers:
        path = os.path.join(folder, f"area {n % 40:02}", f"note-{n:05}.md")
        with open(path, encoding="utf-8") as file:
            rows = file.read().split("\n")
        rows[where] += f" {word} {n}"
        write(path, "\n".join(rows))


def timed(job: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor seconds of a job and the processes that it waits for."""
    before, start = os.times(), time.perf_counter()
    job()
    after = os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return time.perf_counter() - start, cpu


def run(folder: str, *commands: list[str]) -> Callable[[], object]:
    return lambda: [subprocess.run(c, cwd=folder, env=ENV, check=True, capture_output=True) for c in commands]


def copy(source: str, target: str) -> str:
    """A copy of a clone and its remote, in the state of one that has been at rest for a while."""
    shutil.copytree(source, target, symlinks=True)
    clone = os.path.join(target, "b")
    git(clone, "remote", "set-url", "origin", os.path.join(target, "hub.git"))
    time.sleep(1.1)  # git looks again at files as young as its index
    git(clone, "status")
    return clone


def report(name: str, ours: list[tuple[float, float]], theirs: list[tuple[float, float]], bound: float) -> bool:
    wall, cpu = (statistics.median(o[i] for o in ours) / statistics.median(t[i] for t in theirs) for i in (0, 1))
    print(
        f"{name:34} {1000 * statistics.median(o[0] for o in ours):7.1f} ms  beside "
        f"{1000 * statistics.median(t[0] for t in theirs):7.1f} ms   ratio {wall:5.2f} (cpu {cpu:5.2f})"
        + (f"   bound {bound:g}" if bound else "")
    )
    return not bound or wall <= bound


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--changed", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--command", default=f"{shlex.quote(sys.executable)} -m pkm sync")
    options = parser.parse_args()
    command = shlex.split(options.command)
    root = tempfile.mkdtemp(prefix="pkm-bench-sync-")
    ENV["PYTHONPATH"] = HERE
    ENV["PYTHONPYCACHEPREFIX"] = os.path.join(root, "compiled")  # as installed: compiled once
    ENV.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        return measure(root, command, options.notes, options.changed, options.rounds)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def measure(root: str, command: list[str], notes: int, changed: int, rounds: int) -> int:
    start = os.path.join(root, "start")
    os.makedirs(start)
    hub, a, b = (os.path.join(start, name) for name in ("hub.git", "a", "b"))
    git(start, "init", "-q", "--bare", "-b", "main", hub)
    git(start, "clone", "-q", hub, a)
    git(a, "checkout", "-q", "-B", "main")
    make_vault(a, notes)
    write(os.path.join(a, "pkm.toml"), "")
    subprocess.run(command, cwd=a, env=ENV, check=True, capture_output=True)
    git(start, "clone", "-q", hub, b)
    print(f"{notes} notes, {changed} changed on each side, median of {rounds} rounds")

    clone = copy(start, os.path.join(root, "nothing"))
    ours, theirs = [], []
    for _ in range(rounds + 1):
        ours.append(timed(run(clone, command)))
        theirs.append(timed(run(clone, ["git", "fetch"], ["git", "status"])))
    good = report("nothing to do: git fetch, status", ours[1:], theirs[1:], 3.0)

    change(a, range(changed), 8, "there")
    subprocess.run(command, cwd=a, env=ENV, check=True, capture_output=True)
    half = changed // 2
    change(b, range(half, half + changed), 10, "here")
    shutil.rmtree(a)
    ours, theirs, alone = [], [], []
    for n in range(rounds):
        clone = copy(start, os.path.join(root, f"ours{n}"))
        ours.append(timed(run(clone, command)))
        shutil.rmtree(os.path.join(root, f"ours{n}"))
        clone = copy(start, os.path.join(root, f"theirs{n}"))
        before = [["git", "add", "-A"], ["git", "commit", "-qm", "x"], ["git", "fetch", "-q"]]
        merge, push = ["git", "merge", "-q", "--no-edit", "origin/main"], ["git", "push", "-q", "origin", "main"]
        first = timed(run(clone, *before))
        alone.append(timed(run(clone, merge)))
        last = timed(run(clone, push))
        theirs.append((first[0] + alone[-1][0] + last[0], first[1] + alone[-1][1] + last[1]))
        shutil.rmtree(os.path.join(root, f"theirs{n}"))
    good = report("both sides: git add … merge, push", ours, theirs, 2.0) and good
    report("both sides: git merge alone", ours, alone, 0)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
