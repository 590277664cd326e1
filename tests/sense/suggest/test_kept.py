"""What was read is kept: a night that reads only what changed knows what a night that reads everything knows."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.sense.suggest import kept, rank
from pkm.sense.suggest.corpus import Corpus, Note
from tests.sense.suggest.vaults import corpus, grown

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from pkm.sense.suggest.reading import Reading

WORDS = st.sampled_from(
    ["river", "Stone", "rivers", "the", "知识管理", "café", "[[n1]]", "[[n2|stone]]", "[[gone]]", "`code`", "7", "\n",
     "\n\n", "\n# ", "\n- ", "\n```\n", "https://example.org/a", "\ud800"]
)  # fmt: skip
TEXTS = st.dictionaries(
    st.integers(0, 12).map("n{}.md".format), st.lists(WORDS, max_size=14).map(" ".join), min_size=1, max_size=12
)


def same(one: Reading, other: Reading) -> bool:
    return all(_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))


def _equal(one: object, other: object) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_equal(one[name], other[name]) for name in one | other)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return one == other


@given(before=TEXTS, after=TEXTS, unchanged=st.booleans())
@settings(max_examples=80, deadline=None)
def test_reading_only_what_changed_gives_what_reading_everything_gives(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, str], after: dict[str, str], unchanged: bool
) -> None:
    path = str(tmp_path_factory.mktemp("kept") / "words.npz")
    now = corpus((before if unchanged else {}) | after)
    kept.read(corpus(before), path)

    joined = kept.read(now, path)

    assert same(joined, kept.read(now))
    assert same(kept.read(now, path), joined)


def test_a_night_after_some_changes_suggests_what_a_first_night_suggests(tmp_path: Path) -> None:
    path = str(tmp_path / "words.npz")
    texts = grown(48)
    rank.suggest(corpus(texts), sources=[], kept=path)
    luck = random.Random(5)
    for name in luck.sample(sorted(texts), 6):
        texts[name] += f"\nA keel of {luck.choice(['oak', 'lead', 'iron'])} and [[new]].\n"
    del texts[luck.choice(sorted(texts))]
    texts["new.md"] = "# new\n\nThe keel and the anchor.\n"

    assert rank.suggest(corpus(texts), limit=5, kept=path) == rank.suggest(corpus(texts), limit=5)


def test_notes_that_are_as_they_were_are_not_opened_again(tmp_path: Path) -> None:
    path = str(tmp_path / "words.npz")
    texts = grown(30)
    kept.read(corpus(texts), path)
    changed = min(texts)
    texts[changed] += "\nMore.\n"
    now = corpus(texts)
    opened: list[str] = []

    class Watched(tuple[Note, ...]):
        __slots__ = ()

        def __getitem__(self, number: Any) -> Any:
            found = tuple.__getitem__(self, number)
            opened.extend(note.path for note in (found if isinstance(number, slice) else [found]))
            return found

    kept.read(replace(now, notes=Watched(now.notes)), path)

    assert opened == [changed]


def test_a_file_that_is_damaged_cut_short_or_of_another_version_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "words.npz"
    vault = corpus(grown(30))
    whole = kept.read(vault, str(path))
    data = bytearray(path.read_bytes())

    data[len(data) // 2] ^= 0xFF
    for damage in (b"", bytes(data), bytes(data[:-40]), b"PK\x03\x04 no words"):
        path.write_bytes(damage)
        assert same(kept.read(vault, str(path)), whole)
    np.savez(path, version=np.array("another"))
    assert same(kept.read(vault, str(path)), whole)


def test_where_nothing_can_be_written_everything_is_read(tmp_path: Path) -> None:
    vault = Corpus.of(corpus(grown(12)).notes)
    (tmp_path / "file").touch()

    assert len(kept.read(vault, str(tmp_path / "file" / "words.npz"))) == 12
