"""What link suggestion needs to know about the notes: plain values, in memory.

A `Corpus` is all that the ranker ever sees. Whoever calls it (the command, the nightly run, a test) builds one;
`from_index` in `source.py` builds it from the index. Nothing here reads a file or the clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FEWEST = 10  # notes; fewer say too little about each other


@dataclass(frozen=True, slots=True)
class Link:
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


@dataclass(frozen=True, slots=True)
class Note:
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
class Corpus:
    """All notes of a vault, ordered by path whatever order they came in."""

    notes: tuple[Note, ...]
    numbers: dict[str, int] = field(repr=False, compare=False)

    @classmethod
    def of(cls, notes: list[Note] | tuple[Note, ...]) -> Corpus:
        ordered = tuple(sorted(notes, key=lambda note: note.path))
        return cls(ordered, {note.path: number for number, note in enumerate(ordered)})

    def __len__(self) -> int:
        return len(self.notes)
