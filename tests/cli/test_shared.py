"""The vault can be named before a verb or behind it, with every verb."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from pkm.cli import state
from pkm.cli.app import COMMANDS, run
from pkm.cli.lazy import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A vault somewhere else than here."""
    elsewhere, vault = tmp_path / "elsewhere", tmp_path / "vault"
    elsewhere.mkdir()
    vault.mkdir()
    (vault / "pkm.toml").touch()
    (vault / "a.md").write_text("# Apple\n\nSee [[b]].\n")
    (vault / "b.md").write_text("# Bread\n")
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(sys, "stdin", open(os.devnull, encoding="utf-8"))  # noqa: SIM115 - as long as the test
    yield vault
    sys.stdin.close()
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("side", ["before", "behind", "in one word"])
@pytest.mark.parametrize(
    "line",
    [
        "add a thought",
        "seek add a thought",
        "find bread",
        "write Title -",
        "link a b --as see",
        "check --rule broken-link",
        "publish --yes",
        "open apple",
        "edit apple --append more",
        "move apple Pear",
        "tend",
        "undo --list",
        "index",
        "index rebuild",
        "index dump",
    ],
)
def test_the_vault_is_named_on_either_side_of_the_verb(vault: Path, line: str, side: str) -> None:
    state.reset()
    flag = [f"--vault={vault}"] if side == "in one word" else ["--vault", str(vault)]

    code = run([*flag, *line.split()] if side == "before" else [*line.split(), *flag])

    assert code == 0
    assert state.bench().root == str(vault)
    state.reset()


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_verb_knows_the_shared_flags(name: str) -> None:
    command = load(COMMANDS[name])

    for each in (command, *getattr(command, "commands", {}).values()):
        assert {"--vault", "--no-refresh", "--debug"} <= {opt for param in each.params for opt in param.opts}


def test_debug_behind_a_verb_shows_where_an_error_came_from(vault: Path) -> None:
    state.reset()
    with pytest.raises(Exception, match="no note"):
        run(["open", "nothing", "--vault", str(vault), "--debug"])
    state.reset()
