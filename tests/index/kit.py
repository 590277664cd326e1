"""What tests of questions need: a vault of a few notes, indexed, and the answer as paths."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pkm.index import ask as asking
from pkm.index import finder
from pkm.workbench import Workbench

if TYPE_CHECKING:
    from pathlib import Path

# A Friday.
NOW = datetime(2026, 11, 20, 8, 30).timestamp()  # noqa: DTZ001 - people mean their own clock


def vault(root: Path, notes: dict[str, str]) -> Workbench:
    """An adopted vault with these notes, indexed. A name without an ending is a note's."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "pkm.toml").write_text("")
    for name, text in notes.items():
        path = root / (name if "." in name else name + ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    bench = Workbench(str(root))
    bench.refresh()
    return bench


def find(bench: Workbench, *argv: str) -> list[str]:
    """The notes that a command line finds, by path without `.md`, in order."""
    ask = asking.read(list(argv))
    assert ask is not None
    return [hit.path.removesuffix(".md") for hit in finder.find(bench.db, ask, bench.root, NOW).hits]
