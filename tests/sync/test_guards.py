"""Absence is not yet deletion."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pkm.errors import RefusedError
from pkm.sync.guards import too_many
from pkm.sync.history import restore_deleted
from pkm.vault.plan import apply
from pkm.vault.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sync.clones import Clone, Hub


@pytest.fixture
def many(hub: Hub) -> tuple[Clone, Clone]:
    one = hub.clone("one")
    for n in range(30):
        one.write(f"in/{n}.md", f"note {n}\n")
        one.write(f"disk/{n}.md", f"other {n}\n")
    one.sync()
    return one, hub.clone("two")


def refused(clone: Clone) -> RefusedError:
    with pytest.raises(RefusedError) as error:
        clone.sync()
    assert error.value.exit_code == 3
    return error.value


@pytest.mark.parametrize(
    ("gone", "total", "asked"),
    [(1, 1, False), (2, 2, True), (3, 20, False), (9, 20, False), (10, 40, True), (10, 60, False), (51, 9999, True)],
)
def test_how_many_are_many(gone: int, total: int, asked: bool) -> None:
    assert too_many(gone, total) is asked


def test_a_mass_deletion_is_asked_about(many: tuple[Clone, Clone], hub: Hub) -> None:
    one, two = many
    for n in range(20):
        one.remove(f"in/{n}.md")

    assert "--yes" in refused(one).hint
    assert len(hub.files()) == 60
    one.sync(yes=True)
    assert len(hub.files()) == 40
    refused(two)
    assert len(two.files()) == 60
    two.sync(yes=True)
    assert one.files() == two.files()


def test_what_was_deleted_by_mistake_comes_back(many: tuple[Clone, Clone]) -> None:
    one, _ = many
    before = one.files()
    for n in range(20):
        one.remove(f"in/{n}.md")
    refused(one)

    vault = Vault(str(one.root))
    apply(vault, restore_deleted(vault))

    assert one.files() == before


def test_a_disk_that_is_not_mounted_is_named(many: tuple[Clone, Clone]) -> None:
    one, _ = many
    (one.root / "disk").rename(one.root.parent / "elsewhere")
    (one.root / "disk").mkdir()

    assert "disk" in refused(one).message


def test_an_emptied_vault_is_asked_about(hub: Hub) -> None:
    one = hub.clone("one")
    one.write("a.md", "a")
    one.write("b.md", "b")
    one.sync()
    one.remove("a.md")
    one.remove("b.md")

    refused(one)


def test_moving_everything_is_no_deletion(many: tuple[Clone, Clone]) -> None:
    one, two = many
    (one.root / "in").rename(one.root / "out")

    one.sync()
    two.sync()

    assert one.files() == two.files()
    assert "out/7.md" in two.files()


def test_a_note_that_the_cloud_took_away_is_not_deleted(many: tuple[Clone, Clone], hub: Hub) -> None:
    one, _ = many
    one.remove("in/1.md")
    one.write("in/.1.md.icloud", b"bplist")
    one.write(".gitignore", "*.icloud\n")

    assert "in/1.md" in refused(one).message
    one.sync(yes=True)
    assert "in/1.md" in hub.files()


def test_a_hole_where_the_text_was_is_not_a_new_text(many: tuple[Clone, Clone], hub: Hub, tmp_path: Path) -> None:
    one, _ = many
    with open(tmp_path / "hole", "wb") as file:
        file.truncate(9)
    if (tmp_path / "hole").stat().st_blocks:
        pytest.skip("this file system has no holes")
    os.truncate(one.root / "in/1.md", 0)
    os.truncate(one.root / "in/1.md", 9)

    refused(one)
    one.sync(yes=True)
    assert "in/1.md" in hub.files()


def test_a_broken_off_deletion_is_not_asked_about_again(many: tuple[Clone, Clone]) -> None:
    one, two = many
    for n in range(20):
        one.remove(f"in/{n}.md")
    one.sync(yes=True)
    for n in range(15):
        two.remove(f"in/{n}.md")  # what the sync that was killed had done by then

    two.sync(yes=True)

    assert one.files() == two.files()
