"""What link suggestion needs to know about the notes: plain values.

A `Corpus` is all that the ranker ever sees. Whoever calls it (the command, the nightly run, a test) builds one;
`from_index` in `source.py` builds one from the index that reads a note's text only when it is asked for. Nothing here
reads a file or the clock.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FEWEST = 10  # notes; fewer say too little about each other


class Link(NamedTuple):
    """One link as written in a note.

    `target` is the path of the note it leads to, or None when there is no such note; `raw` is the target as written,
    so that two notes that want the same missing note can be seen to have that in common. `start` and `end` are
    character offsets in the note's text, `shown` is what a reader sees in that place.
    """

    target: str | None
    shown: str
    start: int
    end: int
    raw: str = ""


class Named:
    """What the path, the title and the aliases of a note say."""

    __slots__ = ()
    path: str
    title: str
    aliases: tuple[str, ...]

    @property
    def folder(self) -> str:
        """The folder's path, "" at the top of the vault."""
        return self.path.rpartition("/")[0]

    @property
    def stem(self) -> str:
        """The file's name without folder and ending."""
        name = self.path.rpartition("/")[2]
        return name[:-3] if name.lower().endswith(".md") else name

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that the note goes by, each once: title, file name, aliases."""
        seen: dict[str, str] = {}
        for name in (self.title, self.stem, *self.aliases):
            if name.strip():
                seen.setdefault(name.strip().casefold(), name.strip())
        return tuple(seen.values())


@dataclass(frozen=True, slots=True)
class Head(Named):
    """What is known of a note without opening it.

    `written` changes with whatever the note itself says, `mark` also with where its links lead.
    """

    path: str
    title: str
    aliases: tuple[str, ...]
    tags: frozenset[str]
    created: float | None
    written: bytes
    mark: bytes


@dataclass(frozen=True, slots=True)
class Note(Named):
    """One note: its names, its marks, and its whole text with front matter; the body begins at `body`."""

    path: str
    title: str
    text: str
    aliases: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    links: tuple[Link, ...] = ()
    body: int = 0
    created: float | None = None

    @property
    def head(self) -> Head:
        told = (self.path, self.title, self.aliases, sorted(self.tags), self.links, self.body, self.created)
        mark = marked(told, self.text)
        return Head(self.path, self.title, self.aliases, self.tags, self.created, mark, mark)


def marked(told: tuple[Any, ...], text: str = "") -> bytes:
    """Eight bytes that stand for these values."""
    return blake2b(f"{told!r}\0{text}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


@dataclass(frozen=True, slots=True)
class Aims:
    """Where all links lead, note by note in the order of the text: those of note i from `start[i]` to `start[i + 1]`.

    `target` is a note's number, or -1; what a link wants that leads to no note is in `wanted`, by the link's place.
    """

    start: array[int]
    target: array[int]
    wanted: dict[int, str]

    @classmethod
    def of(cls, links: Iterable[Iterable[tuple[int | None, str]]]) -> Aims:
        """From each note's links in turn: the target's number, or None, and what was wanted."""
        aims = cls(array("q", [0]), array("q"), {})
        for each in links:
            for target, wanted in each:
                if target is None:
                    aims.wanted[len(aims.target)] = wanted
                aims.target.append(-1 if target is None else target)
            aims.start.append(len(aims.target))
        return aims


@dataclass(frozen=True, slots=True)
class Corpus:
    """All notes of a vault, ordered by path whatever order they came in. `notes` may read each when it is asked for."""

    notes: Sequence[Note]
    heads: Sequence[Head]
    aims: Aims = field(repr=False)
    numbers: dict[str, int] = field(repr=False, compare=False)

    @classmethod
    def of(cls, notes: Iterable[Note]) -> Corpus:
        """A corpus of notes that are at hand."""
        ordered = tuple(sorted(notes, key=lambda note: note.path))
        numbers = {note.path: number for number, note in enumerate(ordered)}
        aims = Aims.of(
            [(numbers.get(link.target or ""), link.raw or link.shown) for link in note.links] for note in ordered
        )
        return cls(ordered, tuple(note.head for note in ordered), aims, numbers)

    def __len__(self) -> int:
        return len(self.heads)
