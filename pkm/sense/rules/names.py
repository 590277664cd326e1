"""Rules about names: can every system hold them, keep them apart, and a link say them?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pkm.errors import RefusedError
from pkm.sense.rules.finding import Finding
from pkm.vault.names import key, safe_component

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkm.sense.rules.finding import Look

#: What a wikilink cannot say.
UNLINKABLE = re.compile(r"[#^|]|\[\[|\]\]|%%")


def case_collision(look: Look) -> Iterator[Finding]:
    """Files that macOS and Windows would put into one, because only case or Unicode form differs."""
    same: dict[str, list[str]] = {}
    for (path,) in look.db.execute("SELECT path FROM files ORDER BY path"):
        same.setdefault(key(path), []).append(path)
    for paths in same.values():
        for path in paths if len(paths) > 1 else ():
            others = ", ".join(other for other in paths if other != path)
            yield Finding(
                path,
                0,
                "case-collision",
                f"On some systems it is one file with {others}.",
                "Rename one:  pkm move NOTE NEW",
            )


def unsafe_name(look: Look) -> Iterator[Finding]:
    """Names that some system cannot hold, or no link can say."""
    known: dict[str, str] = {}
    for (path,) in look.db.execute("SELECT path FROM files ORDER BY path"):
        for part in path.split("/"):
            why = known.get(part)
            if why is None:
                why = known[part] = reason(part)
            if why:
                yield Finding(path, 0, "unsafe-name", f"{part!r}: {why}", "Choose another name:  pkm move NOTE NEW")
                break


def reason(name: str) -> str:
    """Why a name is unsafe; empty when it is not."""
    try:
        safe_component(name)
    except RefusedError as refused:
        return refused.reason
    if match := UNLINKABLE.search(name):
        return f"No wikilink can hold {match[0]}."
    return ""
