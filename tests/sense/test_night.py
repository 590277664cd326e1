"""What a night keeps, and when a kind of reason falls silent."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pkm.sense.night import best_of, voices
from pkm.sense.suggest.decisions import Decision


def made(source: str, target: str, sure: float, kind: str = "words") -> dict[str, Any]:
    return {"source": source, "target": target, "probability": sure, "reasons": [{"kind": kind, "text": "because"}]}


def answered(kind: str, answers: str) -> list[Decision]:
    """One decision a letter: y is yes, n is no, l is later."""
    names = {"y": "accept", "n": "reject", "l": "later"}
    return [
        Decision(f"{number}.md", "t.md", names[each], f"2026-01-01T00:00:{number:02}", kinds=(kind, "folder"))
        for number, each in enumerate(answers)
    ]


def test_a_kind_that_is_refused_ten_times_is_muted_and_says_so() -> None:
    heard = voices(answered("words", "n" * 10))

    assert heard["words"].muted
    assert str(heard["words"]) == '"words" is muted: 0 of its last 10 suggestions were wanted'


def test_two_yes_among_the_last_ten_give_the_voice_back() -> None:
    assert voices(answered("words", "n" * 20 + "y"))["words"].muted
    assert not voices(answered("words", "n" * 20 + "yy"))["words"].muted
    assert voices(answered("words", "yy" + "n" * 10))["words"].muted


def test_nine_noes_and_any_number_of_laters_mute_nothing() -> None:
    assert not voices(answered("words", "n" * 9 + "l" * 20))["words"].muted


def test_only_the_first_reason_answers_for_a_suggestion() -> None:
    assert set(voices(answered("words", "n" * 10))) == {"words"}


def test_a_muted_kind_may_try_one_suggestion_a_night() -> None:
    found = [made(f"{number}.md", "z.md", 0.9) for number in range(5)] + [made("a.md", "b.md", 0.6, "mention")]

    kept = best_of(found, voices(answered("words", "n" * 10)), threshold=0.5, per_note=9, per_night=9)

    assert [each["reasons"][0]["kind"] for each in kept] == ["mention", "words"]


def test_what_is_named_comes_first_then_the_surest() -> None:
    found = [made("a.md", "b.md", 0.9), made("c.md", "d.md", 0.6, "mention"), made("e.md", "f.md", 0.7)]

    kept = best_of(found, {}, threshold=0.5, per_note=3, per_night=9)

    assert [each["source"] for each in kept] == ["c.md", "a.md", "e.md"]


def test_what_has_no_reason_is_not_asked() -> None:
    row = {"source": "a.md", "target": "b.md", "probability": 0.9, "reasons": []}

    assert best_of([row], {}, threshold=0.5, per_note=3, per_night=9) == []


def test_a_pair_goes_from_the_note_that_names_the_other_and_is_as_sure_as_its_surer_direction() -> None:
    found = [made("b.md", "a.md", 0.8, "mentioned-by"), made("a.md", "b.md", 0.3, "mention"), made("c.md", "d.md", 0.6)]

    kept = best_of(found, {}, threshold=0.5, per_note=3, per_night=9)

    assert [(each["source"], each["probability"]) for each in kept] == [("a.md", 0.8), ("c.md", 0.6)]


notes = st.sampled_from([f"{letter}.md" for letter in "abcdef"])


@given(
    st.lists(st.tuples(notes, notes, st.floats(0, 1)).filter(lambda row: row[0] != row[1])),
    st.integers(1, 4),
    st.integers(1, 10),
)
def test_limits_hold_for_any_night(rows: list[tuple[str, str, float]], per_note: int, per_night: int) -> None:
    found = [made(*row) for row in rows]

    kept = best_of(found, {}, threshold=0.5, per_note=per_note, per_night=per_night)

    assert len(kept) <= per_night
    assert all(each["probability"] >= 0.5 for each in kept)
    pairs = [frozenset((each["source"], each["target"])) for each in kept]
    assert len(set(pairs)) == len(pairs)
    ends = [end for pair in pairs for end in pair]
    assert all(ends.count(end) <= per_note for end in ends)
    assert best_of(found[::-1], {}, threshold=0.5, per_note=per_note, per_night=per_night) == kept or len(
        {each["probability"] for each in found}
    ) < len(found)
