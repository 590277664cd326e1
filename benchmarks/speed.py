"""How fast `pkm` is beside other programs that look at the same files, in one interleaved run.

    python benchmarks/speed.py [--notes 1000,10000] [--rounds 5] [--json FILE]

Writes a vault of made-up notes to a temporary folder, the same for the same number. The judge is CPU
time (user and system, with children), the median of the rounds, and only as a ratio to a program
measured in the same round: machines differ and are shared. A search counts only if its answer is right.

The floor of the first fill is reading all notes once (`cat`); of a refresh, `find -newermt`; of every command,
a bare Python that does nothing. Programs that are not installed are left out.

Measured with 10,000 notes, five rounds, on two quiet cores, with the compiled scanner (Python 3.11, SQLite 3.40):

    start (--version)         1.07 x python
    help                      0.96 x python
    keep a thought            1.30 x python
    first fill                7.44 x read      0.22 x git add
    nothing changed           1.93 x git status   1.23 x find
    1 note changed            1.09 x nothing changed   0.07 x git add
    100 notes changed         1.67 x nothing changed   0.10 x git add
    rare word                 0.73 x rg        0.33 x when it need not look at the files
    best 20 of a common word  0.36 x rg        (as it is, without a look)
    links to the hub          0.34 x rg        (the same)

A first fill of 100,000 notes (286 MB) peaked at 125 MB of memory, a refresh of 100 of them at 38 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent.parent
PKM = f"{sys.executable} {HERE / 'bin' / 'pkm'}"
RARE = "zyxquartz"
COMMON = "note"
SYLLABLES = "ba ke li mo nu ra se ti vo za dri fle gro plu sta tre wen".split()
HAN = "知识管理笔记链接思考学习社区分享网络图谱"


class Step(NamedTuple):
    """One thing to measure: the commands that are compared, and what the first is judged against."""

    name: str
    commands: dict[str, str]
    against: tuple[str, ...]
    before: str = ""  # done to the vault before each round, untimed: wipe, change 1, change 100


PYTHON = "{python} -c pass"
CAT = "find . -name '*.md' -print0 | xargs -0 cat > /dev/null"
STEPS = (
    Step("start (--version)", {"pkm": "{pkm} --version", "python": PYTHON}, ("python",)),
    Step("help", {"pkm": "{pkm} --help", "python": PYTHON}, ("python",)),
    Step("keep a thought", {"pkm": "{pkm} add -q 'A thought of {time}'", "python": PYTHON}, ("python",)),
    Step("first fill", {"pkm": "{pkm} index -q", "read": CAT, "git add": "git add -A"}, ("read", "git add"), "wipe"),
    Step(
        "nothing changed",
        {"pkm": "{pkm} index -q", "git status": "git status --porcelain", "find": "find . -newermt 2099-01-01"},
        ("git status", "find"),
    ),
    Step(
        "1 note changed", {"pkm": "{pkm} index -q", "git add": "git add -A"}, ("nothing changed", "git add"), "change 1"
    ),
    Step(
        "100 notes changed",
        {"pkm": "{pkm} index -q", "git add": "git add -A"},
        ("nothing changed", "git add"),
        "change 100",
    ),
    Step("rare word", {"pkm": f"{{pkm}} find {RARE} --paths", "rg": f"rg -l {RARE}"}, ("rg",)),
    Step("rare word, no look", {"pkm": f"{{pkm}} find {RARE} --paths --no-refresh", "rg": f"rg -l {RARE}"}, ("rg",)),
    Step(
        "best 20 of a common word",
        {"pkm": f"{{pkm}} find {COMMON} -n 20 --paths --no-refresh", "rg": f"rg -lwi {COMMON}"},
        ("rg",),
    ),
    Step(
        "links to the hub",
        {"pkm": "{pkm} find --link-to {hub} --paths --no-refresh", "rg": "rg -l '\\[\\[{hub}[]|#]'"},
        ("rg",),
    ),
)


def write_vault(folder: Path, count: int) -> None:
    """Notes as people have them: front matter, headings, lists, code, links that favour a few, some Chinese."""
    luck = random.Random(count)
    words = [COMMON] + ["".join(luck.choices(SYLLABLES, k=luck.randint(1, 4))) for _ in range(20_000)]
    weights = [1 / (rank + 10) for rank in range(len(words))]
    rare = {count // 7, count // 2, count - 3}
    for number in range(count):
        body = " ".join(luck.choices(words, weights, k=min(4000, int(luck.lognormvariate(5.3, 0.7)))))
        links = [min(number, int(luck.expovariate(1 / (1 + number / 12)))) for _ in range(luck.randint(0, 11))]
        lines = [body[at : at + 70] for at in range(0, len(body), 70)]
        for link in links:
            lines.insert(luck.randrange(len(lines)), f"See [[note-{link}{luck.choice(['', '', '|so'])}]].")
        lines.insert(0, f"## {words[number % 500]}")
        lines.append(f"- [ ] {words[number % 90]} #t{number % 40}\n\n```\nno [[link]] here\n```")
        if number in rare:
            lines.append(f"A word like no other: {RARE}.")
        if number % 16 == 0:
            lines.append("".join(luck.choices(HAN, k=200)))
        front = (
            f"---\ntitle: {words[number % 700]} {number}\nid: n{number}\n"
            f"tags: [t{number % 30}]\ncreated: 2026-01-{number % 28 + 1:02}\n---\n"
        )
        path = folder / f"{number % 37:02}" / f"note-{number}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(front + "\n".join(lines) + "\n", "utf-8")


class Vault:
    """A vault on disk, and what is done to it between measurements."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        folder.mkdir()
        write_vault(folder, count)
        self.notes = sorted(folder.glob("*/*.md"))
        self.luck = random.Random(1)
        (folder / "pkm.toml").write_text("")
        if shutil.which("git"):
            subprocess.run(["git", "init", "-q"], cwd=folder, check=True)

    def prepare(self, what: str) -> None:
        if what == "wipe":
            for path in (self.folder / ".pkm").glob("index.db*"):
                path.unlink()
            shutil.rmtree(self.folder / ".git", ignore_errors=True)
            if shutil.which("git"):
                subprocess.run(["git", "init", "-q"], cwd=self.folder, check=True)
        elif what:
            for path in self.luck.sample(self.notes, int(what.rpartition(" ")[2])):
                with path.open("a", encoding="utf-8") as note:
                    note.write(f"\nchanged {time.time_ns()}\n")
            time.sleep(0.1)  # past the tick in which a file's time proves nothing


def measure(command: str, vault: Vault, environ: dict[str, str]) -> tuple[float, int, bytes]:
    """CPU milliseconds and peak memory in MB of one run, and what it printed."""
    shown = command.format(python=sys.executable, pkm=PKM, time=time.time_ns(), hub="note-0")
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            ["sh", "-c", "exec " + shown if "|" not in shown else shown],
            cwd=vault.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=out,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        if process.returncode:
            sys.exit(f"{shown}: exit code {process.returncode}")
        return (used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss // 1024, out.read()


def _installed(command: str) -> bool:
    program = command.partition(" ")[0]
    return program.startswith("{") or shutil.which(program) is not None


def run(count: int, rounds: int) -> list[dict[str, object]]:
    """Every step on a vault of so many notes."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        home.mkdir()
        vault = Vault(Path(folder, "vault"), count)
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("PKM_", "GIT_", "XDG_"))}
        environ |= {"HOME": str(home), "PKM_VAULT": str(vault.folder), "PYTHONPATH": str(HERE)}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        results: list[dict[str, object]] = []
        medians: dict[str, float] = {}
        for step in STEPS:
            commands = {name: command for name, command in step.commands.items() if _installed(command)}
            times: dict[str, list[float]] = {name: [] for name in commands}
            answers: dict[str, int] = {}
            memory = 0
            for number in range(rounds + 1):
                vault.prepare(step.before)
                for name, command in commands.items():
                    cpu, peak, printed = measure(command, vault, environ)
                    answers[name] = printed.count(b"\n")
                    if name == "pkm":
                        memory = max(memory, peak)
                    if number:  # the first warms the caches
                        times[name].append(cpu)
            if step.name.startswith(("rare", "links")) and len(set(answers.values())) > 1:
                sys.exit(f"{step.name}: the answers differ: {answers}")
            found = {name: statistics.median(values) for name, values in times.items()}
            medians[step.name] = found["pkm"]
            beside = {**medians, **found}
            ratios = {other: found["pkm"] / beside[other] for other in step.against if other in beside}
            results.append({"notes": count, "step": step.name, "cpu_ms": found, "ratios": ratios, "memory_mb": memory})
            shown = "   ".join(f"{ratio:6.2f} x {other}" for other, ratio in ratios.items())
            print(f"{count:>7,}  {step.name:26s}{found['pkm']:9.1f} ms {memory:5d} MB   {shown}", flush=True)
        return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", default="1000,10000", help="sizes of the vaults")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="write the figures to a file")
    given = parser.parse_args()
    results = [result for count in given.notes.split(",") for result in run(int(count), given.rounds)]
    if given.json:
        Path(given.json).write_text(json.dumps(results, indent=1), "utf-8")


if __name__ == "__main__":
    main()
