"""The thin dispatcher gives what Typer gives, and loads next to nothing to do so."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

BY_TYPER = "import sys; from pkm.cli.app import run; sys.exit(run(sys.argv[1:]))"
FROZEN = {"PKM_NOW": "2026-11-20T08:30:00", "NO_COLOR": "1", "COLUMNS": "80", "TZ": "UTC"}


def run(vault: Path, argv: list[str], *, typer: bool, stdin: str = "") -> tuple[int, str, str, dict[str, bytes]]:
    """Exit code, output, talk, and every file of the vault afterwards."""
    start = ["-c", BY_TYPER] if typer else ["-m", "pkm"]
    done = subprocess.run(
        [sys.executable, *start, *argv],
        cwd=vault,
        input=stdin,
        capture_output=True,
        text=True,
        env={**os.environ, **FROZEN},
        check=False,
    )
    tree = {str(path.relative_to(vault)): path.read_bytes() for path in sorted(vault.rglob("*.md"))}
    return done.returncode, done.stdout, done.stderr, tree


def vault_at(path: Path) -> Path:
    path.mkdir()
    (path / "pkm.toml").write_text("")
    (path / "a.md").write_text("# A\n\nMaps are questions. See [[b]].\n")
    (path / "b.md").write_text("# B\n")
    return path


@pytest.mark.parametrize(
    ("argv", "stdin"),
    [
        (["--version"], ""),
        (["--help"], ""),
        (["-h"], ""),
        (["add", "a", "thought"], ""),
        (["seek", "add", "a thought"], ""),
        (["add", "-"], "from a pipe"),
        (["add", "--title", "Note 3: x", "-"], "text\n"),
        (["add", "--tag", "one", "--tag", "two", "tagged"], ""),
        (["add", "-q", "quietly"], ""),
        (["add", "--", "-5 degrees"], ""),
        (["add", "a.md", "b.md"], ""),
        (["add", "a.md", "and", "words"], ""),
        (["add", "no-such-file.md"], ""),
        (["add", "see a.md"], ""),
        (["add", "-"], ""),
        (["add", "--title"], ""),
        (["add", "-"], "---\ntitle: Own\n---\ntext"),
        (["add", "--title", "yes", "--tag", "true", "words"], ""),
        (["add", "\x1b[31mred"], ""),
        (["index"], ""),
        (["index", "-q"], ""),
        (["--vault", "nowhere", "add", "x"], ""),
        (["find", "maps", "--paths"], ""),
        (["find", "nothingofthiskind"], ""),
        (["seek", "index"], ""),
        (["seek", "sync"], ""),
        (["sync"], ""),
        (["sync", "-q"], ""),
        (["sync", "nowhere"], ""),
        (["--vault", "nowhere", "sync"], ""),
    ],
)
def test_both_ways_give_the_same(tmp_path: Path, argv: list[str], stdin: str) -> None:
    one, other = vault_at(tmp_path / "one"), vault_at(tmp_path / "two")

    fast, whole = run(one, argv, typer=False, stdin=stdin), run(other, argv, typer=True, stdin=stdin)

    assert fast == whole


@pytest.mark.parametrize("argv", [["sync"], ["sync", "-q"], ["sync", "--quiet"], ["--vault=.", "sync"]])
def test_a_sync_is_the_same_both_ways(tmp_path: Path, argv: list[str]) -> None:
    seen = []
    for name, typer in (("one", False), ("two", True)):
        vault = vault_at(tmp_path / name)
        remote = tmp_path / f"{name}.git"
        assert run(vault, ["sync", "--init", str(remote)], typer=True)[0] == 0
        (vault / "c.md").write_text("# C\n")
        seen.append([run(vault, argv, typer=typer), run(vault, argv, typer=typer)])
        remote.rename(tmp_path / "away.git")
        (vault / "d.md").write_text("# D\n")
        seen[-1].append(run(vault, argv, typer=typer))
        (tmp_path / "away.git").rename(tmp_path / f"{name}-away.git")

    done = [[each[:2] + each[3:] for each in side] for side in seen]
    assert done[0] == done[1]
    talk = [[each[2].replace("one.git", "R").replace("two.git", "R") for each in side] for side in seen]
    assert talk[0] == talk[1]
    assert "-q" in argv or "--quiet" in argv or "not synced yet" in talk[0][2]


HEAVY = {
    "typer",
    "rich",
    "re",
    "json",
    "pathlib",
    "dataclasses",
    "typing",
    "logging",
    "datetime",
    "tomllib",
    "yaml",
    "jinja2",
    "sqlite_utils",
    "watchdog",
    "markdown_it",
    "importlib.metadata",
    "collections",
    "functools",
    "hashlib",
}


@pytest.mark.parametrize(
    ("argv", "may"),
    [
        (["--version"], set()),
        (["--help"], set()),
        (["add", "a", "thought"], set()),
        # sqlite3 itself brings these
        (["index", "-q"], {"datetime", "collections", "functools"}),
        (["find", "maps", "--paths"], {"datetime", "collections", "functools"}),
        # subprocess and the reading of git's settings bring these
        (["sync", "-q"], {"re", "typing", "collections", "functools"}),
    ],
)
def test_the_hot_verbs_load_nothing_they_do_not_need(tmp_path: Path, argv: list[str], may: set[str]) -> None:
    vault = vault_at(tmp_path / "vault")
    subprocess.run([sys.executable, "-m", "pkm", "index", "-q"], cwd=vault, check=True)
    loaded = modules_loaded(vault, argv)

    assert "pkm" in loaded
    assert not loaded & (HEAVY - may)


def test_a_refresh_after_a_change_loads_no_regular_expressions(tmp_path: Path) -> None:
    pytest.importorskip("pkm.markdown.scan_plain", reason="the scanner is not compiled here")
    vault = vault_at(tmp_path / "vault")
    subprocess.run([sys.executable, "-m", "pkm", "index", "-q"], cwd=vault, check=True)
    (vault / "a.md").write_text("---\ncreated: 2026-11-20\n---\n# A\n\n- [ ] See [[b]], [c](d.md) #tag ^here\n")
    (vault / "b.md").write_text("# 知识\n\n卡片 — [[a]]\n")

    loaded = modules_loaded(vault, ["index", "-q"])

    assert "pkm.markdown.scan_plain" in loaded
    assert "re" not in loaded


def modules_loaded(vault: Path, argv: list[str]) -> set[str]:
    """What a command brings into a bare Python."""
    code = "import sys, os; before = set(sys.modules); os._exit = sys.exit\nfrom pkm.__main__ import main\nsys.argv = ['pkm', *sys.argv[1:]]\ntry: main()\nexcept SystemExit: pass\nsys.stderr.write('LOADED ' + ' '.join(set(sys.modules) - before))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code, *argv],
        cwd=vault,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        check=False,
    )
    return set(done.stderr.rpartition("LOADED ")[2].split())
