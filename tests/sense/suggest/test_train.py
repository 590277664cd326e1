"""Lessons: what is hidden can be looked for, and nothing of it can be seen."""

from __future__ import annotations

import numpy as np

from pkm.sense.suggest.facts import gather
from pkm.sense.suggest.train import ENOUGH, examples
from tests.sense.suggest.vaults import corpus, grown


def test_few_links_teach_nothing() -> None:
    texts = grown(40, links=2)

    assert sum(text.count("[[") for text in texts.values()) < ENOUGH
    assert examples(gather(corpus(texts))) is None


def test_every_kind_of_lesson_is_taught_with_words_and_without() -> None:
    taught = examples(gather(corpus(grown(60))))

    assert taught is not None
    kinds = {(bool(new), bool(cut)) for new, cut in zip(taught.new, taught.cut, strict=True)}
    assert kinds == {(False, False), (False, True), (True, False), (True, True)}


def test_where_words_were_cut_no_hidden_note_is_named_and_elsewhere_most_are() -> None:
    taught = examples(gather(corpus(grown(60))))

    assert taught is not None
    named = taught.features[:, taught.names.index("named own")] > 0
    assert not named[taught.wanted & taught.cut].any()
    assert named[taught.wanted & ~taught.cut].mean() > 0.9


def test_what_is_right_is_a_link_of_the_vault_from_that_note() -> None:
    vault = corpus(grown(60))
    links = {(note.path, link.target) for note in vault.notes for link in note.links}
    linking = {vault.numbers[source] for source, _ in links}

    taught = examples(gather(vault))

    assert taught is not None
    assert taught.wanted.any()
    assert set(taught.source[taught.wanted].tolist()) <= linking


def test_the_same_vault_teaches_the_same_lessons() -> None:
    one, other = (examples(gather(corpus(grown(60)))) for _ in range(2))

    assert one is not None
    assert other is not None
    assert np.array_equal(one.features, other.features)
    assert np.array_equal(one.wanted, other.wanted)
