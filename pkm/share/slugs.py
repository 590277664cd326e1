"""Addresses of pages: from a note's own permalink or title, never from what other notes are called.

Two admitted notes may want the same address. The older one has it, the other gets a few characters of
its own path's digest; a note that was not admitted has no say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from pkm.model.digest import digest
from pkm.vault.names import slug

if TYPE_CHECKING:
    from collections.abc import Iterable

# Pages that the garden itself makes.
RESERVED = frozenset(("index", "all", "map", "search", "changes", "stages", "404"))


class Addressed(Protocol):
    """What an address is made from."""

    @property
    def path(self) -> str: ...
    @property
    def created(self) -> str: ...
    @property
    def wanted(self) -> str: ...


def assign_slugs(pages: Iterable[Addressed]) -> dict[str, str]:
    """Return the address of each page, by path."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for page in sorted(pages, key=lambda page: (page.created or "9999", page.path)):
        wanted = page.wanted
        if wanted in taken or (wanted in RESERVED and page.path != "index.md"):
            wanted = f"{wanted}-{digest(page.path.encode('utf-8', 'surrogateescape'))[:6]}"
        taken.add(wanted)
        found[page.path] = wanted
    return found


def wanted_slug(path: str, title: str, permalink: str) -> str:
    """Return the address a page would like to have."""
    if path == "index.md":
        return "index"
    link = re.sub(r"\.html?$", "", permalink.strip("/")) if permalink else ""
    return slug(link.replace("/", " ") if link else title)
