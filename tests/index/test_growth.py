"""Twice the notes, twice the work: counted in calls and in steps of SQLite, never in seconds."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from pkm.index import schema
from pkm.workbench import Workbench

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

STEPS = 50  # of SQLite's machine, that one tick stands for


class Work:
    """What was done: calls in Python, and ticks of SQLite's machine."""

    def __init__(self) -> None:
        self.calls = 0
        self.ticks = 0

    def call(self, _frame: object, event: str, _argument: object) -> None:
        self.calls += event in ("call", "c_call")

    def tick(self) -> int:
        self.ticks += 1
        return 0


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Work]:
    def refresh(root: Path) -> Work:
        work = Work()
        connect = schema.connect

        def watched(path: str) -> sqlite3.Connection:
            db = connect(path)
            db.set_progress_handler(work.tick, STEPS)
            return db

        with monkeypatch.context() as patch:
            patch.setattr(schema, "connect", watched)
            bench = Workbench(str(root))
            sys.setprofile(work.call)
            try:
                bench.refresh()
            finally:
                sys.setprofile(None)
            bench.close()
        return work

    return refresh


def written(root: Path, count: int) -> Path:
    """A vault in which each note names a few others, one of them called like many, and all of them a hub."""
    root.mkdir()
    (root / "pkm.toml").write_text("")
    (root / "hub.md").write_text("# Hub\n")
    for number in range(count):
        folder = root / f"folder {number // 100}"
        folder.mkdir(exist_ok=True)
        links = " ".join(f"[[note {(number * 7 + step) % count}]]" for step in range(3))
        text = (
            f"---\ntitle: Title {number}\naliases: [other {number}]\ntags: [a, b{number % 9}]\n---\n# Title {number}\n"
        )
        (folder / f"note {number}.md").write_text(
            f"{text}\n{links} [[hub]] [[Title {number // 2}]] [[missing]]\n\n- [ ] task\n"
        )
        os.utime(folder / f"note {number}.md", (1_700_000_000.5, 1_700_000_000.5))
    return root


def test_a_first_fill_grows_with_the_notes_and_no_faster(tmp_path: Path, counted: Callable[[Path], Work]) -> None:
    few = counted(written(tmp_path / "few", 200))
    many = counted(written(tmp_path / "many", 800))

    assert many.calls <= 4.2 * few.calls
    assert many.ticks <= 4.2 * few.ticks


def test_one_changed_note_costs_its_own_rows_however_many_there_are(
    tmp_path: Path, counted: Callable[[Path], Work]
) -> None:
    changes = []
    for name, count in (("few", 200), ("many", 800)):
        root = written(tmp_path / name, count)
        counted(root)
        (root / "folder 1" / "note 150.md").write_text("# Title 150\n\n[[hub]] [[note 3]]\n")
        changes.append(counted(root))

    few, many = changes
    assert many.ticks <= 1.5 * few.ticks
    walked = 600 * 3  # calls a file: it is looked at, whatever it says
    assert many.calls <= few.calls + walked
