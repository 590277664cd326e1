"""Stories: Markdown files whose console blocks are run and compared, line by line.

A block fenced as ```console holds commands and what they print:

    $ echo hello          a command; lines that begin with "> " continue it
    hello                 what it prints, standard output and errors together
    ...                   any lines, also none; inside a line: any text
    [exit 2]              the exit code, when it is not 0

All blocks of a file run in one shell, in a new empty home folder that is also the current
folder. `~/pkm` is this checkout. The clock stands at `NOW`. Blocks with another name are prose.

`make stories-update` writes what was really printed where it differs; read the diff before you commit.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-20T08:30:00"
TIMEOUT = 180
_MARK = "=== story step done:"


@dataclass(frozen=True, slots=True)
class Step:
    """One command with what it should print; `first` and `last` are the lines of the expectation, from 0."""

    command: str
    expected: tuple[str, ...]
    first: int
    last: int

    @property
    def line(self) -> int:
        """The line of the command in the file, from 1."""
        return self.first - self.command.count("\n")


def parse(text: str) -> list[Step]:
    """Return the steps of all console blocks, in order."""
    steps: list[Step] = []
    command: list[str] = []
    start = 0
    lines = text.split("\n")
    inside = False

    def close(end: int) -> None:
        if command:
            steps.append(Step("\n".join(command), tuple(lines[start:end]), start, end))
            command.clear()

    for number, line in enumerate(lines):
        if not inside:
            inside = line == "```console"
        elif line == "```":
            close(number)
            inside = False
        elif line.startswith("$ "):
            close(number)
            command.append(line[2:])
            start = number + 1
        elif command and start == number and (line.startswith("> ") or line == ">"):
            command.append(line[2:])
            start = number + 1
    return steps


def matches(expected: tuple[str, ...], actual: list[str]) -> bool:
    """Tell whether the printed lines are the expected ones; `...` stands for any lines or any text."""
    pattern = "".join(
        r"(?:[^\n]*\n)*" if line == "..." else ".*".join(map(re.escape, line.rstrip().split("..."))) + r"[ \t]*\n"
        for line in expected
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in actual)) is not None


def run(steps: list[Step], home: Path) -> list[list[str]]:
    """Run the commands one after the other in one shell; return the lines each printed, exit code last.

    Shorter than `steps` when the shell ended or hung before the last command.
    """
    tools = home.parent / "tools"
    tools.mkdir()
    pkm = tools / "pkm"
    pkm.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pkm "$@"\n')
    pkm.chmod(0o755)
    (home / "pkm").symlink_to(ROOT, target_is_directory=True)
    script = "".join(f"{{ {step.command}\n}} 2>&1 </dev/null\nprintf '\\n{_MARK} %d\\n' $?\n" for step in steps)
    path = home.parent / "script.sh"
    path.write_text(script)
    try:
        done = subprocess.run(
            ["bash", str(path)], cwd=home, env=_environment(home, tools), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT, check=False,
        )  # fmt: skip
        output = done.stdout
    except subprocess.TimeoutExpired as late:
        output = late.stdout or b""
    return _split(output.decode("utf-8", "replace").replace(str(home), "~"))


def _environment(home: Path, tools: Path) -> dict[str, str]:
    return {
        "HOME": str(home),
        "PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PKM_NOW": NOW,
        "TZ": "UTC",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Story",
        "GIT_AUTHOR_EMAIL": "story@example.org",
        "GIT_AUTHOR_DATE": NOW,
        "GIT_COMMITTER_NAME": "Story",
        "GIT_COMMITTER_EMAIL": "story@example.org",
        "GIT_COMMITTER_DATE": NOW,
    }


def _split(output: str) -> list[list[str]]:
    results: list[list[str]] = []
    for piece in output.split(f"\n{_MARK} ")[:-1]:
        # The exit code of the step before stands at the head of each piece but the first.
        results.append(piece.split("\n", 1)[1].splitlines() if results else piece.splitlines())
    codes = re.findall(rf"^{_MARK} (\d+)$", output, re.MULTILINE)
    for lines, code in zip(results, codes, strict=True):
        while lines and not lines[-1].strip():
            lines.pop()
        if code != "0":
            lines.append(f"[exit {code}]")
    return results


def play(path: Path) -> tuple[list[Step], list[list[str]]]:
    """Run one story in a new home; return its steps and what each printed."""
    steps = parse(path.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="pkm-story-") as folder:
        home = Path(folder, "home")
        home.mkdir()
        return steps, run(steps, home)


def report(path: Path) -> str:
    """Run one story; return "" when all is as told, else each difference with its line."""
    steps, results = play(path)
    out: list[str] = []
    for step, actual in zip(steps, results, strict=False):
        expected = _without_blank_end(step.expected)
        if not matches(expected, actual):
            diff = difflib.unified_diff(expected, actual, "story", "printed", lineterm="", n=1)
            out += [f"{path}:{step.line}: $ {step.command}", *diff, ""]
    if len(results) < len(steps):
        missing = steps[len(results)]
        out.append(f"{path}:{missing.line}: the shell ended or hung here: $ {missing.command}")
    return "\n".join(out)


def _without_blank_end(lines: tuple[str, ...]) -> tuple[str, ...]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]


def update(path: Path) -> int:
    """Write what was printed where it differs from what is told; return how many steps changed."""
    steps, results = play(path)
    lines = path.read_text(encoding="utf-8").split("\n")
    changed = 0
    for step, actual in reversed(list(zip(steps, results, strict=False))):
        expected = _without_blank_end(step.expected)
        if not matches(expected, actual):
            lines[step.first : step.first + len(expected)] = actual
            changed += 1
    if changed:
        path.write_text("\n".join(lines), encoding="utf-8")
    return changed


def stories() -> list[Path]:
    """Return every file whose console blocks are promises: the stories, the README and the docs."""
    found = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests" / "stories").glob("*.md")]
    return sorted(path for path in found if path.is_file() and "```console\n" in path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for story in [Path(name).resolve() for name in sys.argv[1:]] or stories():
        sys.stdout.write(f"{update(story)} changed  {story.relative_to(ROOT)}\n")
