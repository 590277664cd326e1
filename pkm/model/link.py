"""What a note's text holds that points somewhere or can be pointed at.

Tuples with names, because an index makes hundreds of thousands of them and writes them as rows.
`start` and `end` are offsets into the text that was scanned, in characters; `line` counts from 1.
A `Link` is what the author wrote; a `Resolved` is what it was found to mean.
"""

from __future__ import annotations

from operator import itemgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self


def _field(index: int) -> Any:
    return property(itemgetter(index))


class Link(tuple[str, str, str, str, int, int, int]):
    """One link as written; `text[start:end]` is its exact source.

    `kind`: wiki, markdown, embed, embed-markdown, front, external, or definition (`[label]: path`).
    `target` is the path part (percent-decoded for Markdown links), empty for a link into the same note;
    `anchor` what follows the first `#` ("Heading", "A#B" or "^id"); `display` the text shown, if given.
    For an external link `target` is the whole address.
    """

    __slots__ = ()
    kind: str = _field(0)
    target: str = _field(1)
    anchor: str = _field(2)
    display: str = _field(3)
    start: int = _field(4)
    end: int = _field(5)
    line: int = _field(6)

    def __new__(cls, kind: str, target: str, anchor: str, display: str, start: int, end: int, line: int) -> Self:
        return tuple.__new__(cls, (kind, target, anchor, display, start, end, line))


class Heading(tuple[int, str, int, int, int]):
    """A heading: level 1 to 6, its text as written without the marks, and the span of its lines."""

    __slots__ = ()
    level: int = _field(0)
    text: str = _field(1)
    start: int = _field(2)
    end: int = _field(3)
    line: int = _field(4)

    def __new__(cls, level: int, text: str, start: int, end: int, line: int) -> Self:
        return tuple.__new__(cls, (level, text, start, end, line))


class Tag(tuple[str, int, int]):
    """A tag in the text, without its `#`; `start` is where the `#` stands."""

    __slots__ = ()
    text: str = _field(0)
    start: int = _field(1)
    line: int = _field(2)

    def __new__(cls, text: str, start: int, line: int) -> Self:
        return tuple.__new__(cls, (text, start, line))


class Block(tuple[str, int, int, int]):
    """A block id; the span is that of the mark `^id` itself."""

    __slots__ = ()
    name: str = _field(0)
    start: int = _field(1)
    end: int = _field(2)
    line: int = _field(3)

    def __new__(cls, name: str, start: int, end: int, line: int) -> Self:
        return tuple.__new__(cls, (name, start, end, line))


class Task(tuple[str, str, int, int]):
    """A task `- [mark] text`; `start` is where its `[` stands, so `start + 1` is the character to change."""

    __slots__ = ()
    mark: str = _field(0)
    text: str = _field(1)
    start: int = _field(2)
    line: int = _field(3)

    def __new__(cls, mark: str, text: str, start: int, line: int) -> Self:
        return tuple.__new__(cls, (mark, text, start, line))


class Resolved(tuple["str | None", str, bool]):
    """Which file a link means: its path or None, the rule that found it, and whether another fits as well.

    `via`: self, path, relative, folder, name, tie (equally good ones: the first was taken), or, where Obsidian would
    leave the link open, alias, title, id; empty when nothing was found.
    """

    __slots__ = ()
    target: str | None = _field(0)
    via: str = _field(1)
    ambiguous: bool = _field(2)

    def __new__(cls, target: str | None, via: str, ambiguous: bool) -> Self:
        return tuple.__new__(cls, (target, via, ambiguous))


class Scan:
    """What was found, each list in the order of the text.

    `links` lead to notes and files, `urls` out of the vault (kind external); `definitions` are the
    `[label]: path` lines that reference links take their target from.
    """

    __slots__ = ("blocks", "definitions", "headings", "links", "tags", "tasks", "urls")

    def __init__(self) -> None:
        self.links: list[Link] = []
        self.urls: list[Link] = []
        self.definitions: list[Link] = []
        self.headings: list[Heading] = []
        self.tags: list[Tag] = []
        self.blocks: list[Block] = []
        self.tasks: list[Task] = []
