"""kill -9 at random moments, and at system calls as the kernel sees them."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pkm
from pkm.model.digest import digest
from pkm.vault.plan import Create, Plan, Rewrite, apply
from pkm.vault.undo import history, sweep, undo
from tests.vault.kit import adopted, got, litter, tree

if TYPE_CHECKING:
    from pkm.vault.vault import Vault

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process to kill")


def body(number: int, version: int = 0) -> bytes:
    """Bytes that prove their own wholeness."""
    text = f"note {number} version {version}\n" * (1 + number % 7 * 400)
    return f"{text}{digest(text.encode())}\n".encode()


def whole(data: bytes) -> bool:
    text, _, last = data[:-1].rpartition(b"\n")
    return digest(text + b"\n").encode() == last


def work(vault: Vault, first: int, tell: int) -> None:
    """Add notes and rewrite some, for ever; each is told only when it is done."""
    for number in range(first, first + 10_000):
        apply(vault, Plan([Create(f"inbox/{number}.md", body(number))], f"add {number}"))
        os.write(tell, b"%d 0\n" % number)
        if number % 2:
            apply(vault, Plan([Rewrite(f"inbox/{number}.md", body(number, 1), digest(body(number)))], f"edit {number}"))
            os.write(tell, b"%d 1\n" % number)


def test_what_was_acknowledged_survives_kill_9_at_random_moments(tmp_path: Path) -> None:
    vault = adopted(tmp_path / "vault")
    luck = random.Random(7)
    promised: dict[int, int] = {}
    for round_ in range(25):
        reading, telling = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            try:
                work(vault, round_ * 10_000, telling)
            finally:
                os._exit(1)
        os.close(telling)
        with open(reading, "rb") as told:
            lines = [told.readline() for _ in range(luck.randint(1, 4))]  # let it come so far …
            time.sleep(luck.uniform(0, 0.006))  # … and die somewhere on the way to the next
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            for line in [*lines, *told.read().splitlines()]:
                number, version = map(int, line.split())
                promised[number] = version

    assert len(promised) >= 25
    for number, version in promised.items():
        data = got(vault, f"inbox/{number}.md")
        assert data in (body(number, version), body(number, 1 if number % 2 else 0)), number
    notes = [path for path in tree(vault) if path.endswith(".md")]
    assert all(whole(Path(vault.root, path).read_bytes()) for path in notes)
    assert len(history(vault)) >= sum(1 + version for version in promised.values())
    assert sweep(vault) == []
    assert litter(vault) == []
    undo(vault, 1_000_000)
    assert [path for path in tree(vault) if path.endswith(".md")] == []


def straced(vault: Vault, fault: str, log: Path) -> subprocess.CompletedProcess[bytes]:
    code = (
        "import sys; from pkm.vault.vault import Vault; from pkm.vault.plan import *\n"
        "from pkm.errors import PkmError\n"
        f"try: apply(Vault({vault.root!r}), Plan([Create('inbox/a.md', b'whole' * 2000)], 'add'))\n"
        "except PkmError as error: sys.exit(error.exit_code)"
    )
    # Only calls on the vault count, so the numbers do not depend on how Python starts.
    command = ["strace", "-f", "-qq", "-o", str(log), "-P", vault.root, "-P", f"{vault.root}/inbox"]
    command += ["-P", f"{vault.root}/.pkm", "-P", f"{vault.root}/.pkm/undo", "-P", f"{vault.root}/.pkm/undo/000001.log"]
    command += [*(["-e", f"inject={fault}"] if fault else []), sys.executable, "-c", code]
    here = {**os.environ, "PYTHONPATH": str(Path(pkm.__file__).parent.parent)}
    return subprocess.run(command, env=here, capture_output=True, check=False)


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
@pytest.mark.parametrize("fault", ["signal=KILL", "error=EIO"])
@pytest.mark.parametrize("call", ["fsync", "linkat", "mkdirat", "unlinkat", "write"])
def test_a_capture_that_the_kernel_stops_is_whole_or_absent(tmp_path: Path, call: str, fault: str) -> None:
    vault = adopted(tmp_path / "vault")
    if straced(vault, "", tmp_path / "log").returncode:
        pytest.skip("tracing is not permitted")
    times = (tmp_path / "log").read_text().count(f" {call}(")
    assert times or call == "write"

    for nth in range(1, times + 1):
        shutil.rmtree(vault.root)
        adopted(Path(vault.root))
        ended = straced(vault, f"{call}:{fault}:when={nth}", tmp_path / "log")

        note = got(vault, "inbox/a.md")
        assert note in (None, b"whole" * 2000)
        assert (ended.returncode == 0) <= (note is not None)
        assert b"Traceback" not in ended.stderr
        if fault == "error=EIO" and call == "fsync":
            assert ended.returncode == 5
        for _ in history(vault):
            undo(vault)
        assert {path for path in tree(vault) if ".pkm-" not in path} <= {"pkm.toml", "inbox"}
