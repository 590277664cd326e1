"""Chinese, Japanese and Korean as pairs of characters, and where in a text they stand."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pkm.index import cjk, cjk_pattern

#: Characters within, at the edges of, and just outside of what counts; with letters and signs among them.
EDGES = "\u303f\u3040\u318f\u3190\u31ef\u31f0\u31ff\u3200\u33ff\u3400\u4dbf\u4dc0\u4dff\u4e00\u9fff\ua000\uabff\uac00\ud7af\ud7b0\uf8ff\uf900\ufaff\ufb00\U0001f600\U0001ffff\U00020000\U0003ffff\U00040000"
TEXTS = st.text(st.sampled_from(EDGES + "知识库ab1é_ -。\n") | st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("知识库 ok", "知识 识库 库"),
        ("用Python写", "用\n写\nPython"),
        ("见GTD, a 2层b", "见\n层\nGTD\n2\nb"),
        ("한국어와 かな", "한국 국어 어와 와\nかな な"),
        ("no such text", ""),
    ],
)
def test_runs_become_pairs_and_words_that_touch_them_become_words(text: str, words: str) -> None:
    assert cjk.pairs(text) == words


def test_a_word_is_cut_where_the_script_changes() -> None:
    assert cjk.split("GTD方法2") == ["GTD", "方法", "2"]


@given(TEXTS)
@example(EDGES)
def test_compiled_or_not_the_same_runs_are_found(text: str) -> None:
    compiled = pytest.importorskip("pkm.index.cjk_runs", reason="nothing is compiled here")

    assert compiled.runs(text) == cjk_pattern.runs(text)
    assert compiled.has_cjk(text) == cjk_pattern.has_cjk(text)


@given(TEXTS)
def test_any_piece_of_a_run_is_among_its_pairs(text: str) -> None:
    words = cjk.pairs(text).split()
    pieces = [text[at : at + 2] for start, end in cjk.runs(text) for at in range(start, end - 1)]

    assert not set(pieces) - set(words)
    assert cjk.has_cjk(text) == bool(cjk.runs(text))
