"""Text to numbers: what stands around each word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.sense.suggest.encode import Encoder
from tests.sense.suggest.vaults import corpus

if TYPE_CHECKING:
    from pkm.sense.suggest.reading import Reading


def reading(text: str) -> Reading:
    return Encoder().read(corpus({"a.md": text}).notes)


def words(of: Reading) -> list[str]:
    return [of.spelled[number] for number in of.token.tolist()]


PIECES = st.sampled_from(
    ["Word", "two_words", "7", "3.", "3) ", "- ", "* x", "-", "#", "# ", "##\t", "```", "~~~", "`", "``", ">", "|", " ",
     "\t", "\n", "\n\n", "\r\n", "[[b]]", "[[b|a\n`b`]]", "\x01", "\x03", "\x0e", "\x1f", "don't", "..."]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join))
@settings(max_examples=400, deadline=None)
def test_plain_ascii_is_read_as_any_other_text_is(text: str) -> None:
    plain, other = reading(text), reading(text + "\n\né")

    assert [*words(plain), "é"] == words(other)
    for name in ("code", "line", "kind", "front", "paragraph"):
        axis = len(getattr(plain, name))
        assert np.array_equal(getattr(plain, name), getattr(other, name)[:axis]), name
    for name in ("first", "link", "link_start", "link_end", "link_line"):
        assert np.array_equal(getattr(plain, name), getattr(other, name)[: len(getattr(plain, name))]), name


def test_each_word_knows_its_line_and_what_the_line_is() -> None:
    read = reading("# Head\n\n- one\n2. two\n\n> said\n| cell\n```\ncode\n```\nwords and `ticks` here\n")

    kinds = dict(zip((words(read)[at] for at in read.first.tolist()), read.kind.tolist(), strict=True))
    assert kinds == {"head": 2, "one": 1, "two": 1, "said": 3, "cell": 4, "code": 0, "words": 0}
    assert dict(zip(words(read), read.code.tolist(), strict=True)) == {
        "head": False, "one": False, "two": False, "said": False, "cell": False,
        "code": True, "words": False, "and": False, "ticks": True, "here": False,
    }  # fmt: skip
    assert read.line.tolist() == [1, 3, 4, 6, 7, 9, 11]
