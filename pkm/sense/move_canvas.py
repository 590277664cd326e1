"""JSON Canvas files: which of their bytes name a file or hold Markdown, so that only those change."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkm.sense.move_links import Edit

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]', re.DOTALL)
_CHAR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL)


class Value:
    """A text within a canvas: what it says, and where each of its characters is written."""

    __slots__ = ("_places", "text")

    def __init__(self, source: str, start: int, end: int) -> None:
        self._places: list[int] = []
        written = source[start + 1 : end - 1]
        for char in _CHAR.finditer(written):
            self._places.append(start + 1 + char.start())
        self._places.append(end - 1)
        self.text = json.loads(source[start:end], strict=False)

    def edit(self, start: int, end: int, new: str) -> Edit:
        """An edit of what it says, as one of what is written."""
        return self._places[start], self._places[end], json.dumps(new, ensure_ascii=False)[1:-1]


Node = dict[str, Value]


def nodes(source: str) -> list[Node] | None:
    """The texts of each node, by key; None when the file is no canvas that can be read."""
    try:
        whole = json.loads(source, strict=False)
    except (ValueError, RecursionError):
        return None
    if not isinstance(whole, dict):
        return None
    found: list[Node] = []
    stack: list[list[object]] = []  # bracket, the key read last, whether its value comes next
    for token in _TOKEN.finditer(source):
        mark = token[0]
        if mark in ("{", "["):
            stack.append([mark, None, False])
            if mark == "{" and len(stack) == 3 and stack[0][1] == "nodes":
                found.append({})
        elif mark in ("}", "]"):
            stack.pop()
        elif mark in (":", ","):
            stack[-1][2] = mark == ":"
        elif not stack:
            return None
        elif stack[-1][0] == "{" and not stack[-1][2]:
            stack[-1][1] = json.loads(mark, strict=False)
        elif len(stack) == 3 and stack[0][1] == "nodes" and stack[-1][0] == "{":
            value = Value(source, *token.span())
            if len(value._places) == len(value.text) + 1:  # noqa: SLF001 - not so with lone halves of a pair
                found[-1][str(stack[-1][1])] = value
    return found


def changed(source: str, change: Callable[[Node], list[Edit]]) -> str | None:
    """The canvas with the edits that `change` gives for each node; None when there are none."""
    from pkm.sense.move_links import edited

    edits = [edit for node in nodes(source) or () for edit in change(node)]
    return edited(source, edits) if edits else None
