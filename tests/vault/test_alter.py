"""Single files, against editors that save at the worst moment and file systems that can do less."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pkm.errors import ChangedError, OutsideError, PkmError
from pkm.model.digest import digest
from pkm.vault import alter, atomic, folder, rename
from pkm.vault.folder import Folder, open_folder
from tests.vault.kit import got, litter, put, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pkm.vault.vault import Vault


@pytest.fixture(params=["this system", "no renameat2", "no hard links", "neither", "whole paths"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The file systems there are: each does without something."""
    kind = str(request.param)
    if kind in ("no renameat2", "neither", "whole paths"):
        monkeypatch.setattr(rename, "_found", _unable)
    if kind in ("no hard links", "neither"):
        monkeypatch.setattr(os, "link", _unable)
    if kind == "whole paths":  # as on Windows
        monkeypatch.setattr(folder, "RELATIVE", False)
    return kind


def _unable(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


@pytest.fixture
def room(vault: Vault, system: str) -> Iterator[Folder]:
    with open_folder(vault.root) as opened:
        yield opened


def test_every_deed_works_on_every_file_system(vault: Vault, room: Folder) -> None:
    made: list[str] = []
    atomic.create(room, "a.md", b"one", 0o600)
    alter.replace(room, "a.md", b"two", digest(b"one"))
    with open_folder(vault.root, "x/y", made) as below:
        alter.move(room, "a.md", below, "b.md")
        room.sync()
        below.sync()

    assert made == ["x", "x/y"]
    assert tree(vault)["x/y/b.md"] == (0o600, b"two")
    with open_folder(vault.root, "x/y") as below:
        alter.remove(below, "b.md", digest(b"two"))
    assert tree(vault) == {"pkm.toml": (0o644, b""), "x": None, "x/y": None}


def test_nothing_is_overwritten_on_any_file_system(vault: Vault, room: Folder) -> None:
    put(vault, "a.md", b"mine")
    put(vault, "b.md", b"yours")

    deeds: list[Callable[[], None]] = [
        lambda: atomic.create(room, "b.md", b"new"),
        lambda: alter.move(room, "a.md", room, "b.md"),
        lambda: alter.replace(room, "b.md", b"new", digest(b"mine")),
        lambda: alter.remove(room, "b.md", digest(b"mine")),
        lambda: alter.move(room, "none.md", room, "c.md"),
        lambda: alter.replace(room, "none.md", b"new", digest(b"mine")),
        lambda: alter.remove(room, "none.md", digest(b"mine")),
    ]
    for deed in deeds:
        with pytest.raises(ChangedError):
            deed()

    assert (got(vault, "a.md"), got(vault, "b.md")) == (b"mine", b"yours")
    assert litter(vault) == []


def before_call(monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], object], nth: int = 1) -> None:
    """Let another program act just before the n-th call of a function of `os`, or of the swap."""
    seen = [0]

    def wrapped(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **words: object) -> object:
            seen[0] += 1
            if seen[0] == nth:
                act()
            return real(*args, **words)

        return call

    if name == "renameat2":
        monkeypatch.setattr(rename, "_found", wrapped(rename._load_rename2()))
    else:
        monkeypatch.setattr(os, name, wrapped(getattr(os, name)))


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux swaps in one step")


@linux
@pytest.mark.parametrize("save", ["in place", "by rename"])
def test_an_editor_that_saves_in_the_last_moment_keeps_its_bytes(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, save: str
) -> None:
    put(vault, "a.md", b"old")

    def edit() -> None:
        if save == "in place":
            put(vault, "a.md", b"edited")
        else:
            os.replace(put(vault, "a.md~", b"edited"), Path(vault.root, "a.md"))

    before_call(monkeypatch, "renameat2", edit)
    with open_folder(vault.root) as room, pytest.raises(ChangedError):
        alter.replace(room, "a.md", b"ours", digest(b"old"))

    assert got(vault, "a.md") == b"edited"
    assert litter(vault) == []


@linux
def test_an_editor_that_saves_twice_loses_neither(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    put(vault, "a.md", b"old")
    real = rename._load_rename2()
    seen: list[int] = []

    def swap(*args: object) -> None:
        seen.append(1)
        if len(seen) <= 2:
            os.replace(put(vault, "a.md~", b"edit %d" % len(seen)), Path(vault.root, "a.md"))
        real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(rename, "_found", swap)
    with open_folder(vault.root) as room, pytest.raises(ChangedError):
        alter.replace(room, "a.md", b"ours", digest(b"old"))

    files = {name: data for name, data in tree(vault).items() if name != "pkm.toml"}
    assert sorted(data[1] for data in files.values() if data) == [b"edit 1", b"edit 2"]
    assert got(vault, "a.md") == b"edit 1"
    assert any(name.startswith("a (kept ") and name.endswith(").md") for name in files)


def test_without_a_swap_the_bytes_are_compared_once_more(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    put(vault, "a.md", b"old")
    monkeypatch.setattr(rename, "_found", _unable)

    before_call(monkeypatch, "fsync", lambda: put(vault, "a.md", b"edited"))
    with open_folder(vault.root) as room, pytest.raises(ChangedError):
        alter.replace(room, "a.md", b"ours", digest(b"old"))

    assert got(vault, "a.md") == b"edited"
    assert litter(vault) == []


def test_bytes_saved_just_before_a_removal_are_put_back(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    put(vault, "a.md", b"old")

    before_call(monkeypatch, "rename", lambda: put(vault, "a.md", b"edited"))
    with open_folder(vault.root) as room, pytest.raises(ChangedError):
        alter.remove(room, "a.md", digest(b"old"))

    assert got(vault, "a.md") == b"edited"
    assert litter(vault) == []


def test_bytes_saved_during_a_removal_lie_beside_the_new_file(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    put(vault, "a.md", b"edited")
    real = rename.rename_free

    def busy(room: Folder, name: str, target: Folder, new: str) -> None:
        if new == "a.md":
            put(vault, "a.md", b"newer")
        real(room, name, target, new)

    monkeypatch.setattr(alter, "rename_free", busy)
    with open_folder(vault.root) as room, pytest.raises(ChangedError):
        alter.remove(room, "a.md", digest(b"old"))

    kept = [name for name in tree(vault) if name.startswith("a (kept ")]
    assert got(vault, "a.md") == b"newer"
    assert [got(vault, name) for name in kept] == [b"edited"]


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["open", "write", "fsync", "link", "rename"])
def test_a_failed_call_is_said_and_leaves_the_old_bytes(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    put(vault, "old.md", b"old")

    def fail() -> None:
        raise OSError(code, os.strerror(code))

    failed = []
    with open_folder(vault.root) as room:
        deeds: list[Callable[[], None]] = [
            lambda: atomic.create(room, "new.md", b"new"),
            lambda: alter.replace(room, "old.md", b"new", digest(b"old")),
        ]
        for deed in deeds:
            with monkeypatch.context() as patch:
                before_call(patch, call, fail)
                try:
                    deed()
                except OutsideError as error:
                    failed.append(error)

    assert failed
    assert all(".md" in error.message and os.strerror(code) in error.reason for error in failed)
    assert (got(vault, "new.md"), got(vault, "old.md")) in ((None, b"old"), (b"new", b"old"), (None, b"new"))
    assert litter(vault) == []


def test_a_disk_that_takes_a_few_bytes_at_a_time_gets_them_all(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:7]))

    with open_folder(vault.root) as room:
        atomic.create(room, "a.md", b"0123456789" * 10)

    assert got(vault, "a.md") == b"0123456789" * 10


def test_a_disk_that_takes_nothing_is_full(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:3]) if len(data) > 7 else 0)

    with open_folder(vault.root) as room, pytest.raises(OutsideError) as full:
        atomic.create(room, "a.md", b"0123456789")

    assert "a.md" in full.value.message
    assert tree(vault) == {"pkm.toml": (0o644, b"")}


@pytest.mark.parametrize("call", ["write", "fsync", "link", "unlink"])
def test_ctrl_c_leaves_no_half_file(vault: Vault, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    before_call(monkeypatch, call, interrupt)
    with open_folder(vault.root) as room, pytest.raises(KeyboardInterrupt):
        atomic.create(room, "a.md", b"whole")

    assert got(vault, "a.md") in (None, b"whole")


def test_a_file_system_without_folder_sync_is_no_error(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError(errno.EINVAL, "not on this disk")

    before_call(monkeypatch, "fsync", fail)
    with open_folder(vault.root) as room:
        room.sync()


def test_a_folder_is_removed_only_when_it_is_empty(vault: Vault) -> None:
    put(vault, "full/a.md", b"x")
    Path(vault.root, "empty").mkdir()

    with open_folder(vault.root) as room:
        for name in ("full", "empty", "none"):
            alter.remove_folder(room, name)

    assert tree(vault) == {"full": None, "full/a.md": (0o644, b"x"), "pkm.toml": (0o644, b"")}


def test_a_link_on_the_way_is_refused_on_every_system(vault: Vault, tmp_path: Path, system: str) -> None:
    (tmp_path / "outside").mkdir()
    Path(vault.root, "link").symlink_to(tmp_path / "outside")
    put(vault, "file", b"")

    for path in ("link", "link/deeper", "file", "none", "none/deeper"):
        with pytest.raises(PkmError):
            open_folder(vault.root, path)
    with pytest.raises(PkmError):
        open_folder(vault.root, "link/new", made=[])
    assert list((tmp_path / "outside").iterdir()) == []
