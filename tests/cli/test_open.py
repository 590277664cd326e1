"""`pkm open`: a note, its links, its layers; and choosing one of several."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.cli import pick, state
from pkm.cli.app import run
from pkm.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLE = Path(__file__).parents[2] / "templates" / "sample-vault"
Answer = tuple[int, str, str]
LAYERED = """---
title: Layered
---
# Head

**Lead.** Then **bold words here that count** and `**no**`.

## Part one

Text **more ==bright== bold** and
==over
two lines== here.

## Part two

> [!summary] In short
> All of
> it.

[[nowhere]] [[Silence is a tool|quiet]] \x1b[31mred
"""


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("open") / "vault"
    shutil.copytree(SAMPLE, path)
    (path / "pkm.toml").write_text("")
    (path / "notes" / "Layered.md").write_text(LAYERED)
    return path


@pytest.fixture
def ask(
    vault: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Iterator[Callable[..., Answer]]:
    monkeypatch.chdir(vault)
    monkeypatch.setenv("COLUMNS", "80")

    def asked(*argv: str) -> Answer:
        state.reset()
        code = run(["open", *argv])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    yield asked
    state.reset()


def test_a_note_is_shown_with_what_links_to_it(ask: Callable[..., Answer]) -> None:
    code, out, _ = ask("Protocols", "protect")

    assert code == 0
    assert out.startswith(
        "Protocols protect the quiet ones\nnotes/Protocols protect the quiet ones.md · permanent · bud · project"
    )
    assert "A fixed turn costs the loud a minute" in out
    assert "id: " not in out
    assert out.endswith(
        "Linked from 2 notes:\n"
        "  How to run a check-in round  notes/How to run a check-in round.md\n"
        "      applies:: Protocols protect the quiet ones — the fixed turn is the whole trick\n"
        "  Learning communities  notes/Learning communities.md\n"
        "      Protocols protect the quiet ones — the structure in one tool\n"
    )


def test_links_are_shown_both_ways_broken_ones_too(ask: Callable[..., Answer]) -> None:
    _, out, _ = ask("Layered", "--links")

    assert (
        "Links to 2 files:\n  nothing there  [[nowhere]]\n  Silence is a tool  notes/Silence is a tool.md  [[Silence"
        in out
    )
    assert out.endswith("Nothing links here.\n")
    assert "bold words" not in out


@pytest.mark.parametrize(
    ("layer", "shown"),
    [
        ("2", ["Head", "    6  bold words here that count", "Part one", "   10  more bright bold"]),
        ("3", ["Part one", "   10  bright", "   11  over two lines"]),
        ("4", ["Part two", "   16  All of it."]),
    ],
)
def test_a_layer_is_shown_under_its_headings_with_lines_of_the_file(
    ask: Callable[..., Answer], layer: str, shown: list[str]
) -> None:
    assert ask("Layered", "--layer", layer)[:2] == (0, "\n".join(shown) + "\n")


def test_a_layer_that_is_not_there_is_said(ask: Callable[..., Answer]) -> None:
    code, out, err = ask("Silence", "--layer", "3")

    assert (code, out) == (1, "")
    assert "highlighted" in err


def test_json_tells_every_link_with_its_bytes(ask: Callable[..., Answer]) -> None:
    found = json.loads(ask("Layered", "--json")[1])
    data = Path("notes/Layered.md").read_bytes()

    assert found["path"] == "notes/Layered.md"
    assert found["text"] == LAYERED.removeprefix("---\ntitle: Layered\n---\n")
    assert [link["path"] for link in found["links_to"]] == [None, "notes/Silence is a tool.md"]
    assert [data[link["start"] : link["end"]].decode() for link in found["links_to"]] == [
        link["raw"] for link in found["links_to"]
    ]

    back = json.loads(ask("Silence is a tool", "--json")[1])["linked_from"]
    assert back[0]["sentence"] == "nowhere quiet \x1b[31mred"


def test_note_text_cannot_move_the_cursor(ask: Callable[..., Answer]) -> None:
    for flags in ([], ["--links"], ["--layer", "4"], ["--json"]):
        _, out, err = ask("Layered", *flags)
        assert "\x1b" not in out + err
    _, out, _ = ask("Silence is a tool")
    assert "\x1b" not in out


@pytest.mark.parametrize(("name", "code"), [("nothing of the kind", 2), ("Learn", 2), ("/etc/passwd", 3), ("", 2)])
def test_a_name_that_means_no_single_note_is_said(ask: Callable[..., Answer], name: str, code: int) -> None:
    assert ask(name)[:2] == (code, "")


def test_several_are_listed_for_scripts(ask: Callable[..., Answer]) -> None:
    assert "notes/Learning communities.md" in ask("Learn")[2]


def _commit(vault: Path, text: str, day: str) -> None:
    (vault / "kept.md").write_text(text)
    for argv in (["add", "kept.md"], ["commit", "-q", "-m", f"says {text}"]):
        env = {**os.environ, "GIT_COMMITTER_DATE": f"{day}T10:00:00"}
        subprocess.run(["git", "-C", str(vault), *argv], check=True, env=env)


def test_a_note_is_shown_as_it_was(ask: Callable[..., Answer], vault: Path) -> None:
    subprocess.run(["git", "init", "-q", str(vault)], check=True)
    assert ask("Silence is a tool", "--history")[:2] == (1, "")
    _commit(vault, "one", "2026-11-01")
    _commit(vault, "two", "2026-11-10")

    assert ask("kept", "--at", "2026-11-09")[:2] == (0, "one\n")
    assert ask("kept", "--at", "2026-11-10")[:2] == (0, "two\n")
    assert ask("kept", "--at", "2026-10-31")[:2] == (2, "")
    assert ask("kept", "--at", "soon")[:2] == (2, "")
    assert [line.split("  ")[1:] for line in ask("kept", "--history")[1].splitlines()] == [
        ["Test", "says two"],
        ["Test", "says one"],
    ]
    assert [row["at"] for row in json.loads(ask("kept", "--history", "--json")[1])] == [
        "2026-11-10T10:00:00",
        "2026-11-01T10:00:00",
    ]


ROWS = [("Apple", "a.md"), ("Banana bread", "b.md"), ("Bread", "c.md")]


def _picked(*keys: str, several: bool = True) -> list[int]:
    presses = iter(keys)
    return pick.Picker(ROWS, several=several).run(lambda: next(presses, ""))


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (["\r"], [0]),
        (["\x1b[B", "\r"], [1]),
        (["\x1b[B", "\x1b[B", "\x1b[B", "\x1b[A", "\r"], [1]),
        (["b", "r", "e", "\r"], [2]),
        (["bread", "\x1b[B", "\r"], [1]),
        (["x", "\x7f", "\r"], [0]),
        (["xyz", "\x15", "\r"], [0]),
        (["xyz", "\r"], []),
        (["\t", "\x1b[B", "\t", "\r"], [0, 2]),
        (["\t", "\x1b[A", "\t", "\x1b[B", "\r"], [2]),
        (["\x1b"], []),
        (["\x03"], []),
        (["\x1b[5~", "\r"], [0]),
        (["\x1b[B\x1b[B\r"], [2]),
        (["\x1b[5~br\r"], [2]),
        (["b\x1b"], []),
        ([], []),
    ],
)
def test_a_picker_follows_the_keys(keys: list[str], chosen: list[int]) -> None:
    assert _picked(*keys) == chosen


def test_a_picker_of_one_marks_none() -> None:
    assert _picked("\t", "\x1b[B", "\r", several=False) == [1]


@given(
    st.lists(
        st.sampled_from(["\x1b[A", "\x1b[B", "\t", "a", "b", " ", "\x7f", "\x15", "\x1b[1;5C", "é", "\x00"]),
        max_size=30,
    )
)
def test_no_keys_break_a_picker(keys: list[str]) -> None:
    assert set(_picked(*keys, "\r")) <= {0, 1, 2}


def test_without_a_terminal_nobody_can_choose() -> None:
    with pytest.raises(UsageError, match="nobody"):
        pick.pick(ROWS)


def test_a_number_is_asked_for_where_keys_cannot_be_read() -> None:
    assert pick._by_number(ROWS, lambda _: " 2 ") == [1]
    assert pick._by_number(ROWS, lambda _: "9") == []
