"""Addresses of pages: from a note's own permalink or title, never from what other notes are called.

Two admitted notes may want the same address. The older one has it, the other gets a few characters of
its own path's digest; a note that was not admitted has no say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pkm.model.digest import digest
from pkm.vault.names import slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkm.share.bundle import Page

# Pages that the garden itself makes.
RESERVED = frozenset(("index", "all", "map", "search", "changes", "404", "feed", "tags", "in", "files", "theme", "s", "p"))


def assign_slugs(pages: Iterable[Page]) -> None:
    """Give each page its address."""
    taken: set[str] = set()
    for page in sorted(pages, key=lambda page: (page.created or "9999", page.path)):
        wanted = wanted_slug(page)
        if wanted in taken or (wanted in RESERVED and page.path != "index.md"):
            wanted = f"{wanted}-{digest(page.path.encode('utf-8', 'surrogateescape'))[:6]}"
        taken.add(wanted)
        page.slug = wanted


def wanted_slug(page: Page) -> str:
    """Return the address a page would like to have."""
    if page.path == "index.md":
        return "index"
    link = re.sub(r"\.html?$", "", page.permalink.strip("/"))
    return slug(link.replace("/", " ") if link else page.title)
