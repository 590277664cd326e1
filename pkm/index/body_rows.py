"""The rows of a note's text: links, headings, tags, block ids and tasks, with byte offsets.

A plain note comes as rows from the compiled scanner. Any other is scanned, its links are given the key
under which files are found, and places in the text become places in the file.
"""

from __future__ import annotations

from pkm.index.keys import folder_key, link_key
from pkm.index.links import from_root
from pkm.markdown import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pkm.model.link import Link

    LinkRow = tuple[str, str, str, str, str, str, int, int, int]
    Rows = list[tuple[Any, ...]]


def body_rows(path: str, text: str, start: int, *, bytewise: bool) -> tuple[list[LinkRow], Rows, list[str], Rows, Rows]:
    """(links, headings, tags, blocks, tasks) of the text behind `start`, and the links in the front matter before it.

    `bytewise`: a character is a byte, so that places in the text are places in the file.
    """
    front = parse.front_links(text[:start], 0) if "[[" in text[:start] else []
    plain = parse.rows(text, start)
    if plain is not None:
        found, headings, tags, blocks, tasks = plain
        links = [row if row[2] is not None else (*row[:2], *_goal(path, row[3]), *row[4:]) for row in found]
        if front:
            links[:0] = _links(path, text, front, _bytes_at(text, _ends(front)))
        return links, headings, tags, blocks, tasks
    scan = parse.scan(text, start)
    every = front + scan.links
    if bytewise:
        at: Mapping[int, int] | range = range(len(text) + 1)
    else:
        places = [one[2] for one in scan.headings] + [one[1] for one in scan.blocks] + [one[2] for one in scan.tasks]
        at = _bytes_at(text, _ends(every).union(places))
    return (
        _links(path, text, every, at),
        [(level, title, at[start], line) for level, title, start, _, line in scan.headings],
        [name for name, _, _ in scan.tags],
        [(name, at[start], line) for name, start, _, line in scan.blocks],
        [(mark, words, at[start], line) for mark, words, start, line in scan.tasks],
    )


def _links(path: str, text: str, links: list[Link], at: Mapping[int, int] | range) -> list[LinkRow]:
    """The links as rows: what each asks for (`goal`), and the last segment of that, under which files are found."""
    return [
        (kind, text[start:end], *_goal(path, target), anchor, display, at[start], at[end], line)
        for kind, target, anchor, display, start, end, line in links
    ]


def _goal(path: str, target: str) -> tuple[str, str]:
    goal = link_key(target)
    if "/" not in goal:
        return goal, goal
    whole = from_root(goal, folder_key(path.rpartition("/")[0])) if goal.startswith(("./", "../")) else goal
    return goal, whole.rpartition("/")[2]


def _ends(links: list[Link]) -> set[int]:
    return {place for link in links for place in (link.start, link.end)}


def _bytes_at(text: str, places: set[int]) -> dict[int, int]:
    """Where in the file stands what was found in the text."""
    offsets = sorted(places)
    return dict(zip(offsets, parse.byte_offsets(text, offsets), strict=True))
