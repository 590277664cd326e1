"""Words that stand side by side in two notes are a phrase, unless one of them is silent."""

from __future__ import annotations

import numpy as np

from pkm.sense.suggest.evidence import collect
from pkm.sense.suggest.facts import gather
from pkm.sense.suggest.reasons import explain
from pkm.sense.suggest.signals import same_phrases, same_words
from pkm.sense.suggest.view import View
from tests.sense.suggest.vaults import corpus

TEXTS = {
    "dice.md": "any random variable has some mean",
    "chance.md": "every random variable has one",
    "code.md": "name the variable by random letters",
    "last.md": "nothing else ends with random",
    "next.md": "variable and so on",
}


def test_notes_are_alike_in_words_that_stand_side_by_side_in_both() -> None:
    vault = corpus(TEXTS)
    e = collect(View.whole(gather(vault)))
    dice, chance, code = (vault.numbers[f"{name}.md"] for name in ("dice", "chance", "code"))

    alike = same_phrases(e, np.arange(len(vault)))

    assert alike[dice, chance] > 0.5
    assert alike[dice, code] == 0
    assert same_words(e, np.array([dice]))[0, code] > 0


def test_no_phrase_begins_in_one_note_and_ends_in_the_next() -> None:
    facts = gather(corpus(TEXTS))
    last, following = (facts.corpus.numbers[f"{name}.md"] for name in ("last", "next"))

    assert following == last + 1
    assert not facts.phrases.counts[[last, following]].nnz


def test_what_is_silent_is_in_no_phrase() -> None:
    facts = gather(corpus(TEXTS))
    run, dice = facts.encoded, facts.corpus.numbers["dice.md"]
    word = run.spelled.index("variable")
    said = np.flatnonzero(run.token == word)
    silent = said[(said >= run.start[dice]) & (said < run.start[dice + 1])]

    left = facts.phrases.without(silent, run.start)

    assert facts.phrases.counts[dice].nnz == 2  # "random variable", "variable has"
    assert left[dice].nnz == 0
    assert left.nnz == facts.phrases.counts.nnz - 2


def test_notes_without_words_have_no_phrases() -> None:
    facts = gather(corpus({"a.md": "", "b.md": "one"}))

    assert facts.phrases.counts.nnz == 0


def test_the_rarest_phrase_of_both_is_told_as_the_asked_note_spells_it() -> None:
    vault = corpus({**TEXTS, "dice.md": "Throws.\n\nAny *Random*  Variable has some mean."})
    dice, chance = (vault.numbers[f"{name}.md"] for name in ("dice", "chance"))

    reasons = explain(collect(View.whole(gather(vault))), dice, chance)

    assert [(reason.kind, reason.line) for reason in reasons if reason.text.startswith("both say")] == [("words", 3)]
    assert 'both say "Random*  Variable"' in [reason.text for reason in reasons]


def test_a_phrase_with_a_word_that_very_many_notes_say_is_not_told() -> None:
    few = {"dice.md": "any variable has some mean", "chance.md": "each variable has one"}
    many = few | {f"{number:02}.md": "this has some other words" for number in range(20)}

    def told(texts: dict[str, str]) -> list[str]:
        vault = corpus(texts)
        dice, chance = (vault.numbers[f"{name}.md"] for name in ("dice", "chance"))
        reasons = explain(collect(View.whole(gather(vault))), dice, chance)
        return [reason.text for reason in reasons if reason.text.startswith("both say")]

    assert told(few) == ['both say "variable has"']
    assert told(many) == []
