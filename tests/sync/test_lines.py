"""Three versions of a text made into one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.sync.lines import merge, merge_texts, union

BASE = b"one\ntwo\nthree\nfour\n"


def joined(base: bytes | None, ours: bytes, theirs: bytes) -> tuple[bytes, bool]:
    one = merge_texts(base, ours, theirs, True)
    assert one == merge_texts(base, theirs, ours, False)
    return one


@pytest.mark.parametrize(
    ("ours", "theirs", "both"),
    [
        (b"ONE\ntwo\nthree\nfour\n", b"one\ntwo\nthree\nFOUR\n", b"ONE\ntwo\nthree\nFOUR\n"),
        (b"one\nTWO\nthree\nfour\n", b"one\ntwo\nTHREE\nfour\n", b"one\nTWO\nTHREE\nfour\n"),  # lines that touch
        (b"one\ntwo\nthree\nfour\nb\n", b"one\ntwo\nthree\nfour\na\n", b"one\ntwo\nthree\nfour\na\nb\n"),
        (b"one\nthree\nfour\n", b"one\nTWO\nthree\nfour\n", b"one\nTWO\nthree\nfour\n"),  # changed beats deleted
        (b"one\n", b"one\ntwo\nTHREE\nfour\n", b"one\nTHREE\n"),
        (b"one\nfour\n", b"one\ntwo\nx\nthree\nfour\n", b"one\nx\nfour\n"),
        (b"one\nrewritten\nfour\n", b"one\ntwo\nx\nthree\nfour\n", b"one\nrewritten\nx\nfour\n"),
        (b"one\ntwo\nthree\nfour", b"ONE\ntwo\nthree\nfour\n", b"ONE\ntwo\nthree\nfour"),
        (b"", b"one\ntwo\nthree\nfour\nfive\n", b"five\n"),
        (BASE, BASE, BASE),
        (b"same\n", b"same\n", b"same\n"),
    ],
)
def test_changes_to_different_lines_are_both_taken(ours: bytes, theirs: bytes, both: bytes) -> None:
    assert joined(BASE, ours, theirs) == (both, True)


def test_a_line_changed_in_two_ways_has_the_words_of_the_preferred_side() -> None:
    ours, theirs = b"one\nours\nthree\nfour\nx\n", b"one\ntheirs\nthree\nfour\n"

    assert merge_texts(BASE, ours, theirs, True) == (b"one\nours\nthree\nfour\nx\n", False)
    assert merge_texts(BASE, ours, theirs, False) == (b"one\ntheirs\nthree\nfour\nx\n", False)


def test_a_paragraph_on_one_line_joins_sentences_that_are_apart() -> None:
    base = b"Seek what is new. Sense what it means. Share what is worth it, with care.\n"
    ours = b"Seek what is really new. Sense what it means. Share what is worth it, with care.\n"
    theirs = b"Seek what is new. Sense what it means. Share what is worth it, with joy.\n"

    both = b"Seek what is really new. Sense what it means. Share what is worth it, with joy.\n"
    assert joined(base, ours, theirs) == (both, True)


def test_words_side_by_side_are_a_conflict() -> None:
    base, ours, theirs = (
        b"a quick brown fox jumps far\n",
        b"a slow brown fox jumps far\n",
        b"a quick red fox jumps far\n",
    )

    assert not merge_texts(base, ours, theirs, True)[1]


def test_two_entries_of_a_journal_are_not_woven_into_each_other() -> None:
    ours = b"# Day\n\n## 11:00\n\ncake\n"
    theirs = b"# Day\n\n## 10:00\n\ntea\n"

    assert joined(b"# Day\n", ours, theirs) == (b"# Day\n\n## 10:00\n\ntea\n\n## 11:00\n\ncake\n", True)


def test_notes_written_at_once_share_what_they_have_in_common() -> None:
    ours, theirs = b"# Day\nours\n## End\n", b"# Day\ntheirs\n## End\n"

    assert joined(None, ours, theirs) == (b"# Day\nours\ntheirs\n## End\n", True)


def test_what_was_joined_before_is_not_added_again() -> None:
    base, theirs = b"a\nb\n", b"a\nnew\nb\n"
    merged, _ = merge_texts(base, b"A\nb\n", theirs, True)

    assert joined(base, merged, theirs) == (merged, True)


def test_moved_lines_on_both_sides_stay() -> None:
    merged, _ = merge_texts(b"a\nb\nc\nd\n", b"b\nc\nd\na\n", b"d\na\nb\nc\n", True)

    assert set(b"abcd") <= set(merged)


LINES = st.lists(st.sampled_from([b"", b"a", b"b", b"c", b"  d", b"e f"]), max_size=12)


@given(LINES, LINES, LINES)
def test_merging_does_not_care_which_side_is_ours(base: list[bytes], ours: list[bytes], theirs: list[bytes]) -> None:
    assert merge(base, ours, theirs, True) == merge(base, theirs, ours, False)


@given(LINES, LINES)
def test_a_side_without_changes_gives_way(base: list[bytes], side: list[bytes]) -> None:
    assert merge(base, side, base, True) == (side, True)
    assert merge(base, base, side, True) == (side, True)
    assert merge(base, side, side, True) == (side, True)


@given(LINES, LINES)
def test_a_union_holds_every_line_of_both(x: list[bytes], y: list[bytes]) -> None:
    both = union(x, y)

    assert both == union(y, x)
    for line in filter(bytes.strip, {*x, *y}):
        assert both.count(line) >= max(x.count(line), y.count(line))
