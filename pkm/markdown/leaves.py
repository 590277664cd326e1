"""The scanner's exact way: read the blocks, then each paragraph and heading by itself.

Slower than the searches of `scan` by about ten times, and right about everything CommonMark knows.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from operator import itemgetter

from pkm.markdown.addresses import bare_addresses
from pkm.markdown.blocks import Leaf, blocks
from pkm.markdown.definitions import definitions_end
from pkm.markdown.inline import Inline, label_key
from pkm.markdown.link_patterns import BLOCK_ID
from pkm.markdown.links import markdown_link
from pkm.model.link import Block, Heading, Link, Tag, Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pkm.model.link import Scan

SPECIAL = re.compile(r"[\[\\`<#^$]|://")
TASK = re.compile(r"\[([^\n])\][ \t]+")


class Joined:
    """A leaf's lines as one string, and the way back from a place in it to the text."""

    __slots__ = ("_at", "_starts", "text")

    def __init__(self, source: str, pieces: list[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._at: list[int] = []
        length = 0
        for begin, end in pieces:
            self._starts.append(length)
            self._at.append(begin)
            length += end - begin + 1
        self.text = "\n".join([source[begin:end] for begin, end in pieces])

    def place(self, offset: int) -> int:
        """Where a character stands in the source."""
        index = bisect_right(self._starts, offset) - 1
        return self._at[index] + offset - self._starts[index]

    def end(self, offset: int) -> int:
        """Where a span ends in the source: behind its last character."""
        return self.place(offset - 1) + 1 if offset else self.place(0)


def read_exactly(source: str, shift: int, line: int, into: Scan) -> None:
    """Fill `into` with what the leaves hold, as `scan` gives it; `source` has a line end before its first line."""
    leaves = blocks(source)
    references: dict[str, str] = {}
    for leaf in leaves:
        if leaf.kind in ("text", "heading"):
            _definitions(source, leaf, references, into)
    for leaf in leaves:
        if leaf.kind in ("text", "heading"):
            _leaf(source, leaf, references, into)
    for name in ("links", "urls", "definitions", "headings", "blocks"):
        setattr(into, name, _placed(getattr(into, name), source, shift, line, 2))
    for name in ("tags", "tasks"):
        setattr(into, name, _placed(getattr(into, name), source, shift, line, 1))


def _placed(items: list[Any], source: str, shift: int, line: int, ends: int) -> list[Any]:
    """The items with offsets into the whole text and with lines; before their line they have `ends` offsets."""
    at = -1 - ends
    items.sort(key=itemgetter(at))
    placed = []
    last = 0
    for item in items:
        start = item[at]
        line += source.count("\n", last, start)
        last = start
        placed.append(tuple.__new__(type(item), (*item[:at], *[place + shift for place in item[at:-1]], line)))
    return placed


def _definitions(source: str, leaf: Leaf, references: dict[str, str], into: Scan) -> None:
    """Take the definitions off a paragraph's beginning. The first of a label counts."""
    if not source.startswith("[", leaf.start):
        return
    found, lines = definitions_end(source, leaf)
    joined = Joined(source, leaf.pieces)
    for match in found:
        destination = match["angle"] if match["angle"] is not None else match["bare"]
        references.setdefault(label_key(match["label"]), destination)
        parts = markdown_link(destination, match["label"], embed=False)
        if parts is not None:
            kind = "external" if parts[0] == "external" else "definition"
            start, end = joined.place(match.start()), joined.end(match.start("rest"))
            into.definitions.append(Link(kind, parts[1], parts[2], parts[3], start, end, 0))
    del leaf.pieces[:lines]
    if leaf.pieces:
        leaf.start = leaf.pieces[0][0]


def _leaf(source: str, leaf: Leaf, references: dict[str, str], into: Scan) -> None:
    if not leaf.pieces and leaf.kind == "text":
        return
    if leaf.kind == "text" and not SPECIAL.search(source, leaf.start, leaf.end):
        return
    joined = Joined(source, leaf.pieces)
    text, place = joined.text, joined.place
    if leaf.kind == "heading":
        words = " ".join([line.strip() for line in text.split("\n")]) if "\n" in text else text.strip()
        end = leaf.start + len(source[leaf.start : leaf.end].rstrip())
        into.headings.append(Heading(leaf.level, words, leaf.start, end, 0))
    elif leaf.item and (task := TASK.match(text)):
        end = text.find("\n", task.end())
        into.tasks.append(Task(task[1], text[task.end() : end if end >= 0 else len(text)].strip(), place(0), 0))
    if not SPECIAL.search(text):
        return
    inline = Inline(text, references).read()
    for kind, target, anchor, display, begin, end in inline.found:
        link = Link(kind, target, anchor, display, place(begin), joined.end(end), 0)
        (into.urls if kind == "external" else into.links).append(link)
    into.tags += [Tag(name, place(at), 0) for name, at in inline.tags]
    taken = inline.taken()
    if "://" in text:
        for kind, target, anchor, display, begin, end in bare_addresses(text, taken):
            into.urls.append(Link(kind, target, anchor, display, place(begin), joined.end(end), 0))
    if "^" in text:
        for match in BLOCK_ID.finditer(text):
            at = match.start()
            if (at == 0 or text[at - 1] in " \t\n") and at not in taken:
                into.blocks.append(Block(match[1], place(at), joined.end(match.end(1)), 0))
