"""What turns one text into another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pkm.sync.differ import MAX_EDITS, diff

LINES = st.lists(st.sampled_from([b"", b"a", b"b", b"c", b"  d", b"e f"]), max_size=12)


@given(LINES, LINES)
def test_a_difference_turns_one_text_into_the_other(a: list[bytes], b: list[bytes]) -> None:
    out, done = [], 0
    for start, end, lines in diff(a, b):
        assert start >= done
        out += a[done:start] + lines
        done = end

    assert out + a[done:] == b


def test_a_paragraph_that_moved_keeps_its_blank_lines_out_of_it() -> None:
    before = [b"first", b"", b"second", b"", b"third"]
    after = [b"second", b"", b"third", b"", b"first"]

    assert diff(before, after) == [(0, 2, []), (5, 5, [b"", b"first"])]


class Counted(bytes):
    """A line that counts how often it is compared."""

    times = 0
    __hash__ = bytes.__hash__

    def __eq__(self, other: object) -> bool:
        Counted.times += 1
        return bytes.__eq__(self, other)


def test_texts_with_nothing_in_common_take_no_long_comparison() -> None:
    a: list[bytes] = [Counted(b"a%d" % (n % 7)) for n in range(3000)]
    b: list[bytes] = [Counted(b"b%d" % (n % 7)) for n in range(3000)]

    assert len(diff(a, b)) == 3000
    assert Counted.times < MAX_EDITS**2  # of nine million pairs
