"""The short way for plain sentences gives what markdown-it gives."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.rules_core import block as exact_block

from pkm.markdown import render as render_module
from pkm.markdown import render_plain_blocks
from pkm.markdown.render import Rendered, render
from pkm.markdown.render_html import Host, Link
from pkm.markdown.render_plain import pieces_of, plain_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def every_sentence_the_long_way() -> Iterator[None]:
    with (
        mock.patch("pkm.markdown.render_dispatch.plain_pieces", return_value=None),
        mock.patch("pkm.markdown.render_plain_blocks.plain_pieces", return_value=None),
    ):
        yield


@contextmanager
def every_block_the_long_way() -> Iterator[None]:
    rules = render_module._parser().core.ruler
    rules.at("block", exact_block)
    try:
        yield
    finally:
        rules.at("block", render_plain_blocks.blocks)


class Known(Host):
    def link(self, target: str, anchor: str, words: str) -> Link:
        return Link(f"{target}#{anchor}", words or target)


PIECES = ["word", "Two words", " ", " ", ". ", ", ", "(", ")", "*", "**", "***", "`", "``", "[[", "]]", "[", "]", "|", "#", "# ", "!", "_", "é", "知", "\n", "a*b", "x = 1", "5 % 3", ":", "~", ">", '"', "'", "[[A]]", "[[A|b]]", "[[A#B c|d e]]", "*em*", "**strong**", "`code`", "-", "1. ", "\\", "&", "<", "$", "==", "https://e.org/x", "- "]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join))
def test_both_ways_give_the_same_html(text: str) -> None:
    quick = render(text, Known()).html

    with every_sentence_the_long_way():
        exact = render(text, Known()).html

    assert quick == exact


@settings(max_examples=2000, deadline=None)
@given(
    st.lists(st.sampled_from([*PIECES, "\t", "{", "\u00a0", "²", "[[ a # b | c ]]"]), max_size=9).map("".join),
    st.booleans(),
)
def test_the_compiled_way_takes_a_sentence_apart_as_python_does(source: str, easy: bool) -> None:
    pytest.importorskip("pkm.markdown.render_plain_fast", reason="it is not compiled here")

    assert plain_pieces(source, easy=easy) == pieces_of(source, easy=easy)


LINES = ["", "", "", "Words of a paragraph.", "More [[A]] words", "# Heading", "## Part #", "### x", "- item", "- [ ] task", "- [[A]]", "  - below", "    - deep", "   - odd", "    more", "> words", "> [!tip]", "> [!tip]: x", "1. one", "> quote", "> - q", "```", "```py", "code = 1", "    ```", "~~~", "| a | b |", "|---|---|", "---", "===", "***", "$$", "$$x$$", "[^1]: note", "[x]: /u", "x[^1] [x]", "* star", "*em* words", "`code` words", "(paren)", "2026 was", "2. two", "Words  ", "\tTab", "<div>", "text ^id", "^id", "> [!note] T", "- words ^id", "see:: [[A]]", "- see:: [[A]]", "words\n^id", "- [x]  two", "supports:: x", "a\\*b &amp; c", "* * *", "#tag", "\u00a0", " lead", "知識 花園"]  # fmt: skip


SPECIAL = ["", "| a | b |", "|---|:-:|", "| [[A]] | *x* |", "|a|`b`|", "| a | b | c |", "|:--|--:|---|", "| x | | z |", "||", "|--|", "| a\\|b | c |", "| ^id | b |", "| a | b ^id |", "| a\u00a0 | b |", "| see:: x | b |", "> [!note] Title", "> [!tip]- *Fold*", "> [!warning]+", "> [!odd kind] [[A]]", "> [!x]: def", "> [!note](u) t", "> [!note|wide] t", "> words", "> more [[A]] $x$", "> - item", "> ", ">", "> words ^id", "> ![[A]]", "$$x$$", "$$ y_1 $$", "$$", "$$a$$ b", "$$ $$", "Words.", "- item", "[^1]: note", "x[^1]", "text ^id"]  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(SPECIAL), min_size=1, max_size=14).map("\n".join))
def test_both_ways_to_take_tables_callouts_and_formulas_give_the_same_html(text: str) -> None:
    both_ways_give_the_same(text)


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=14).map("\n".join))
def test_both_ways_to_take_blocks_apart_give_the_same_html(text: str) -> None:
    both_ways_give_the_same(text)


def both_ways_give_the_same(text: str) -> None:
    quick = render(text, Known())

    with every_block_the_long_way(), every_sentence_the_long_way():
        exact = render(text, Known())

    assert _all_of(quick) == _all_of(exact)


def _all_of(rendered: Rendered) -> tuple[str, list[tuple[int, str, str]], str]:
    return rendered.html, rendered.headings, rendered.problem


def test_plain_sentences_are_most_of_what_people_write() -> None:
    assert plain_pieces("A sentence with [[Link|words]], `code` and *emphasis*: 5 % of it.") is not None
    assert plain_pieces("A #tag, a [link](x) or **a *nested* one** is not plain.") is None
