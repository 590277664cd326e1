from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.memory import Memory
from pkm.sense.suggest.rank import suggest
from tests.sense.suggest.vaults import corpus, grown

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_remembered_gives_the_same_bytes_as_learning_anew(tmp_path: Path) -> None:
    vault = corpus(grown(40))
    memory = Memory(str(tmp_path / "lesson.npz"))

    first = suggest(vault, limit=3, memory=memory)

    assert (tmp_path / "lesson.npz").exists()
    assert suggest(vault, limit=3, memory=memory) == first


def test_a_changed_note_is_learned_anew_unless_some_drift_is_allowed(tmp_path: Path) -> None:
    texts = grown(40)
    path = str(tmp_path / "lesson.npz")
    suggest(corpus(texts), sources=[], memory=Memory(path))
    texts[min(texts)] += "\nSomething new.\n"
    changed = corpus(texts)

    assert Memory(path).recall(changed, None) is None
    assert Memory(path, drift=0.05).recall(changed, None) is not None
    assert Memory(path, drift=0.01).recall(changed, None) is None


def test_a_memory_that_is_damaged_or_of_another_kind_is_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "lesson.npz"
    vault = corpus(grown(40))

    for damage in (b"", b"PK\x03\x04 not a lesson", b"\x80\x04."):
        path.write_bytes(damage)
        assert Memory(str(path)).recall(vault, None) is None
    np.savez(path, lesson=np.array("another"))
    assert Memory(str(path)).recall(vault, None) is None


def test_a_lesson_that_cannot_be_kept_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert suggest(corpus(grown(40)), limit=1, memory=Memory(str(tmp_path / "file" / "lesson.npz")))
