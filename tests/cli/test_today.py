"""Bare `pkm`: today in a few lines, and a change that a crash broke off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pkm.model.digest import digest
from pkm.vault.plan import Plan, Rewrite, apply
from pkm.vault.vault import Vault
from tests.cli.terminal import ROOT
from tests.trust import faults

if TYPE_CHECKING:
    from pathlib import Path


def pkm(vault: Path, *argv: str) -> str:
    env = {**os.environ, "PYTHONPATH": ROOT, "PKM_NOW": "2026-11-20T08:30:00"}
    return subprocess.run(
        [sys.executable, "-m", "pkm", *argv], cwd=vault, capture_output=True, text=True, env=env, check=True
    ).stdout


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    (tmp_path / "pkm.toml").touch()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.md").write_text("---\ncreated: 2026-11-18\n---\nA thought\n")
    (tmp_path / "b.md").write_text("# B\n")
    return tmp_path


def test_today_fits_in_eight_lines(vault: Path) -> None:
    lines = pkm(vault).splitlines()

    assert len(lines) <= 8
    assert lines[0].startswith("Friday 20 Nov · vault ")
    assert lines[1] == "seek   inbox 1, oldest 2 days"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a child process to kill")
def test_a_change_that_was_broken_off_is_told_of_until_it_is_taken_back(vault: Path) -> None:
    changes = [
        Rewrite("b.md", b"# New\n", digest(b"# B\n")),
        Rewrite("inbox/a.md", b"x", digest((vault / "inbox" / "a.md").read_bytes())),
    ]
    for nth in range(1, 60):  # the first kill after the first of the two deeds
        status, _ = faults.run(lambda: apply(Vault(str(vault)), Plan(changes, "a change of two")), faults.KILL, nth)
        if (vault / "b.md").read_text() != "# B\n":
            break
    assert status == faults.KILLED

    told, as_json = pkm(vault), json.loads(pkm(vault, "--json"))
    pkm(vault, "undo")

    assert told.splitlines()[-1] == "A change was broken off: a change of two. Take it back:  pkm undo"
    assert as_json["broken_off"] == "a change of two"
    assert (vault / "b.md").read_text() == "# B\n"
    assert "broken off" not in pkm(vault)
