"""What stays true of a corpus whichever links are hidden: words, names, folders, tags, addresses, dates.

Computed once; every `View` of the corpus (the vault as it is, or with some links held back for training) shares it.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.arrays import Sparse, binary, column_sums, only_columns, scale_columns, sparse, unit_rows
from pkm.sense.suggest.encode import HEADING, ITEM
from pkm.sense.suggest.encoded import Encoded, encoded
from pkm.sense.suggest.heap import give_back
from pkm.sense.suggest.kept import read
from pkm.sense.suggest.library import sp
from pkm.sense.suggest.names import Names, find_names
from pkm.sense.suggest.phrases import Phrases, find_phrases
from pkm.sense.suggest.roles import roles_of
from pkm.sense.suggest.scale import scale_of
from pkm.sense.suggest.spell import stem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from pkm.sense.suggest.corpus import Corpus
    from pkm.sense.suggest.reading import Reading
    from pkm.sense.suggest.scale import Scale
    from pkm.sense.suggest.texts import Texts

PLACE_WORDS = 3  # words of a heading by which it is known
DIGITS = re.compile(r"\d+")
INDEX_NAMES = {"index", "_index", "readme"}


@dataclass(slots=True)
class Facts:
    """See the module. Matrices have a row for each note.

    A `place` is where in a note a line stands: below which front-matter key, or heading's words, and what kind of line
    it is: "list items below 'See also'". People link in some places and not in others, the same in every note.
    """

    corpus: Corpus
    encoded: Encoded
    stem_of: NDArray[np.int32]  # of each word; its number as a stem
    stems: int
    shortest: list[str]
    telling: NDArray[np.bool_]  # words that compare: no numbers, and in a large vault none that very many notes say
    counts: Sparse  # how often a note says each stem that tells something
    names: Names
    stemmed: Names
    place: NDArray[np.int32]  # of each line
    places: int
    linked: NDArray[np.int64]
    role: NDArray[np.int8]  # of each link
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
    texts: dict[Scale, Texts] = field(default_factory=dict)  # as long as no word is silent; made when first asked for
    together: NDArray[np.float32] | None = None  # how far every two share folders, tags and days; likewise
    _phrases: Phrases | None = None
    _spread: NDArray[np.int64] | None = None

    @property
    def notes(self) -> int:
        return self.encoded.notes

    @property
    def phrases(self) -> Phrases:
        """Found when first asked for: a large vault never asks."""
        if self._phrases is None:
            self._phrases = find_phrases(self.encoded, self.stem_of, self.telling)
        return self._phrases

    @property
    def spread(self) -> NDArray[np.int64]:
        """How many notes say each stem."""
        if self._spread is None:
            self._spread = np.bincount(self.counts.indices, minlength=self.stems)
        return self._spread


def gather(corpus: Corpus, reading: Reading | None = None) -> Facts:
    """Everything from what was read; without a `reading` the corpus is read now."""
    reading = reading or read(corpus)
    run = encoded(reading, corpus.aims)
    count, heads = run.notes, corpus.heads
    numbers: dict[str, int] = {}
    stem_of = np.array([numbers.setdefault(stem(word), len(numbers)) for word in run.spelled], np.int32)
    telling = ~np.array([word.isdigit() for word in run.spelled], bool)
    counts = list(_counts(run, stem_of, telling, len(numbers)))
    if limit := scale_of(count).spread:
        few = np.sum([np.bincount(block.indices, minlength=len(numbers)) for block in counts], axis=0) <= limit
        telling &= few[stem_of]
        counts = [only_columns(block, few) for block in counts]
    give_back()
    homes, files = [head.folder for head in heads], [head.stem for head in heads]
    parts = [_steps(home) for home in homes]
    folders: dict[str, int] = {}
    folder = np.array([folders.setdefault(home, len(folders)) for home in homes], np.int32)
    ancestors = _incidence(homes, lambda home: _prefixes(_steps(home), start=0))
    tags = _incidence([head.tags for head in heads], _nested)
    index = np.array([_is_index(file, home) for file, home in zip(files, homes, strict=True)], bool)
    patterns: dict[str, int] = {}
    pattern = np.array([patterns.setdefault(DIGITS.sub("0", file), len(patterns)) for file in files])
    number = np.array([float("".join(DIGITS.findall(file))[-9:] or -1) for file in files])
    linked = np.flatnonzero((run.target >= 0) & (run.target != run.source))
    title_note = np.repeat(np.arange(count), reading.sizes["name_tokens"])
    names = find_names(run, reading)
    give_back()
    stemmed = find_names(run, reading, stem_of, anchors=False)
    give_back()
    place, places = _places(run)
    above = _above(parts, index)
    return Facts(
        corpus=corpus,
        encoded=run,
        stem_of=stem_of,
        stems=len(numbers),
        shortest=_shortest(run.spelled, stem_of, len(numbers)),
        telling=telling,
        counts=sp.vstack(counts, format="csr"),
        names=names,
        stemmed=stemmed,
        place=place,
        places=places,
        linked=linked,
        role=roles_of(run),
        folder=folder,
        folders=len(folders),
        depth=np.array([len(steps) for steps in parts], np.int64),
        ancestors=_rare(ancestors),
        tags=tags,
        tag_weights=_rare(tags),
        above=above,
        below=above.T.tocsr(),
        addresses=_members(reading),
        titles=binary(sparse(title_note, stem_of[reading.name_token], (count, len(numbers)))),
        index=index,
        pattern=pattern,
        number=number,
        created=np.array([np.nan if note.created is None else note.created for note in heads]),
        length=np.log1p(np.diff(run.start)).astype(np.float32),
    )


def _shortest(spelled: list[str], stem_of: NDArray[np.int32], stems: int) -> list[str]:
    """For each stem its shortest word, to be shown."""
    shown = [""] * stems
    for word, number in zip(spelled, stem_of.tolist(), strict=True):
        if not shown[number] or len(word) < len(shown[number]):
            shown[number] = word
    return shown


def _steps(folder: str) -> list[str]:
    return folder.split("/") if folder else []


def _prefixes(steps: list[str], start: int = 1) -> list[str]:
    return ["/".join(steps[:size]) for size in range(start, len(steps) + 1)]


def _nested(tags: frozenset[str]) -> list[str]:
    """A tag and every tag above it."""
    return sorted({prefix for tag in tags for prefix in _prefixes(tag.split("/"))})


def _is_index(stem: str, folder: str) -> bool:
    return stem.lower() in INDEX_NAMES or (bool(folder) and stem.lower() == folder.rpartition("/")[2].lower())


def _incidence(keys: list[Any], marks_of: Callable[[Any], list[str]]) -> Sparse:
    """Which note has which mark. Notes of one key have the same ones; marks are numbered in order of first sight."""
    numbers: dict[str, int] = {}
    known: dict[Any, list[int]] = {}
    for key in keys:
        if key not in known:
            known[key] = [numbers.setdefault(mark, len(numbers)) for mark in marks_of(key)]
    columns = [known[key] for key in keys]
    row = np.repeat(np.arange(len(keys)), [len(each) for each in columns])
    column = np.fromiter(itertools.chain.from_iterable(columns), np.int64, len(row))
    return sparse(row, column, (len(keys), max(1, len(numbers))))


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


def _counts(run: Encoded, stem_of: NDArray[np.int32], telling: NDArray[np.bool_], stems: int) -> Iterator[Sparse]:
    """A row of stems for each note, a block of notes at a time."""
    for low, high in run.blocks():
        token = run.token[run.start[low] : run.start[high]]
        kept = telling[token]
        bounds = np.concatenate([[0], np.cumsum(kept)])[run.start[low : high + 1] - run.start[low]]
        column = stem_of[token[kept]]
        block = sp.csr_matrix((np.ones(len(column), np.float32), column, bounds), (high - low, stems))
        # There and back sorts each row, in one pass each.
        block = block.tocsc().tocsr()
        block.sum_duplicates()
        yield block


def _members(reading: Reading) -> Sparse:
    """Which note holds which web address."""
    note = np.repeat(np.arange(len(reading)), reading.sizes["addresses"])
    return sparse(note, reading.address, (len(reading), max(1, len(reading.addresses))))


def _places(run: Encoded) -> tuple[NDArray[np.int32], int]:
    """The place of each line, numbered, and how many places there are."""
    lines = run.lines
    heading = (lines.kind == HEADING) & ~lines.front
    key = lines.front & (lines.kind != ITEM)
    sets = np.flatnonzero(heading | key).astype(np.int32)
    state = heading[sets].astype(np.int64)
    for step in range(PLACE_WORDS):
        word = _word(run, sets, step, heading[sets])
        _, state = np.unique(state * (len(run.spelled) + 1) + word + 1, return_inverse=True)
    last = np.full(len(lines.first), -1, np.int32)
    last[sets] = np.arange(len(sets))
    last = np.maximum.accumulate(last)
    at = sets[last] if len(sets) else last
    # Nothing reaches beyond its note, and a key not beyond the front matter.
    holds = (last >= 0) & (lines.note[at] == lines.note) & (heading[at] | lines.front)
    states = np.where(holds, state.astype(np.int32)[last] + 1, 0) if len(sets) else np.zeros(len(last), np.int32)
    place = states * 8 + lines.kind
    there = np.bincount(place) > 0
    return (np.cumsum(there, dtype=np.int32) - 1)[place], max(1, int(there.sum()))


def _word(run: Encoded, lines: NDArray[np.int32], step: int, heading: NDArray[np.bool_]) -> NDArray[np.int64]:
    """One of the words by which these lines are known, -1 behind the last: a key has one, a heading some."""
    has = (run.lines.size[lines] > step) & (heading | (step == 0))
    return np.where(has, run.token[np.minimum(run.lines.first[lines] + step, len(run.token) - 1)], -1)
