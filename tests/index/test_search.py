"""Words, phrases, OR, not, prefixes, fields and groups; Chinese; and whatever else a person types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.errors import UsageError
from pkm.index import finder, words
from pkm.index.ask import Ask
from tests.index.kit import NOW, find, vault

if TYPE_CHECKING:
    from pkm.workbench import Workbench

NOTES = {
    "compost": "# Compost on a balcony\n\nWorms eat what a small group leaves. It costs C++ nothing → soil.",
    "plot/soil": "# Soil\n\nThe group is small. Café crème, Zürich, can't.",
    "plot/Fragmente": "# Fragments\n\nA fragmented view: alpha beta gamma.",
    "empty": "",
    "中文/间隔重复": "# 间隔重复\n\n今天学，明天忘。我们用Python写笔记，再用Git同步。",
    "播客": "# Podcast\n\n听的时候不要看字。间隔越来越长。おはよう 배움의 공동체",
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return vault(tmp_path_factory.mktemp("words") / "v", NOTES)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("worms", {"compost"}),
        ("WORMS", {"compost"}),
        ("small group", {"compost", "plot/soil"}),
        ('"small group"', {"compost"}),
        ("“small group”", {"compost"}),
        ('"small group', {"compost"}),
        ('"small gro"*', {"compost"}),
        ("worms OR beta", {"compost", "plot/Fragmente"}),
        ("worms | beta", {"compost", "plot/Fragmente"}),
        ("worms AND group", {"compost"}),
        ("group -worms", {"plot/soil"}),
        ("group NOT worms", {"plot/soil"}),
        ('group -"small group"', {"plot/soil"}),
        ("group -(worms OR café)", set()),
        ("-group -beta -title:podcast", {"empty", "中文/间隔重复"}),
        ("NOT NOT worms", {"compost"}),
        ("fragment*", {"plot/Fragmente"}),
        ("fragment", set()),
        ("title:soil", {"plot/soil"}),
        ("body:soil", {"compost", "plot/soil"}),
        ("path:plot", {"plot/soil", "plot/Fragmente"}),
        ("TITLE:soil", {"plot/soil"}),
        ("title:(soil OR fragments)", {"plot/soil", "plot/Fragmente"}),
        ('title:"on a balcony"', {"compost"}),
        ("(worms OR beta) group", {"compost"}),
        ("cafe", {"plot/soil"}),
        ("can't", {"plot/soil"}),
        ("C++", {"compost"}),
        ("→", {"compost"}),
        ("group - small", {"compost", "plot/soil"}),
        ("print()", set()),
        ("http://nowhere", set()),
        ("间隔", {"中文/间隔重复", "播客"}),
        ("间", {"中文/间隔重复", "播客"}),
        ("隔重", {"中文/间隔重复"}),
        ("title:间隔", {"中文/间隔重复"}),
        ("body:越来越", {"播客"}),
        ("path:中文", {"中文/间隔重复"}),
        ("间隔 -python", {"播客"}),
        ("间隔 OR worms", {"中文/间隔重复", "播客", "compost"}),
        ("python", {"中文/间隔重复"}),
        ("pyth*", {"中文/间隔重复"}),
        ("git OR worms", {"中文/间隔重复", "compost"}),
        ("body:git", {"中文/间隔重复"}),
        ("title:git", set()),
        ("用Python写", {"中文/间隔重复"}),
        ("Python笔记", {"中文/间隔重复"}),
        ("おは", {"播客"}),
        ("공동", {"播客"}),
        ("*", {"compost", "plot/soil", "plot/Fragmente", "empty", "中文/间隔重复", "播客"}),
        ("()", set()),
        ("OR", set()),
        ('""', set()),
    ],
)
def test_words_find_notes(bench: Workbench, question: str, found: set[str]) -> None:
    assert set(find(bench, "--", question)) == found


def test_words_may_come_in_one_argument_or_in_several(bench: Workbench) -> None:
    assert find(bench, "group", "-worms") == find(bench, "group -worms") == ["plot/soil"]


def test_a_title_counts_more_than_the_text(bench: Workbench) -> None:
    assert find(bench, "soil") == ["plot/soil", "compost"]
    assert find(bench, "间隔")[0] == "中文/间隔重复"


def test_too_deep_and_too_long_is_said() -> None:
    with pytest.raises(UsageError, match="nested"):
        words.parse("(a OR " * 40 + "b" + ")" * 40)
    with pytest.raises(UsageError, match="long"):
        words.parse("a " * 1000)


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ['"', "(", ")", "-", "*", ":", "OR", "NOT", "title:", "a", "知", "→", " ", "^", "'", "{", "NEAR", "\0"]
        ),
        max_size=25,
    ).map("".join)
)
def test_no_text_is_a_syntax_error(bench: Workbench, text: str) -> None:
    try:
        finder.find(bench.db, Ask([text]), bench.root, NOW)
    except UsageError:
        assert len(text) > 12


WORDS = ("worms", "small", "group", "soil", "beta", "the", "间隔", "Python")


def _question(depth: int) -> st.SearchStrategy[tuple[str, object]]:
    """A question with the tree that it means, made beside its text."""
    leaf = st.sampled_from(WORDS).map(lambda word: (word, word))
    if not depth:
        return leaf
    part = _question(depth - 1)
    parts = st.lists(part, min_size=2, max_size=3)
    return st.one_of(
        leaf,
        part.map(lambda one: (f"-({one[0]})", ("not", one[1]))),
        parts.map(lambda some: ("(" + " ".join(text for text, _ in some) + ")", ("and", *[tree for _, tree in some]))),
        parts.map(
            lambda some: ("(" + " OR ".join(text for text, _ in some) + ")", ("or", *[tree for _, tree in some]))
        ),
    )


def _holds(tree: object, words: frozenset[str]) -> bool:
    if isinstance(tree, str):
        return tree.lower() in words
    assert isinstance(tree, tuple)
    kind, *parts = tree
    held = [_holds(part, words) for part in parts]
    return not held[0] if kind == "not" else any(held) if kind == "or" else all(held)


def _words_of(text: str) -> frozenset[str]:
    plain = "".join(char if char.isalnum() else " " for char in text.lower())
    return frozenset([*plain.split(), *[word.lower() for word in ("间隔", "Python") if word in text]])


@given(_question(3))
def test_a_question_means_what_logic_says(bench: Workbench, question: tuple[str, object]) -> None:
    text, tree = question
    expected = {name for name, body in NOTES.items() if _holds(tree, _words_of(body + " " + name))}

    assert set(find(bench, "--", text)) == expected


@given(st.data())
def test_any_piece_of_a_chinese_sentence_is_found(bench: Workbench, data: st.DataObject) -> None:
    sentence = data.draw(st.sampled_from(("我们用Python写笔记", "听的时候不要看字", "间隔越来越长")))
    cuts = [i for i in range(len(sentence) + 1) if not sentence[max(i - 1, 0) : i + 1].isascii() or i == 0]
    start, end = sorted(data.draw(st.lists(st.sampled_from(cuts), min_size=2, max_size=2, unique=True)))
    piece = sentence[start:end]

    assert {name for name, text in NOTES.items() if piece in text} <= set(find(bench, "--", piece))
