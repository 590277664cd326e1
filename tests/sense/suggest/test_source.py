from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pkm.sense.suggest.corpus import Corpus
from pkm.sense.suggest.rank import suggest
from pkm.sense.suggest.source import from_index
from pkm.workbench import Workbench
from tests.sense.suggest.vaults import grown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pkm.sense.suggest.corpus import Head
    from pkm.sense.suggest.suggestion import Suggestion


@contextmanager
def indexed(root: Path) -> Iterator[Corpus]:
    (root / "pkm.toml").touch()
    bench = Workbench(str(root))
    try:
        with bench.vault.reader() as read:
            yield from_index(bench.db, read)
    finally:
        bench.close()


def corpus_of(root: Path) -> Corpus:
    with indexed(root) as corpus:
        return Corpus.of(corpus.notes)


def heads_of(root: Path) -> dict[str, Head]:
    with indexed(root) as corpus:
        return {head.path: head for head in corpus.heads}


def suggested(root: Path, kept: str) -> list[Suggestion]:
    with indexed(root) as corpus:
        return suggest(corpus, limit=5, kept=kept)


def test_a_note_is_as_old_as_it_says_whatever_the_disk_says(tmp_path: Path) -> None:
    (tmp_path / "said.md").write_text("---\ncreated: 2024-05-01\ndate: 2023-01-01\n---\n")
    (tmp_path / "other.md").write_text("---\ndate created: 2024-05-01\n---\n")
    (tmp_path / "silent.md").write_text("Nothing.\n")
    os.utime(tmp_path / "silent.md", (0, 0))

    born = {note.path: note.created for note in corpus_of(tmp_path).notes}

    assert born["said.md"] == born["other.md"] == 1_714_521_600.0
    assert born["silent.md"] is None


def test_links_have_their_place_in_characters_also_behind_chinese(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("b\n")
    (tmp_path / "a.md").write_text("知识 [[b|乙]] und [[gone]]\n")

    note = corpus_of(tmp_path).notes[0]

    assert [(link.target, link.shown) for link in note.links] == [("b.md", "乙"), (None, "gone")]
    assert [note.text[link.start : link.end] for link in note.links] == ["[[b|乙]]", "[[gone]]"]


def test_a_note_counts_as_changed_when_its_text_changes_and_is_marked_when_its_links_lead_elsewhere(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.md").write_text("[[b]]\n")
    (tmp_path / "c.md").write_text("c\n")
    before = heads_of(tmp_path)

    (tmp_path / "b.md").write_text("b\n")
    linked = heads_of(tmp_path)
    (tmp_path / "c.md").write_text("d\n")
    edited = heads_of(tmp_path)

    assert linked["a.md"].written == before["a.md"].written
    assert linked["a.md"].mark != before["a.md"].mark
    assert linked["c.md"] == before["c.md"]
    assert edited["c.md"].written != linked["c.md"].written
    assert edited["a.md"] == linked["a.md"]


def test_a_night_that_knows_the_notes_suggests_what_one_that_reads_them_suggests(tmp_path: Path) -> None:
    for path, text in grown(40).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    kept = str(tmp_path / "words.npz")
    suggested(tmp_path, kept)
    (tmp_path / "garden" / "new.md").write_text("Soil, seed and a worm, 知识管理.\n")
    changed = min(tmp_path.glob("music/*.md"))
    changed.write_text(changed.read_text() + "\nA chord of three notes.\n")

    found = suggested(tmp_path, kept)
    assert found
    assert found == suggested(tmp_path, "")
