"""What a sync did, or with a dry run would do: a value for the command line to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkm.errors import Problem
    from pkm.sync.merge import Conflict
    from pkm.sync.tree import File


class Report:
    """`sent` and `received` say for each path whether it is new, changed or removed."""

    __slots__ = ("alone", "conflicts", "offline", "problems", "pushed", "received", "sent")

    def __init__(self) -> None:
        self.sent: dict[str, str] = {}
        self.received: dict[str, str] = {}
        self.conflicts: list[Conflict] = []
        self.problems: list[Problem] = []
        self.offline = ""  # why the remote was not reached
        self.pushed = False
        self.alone = False  # there is no remote yet

    @staticmethod
    def note(where: dict[str, str], changes: Iterable[tuple[str, File | None, File | None]]) -> None:
        """Add changes as (path, before, after)."""
        for path, old, new in changes:
            where[path] = "removed" if new is None else "new" if old is None else "changed"

    def as_json(self) -> dict[str, object]:
        """For programs; keys may be added, never renamed."""
        return {
            "sent": self.sent,
            "received": self.received,
            "conflicts": [{"note": conflict.path, "copy": conflict.copy} for conflict in self.conflicts],
            "problems": [{"path": problem.path, "message": problem.message} for problem in self.problems],
            "pushed": self.pushed,
            "offline": self.offline,
            "connected": not self.alone,
        }
