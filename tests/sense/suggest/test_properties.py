"""What holds for any vault: the same in, the same out; never what is linked; odd vaults do no harm."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.sense.suggest import plain, rank
from pkm.sense.suggest.corpus import Corpus
from pkm.sense.suggest.decisions import Decision, Decisions, sketch
from pkm.sense.suggest.spell import fold
from tests.sense.suggest.vaults import corpus, grown

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkm.sense.suggest.suggestion import Suggestion

    Suggest = Callable[..., list[Suggestion]]

RANKERS = pytest.mark.parametrize("suggest", [rank.suggest, plain.suggest], ids=["learned", "plain"])


@RANKERS
def test_the_order_of_files_changes_nothing(suggest: Suggest) -> None:
    vault = corpus(grown(40))
    notes = list(vault.notes)
    random.Random(3).shuffle(notes)

    assert suggest(Corpus.of(notes), limit=5) == suggest(vault, limit=5)


WORDS = st.sampled_from(
    ["river", "stone", "cloud", "the", "知识管理", "café", "[[n1]]", "[[n2|stone]]", "[[gone]]", "`code`"]
)
TEXTS = st.lists(st.lists(WORDS, max_size=12).map(" ".join), min_size=10, max_size=16)


@RANKERS
@given(texts=TEXTS)
@settings(max_examples=12, deadline=None)
def test_nothing_linked_refused_or_the_note_itself_is_suggested(suggest: Suggest, texts: list[str]) -> None:
    vault = corpus({f"n{number}.md": text for number, text in enumerate(texts)})
    linked = {frozenset((note.path, link.target)) for note in vault.notes for link in note.links}
    found = suggest(vault, limit=20)
    notes = {note.path: note for note in vault.notes}
    refused = Decisions(
        [
            Decision(
                each.source,
                each.target,
                "reject",
                "2026-01-01T00:00:00",
                source_sketch=sketch(fold(notes[each.source].text)),
                target_sketch=sketch(fold(notes[each.target].text)),
            )
            for each in found[::2]
        ]
    )

    assert all(each.source != each.target for each in found)
    assert not [each for each in found if frozenset((each.source, each.target)) in linked]
    assert all(0 <= each.probability <= 1 for each in found)
    again = suggest(vault, limit=20, decisions=refused)
    assert not {frozenset((each.source, each.target)) for each in again} & set(refused.latest)


@RANKERS
def test_five_notes_give_nothing_and_thirty_give_their_topic(suggest: Suggest) -> None:
    assert suggest(corpus(grown(5))) == []

    found = suggest(corpus(grown(32, links=2)), limit=2)

    same = sum(each.source.partition("/")[0] == each.target.partition("/")[0] for each in found)
    assert len(found) >= 32
    assert same > 0.8 * len(found)


@RANKERS
def test_a_vault_without_any_link_still_gets_what_is_named(suggest: Suggest) -> None:
    texts = {f"{word}.md": f"# {word}\n\nOn {word} alone.\n" for word in "ash oak elm yew fir pine birch rowan".split()}
    texts |= {"walk.md": "Today I saw a rowan by the path.\n", "talk.md": "Nobody said a thing.\n"}

    best = suggest(corpus(texts), sources=["walk.md"], limit=1)[0]

    assert best.target == "rowan.md"
    assert best.reasons[0].kind == "mention"


@RANKERS
def test_where_every_note_links_to_one_hub_the_hub_is_no_reason_for_everything(suggest: Suggest) -> None:
    texts = {path: text + "\n[[hub]]\n" for path, text in grown(40, links=2).items()} | {"hub.md": "# hub\n"}

    found = suggest(corpus(texts), limit=3)

    assert not [each for each in found if "hub.md" in (each.source, each.target)]
    same = sum(each.source.partition("/")[0] == each.target.partition("/")[0] for each in found)
    assert same > 0.7 * len(found)


@RANKERS
def test_a_title_that_is_the_names_nothing_that_matters(suggest: Suggest) -> None:
    texts = {path: f"{text}\nthe soil and the sea and the song\n" for path, text in grown(40).items()}
    texts["the.md"] = "# the\n\nAn article.\n"

    sure = [each for each in suggest(corpus(texts), limit=3) if each.target == "the.md" and each.probability > 0.5]

    assert not sure


@RANKERS
def test_chinese_names_are_found_within_a_sentence(suggest: Suggest) -> None:
    names = "知识管理 学习方法 深度工作 时间记录 写作练习 阅读笔记 项目复盘 健康饮食 运动计划 旅行见闻".split()
    texts = {f"{name}.md": f"# {name}\n\n这里写的是{name}。\n" for name in names}
    texts["今天.md"] = "今天我想到深度工作很重要。\n"

    best = suggest(corpus(texts), sources=["今天.md"], limit=1)[0]

    assert best.target == "深度工作.md"
    assert best.reasons[0].text == 'says "深度工作"'


@RANKERS
def test_a_note_of_five_megabytes_is_read_like_any_other(suggest: Suggest) -> None:
    texts = grown(24)
    texts["huge.md"] = "# huge\n\n" + "anchor rudder keel harbour tide gale " * 145_000

    best = suggest(corpus(texts), sources=["huge.md"], limit=3)

    assert len(texts["huge.md"]) > 5_000_000
    assert {each.target.partition("/")[0] for each in best} == {"sailing"}


def test_refused_pairs_teach_the_ranker_what_is_not_wanted() -> None:
    texts = grown(60)
    vault = corpus(texts)
    notes = {note.path: note for note in vault.notes}
    before = [each for each in rank.suggest(vault, limit=4) if each.source.startswith("music/")]
    noes = [
        Decision(
            each.source,
            each.target,
            "reject",
            "2026-01-01T00:00:00",
            source_sketch=sketch(fold(notes[each.source].text)),
            target_sketch=sketch(fold(notes[each.target].text)),
        )
        for each in before
        if each.source < each.target
    ]
    refused = {frozenset((no.source, no.target)) for no in noes}

    after = rank.suggest(vault, limit=20, decisions=Decisions(noes))
    known = rank.suggest(vault, limit=20)

    def mean(found: list[Suggestion]) -> float:
        mine = [
            each.score
            for each in found
            if each.source.startswith("music/") and frozenset((each.source, each.target)) not in refused
        ]
        return float(sum(mine) / len(mine))

    assert mean(after) < mean(known)
