"""What all kinds of moving share: the links of a text, what each means, and a text with some of them changed.

Only the bytes that differ are changed, and what comes out is read again: it must hold the same number of
links, each with the meaning that was wanted, or the whole move is refused.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pkm.errors import RefusedError
from pkm.index.links import RANK
from pkm.markdown import frontmatter, parse
from pkm.markdown.front_links import FRONT_STRING
from pkm.markdown.resolve import Files, key, resolve

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pkm.model.link import Link, Resolved

    Edit = tuple[int, int, str]
    Wanted = tuple[str, str]  # a link's new source text; the file it must lead to then

IN_MARKDOWN = frozenset(("markdown", "embed-markdown", "definition"))


class Text:
    """A note's bytes as text, with its links in order: front matter, text, link definitions.

    `canvas` texts have no front matter.
    """

    __slots__ = ("body", "links", "scan", "text")

    def __init__(self, text: str, body: int = 0) -> None:
        self.text = text
        self.body = body
        self.scan = parse.scan(text, body)
        front = parse.front_links(text[:body]) if body else []
        definitions = [link for link in self.scan.definitions if link.kind == "definition"]
        self.links: list[Link] = [*front, *self.scan.links, *definitions]

    @classmethod
    def of(cls, data: bytes) -> Text:
        text, _ = parse.decode(data)
        return cls(text, len(data[: frontmatter.read(data).body].decode("utf-8", "surrogateescape")))

    def raw(self, link: Link) -> str:
        return self.text[link.start : link.end]

    def quote(self, link: Link) -> str:
        """The mark of the YAML string that a link of front matter stands in."""
        for string in FRONT_STRING.finditer(self.text[: self.body]):
            if string.lastindex and string.start() <= link.start < string.end():
                return '"' if string.lastindex == 1 else "'"
        return ""


class World:
    """Which file each link means, in the vault as it is or as it will be."""

    __slots__ = ("_names", "files")

    def __init__(self, paths: Iterable[str], names: Mapping[str, Sequence[tuple[int, str]]]) -> None:
        self.files = Files(paths)
        self._names = names

    @classmethod
    def of(cls, db: sqlite3.Connection) -> World:
        """The vault as it is."""
        return cls((path for (path,) in db.execute("SELECT path FROM files")), names_of(db))

    def moved(self, db: sqlite3.Connection, moves: Mapping[str, str]) -> World:
        """The vault as it will be when these files have other paths."""
        names = {goal: [(rank, moves.get(path, path)) for rank, path in rows] for goal, rows in self._names.items()}
        return World((moves.get(path, path) for (path,) in db.execute("SELECT path FROM files")), names)

    def find(self, target: str, source: str) -> tuple[Resolved, bool]:
        """What a link means, and whether a file's name said so: Obsidian goes by nothing else."""
        found = resolve(target, source, self.files)
        if found.target is not None:
            return found, True
        rows = sorted((rank, len(path), path) for rank, path in self._names.get(key(target), ()))
        if not rows:
            return found, False
        best = rows[0]
        several = any(row[0] == best[0] and row[2] != best[2] for row in rows[1:])
        return type(found)(best[2], "other", several), False


def names_of(db: sqlite3.Connection) -> dict[str, list[tuple[int, str]]]:
    """Aliases, titles and ids, as links are compared: (rank, path)."""
    found: dict[str, list[tuple[int, str]]] = {}
    for goal, kind, path in db.execute("SELECT n.key, n.kind, f.path FROM names n JOIN files f ON f.id = n.note"):
        found.setdefault(goal, []).append((RANK[kind], path))
    return found


def beside(target: str, source: str) -> str:
    """The path that other programs take a Markdown link for: from the folder of its note."""
    return posixpath.normpath(posixpath.join(source.rpartition("/")[0], target))


def relinked(
    text: Text, decide: Callable[[Link, str], Wanted | None], meaning: Callable[[Link], str | None], where: str
) -> str | None:
    """The text with links as `decide` wants them (None: as it is); None when nothing changes.

    `meaning` says what a link of the new text leads to.
    """
    edits: list[Edit] = []
    wanted: dict[int, str] = {}
    for number, link in enumerate(text.links):
        raw = text.raw(link)
        choice = decide(link, raw)
        if choice is None:
            continue
        wanted[number] = choice[1]
        if choice[0] != raw:
            edits.append(narrowed(link.start, raw, choice[0]))
    refused = RefusedError(
        f"The links in {where} cannot be rewritten.",
        "Written anew, they would not be the same links.",
        "Change them by hand first.",
    )
    if not edits:
        if any(meaning(text.links[number]) != target for number, target in wanted.items()):
            raise refused
        return None
    new = edited(text.text, edits)
    again = Text(new, text.body + sum(len(put) - (end - start) for start, end, put in edits if start < text.body))
    if len(again.links) != len(text.links) or any(
        meaning(again.links[number]) != target for number, target in wanted.items()
    ):
        raise refused
    return new


def narrowed(start: int, old: str, new: str) -> Edit:
    """The edit of what differs: links may lie in each other, what differs of them never does."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return start + head, start + len(old) - tail, new[head : len(new) - tail]


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with its pieces replaced; no two of them overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def encoded(text: str) -> bytes:
    """The text as the bytes it was decoded from."""
    return text.encode("utf-8", "surrogateescape")
