"""Indented lines: code, or a list within a list."""

from __future__ import annotations

import re

MARKER_LINE = re.compile(r"[ \t>]*(?:[-+*]|[0-9]{1,9}[.)])[ \t]")
#: Lines after which, as after an empty one, an indented line is code.
NO_PARAGRAPH = re.compile(
    r"[ \t>]*+(?:#{1,6}(?:[ \t]|\Z)|(?:=+|-+)[ \t]*\Z|[-+*]?[ \t]*\Z|\|"
    r"|(?:\*[ \t]*){3,}\Z|(?:-[ \t]*){3,}\Z|(?:_[ \t]*){3,}\Z)"
)


def may_be_code(source: str, place: int, char: str) -> bool:
    """Whether an indented line may be code; lists within lists are not."""
    before = source[source.rfind("\n", 0, place) + 1 : place]
    if NO_PARAGRAPH.match(before):
        return True
    return char in "-+*>#0123456789" and before[:1] not in " \t" and not MARKER_LINE.match(before)
