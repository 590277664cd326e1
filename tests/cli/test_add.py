"""Every way into the inbox: words, pipe, clipboard, editor, file, address, many lines; with a day and with links."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal import ROOT, converse

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "<html><head><title>A page</title></head><body><article><h1>A page</h1>" + "<p>Words of it, enough.</p>" * 9


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    root = tmp_path / "vault"
    root.mkdir()
    (root / "pkm.toml").touch()
    return root


def add(vault: Path, *argv: str, stdin: str = "", path: str = "") -> tuple[int, str]:
    """The exit code and what was said."""
    done = subprocess.run(
        [sys.executable, "-m", "pkm", "add", *argv],
        cwd=vault,
        input=stdin,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT, "PKM_NOW": "2026-11-20T08:30:00", "PATH": path or os.environ["PATH"]},
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def notes(vault: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted((vault / "inbox").glob("*.md"))}


def only(vault: Path) -> str:
    (text,) = notes(vault).values()
    return text


def test_what_was_copied_last_is_kept(vault: Path, tmp_path: Path) -> None:
    tool = tmp_path / "wl-paste"
    tool.write_text("#!/bin/sh\nprintf 'copied from [somewhere]'\n")
    tool.chmod(0o755)

    code, _ = add(vault, "--clipboard", "--tag", "web", path=f"{tmp_path}:{os.environ['PATH']}")

    assert code == 0
    assert only(vault).endswith("tags: [web]\n---\ncopied from [somewhere]\n")


def test_a_clipboard_that_cannot_be_read_is_told_of(vault: Path, tmp_path: Path) -> None:
    code, said = add(vault, "--clipboard", path=str(tmp_path))

    assert code == 5
    assert "clipboard" in said


def test_the_editor_opens_when_nothing_is_said(vault: Path, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\necho 'written by hand' >> \"$1\"\n")
    editor.chmod(0o755)

    code, _ = converse(["add"], vault, EDITOR=str(editor))

    assert code == 0
    assert only(vault).endswith("---\nwritten by hand\n")


def test_ctrl_c_in_the_editor_is_the_editors(vault: Path, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nkill -INT $PPID\nsleep 0.2\necho 'written after it' >> \"$1\"\n")
    editor.chmod(0o755)

    code, seen = converse(["add"], vault, EDITOR=str(editor))

    assert (code, "Stopped" in seen) == (0, False)
    assert only(vault).endswith("---\nwritten after it\n")


@pytest.mark.parametrize("argv", [["--each-line"], ["-", "--each-line"]])
def test_each_line_is_a_note_and_one_change(vault: Path, argv: list[str]) -> None:
    code, _ = add(vault, *argv, stdin="first\n\nsecond\r\n   \nthird")

    assert code == 0
    assert list(notes(vault)) == ["first.md", "second.md", "third.md"]
    assert len({text.split("\n")[1] for text in notes(vault).values()}) == 3
    subprocess.run([sys.executable, "-m", "pkm", "undo"], cwd=vault, env={**os.environ, "PYTHONPATH": ROOT}, check=True)
    assert notes(vault) == {}


@pytest.mark.parametrize(
    ("day", "created"),
    [
        ("yesterday", "2026-11-19T08:30:00"),
        ("last friday", "2026-11-13T08:30:00"),
        ("2026-11-01", "2026-11-01T08:30:00"),
        ("2026-11-01T07:00", "2026-11-01T07:00:00"),
    ],
)
def test_a_thought_may_be_of_another_day(vault: Path, day: str, created: str) -> None:
    assert add(vault, "it was then", "--date", day)[0] == 0
    assert f"created: {created}\n" in only(vault)


def test_for_via_and_source_are_links_or_addresses(vault: Path) -> None:
    argv = ["--for", "Garden", "--via", "Ana", "--source", "https://example.org/a", "--source", "[[Book]]"]
    assert add(vault, "a thought", *argv)[0] == 0

    for line in ('for: ["[[Garden]]"]', 'via: ["[[Ana]]"]', 'source: ["https://example.org/a", "[[Book]]"]'):
        assert f"\n{line}\n" in only(vault)


def test_a_page_a_text_and_a_note_are_read_as_what_they_are(vault: Path, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    (tmp_path / "plain.txt").write_text("Plain text\n")
    (tmp_path / "other.md").write_text("---\ntitle: Own title\nrating: 5\n---\nIts text.\n")

    assert add(vault, *(str(tmp_path / name) for name in ("page.html", "plain.txt", "other.md")))[0] == 0

    found = notes(vault)
    assert set(found) == {"a-page.md", "plain.md", "own-title.md"}
    assert "Words of it, enough." in found["a-page.md"]
    assert "<p>" not in found["a-page.md"]
    assert "rating: 5\n" in found["own-title.md"]


def test_an_address_alone_is_a_source_to_be_read_without_the_network(vault: Path) -> None:
    assert add(vault, "https://example.org/a-page")[0] == 0
    assert "url: https://example.org/a-page\n" in only(vault)


@pytest.mark.parametrize(
    ("argv", "stdin", "why"),
    [
        (["-"], "", "nothing to keep"),
        (["--each-line"], "\n \n", "nothing to keep"),
        (["words", "--each-line"], "x", "reads stdin"),
        (["x", "--date", "someday"], "", "someday"),
        (["no/such.md"], "", "no file"),
        (["mistyped.html"], "", "no file"),
    ],
)
def test_what_cannot_be_kept_is_said_with_exit_code_2(vault: Path, argv: list[str], stdin: str, why: str) -> None:
    code, said = add(vault, *argv, stdin=stdin)

    assert code == 2
    assert why in said
    assert not (vault / "inbox").exists()
