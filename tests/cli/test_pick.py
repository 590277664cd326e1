"""A note that was not named, or not clearly, is picked at a terminal; a script is told what is missing."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pkm.cli.pick import Picker
from tests.cli.terminal import ROOT, converse

if TYPE_CHECKING:
    from pathlib import Path

TITLES = ["Protocols protect the quiet ones", "A quiet protocol", "Queues", "Port"]


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    (tmp_path / "pkm.toml").touch()
    for path, title in (("a/Apple.md", "Apple"), ("b/Apple.md", "Apple"), ("Bread.md", "Bread")):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(f"# {title}\n")
    return tmp_path


def fitting(typed: str) -> list[str]:
    picker = Picker([(title, f"{number}.md") for number, title in enumerate(TITLES)])
    picker.typed = typed
    return [TITLES[row] for row in picker.fitting]


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("", TITLES),
        ("quiet", ["Protocols protect the quiet ones", "A quiet protocol"]),
        ("a qui", ["A quiet protocol"]),
        ("prot quiet", ["Protocols protect the quiet ones", "A quiet protocol"]),
        ("ppq", ["Protocols protect the quiet ones"]),
        ("aqp", ["A quiet protocol"]),
        ("po", ["Port", "Protocols protect the quiet ones", "A quiet protocol"]),
        ("(.*", []),
        ("zz", []),
    ],
)
def test_letters_in_their_order_are_enough_to_find_a_title(typed: str, titles: list[str]) -> None:
    assert fitting(typed) == titles


def test_edit_without_a_note_offers_them_all(vault: Path) -> None:
    code, seen = converse(["edit"], vault, [("3 of 3", "brd"), ("1 of 3", "\r")], EDITOR="echo opened")

    assert code == 0
    assert f"opened {vault}/Bread.md" in seen


def test_edit_of_a_name_that_means_two_offers_these(vault: Path) -> None:
    code, seen = converse(["edit", "apple"], vault, [("2 of 2", "\x1b[B\r")], EDITOR="echo opened")

    assert code == 0
    assert f"opened {vault}/b/Apple.md" in seen


def test_move_asks_for_what_was_not_said(vault: Path) -> None:
    code, _ = converse(["move"], vault, [("3 of 3", "bread"), ("1 of 3", "\r"), ("where?", "Cake\n")])

    assert code == 0
    assert (vault / "Cake.md").is_file()


def test_who_picks_nothing_changes_nothing(vault: Path) -> None:
    code, seen = converse(["open"], vault, [("3 of 3", "\x1b")])

    assert code == 2
    assert "No note was chosen." in seen


@pytest.mark.parametrize("argv", [["edit"], ["edit", "apple"], ["move"], ["move", "Bread"], ["open"]])
def test_a_script_is_told_with_exit_code_2(vault: Path, argv: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pkm", *argv],
        cwd=vault,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ROOT, "HOME": str(vault.parent)},
        check=False,
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert "?" in done.stderr or "may be 2 notes" in done.stderr or "This needs" in done.stderr
