"""A note as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pkm.errors import UsageError
from pkm.sync import history
from pkm.vault.plan import apply
from pkm.vault.undo import undo
from pkm.vault.vault import Vault

if TYPE_CHECKING:
    from tests.sync.clones import Clone

DAY = 86400.0


def at(day: int, monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setenv("PKM_NOW", f"2026-11-{day:02}T12:00:00")
    from pkm.config import now

    return now()


@pytest.fixture
def written(pair: tuple[Clone, Clone], monkeypatch: pytest.MonkeyPatch) -> tuple[Clone, list[float]]:
    """A note with three versions on three days; renamed in between."""
    one, two = pair
    times = []
    for day, name in ((21, "n.md"), (22, "in/n.md"), (23, "in/n.md")):
        times.append(at(day, monkeypatch))
        if day == 22:
            (one.root / "n.md").rename(one.root / "in/n.md")
        one.write(name, one.read(name) + f"day {day}\n")
        one.sync()
    two.sync()
    return one, times


def test_versions_are_found_across_a_rename(written: tuple[Clone, list[float]]) -> None:
    one, times = written

    found = history.versions(str(one.root), "in/n.md")

    assert [version.at for version in found[:3]] == times[::-1]
    assert [version.path for version in found] == ["in/n.md", "in/n.md", "n.md", "n.md"]
    assert history.content(str(one.root), found[0]).endswith(b"day 23\n")


def test_a_version_that_came_from_another_machine_is_one(
    pair: tuple[Clone, Clone], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = pair
    at(21, monkeypatch)
    one.write("n.md", one.read("n.md").replace("one", "ONE"))
    one.sync()
    when = at(22, monkeypatch)
    two.write("n.md", two.read("n.md").replace("three", "THREE"))
    two.sync()

    found = history.versions(str(two.root), "n.md")

    assert found[0].at == when
    assert history.content(str(two.root), found[0]).endswith(b"ONE\ntwo\nTHREE\n")


def test_a_note_gets_the_text_of_a_day_back_and_undo_takes_that_back(written: tuple[Clone, list[float]]) -> None:
    one, times = written
    vault = Vault(str(one.root))
    before = one.files()

    version = history.as_of(str(one.root), "in/n.md", times[1] + DAY / 2)
    plan = history.restore(vault, "in/n.md", history.content(str(one.root), version), "then")
    apply(vault, plan)

    assert one.read("in/n.md").endswith("day 21\nday 22\n")
    undo(vault)
    assert one.files() == before
    assert not history.restore(vault, "in/n.md", vault.read("in/n.md"), "then").changes


def test_a_deleted_note_comes_back(written: tuple[Clone, list[float]], monkeypatch: pytest.MonkeyPatch) -> None:
    one, times = written
    at(24, monkeypatch)
    one.remove("in/n.md")
    one.sync()
    vault = Vault(str(one.root))

    version = history.as_of(str(one.root), "in/n.md", times[2] + 1)
    apply(vault, history.restore(vault, "in/n.md", history.content(str(one.root), version), "then"))

    assert one.read("in/n.md").endswith("day 23\n")


@pytest.mark.parametrize(("path", "word"), [("in/n.md", "did not exist"), ("nowhere.md", "no version")])
def test_what_was_not_there_is_said(written: tuple[Clone, list[float]], path: str, word: str) -> None:
    one, _ = written

    with pytest.raises(UsageError, match=word):
        history.as_of(str(one.root), path, 1000.0)
