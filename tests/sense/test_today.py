"""Today counts what came in, what became thought and what went out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pkm.sense.today import Flow, today
from pkm.workbench import Workbench

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 20, 12, 0).timestamp()  # noqa: DTZ001 - local time, as notes are written in


def note(root: Path, path: str, front: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"---\n{front}\n---\ntext\n")


def test_flow_is_captured_written_shared_within_four_weeks(tmp_path: Path) -> None:
    (tmp_path / "pkm.toml").touch()
    for number in range(10):
        note(tmp_path, f"inbox/{number}.md", f"created: 2026-11-{10 + number // 2:02}T08:00:00")
    note(tmp_path, "notes/a.md", "created: 2026-11-19")
    note(tmp_path, "notes/b.md", "created: 2026-11-12\naudience: public")
    note(tmp_path, "notes/old.md", "created: 2026-01-01\naudience: public")

    found = today(Workbench(str(tmp_path)).db, NOW, "inbox")

    assert found.month == Flow(captured=10, written=2, shared=1)
    assert found.week == Flow(captured=2, written=1, shared=0)
    assert (found.notes, found.inbox, found.oldest_inbox_days, found.public) == (13, 10, 10, 2)


def test_what_ends_soon_is_named_and_what_is_done_is_not(tmp_path: Path) -> None:
    (tmp_path / "pkm.toml").touch()
    note(tmp_path, "a.md", "kind: experiment\ntitle: Bring one artifact\ndue: 2026-11-25")
    note(tmp_path, "b.md", "kind: experiment\ndue: 2026-11-22\nstatus: done")
    note(tmp_path, "c.md", "para: project\ndue: 2027-05-01")

    found = today(Workbench(str(tmp_path)).db, NOW, "inbox")

    assert found.ending == (("Bring one artifact", "2026-11-25"),)


def test_an_empty_vault_has_a_today_too(tmp_path: Path) -> None:
    found = today(Workbench(str(tmp_path)).db, NOW, "inbox")

    assert (found.notes, found.inbox, found.month) == (0, 0, Flow(0, 0, 0))
