"""A tree of files as git has it: paths, and what stands there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class File(NamedTuple):
    """What stands at a path: the name of its content and git's mode."""

    oid: str
    mode: str = "100644"

    @property
    def regular(self) -> bool:
        return self.mode.startswith("100")


Tree = Mapping[str, File]

#: Path -> what the older and what the newer tree has there.
Diff = dict[str, tuple[File | None, File | None]]

#: The state of somebody's windows: worth no second version.
WINDOWS = frozenset({".obsidian/workspace.json", ".obsidian/workspace-mobile.json", ".obsidian/graph.json"})


def is_note(path: str) -> bool:
    """Whether a path is a text that people write, line by line."""
    return path.lower().endswith((".md", ".markdown", ".txt"))


def is_log(path: str) -> bool:
    """Whether a path is one of the logs that are only ever added to."""
    return path.startswith(".pkm/log/") and path.endswith(".jsonl")


def three_trees(here: Diff, now_here: Diff, there: Diff) -> tuple[Tree, Tree, Tree]:
    """Base, ours and theirs, at those paths only that are not the same in all three."""
    before: dict[str, File | None] = {}
    ours: dict[str, File | None] = {}
    theirs: dict[str, File | None] = {}
    for diff, side in ((here, ours), (now_here, ours), (there, theirs)):
        for path, (old, new) in diff.items():
            before.setdefault(path, old)
            side[path] = new
    sides = (before, before | ours, before | theirs)
    base, mine, yours = ({path: file for path, file in side.items() if file} for side in sides)
    return base, mine, yours
