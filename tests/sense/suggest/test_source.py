from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pkm.sense.suggest.corpus import Corpus
from pkm.sense.suggest.source import from_index
from pkm.workbench import Workbench

if TYPE_CHECKING:
    from pathlib import Path


def corpus_of(root: Path) -> Corpus:
    (root / "pkm.toml").touch()
    bench = Workbench(str(root))
    try:
        with bench.vault.reader() as read:
            return Corpus.of(from_index(bench.db, read).notes)
    finally:
        bench.close()


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
