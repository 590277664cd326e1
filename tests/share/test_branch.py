"""The site as a branch: one commit, no history, and never over anything else."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from pkm.cli import state
from pkm.cli.app import run
from tests.share.samples import note, write_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = write_vault(tmp_path / "vault", {"One.md": note("first words"), "Mine.md": note("mine", None)})
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "-c", "user.name=zqauthor", "-c", "user.email=z@q", "commit", "-qm", "zqmessage")
    return root


@pytest.fixture
def publish(vault: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[str], tuple[int, str]]]:
    def call(branch: str) -> tuple[int, str]:
        state.reset()
        capfd.readouterr()
        return run(["--vault", str(vault), "publish", "--yes", "--git", branch]), capfd.readouterr().err

    yield call
    state.reset()


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout


def test_the_site_becomes_one_commit_without_parents(vault: Path, publish: Callable[[str], tuple[int, str]]) -> None:
    code, told = publish("gh-pages")

    assert code == 0
    assert "git push --force origin gh-pages" in told
    assert git(vault, "rev-list", "--count", "gh-pages").strip() == "1"
    assert "first words" in git(vault, "show", "gh-pages:one.html")
    assert "zq" not in git(vault, "log", "--format=raw", "-p", "gh-pages")
    assert git(vault, "status", "--porcelain", "--", "*.html") == ""


def test_what_was_taken_back_is_in_no_commit_of_the_branch(
    vault: Path, publish: Callable[[str], tuple[int, str]]
) -> None:
    publish("gh-pages")
    (vault / "One.md").write_text(note("first words", "private"))
    (vault / "Two.md").write_text(note("second words"))

    publish("gh-pages")

    assert git(vault, "rev-list", "--count", "gh-pages").strip() == "1"
    assert "first words" not in git(vault, "log", "-p", "gh-pages")
    assert "one.html" not in git(vault, "ls-tree", "-r", "--name-only", "gh-pages").split()


def test_the_same_site_is_the_same_commit(vault: Path, publish: Callable[[str], tuple[int, str]]) -> None:
    publish("gh-pages")
    commit = git(vault, "rev-parse", "gh-pages")

    _, told = publish("gh-pages")

    assert git(vault, "rev-parse", "gh-pages") == commit
    assert "was the site already" in told


@pytest.mark.parametrize("branch", ["main", "work"])
def test_a_branch_with_anything_else_is_refused(
    branch: str, vault: Path, publish: Callable[[str], tuple[int, str]]
) -> None:
    git(vault, "branch", "work")
    commit = git(vault, "rev-parse", branch)

    assert publish(branch)[0] == 3
    assert git(vault, "rev-parse", branch) == commit


@pytest.mark.parametrize("branch", ["-x", "a b", "a..b"])
def test_what_is_no_name_of_a_branch_is_an_error(branch: str, publish: Callable[[str], tuple[int, str]]) -> None:
    assert publish(branch)[0] == 2
