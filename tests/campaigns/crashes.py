"""kill -9 at random moments of every verb that writes notes: nothing is lost, torn or half done for good.

    .venv/bin/python tests/campaigns/crashes.py [--runs 10000] [--seed 1]

Each run takes one verb (add, edit, move, link, undo) and does it twice: in a copy of the vault, undisturbed,
which shows what the vault should become; and in the vault itself, where the command is killed after a random
time. Then each file must be as it was or as it should become. What was acknowledged must be there in full.
What is half done must be taken back by one `pkm undo`, byte for byte; a half undo is finished by another.
Now and then the index must be what a rebuild gives, and the next command sweeps what was left behind.

`tests/trust/test_crashes.py` is the short form. 10,000 runs take about an hour.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
ENV = {**os.environ, "PYTHONPATH": str(ROOT), "PKM_NOW": "2026-11-20T08:30:00", "TZ": "UTC"}
NOTES = 40  # then a fresh vault: a small one makes more of its moments
Tree = dict[str, bytes]


class Job:
    """One command: its words and what it reads."""

    def __init__(self, verb: str, *argv: str, stdin: str = "") -> None:
        self.verb = verb
        self.argv = argv
        self.stdin = stdin.encode()

    def run(self, vault: Path, stop: Stop | None = None) -> tuple[int, str]:
        """How it ended, and what it said; killed with all its children when `stop` says so."""
        with tempfile.TemporaryFile() as reads:
            reads.write(self.stdin)
            reads.seek(0)
            process = subprocess.Popen(
                [sys.executable, "-m", "pkm", *self.argv],
                cwd=vault,
                env=ENV,
                stdin=reads,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if stop:
            stop.wait(process, vault)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said.decode("utf-8", "replace")


class Stop:
    """The moment of a kill: some time after the start, or after the journal has been written and the deeds begin."""

    def __init__(self, seconds: float, *, at_the_deed: bool) -> None:
        self.seconds = seconds
        self.at_the_deed = at_the_deed

    def wait(self, process: subprocess.Popen[bytes], vault: Path) -> None:
        if self.at_the_deed:
            before = _journal(vault)
            while process.poll() is None and _journal(vault) == before:
                time.sleep(0.0001)
        until = time.monotonic() + self.seconds
        while process.poll() is None and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.002))


def _journal(vault: Path) -> int:
    return sum(path.stat().st_size for path in vault.glob(".pkm/undo/*.log"))


class Campaign:
    """A vault that is worked in and killed; `problems` says what went wrong, with the number of the run."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.luck = random.Random(seed)
        self.problems: list[str] = []
        self.runs = self.kills = self.halves = 0
        self.fresh()

    def fresh(self) -> None:
        """An empty vault with three notes that link to each other."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.vault, self.copy = self.folder / "vault", self.folder / "copy"
        self.vault.mkdir(parents=True)
        Job("init", "init", "-q").run(self.vault)
        self.count = 0
        for _ in range(3):
            Job("add", "add", "--title", f"Note {self.count}", "-", stdin=self.text()).run(self.vault)
            self.count += 1

    def text(self) -> str:
        """A few lines or many, with links to notes that may be moved."""
        names = [path.stem for path in _notes(self.vault)] or ["none"]
        lines = self.luck.choice([1, 5, 60, 3000])
        return "".join(f"line {n} of {self.luck.random()} [[{self.luck.choice(names)}]]\n" for n in range(lines))

    def one(self) -> str:
        """Some note's title."""
        return f"Note {self.luck.randrange(self.count)}"

    def job(self) -> Job:
        verb = self.luck.choice(["add", "add", "edit", "edit", "move", "move", "link", "undo"])
        if verb == "add":
            return Job("add", "add", "--title", f"Note {self.count}", "-", stdin=self.text())
        if verb == "edit":
            return Job("edit", "edit", self.one(), "--replace", "-", stdin=self.text())
        if verb == "move":
            # Every link to it is rewritten: many files in one change.
            return Job("move", "move", self.one(), f"{self.luck.choice(['areas', 'a/b/c'])}/moved {self.runs}")
        if verb == "link":
            return Job(
                "link", "link", self.one(), self.one(), "--as", "extends", "--why", f"because {self.luck.random()}"
            )
        return Job("undo", "undo")

    def run(self) -> None:
        """One command, killed or not, and all that must hold afterwards."""
        self.runs += 1
        job, before = self.job(), tree(self.vault)
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.vault, self.copy)
        started = time.monotonic()
        meant, _ = job.run(self.copy)
        took = time.monotonic() - started
        wanted = tree(self.copy)
        late = self.luck.random() < 0.6
        stop = Stop(0.03 * self.luck.random() ** 2 if late else self.luck.uniform(0.02, took * 1.2), at_the_deed=late)
        code, said = job.run(self.vault, stop)
        killed = code == -signal.SIGKILL
        self.kills += killed
        found = tree(self.vault)
        if killed:
            self.check_mixture(job, before, wanted, found)
        elif code != meant or found != wanted or "Traceback" in said:
            self.problem(job, f"undisturbed it ended with {code}, not {meant}, or otherwise: {said[-300:]}")
        if job.verb == "add" and any(path.stem == f"note-{self.count}" for path in _notes(self.vault)):
            self.count += 1
        if self.luck.random() < 0.02:
            self.check_index(job)
        if self.count >= NOTES:
            self.fresh()

    def check_mixture(self, job: Job, before: Tree, wanted: Tree, found: Tree) -> None:
        texts = {*before.values(), *wanted.values()}  # one that is rewritten and then moved may be at either name
        strange = [path for path, data in found.items() if data not in texts]
        missing = [path for path in before if path in wanted and path not in found]
        if strange or missing:
            self.problem(job, f"strange {strange}, missing {missing}")
        lost = set(before.values()) & set(wanted.values()) - set(found.values())
        if lost:
            self.problem(job, f"{len(lost)} texts are nowhere")
        if found not in (before, wanted):
            self.halves += 1
            code, said = Job("undo", "undo").run(self.vault)
            if code or tree(self.vault) != (wanted if job.verb == "undo" else before):
                self.problem(job, f"half done, and undo does not mend it: {code} {said[-300:]}")
        elif found == wanted != before and job.verb != "undo" and self.luck.random() < 0.3:
            Job("undo", "undo").run(self.vault)
            if tree(self.vault) != before:
                self.problem(job, "done before it was killed, and undo does not bring back what was")

    def check_index(self, job: Job) -> None:
        """The index is what a rebuild gives, and nothing is left behind once somebody sweeps."""
        dumped = Job("index", "index", "dump").run(self.vault)[1]
        Job("index", "index", "rebuild", "-q").run(self.vault)
        if dumped != Job("index", "index", "dump").run(self.vault)[1]:
            self.problem(job, "the index is not what a rebuild gives")
        if (answer := Job("check", "check", "--integrity").run(self.vault))[0]:
            self.problem(job, f"check --integrity: {answer}")
        Job("tend", "tend", "-q").run(self.vault)
        if left := [str(path) for path in self.vault.rglob(".pkm-*")]:
            self.problem(job, f"left behind: {left}")

    def problem(self, job: Job, what: str) -> None:
        self.problems.append(f"run {self.runs}: {' '.join(job.argv)}: {what}")


def tree(vault: Path) -> Tree:
    """Every note with its bytes."""
    return {str(path.relative_to(vault)): path.read_bytes() for path in _notes(vault)}


def _notes(vault: Path) -> Iterator[Path]:
    for folder, inner, names in os.walk(vault):
        inner[:] = [name for name in inner if not name.startswith(".")]
        yield from (Path(folder, name) for name in names if not name.startswith("."))


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run the campaign; exit code 1 when something went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(Path(folder) / "campaign", wanted.seed)
        while campaign.runs < wanted.runs and len(campaign.problems) < 10:
            campaign.run()
            if campaign.runs % 500 == 0:
                tell(f"{campaign.runs} runs, {campaign.kills} killed, {campaign.halves} half done")
    for problem in campaign.problems:
        tell(problem)
    tell(
        f"runs {campaign.runs} killed {campaign.kills} half done {campaign.halves} problems {len(campaign.problems)}"
        f" (seed {wanted.seed})"
    )
    return int(bool(campaign.problems))


if __name__ == "__main__":
    sys.exit(main())
