"""What a rule finds, and what it looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from pkm.config import Settings
    from pkm.vault.vault import Reader

FINDING, HINT, LISTED = "finding", "hint", "listed"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One place where a rule does not hold; `line` counts from 1, 0 is the whole file."""

    path: str
    line: int
    rule: str
    message: str
    hint: str = ""
    fixable: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """The vault as rules see it: its index, and the bytes of a file."""

    db: sqlite3.Connection
    read: Reader
    settings: Settings

    def counts(self, path: str) -> bool:
        """Whether rules hold for this file: a template is a note to be."""
        return not path.startswith(f"{self.settings['templates']}/")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. A `hint` is shown and costs nothing; what is only `listed` runs when it is asked for by name."""

    name: str
    weight: str
    summary: str
    find: Callable[[Look], Iterator[Finding]]
