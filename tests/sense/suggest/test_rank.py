from __future__ import annotations

import pytest

from pkm.sense.suggest.decisions import Decision, Decisions, sketch
from pkm.sense.suggest.evidence import collect
from pkm.sense.suggest.facts import gather
from pkm.sense.suggest.rank import suggest
from pkm.sense.suggest.reasons import explain
from pkm.sense.suggest.spell import fold
from pkm.sense.suggest.view import View
from tests.sense.suggest.vaults import corpus, grown


def test_a_note_that_is_named_but_not_linked_comes_first_with_its_line() -> None:
    texts = grown()
    texts["garden/new.md"] = "# new\n\nToday I put the seed 4 into the ground.\n"

    best = suggest(corpus(texts), sources=["garden/new.md"], limit=3)[0]

    assert best.target == "garden/seed 4.md"
    assert best.reasons[0].kind == "mention"
    assert best.reasons[0].text == 'says "seed 4"'
    assert best.reasons[0].line == 3


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("2022-08-02", "Written on 2022-08-02, and never again."),
        ("ein Fass voll", "Da stand das kleine Ein-Fass voll Wasser."),
        ("知识管理", "从一开始，我就想知道什么是知识管理。"),
    ],
)
def test_a_name_is_told_as_the_line_spells_it(name: str, line: str) -> None:
    texts = grown() | {f"{name}.md": "What there is to say of it.", "new.md": f"# new\n\n{line}\n"}
    vault = corpus(texts)

    reasons = explain(collect(View.whole(gather(vault))), vault.numbers["new.md"], vault.numbers[f"{name}.md"])

    told = reasons[0].text.removeprefix('says "').removesuffix('"')
    assert told in line
    assert told.casefold().replace("-", " ") == name.casefold().replace("-", " ")


def test_a_note_without_names_or_links_is_drawn_to_its_topic() -> None:
    texts = grown()
    texts["new.md"] = (
        "The tide and the wind turn at the harbour, the anchor holds, keel and rudder are sound, gale from the mast.\n"
    )

    targets = [each.target for each in suggest(corpus(texts), sources=["new.md"], limit=5)]

    assert sum(target.startswith("sailing/") for target in targets) >= 4


def test_what_is_linked_in_either_direction_is_never_suggested() -> None:
    vault = corpus(grown())
    linked = {frozenset((note.path, link.target)) for note in vault.notes for link in note.links}

    assert not [each for each in suggest(vault) if frozenset((each.source, each.target)) in linked]


def test_five_notes_give_no_suggestion() -> None:
    assert suggest(corpus(grown(5))) == []


def test_a_refused_pair_stays_away_from_both_ends_until_a_note_changes() -> None:
    texts = grown()
    vault = corpus(texts)
    first = suggest(vault, limit=1)[0]
    notes = {note.path: note for note in vault.notes}
    no = Decision(
        first.source,
        first.target,
        "reject",
        "2026-11-21T08:00:00",
        source_sketch=sketch(fold(notes[first.source].text)),
        target_sketch=sketch(fold(notes[first.target].text)),
    )
    decisions = Decisions([no])

    shown = {frozenset((each.source, each.target)) for each in suggest(vault, limit=50, decisions=decisions)}

    assert frozenset((first.source, first.target)) not in shown
    texts[first.target] += "\n" + " ".join(f"word{number}" for number in range(200))
    changed = {note.path: note for note in corpus(texts).notes}
    assert not decisions.refused(changed[first.source], changed[first.target])


def test_every_claim_is_a_probability_and_scores_fall() -> None:
    found = suggest(corpus(grown()), limit=5)

    assert all(0 <= each.probability <= 1 for each in found)
    for one, next_one in zip(found, found[1:], strict=False):  # noqa: RUF007
        assert one.source != next_one.source or one.score >= next_one.score
