"""`pkm check` for people, for programs and for GitHub; its exit code; an index that does not say what the notes say."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from typing import TYPE_CHECKING

import pytest

from pkm.cli import state
from pkm.cli.app import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Answer = tuple[int, str, str]


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    (tmp_path / "pkm.toml").touch()
    (tmp_path / "50%, a:b.md").write_text("one\n\n[[gone]] and [[gone too]]\n")
    (tmp_path / "b.md").write_text("---\naliases: [Bee]\n---\n[[50%, a:b]]\n")
    (tmp_path / "c.md").write_text("[[Bee]] and [[b]]\n")
    return tmp_path


@pytest.fixture
def check(
    vault: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Iterator[Callable[..., Answer]]:
    monkeypatch.chdir(vault)

    def checked(*argv: str) -> Answer:
        state.reset()
        code = run(["check", *argv])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    yield checked
    state.reset()


def test_people_are_told_once_what_to_do(check: Callable[..., Answer]) -> None:
    code, out, err = check("--rule", "broken-link")

    assert code == 1
    assert out.splitlines() == [
        "50%, a:b.md:3: broken-link: [[gone too]] leads nowhere.",
        "    Write that note, or correct the link.",
        "50%, a:b.md:3: broken-link: [[gone]] leads nowhere.",
    ]
    assert err == "2 findings.\n"


def test_github_shows_each_finding_beside_its_line(check: Callable[..., Answer]) -> None:
    code, out, _ = check("--format", "github", "--rule", "broken-link", "--rule", "alias-link", "--rule", "unsafe-name")

    assert code == 1
    assert "::error file=50%25%2C a%3Ab.md,line=3,title=pkm broken-link::[[gone]] leads nowhere. " in out
    assert "::warning file=c.md,line=1,title=pkm alias-link::[[Bee]] finds b.md by an alias only" in out
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in out.splitlines())


def test_programs_get_every_field(check: Callable[..., Answer]) -> None:
    code, out, _ = check("--json")
    rows = json.loads(out)

    assert code == 1
    assert {tuple(row) for row in rows} == {("path", "line", "rule", "message", "hint", "fixable", "weight")}
    assert [row["path"] for row in rows if row["fixable"]] == ["c.md"]
    assert json.loads(check("--format", "json")[1]) == rows


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["--rule", "duplicate-id"], 0),
        (["--rule", "broken-link"], 1),
        (["--rule", "broken-link", "--quiet"], 1),
        (["--rule", "missing-backlink"], 1),
        (["--rule", "no-such"], 2),
        (["--format", "xml"], 2),
    ],
)
def test_the_exit_code_tells(check: Callable[..., Answer], argv: list[str], code: int) -> None:
    answer = check(*argv)

    assert answer[0] == code
    assert ("--quiet" in argv) <= (answer[1] == "")


def test_a_fix_is_shown_first_and_then_done(check: Callable[..., Answer], vault: Path) -> None:
    before = (vault / "c.md").read_bytes()

    shown = check("--fix", "--dry-run", "--rule", "alias-link")
    untouched = (vault / "c.md").read_bytes() == before
    done = check("--fix", "--rule", "alias-link")

    assert "+[[b|Bee]] and [[b]]" in shown[1]
    assert untouched
    assert done[0] == 0
    assert (vault / "c.md").read_text() == "[[b|Bee]] and [[b]]\n"


def test_integrity_finds_a_row_that_no_note_says(check: Callable[..., Answer], vault: Path) -> None:
    assert check("--integrity")[:2] == (0, "")
    for name in os.listdir(vault):
        if name.endswith((".md", ".toml")):
            os.utime(vault / name, (1_000_000_000, 1_000_000_000))
    check("--integrity")
    with sqlite3.connect(vault / ".pkm" / "index.db") as db:
        db.execute("UPDATE notes SET title = 'Another' WHERE title = 'b'")

    code, out, err = check("--integrity")
    as_json = json.loads(check("--integrity", "--json")[1])

    assert code == 1
    assert "Another" in out
    assert "pkm index rebuild" in err
    assert (as_json["whole"], bool(as_json["problems"])) == (False, True)
