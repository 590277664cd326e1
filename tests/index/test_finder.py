"""Order, limits, ties; the excerpt that shows a hit and the reasons for its place."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from pkm.errors import UsageError
from pkm.index import ask as asking
from pkm.index import excerpts, finder, queries
from tests.index.kit import NOW, find, vault

if TYPE_CHECKING:
    from pathlib import Path

    from pkm.index.finder import Answer
    from pkm.workbench import Workbench

NOTES = {
    "b": "---\ntitle: beta\ncreated: 2026-01-02\nupdated: 2026-03-01\ndue: 2026-05-01\nrank: 2\n---\nOne two three words. The word apple.\n",
    "a": "---\ntitle: Gamma\ncreated: 2026-01-03\nupdated: 2026-02-01\nrank: 10\n---\nTwo words apple apple.\n",
    "c": "---\ntitle: Apple pie\ncreated: 2026-01-01\nupdated: 2026-04-01\ndue: 2026-04-01\n---\n# Apple pie\n\n> [!note] Aside\n\n- It is about\n  baking **apples**, [[a]].\n",
    "说": "---\ntitle: 说话\n---\n# 说话\n\n先听后说，多听多说。\n",
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return vault(tmp_path_factory.mktemp("finder") / "v", NOTES)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("created", "c b a"),
        ("-created", "a b c"),
        ("+created", "c b a"),
        ("created-", "a b c"),
        ("modified", "a b c"),
        ("-modified", "c b a"),
        ("title", "c b a"),
        ("-title", "a b c"),
        ("path", "a b c"),
        ("-path", "c b a"),
        ("words", "a b c"),
        ("-words", "c b a"),
        ("-backlinks", "a b c"),
        ("due", "c b a"),
        ("-due", "b c a"),
        ("rank", "b a c"),
        ("RANK", "b a c"),
        ("kind,-created", "a b c"),
    ],
)
def test_notes_are_sorted_by_a_key_and_then_by_path(bench: Workbench, sort: str, order: str) -> None:
    found = find(bench, "--sort", sort, "--where", "path != 说.md")

    assert " ".join(found) == order


def test_without_words_notes_stand_by_path(bench: Workbench) -> None:
    assert find(bench) == ["a", "b", "c", "说"]


def test_words_are_ranked_unless_a_sort_is_given(bench: Workbench) -> None:
    assert find(bench, "apple") == ["c", "a", "b"]
    assert find(bench, "apple", "--sort", "path") == ["a", "b", "c"]


def test_random_holds_the_same_notes(bench: Workbench) -> None:
    assert sorted(find(bench, "--sort", "random")) == ["a", "b", "c", "说"]


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 4, 9])
def test_a_limit_takes_the_first(bench: Workbench, limit: int) -> None:
    for question in (["apple"], ["说 OR apple"], [], ["--sort", "-created"], ["--related", "a"]):
        assert find(bench, *question, "-n", str(limit)) == find(bench, *question)[:limit]


def test_an_unknown_key_to_sort_by_is_said(bench: Workbench) -> None:
    with pytest.raises(UsageError, match="nokey"):
        find(bench, "--sort", "nokey")


@pytest.mark.parametrize("limit", [1, 29, 31, 40, 120, 199, 200, 300])
def test_equal_hits_stand_by_path_at_every_limit(tmp_path: Path, limit: int) -> None:
    """Rows may have come into the index in any order; the answer does not show it."""
    bench = vault(tmp_path / "v", {f"{i * 7919 % 200:03}": "same words here" for i in range(200)})

    assert find(bench, "same", "-n", str(limit)) == [f"{i:03}" for i in range(200)][:limit]


def test_an_index_that_grew_answers_as_one_that_was_filled_at_once(tmp_path: Path) -> None:
    grown = vault(tmp_path / "grown", {"z": "word", "m": "word word"})
    for name in ("a", "k"):
        (tmp_path / "grown" / f"{name}.md").write_text("word")
        grown.refresh()
    whole = vault(tmp_path / "whole", {"a": "word", "k": "word", "m": "word word", "z": "word"})

    assert find(grown, "word") == find(whole, "word") == ["m", "a", "k", "z"]


def _answer(bench: Workbench, *argv: str) -> Answer:
    ask = asking.read(list(argv))
    assert ask is not None
    return finder.find(bench.db, ask, bench.root, NOW)


def _lines(bench: Workbench, *argv: str) -> dict[str, str]:
    answer = _answer(bench, *argv)
    found = excerpts.excerpts(bench.db, answer, [hit.number for hit in answer.hits])
    return {
        hit.path.removesuffix(".md"): found[hit.number].replace(excerpts.BEGIN, "<").replace(excerpts.END, ">")
        for hit in answer.hits
    }


def test_an_excerpt_shows_the_words(bench: Workbench) -> None:
    assert _lines(bench, "apple", "(pie OR word)") == {
        "b": "One two three words. The <word> <apple>.",
        "c": "It is about baking **apples**, [[a]].",
    }


def test_an_excerpt_of_chinese_stands_behind_the_title(bench: Workbench) -> None:
    assert _lines(bench, "说") == {"说": "先听后<说>，多听多<说>。"}


def test_without_words_it_is_the_first_sentence(bench: Workbench) -> None:
    assert _lines(bench, "--where", "due") == {
        "b": "One two three words. The word apple.",
        "c": "It is about baking **apples**, [[a]].",
    }


def test_an_excerpt_is_one_short_line_with_its_word(tmp_path: Path) -> None:
    text = "\n".join(["a" * 500, "lorem " * 80 + "needle" + " ipsum" * 80, "字" * 400 + "针" + "字" * 400])
    bench = vault(tmp_path / "v", {"long": text})

    for word in ("needle", "针"):
        (line,) = _lines(bench, word).values()
        assert f"<{word}>" in line
        assert "\n" not in line
        assert len(line) <= excerpts.LONGEST + 4


def test_the_sentence_around_a_link_is_found_by_bytes(tmp_path: Path) -> None:
    text = "---\nup: '[[b]]'\n---\nÄ ö. 中文 before [[b]] behind. Another ö [[b|one]]! End.\n"
    bench = vault(tmp_path / "v", {"a": text, "b": ""})
    note = queries.one(bench.db, "b", bench.root)

    said = [
        excerpts.sentence(bench.db, link.number or 0, link.start, link.end, link.raw)
        for link in queries.backlinks(bench.db, note.number)
    ]

    assert said == ["up: b", "中文 before b behind.", "Another ö one!"]


@pytest.mark.parametrize(
    "question", ["apple", "apple word*", "apple OR 说", "说", "title:apple OR title:说", "app* -pie"]
)
def test_reasons_add_up_to_the_score(bench: Workbench, question: str) -> None:
    answer = _answer(bench, "--", question)

    assert answer.hits
    for hit in answer.hits:
        parts = [float(str(reason["score"])) for reason in excerpts.reasons(bench.db, answer, hit.number)]
        assert sum(parts) == pytest.approx(hit.score, abs=0.02)
    assert all(first.score >= second.score for first, second in pairwise(answer.hits))


def test_reasons_say_where_a_word_stands(bench: Workbench) -> None:
    answer = _answer(bench, "apple")

    (reason,) = excerpts.reasons(bench.db, answer, answer.hits[0].number)

    assert (reason["word"], reason["title"], reason["body"]) == ("apple", 1, 1)


@pytest.mark.parametrize("flags", [[], ["--kind", "fleeting"], ["word"], ["--tag", "even"], ["--tag", "-even"]])
@pytest.mark.parametrize("sort", ["created", "-created", "-created,title"])
def test_the_latest_of_a_tag_are_the_first_of_all_its_notes(tmp_path: Path, flags: list[str], sort: str) -> None:
    """They come from an index of their own; the order is the same."""
    notes = {
        f"{'inbox/' if i % 3 else ''}{i * 37 % 100:02}": f"---\ncreated: 2026-01-{i % 28 + 1:02}\n---\n#t #{'even' if i % 2 else 'odd'} word"
        for i in range(60)
    }
    bench = vault(tmp_path / "v", notes)

    plain = find(bench, "--tag", "t", *flags, "--sort", sort, "-n", "7")
    # A tag as a pattern is looked up in the ordinary way.
    assert plain == find(bench, "--tag", "t*", *flags, "--sort", sort)[:7]
    assert len(plain) == 7
