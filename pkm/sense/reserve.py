"""What the last full night found and saw, so that a quiet night looks only at what changed since.

`.pkm/night.json`, this machine's own; without it the next night is a full one. All confident suggestions are kept, also
those that a night had no room for: when the waiting ones are answered, these come up.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any

FILE = ".pkm/night.json"
VERSION = 1


@dataclass(slots=True)
class Reserve:
    """Each note's digest as it was when it was last asked, and the suggestions that came of it.

    `limits` are the settings that were asked with: others need another full night.
    """

    limits: list[float] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def changed(self, now: dict[str, str]) -> list[str]:
        """Notes that are new or not as they were."""
        return sorted(path for path, digest in now.items() if self.notes.get(path) != digest)

    def gone(self, now: dict[str, str]) -> int:
        """How many notes are no more."""
        return sum(path not in now for path in self.notes)

    def without(self, paths: set[str], now: dict[str, str]) -> list[dict[str, Any]]:
        """Suggestions between notes that are as they were."""
        kept = set(now) - paths
        return [row for row in self.rows if {row["source"], row["target"]} <= kept]


def read(root: str) -> Reserve:
    """The last night's, or an empty one."""
    try:
        with open(os.path.join(root, FILE), encoding="utf-8") as file:
            data = json.load(file)
        if data["version"] != VERSION:
            return Reserve()
        rows = [row for row in data["rows"] if isinstance(row["source"], str) and isinstance(row["target"], str)]
        limits = [float(limit) for limit in data["limits"]]
        return Reserve(limits, {str(path): str(digest) for path, digest in data["notes"].items()}, rows)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Reserve()


def write(root: str, reserve: Reserve) -> None:
    """Put a new one in place of the old one, whole or not at all."""
    path = os.path.join(root, FILE)
    fresh = f"{path}.{os.getpid()}.tmp"
    with open(fresh, "w", encoding="utf-8", errors="replace") as file:
        data = {"version": VERSION, "limits": reserve.limits, "notes": reserve.notes, "rows": reserve.rows}
        file.write(json.dumps(data, ensure_ascii=False))  # several times as fast as json.dump
    os.replace(fresh, path)
