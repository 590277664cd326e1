"""Tab: verbs, flags and the titles of notes, in the shells as they are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pkm.cli.complete import script
from tests.cli.terminal import ROOT, talk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    (tmp_path / "pkm.toml").touch()
    for title in ("Spaced practice", "Spaced repetition", 'A "quoted" one', "100% sure", "间隔重复", "\x1b[31mred"):
        name = "".join(char for char in title if char.isalnum()) + ".md"
        (tmp_path / name).write_text(f"# {title}\n")
    run(tmp_path, "index", "-q")
    return tmp_path


def run(vault: Path, *argv: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "pkm", *argv],
        cwd=vault,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT},
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["op"], ["open"]),
        (["open", "Spaced"], ["Spaced practice", "Spaced repetition"]),
        (["open", "spaced r"], ["Spaced repetition"]),
        (["edit", "间"], ["间隔重复"]),
        (["open", "100%"], ["100% sure"]),
        (["open", "Spaced_"], []),
        (["add", "--for", "A "], ['A "quoted" one']),
        (["find", "--link-to", "Spaced p"], ["Spaced practice"]),
        (["find", "--tagl"], ["--tagless"]),
        (["move", "--prop"], ["--property"]),
        (["index", "re"], ["rebuild", "report"]),
        (["--no-r"], ["--no-refresh"]),
        (["add", "any wor"], []),
    ],
)
def test_what_may_come_next_is_offered(vault: Path, words: list[str], found: list[str]) -> None:
    assert run(vault, "--complete", *words) == found


def test_titles_move_no_cursor(vault: Path) -> None:
    assert "[31mred" in run(vault, "--complete", "open", "")[0] + "".join(run(vault, "--complete", "open", ""))
    assert not any("\x1b" in title for title in run(vault, "--complete", "open", ""))


def test_nothing_is_offered_and_nothing_said_where_there_is_no_vault(tmp_path: Path) -> None:
    assert run(tmp_path, "--complete", "open", "x") == []


@pytest.fixture
def path(vault: Path) -> str:
    """A PATH on which `pkm` is this one."""
    (vault / "bin").mkdir()
    (vault / "bin" / "pkm").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pkm "$@"\n')
    (vault / "bin" / "pkm").chmod(0o755)
    return f"{vault / 'bin'}:{os.environ['PATH']}"


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("words", "reply"),
    [
        ("pkm op", "open"),
        ("pkm open Spaced\\ p", "Spaced\\ practice"),
        ("pkm open '\"Spaced p'", "Spaced practice"),
        ("pkm open A", 'A\\ \\"quoted\\"\\ one'),
    ],
)
def test_bash_completes_titles_with_spaces_and_quotes(vault: Path, path: str, words: str, reply: str) -> None:
    lines = f"{script('bash')}\nCOMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); _pkm\n"
    lines += 'printf "%s\\n" "${COMPREPLY[@]}"\n'

    done = subprocess.run(
        ["bash", "-c", lines],
        cwd=vault,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT, "PATH": path},
        check=True,
    )

    assert done.stdout.splitlines() == [reply]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="needs zsh")
@pytest.mark.parametrize(
    ("typed", "shown", "given"),
    [
        ("pkm op", "open", "open"),
        ("pkm open Spaced\\ r", "epetition", "open|Spaced repetition"),
        ("pkm open 'spaced r", "epetition", "open|Spaced repetition"),
        ("pkm open A", "one", 'open|A "quoted" one'),
        ("pkm find --tagl", "ess", "find|--tagless"),
    ],
)
def test_zsh_completes_what_is_typed(vault: Path, path: str, typed: str, shown: str, given: str) -> None:
    (vault / "rc").write_text(
        script("zsh")
        + 'function pkm { if [[ $1 == --complete ]] { command pkm $@ } else { print -r -- "got <${(j:|:)@}>" } }\n'
    )
    keys = [("ready>", "source ./rc\r"), ("ready>", typed + "\t"), (shown, "\r"), ("got <", "exit\r")]

    _, seen = talk(["zsh", "-f", "-i"], vault, keys, PATH=path, PYTHONPATH=ROOT, PS1="ready> ")

    assert f"got <{given}>" in seen


@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("pkm op", ["open"]),
        ("pkm open Spaced\\ r", ["Spaced repetition"]),
        ('pkm open "spaced r', ["Spaced repetition"]),
        ("pkm find --link-to 'Spaced p", ["Spaced practice"]),
        ("pkm index re", ["rebuild", "report"]),
    ],
)
def test_fish_completes_what_is_typed(vault: Path, path: str, typed: str, found: list[str]) -> None:
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"{script('fish')}\ncomplete -C $argv[1]", typed],
        cwd=vault,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT, "PATH": path, "HOME": str(vault)},
        check=True,
    )

    assert done.stdout.splitlines() == found


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_can_read_its_script(shell: str) -> None:
    text = script(shell)

    assert "pkm --complete" in text
    if shutil.which(shell):
        subprocess.run([shell, "-n", "-c", text], check=True)
