"""An hourly job that finds nothing to do costs one look; whatever did change is never passed over."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from pkm import config
from pkm.cli import deliver, state
from pkm.share.current import FINE_TICK, TICK, is_current, is_settled
from pkm.share.publish import Publication, publish
from pkm.vault.vault import Vault
from tests.share.samples import note, write_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = write_vault(tmp_path / "vault", {"One.md": note("first"), "Mine.md": note("mine", None), "pkm.toml": ""})
    for path in root.rglob("*"):
        age(path)
    return root


def age(path: Path, seconds: float = 60) -> None:
    """Let a file be old enough to be sure of."""
    then = time.time() - seconds
    os.utime(path, (then, then))


def opened(root: Path) -> tuple[Vault, config.Settings, str]:
    settings = config.load(str(root))
    return Vault(str(root), settings.exclude), settings, str(root / "garden")


def current(root: Path) -> bool:
    return is_current(*opened(root))


def test_after_a_build_the_site_is_current(root: Path) -> None:
    before = current(root)

    publish(*opened(root))

    assert not before
    assert current(root)


def edit(root: Path) -> None:
    (root / "One.md").write_text(note("second"))
    age(root / "One.md", 30)


def edit_within_the_tick(root: Path) -> None:
    (root / "One.md").write_text((root / "One.md").read_text())


def add(root: Path) -> None:
    (root / "Two.md").write_text(note("second"))
    age(root / "Two.md")


def remove(root: Path) -> None:
    (root / "One.md").unlink()


def change_settings(root: Path) -> None:
    (root / "pkm.toml").write_text('[garden]\ntitle = "Other"\n')
    age(root / "pkm.toml")


def change_templates(root: Path) -> None:
    (root / "templates" / "garden").mkdir(parents=True)
    (root / "templates" / "garden" / "footer.html").write_text("<footer></footer>")


def take_the_manifest(root: Path) -> None:
    (root / "garden" / "manifest.txt").unlink()


@pytest.mark.parametrize(
    "change", [edit, edit_within_the_tick, add, remove, change_settings, change_templates, take_the_manifest]
)
def test_after_a_change_it_is_not(change: Callable[[Path], None], root: Path) -> None:
    publish(*opened(root))

    change(root)

    assert not current(root)


def test_a_note_that_changed_during_the_build_is_not_passed_over(root: Path) -> None:
    publication = Publication(*opened(root))
    publication.project()
    edit(root)
    publication.prepare()

    publication.deliver()
    publication.store.close()

    assert not current(root)


def test_a_build_that_was_stopped_is_not_current(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(*opened(root))
    edit(root)
    monkeypatch.setattr("pkm.share.garden.writer.Folder._move", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))

    with pytest.raises(KeyboardInterrupt):
        publish(*opened(root))

    os.utime(root / "One.md", (0, 0))
    assert not current(root)


def test_a_file_is_settled_when_another_write_would_show() -> None:
    now = time.time_ns()
    coarse = now // 10_000_000 * 10_000_000

    assert is_settled(coarse - TICK - 10_000_000, now)
    assert not is_settled(coarse - TICK // 2, now)
    assert is_settled(coarse - 2 * FINE_TICK + 1, now)
    assert not is_settled(now + TICK, now)


# --- The plain command line.


@pytest.fixture
def hot(root: Path) -> Iterator[Callable[..., int | None]]:
    def call(*words: str) -> int | None:
        state.reset()
        state.vault_flag = str(root)
        return deliver.hot(list(words))

    yield call
    state.reset()


def test_plain_command_lines_are_answered_without_typer(
    hot: Callable[..., int | None], root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert hot("--yes") == 0
    assert (root / "garden" / "one.html").exists()
    assert "1 note, " in capfd.readouterr().err

    assert hot("-y") == 0
    assert capfd.readouterr().err == "The site is as the notes are.\n"

    assert hot("-q", "--to", str(root.parent / "other")) == 0
    assert capfd.readouterr().err == ""
    assert (root.parent / "other" / "one.html").exists()


@pytest.mark.parametrize("words", [["--check"], ["--to"], ["--to", "--yes"], ["--json"], ["extra"], ["--git", "x"]])
def test_other_command_lines_are_left_to_typer(words: list[str], hot: Callable[..., int | None], root: Path) -> None:
    assert hot(*words) is None
    assert not (root / "garden").exists()


def test_nothing_heavy_is_loaded_to_find_that_nothing_changed(root: Path) -> None:
    publish(*opened(root))
    code = (
        "import sys; from pkm.cli import deliver, state; state.vault_flag = sys.argv[1]\n"
        "assert deliver.hot([]) == 0\n"
        "print(*(name for name in ('typer', 'markdown_it', 'jinja2', 'nh3', 'pygments', 'sqlite3') if name in sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""
    assert done.stderr == "The site is as the notes are.\n"
