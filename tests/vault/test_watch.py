from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from pkm.model.digest import digest
from pkm.vault import watch as module
from pkm.vault.plan import Create, Move, Plan, apply
from pkm.vault.watch import watch
from tests.vault.kit import put

if TYPE_CHECKING:
    from pkm.vault.vault import Vault


@pytest.mark.parametrize("crowded", [False, True], ids=["the system's own way", "by looking again"])
def test_changes_come_in_batches_of_paths(vault: Vault, monkeypatch: pytest.MonkeyPatch, crowded: bool) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no room for more folders")

    if crowded:
        monkeypatch.setattr(module, "Observer", full)
    put(vault, "x/a.md", b"1")
    stop = threading.Event()
    batches = watch(vault, stop, quiet=0.1)

    put(vault, "x/b.md", b"2")
    put(vault, ".obsidian/workspace.json", b"{}")
    seen = set(next(batches))
    apply(vault, Plan([Create("c.md", b"3"), Move("x/a.md", "x/d.md", digest(b"1"))], "change"))
    while "x/d.md" not in seen or "c.md" not in seen:
        seen |= set(next(batches))
    stop.set()
    rest = list(batches)

    assert seen | {path for batch in rest for path in batch} <= {"x", "x/a.md", "x/b.md", "x/d.md", "c.md"}
    assert {"x/a.md", "x/b.md", "c.md", "x/d.md"} <= seen


def test_watching_can_be_stopped_while_nothing_happens(vault: Vault) -> None:
    stop = threading.Event()
    stop.set()

    assert list(watch(vault, stop)) == []
