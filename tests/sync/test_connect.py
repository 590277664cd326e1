"""The first sync of a vault that was alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pkm.errors import ChangedError, PkmError, RefusedError, UsageError
from pkm.sync.connect import connect
from tests.sync.clones import Clone, Hub, git

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_of_notes_and_a_new_folder_on_a_stick(tmp_path: Path) -> None:
    one, two = Clone(tmp_path / "one"), Clone(tmp_path / "two")
    stick = tmp_path / "stick" / "notes.git"
    stick.parent.mkdir()
    one.write("a.md", "a\n")
    two.write("b.md", "b\r\n")

    connect(str(one.root), str(stick))
    one.sync()
    connect(str(two.root), str(stick))
    two.sync()
    one.sync()

    assert one.files() == two.files()
    assert one.files().keys() == {"a.md", "b.md", ".gitattributes", ".gitignore"}
    assert one.files()["b.md"] == b"b\r\n"
    assert one.clean()
    assert two.clean()
    connect(str(one.root), str(stick))  # once more is fine


def test_an_empty_vault_takes_the_remotes_branch(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "-b", "notes", "hub.git")
    git(tmp_path, "clone", "-q", "hub.git", "first")
    first = Clone(tmp_path / "first")
    git(first.root, "symbolic-ref", "HEAD", "refs/heads/notes")
    first.write("a.md", "a\n")
    first.sync()
    empty = Clone(tmp_path / "empty")
    empty.root.mkdir()

    connect(str(empty.root), str(tmp_path / "hub.git"))
    empty.sync()

    assert empty.files() == first.files()
    assert empty.git("symbolic-ref", "HEAD").strip() == "refs/heads/notes"


def test_a_repository_with_a_past_keeps_it_and_its_branch(tmp_path: Path) -> None:
    old = Clone(tmp_path / "old")
    git(tmp_path, "init", "-q", "-b", "notes", "old")
    old.write("a.md", "a\n")
    old.git("add", "-A")
    old.git("commit", "-qm", "years ago")
    old.write("staged.md", "s\n")
    old.git("add", "staged.md")
    old.write("a.md", "not even staged\n")

    connect(str(old.root), str(tmp_path / "hub.git"))
    report = old.sync()

    assert report.pushed
    assert old.clean()
    assert git(tmp_path / "hub.git", "log", "--format=%s", "notes").splitlines()[-1] == "years ago"
    assert git(tmp_path / "hub.git", "show", "notes:a.md") == "not even staged\n"
    assert git(tmp_path / "hub.git", "show", "notes:staged.md") == "s\n"


def test_a_detached_head_is_told_the_way_back(tmp_path: Path) -> None:
    old = Clone(tmp_path / "old")
    git(tmp_path, "init", "-q", "-b", "notes", "old")
    old.git("commit", "-qm", "x", "--allow-empty")
    old.git("checkout", "-q", "--detach")

    with pytest.raises(RefusedError) as error:
        connect(str(old.root), str(tmp_path / "hub.git"))

    assert "git switch notes" in error.value.hint


def test_a_vault_is_not_moved_to_another_remote_by_accident(hub: Hub, pair: tuple[Clone, Clone]) -> None:
    one, _ = pair

    with pytest.raises(ChangedError, match="already"):
        connect(str(one.root), str(hub.folder / "other.git"))


@pytest.mark.parametrize(
    ("remote", "error"),
    [
        ("ext::sh -c x", RefusedError),
        ("http://example.org/x", RefusedError),
        ("--upload-pack=x", UsageError),
        ("", UsageError),
        ("nowhere/at/all.git", UsageError),
    ],
)
def test_what_is_no_remote(tmp_path: Path, remote: str, error: type[PkmError], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(error):
        connect(str(tmp_path), remote)

    assert not (tmp_path / ".git").exists()
