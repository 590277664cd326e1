"""What is generated from the commands is what the commands say."""

from __future__ import annotations

import re

import pytest

from pkm.cli import reference
from pkm.cli.app import COMMANDS
from pkm.cli.lazy import load


def test_the_generated_files_are_current() -> None:
    assert reference.stale() == []


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_verb_says_what_it_does_and_gives_an_example(name: str) -> None:
    command = load(COMMANDS[name])

    first = (command.help or "").strip().splitlines()[0]

    assert first == COMMANDS[name].short
    assert re.search(rf"Example:.*\bpkm {name}\b", " ".join(command.help.split()))


def test_no_verb_has_the_name_of_an_act() -> None:
    assert not set(COMMANDS) & {"seek", "sense", "share", "help"}
