"""A person at a terminal: the command runs in a pseudo-terminal, and keys are typed when a prompt is seen."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

ROOT = str(Path(__file__).parents[2])


def converse(argv: list[str], cwd: Path, answers: list[tuple[str, str]] = [], **env: str) -> tuple[int, str]:  # noqa: B006 - never changed
    """The exit code of pkm and all that was shown. `answers`: what must have appeared since the last, and the keys then."""
    return talk([sys.executable, "-m", "pkm", *argv], cwd, answers, **env)


def talk(command: list[str], cwd: Path, answers: list[tuple[str, str]], **env: str) -> tuple[int, str]:
    """The same of any command."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdin=child,
        stdout=child,
        stderr=child,
        env={**os.environ, "TERM": "xterm", "PYTHONPATH": ROOT, "COLUMNS": "80", **env},
    )
    os.close(child)
    seen, since, waiting, end = "", 0, list(answers), time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([parent], [], [], 0.2)[0]:
            if process.poll() is not None:
                break
            continue
        try:
            part = os.read(parent, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part.decode("utf-8", "replace")
        if waiting and waiting[0][0] in seen[since:]:
            since = len(seen)
            os.write(parent, waiting.pop(0)[1].encode())
    if waiting:
        process.kill()
    process.wait(30)
    os.close(parent)
    assert not waiting, f"never shown: {waiting[0][0]!r}\n{seen}"
    return process.returncode, seen
