"""What stays true of a corpus whichever links are hidden: words, names, folders, tags, addresses, dates.

Computed once; every `View` of the corpus (the vault as it is, or with some links held back for training) shares it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.arrays import Sparse, binary, column_sums, scale_columns, sparse, unit_rows
from pkm.sense.suggest.encode import HEADING, ITEM, URL, Encoded, encode
from pkm.sense.suggest.mentions import Names, find_names
from pkm.sense.suggest.spell import stem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from pkm.sense.suggest.corpus import Corpus

INDEX_NAMES = {"index", "_index", "readme"}


@dataclass(slots=True)
class Lines:
    """Lines that hold words: which one each token stands in, and in what place of a note such a line is.

    A place is a front-matter key, or a heading's words, with the kind of line: "list items below 'See also'".
    People link in some places and not in others, the same in every note.
    """

    of_token: NDArray[np.int64]
    size: NDArray[np.int64]
    place: NDArray[np.int64]
    places: int


@dataclass(slots=True)
class Facts:
    """See the module. Matrices have a row for each note."""

    corpus: Corpus
    encoded: Encoded
    stem: NDArray[np.int32]
    stem_of: NDArray[np.int32]
    stems: int
    spelled: list[str]
    shortest: list[str]
    textual: NDArray[np.bool_]
    names: Names
    stemmed: Names
    lines: Lines
    linked: NDArray[np.int64]
    folder: NDArray[np.int32]
    folders: int
    depth: NDArray[np.int64]
    ancestors: Sparse
    tags: Sparse
    tag_weights: Sparse
    above: Sparse
    below: Sparse
    addresses: Sparse
    titles: Sparse
    index: NDArray[np.bool_]
    pattern: NDArray[np.int64]
    number: NDArray[np.float64]
    created: NDArray[np.float64]
    length: NDArray[np.float32]

    @property
    def notes(self) -> int:
        return self.encoded.notes


def gather(corpus: Corpus) -> Facts:
    """Read the corpus once."""
    encoded = encode(corpus)
    count = encoded.notes
    numbers: dict[str, int] = {}
    spelled = list(encoded.vocabulary)
    stem_of = np.array([numbers.setdefault(stem(word), len(numbers)) for word in spelled], np.int32)
    digits = np.array([word.isdigit() for word in spelled], bool)
    stems = stem_of[encoded.token]
    stemmed_names = [[tuple(int(stem_of[word]) for word in name) for name in names] for names in encoded.names]
    parts = [note.folder.split("/") if note.folder else [] for note in corpus.notes]
    folders: dict[str, int] = {}
    folder = np.array([folders.setdefault(note.folder, len(folders)) for note in corpus.notes], np.int32)
    ancestors = _incidence((_prefixes(steps, start=0) for steps in parts), count)
    tags = _incidence((_nested(note.tags) for note in corpus.notes), count)
    index = np.array([_is_index(note.stem, note.folder) for note in corpus.notes], bool)
    patterns: dict[str, int] = {}
    pattern = np.array([patterns.setdefault(re.sub(r"\d+", "0", note.stem), len(patterns)) for note in corpus.notes])
    number = np.array([float("".join(re.findall(r"\d", note.stem))[-9:] or -1) for note in corpus.notes])
    linked = np.flatnonzero((encoded.target >= 0) & (encoded.target != encoded.source))
    title_note = np.array([note for note, names in enumerate(encoded.names) for name in names for _ in name], np.int64)
    title_word = np.array([word for names in stemmed_names for name in names for word in name], np.int64)
    above = _above(parts, index)
    return Facts(
        corpus=corpus,
        encoded=encoded,
        stem=stems,
        stem_of=stem_of,
        stems=len(numbers),
        spelled=spelled,
        shortest=_shortest(spelled, stem_of, len(numbers)),
        textual=~digits[encoded.token],
        names=find_names(encoded, encoded.token, encoded.names),
        stemmed=find_names(encoded, stems, stemmed_names, anchors=False),
        lines=_lines(encoded),
        linked=linked,
        folder=folder,
        folders=len(folders),
        depth=np.array([len(steps) for steps in parts], np.int64),
        ancestors=_rare(ancestors),
        tags=tags,
        tag_weights=_rare(tags),
        above=above,
        below=above.T.tocsr(),
        addresses=_incidence(({_address(found) for found in URL.findall(note.text)} for note in corpus.notes), count),
        titles=binary(sparse(title_note, title_word, (count, len(numbers)))),
        index=index,
        pattern=pattern,
        number=number,
        created=np.array([np.nan if note.created is None else note.created for note in corpus.notes]),
        length=np.log1p(np.diff(encoded.start)).astype(np.float32),
    )


def _shortest(spelled: list[str], stem_of: NDArray[np.int32], stems: int) -> list[str]:
    """For each stem its shortest word, to be shown."""
    shown = [""] * stems
    for word, number in zip(spelled, stem_of.tolist(), strict=True):
        if not shown[number] or len(word) < len(shown[number]):
            shown[number] = word
    return shown


def _prefixes(steps: list[str], start: int = 1) -> list[str]:
    return ["/".join(steps[:size]) for size in range(start, len(steps) + 1)]


def _nested(tags: Iterable[str]) -> set[str]:
    """A tag and every tag above it."""
    return {prefix for tag in tags for prefix in _prefixes(tag.split("/"))}


def _address(url: str) -> str:
    return url.split("#", maxsplit=1)[0].rstrip("/.,")


def _is_index(stem: str, folder: str) -> bool:
    return stem.lower() in INDEX_NAMES or (bool(folder) and stem.lower() == folder.rpartition("/")[2].lower())


def _incidence(rows: Iterable[Iterable[str]], count: int) -> Sparse:
    """Which note has which mark; marks are numbered in order of first sight, so sets are sorted first."""
    numbers: dict[str, int] = {}
    row: list[int] = []
    column: list[int] = []
    for number, marks in enumerate(rows):
        for mark in sorted(marks):
            row.append(number)
            column.append(numbers.setdefault(mark, len(numbers)))
    return sparse(np.array(row, np.int64), np.array(column, np.int64), (count, max(1, len(numbers))))


def _rare(marks: Sparse) -> Sparse:
    """Rows as unit vectors in which a rare mark weighs more."""
    count = marks.shape[0]
    return unit_rows(scale_columns(marks, np.log((count + 1) / (column_sums(marks) + 0.5))))


def _above(parts: list[list[str]], index: NDArray[np.bool_]) -> Sparse:
    """The index notes of a note's folder and of the folders above, the nearest weighing most."""
    home: dict[str, int] = {}
    for number, steps in enumerate(parts):
        if index[number]:
            home.setdefault("/".join(steps), number)
    row: list[int] = []
    column: list[int] = []
    weight: list[float] = []
    for number, steps in enumerate(parts):
        for size in range(len(steps), -1, -1):
            above = home.get("/".join(steps[:size]))
            if above is not None and above != number:
                row.append(number)
                column.append(above)
                weight.append(1 / (1 + len(steps) - size))
    shape = (len(parts), len(parts))
    return sparse(np.array(row, np.int64), np.array(column, np.int64), shape, np.array(weight))


def _lines(encoded: Encoded) -> Lines:
    where = encoded.note.astype(np.int64) * (1 << 32) + encoded.line
    begins = np.ones(len(where), bool)
    begins[1:] = where[1:] != where[:-1]
    first = np.flatnonzero(begins)
    of_token = np.cumsum(begins) - 1
    ends = np.append(first, len(where))[1:]
    numbers: dict[tuple[Any, ...], int] = {}
    place = np.zeros(len(first), np.int64)
    state: tuple[Any, ...] = ()
    note = -1
    rows = zip(
        encoded.note[first].tolist(),
        encoded.kind[first].tolist(),
        encoded.front[first].tolist(),
        first.tolist(),
        ends.tolist(),
        strict=True,
    )
    for number, (owner, kind, front, start, end) in enumerate(rows):
        if owner != note:
            note, state = owner, ()
        if front:
            if kind != ITEM:
                state = ("key", int(encoded.token[start]))
        elif kind == HEADING:
            state = ("heading", *encoded.token[start : min(end, start + 3)].tolist())
        elif state[:1] == ("key",):
            state = ()
        place[number] = numbers.setdefault((state, kind), len(numbers))
    return Lines(of_token, np.bincount(of_token, minlength=len(first)), place, max(1, len(numbers)))
