"""What the notes say under a view: shared as long as no word is silent, counted anew where some are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.arrays import best_of_rows
from pkm.sense.suggest.evidence import collect
from pkm.sense.suggest.facts import gather
from pkm.sense.suggest.scale import LARGE
from pkm.sense.suggest.texts import COMMON, FAINT, cosines, nearest
from pkm.sense.suggest.view import View, hide, pair_keys
from tests.sense.suggest.vaults import corpus, grown

if TYPE_CHECKING:
    from pkm.sense.suggest.facts import Facts


def views(facts: Facts) -> tuple[View, View]:
    """The same links hidden, with their words left and with their words cut."""
    pairs = np.unique(pair_keys(facts)[facts.linked])[::3]
    left, cut = (hide(facts, pairs, np.full(len(pairs), way)) for way in (False, True))
    return left, cut


def test_views_that_leave_the_words_share_what_the_notes_say() -> None:
    facts = gather(corpus(grown(40)))
    left, cut = views(facts)

    whole, shared, counted = (collect(view).words for view in (View.whole(facts), left, cut))

    assert shared.text is whole.text
    assert (shared.context != whole.context).nnz > 0
    assert (counted.text != whole.text).nnz > 0


def test_what_is_shared_is_what_the_view_alone_would_give() -> None:
    facts, alone = gather(corpus(grown(40))), gather(corpus(grown(40)))
    left, _ = views(facts)
    collect(View.whole(facts))

    shared, own = collect(left).words, collect(views(alone)[0]).words

    assert (shared.similar != own.similar).nnz == 0
    assert np.array_equal(shared.latent, own.latent)


def test_a_note_is_most_similar_to_those_that_share_its_weightiest_words() -> None:
    text = collect(View.whole(gather(corpus(grown(60)))), LARGE).words.text

    similar = nearest(text, text.T.tocsr(), 5)

    product = (text @ text.T).toarray()
    np.fill_diagonal(product, 0)
    for note, mine in enumerate(product):
        found = similar.data[similar.indptr[note] : similar.indptr[note + 1]]
        assert np.allclose(np.sort(found), np.sort(mine[mine >= FAINT])[-5:])


def test_few_postings_keep_the_notes_in_which_a_word_weighs_most() -> None:
    text = collect(View.whole(gather(corpus(grown(60)))), LARGE).words.text

    whole, few = text.T.tocsr(), best_of_rows(text.T.tocsr(), 3)

    for word in range(whole.shape[0]):
        every, kept = (each.data[each.indptr[word] : each.indptr[word + 1]] for each in (whole, few))
        assert np.array_equal(np.sort(kept), np.sort(every)[-3:])


def test_cosines_are_those_of_a_sparse_product_whether_many_notes_share_a_word_or_few() -> None:
    texts = grown(60) | {f"odd {number}.md": f"word{number} word{number + 1}" for number in range(9)}
    text = collect(View.whole(gather(corpus(texts))), LARGE).words.text
    spread = np.bincount(text.indices) / text.shape[0]
    assert spread.max() > COMMON
    assert spread[spread > 0].min() < COMMON

    table = cosines(text)

    assert np.allclose(table, (text @ text.T).toarray(), atol=1e-6)
    known, sought = nearest(text, text.T.tocsr(), 5, table), nearest(text, text.T.tocsr(), 5)
    assert np.allclose(np.sort(known.data), np.sort(sought.data), atol=1e-6)
