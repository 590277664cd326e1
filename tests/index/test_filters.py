"""Tags, links, mentions, times, kinds, buckets and layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pkm.errors import UsageError
from tests.index.kit import find, vault

if TYPE_CHECKING:
    from pathlib import Path

    from pkm.workbench import Workbench

# a → b → c → d → a, hub ← b and c; the island stands alone.
NOTES = {
    "a": "---\ntags: [Book/novel, work]\nkind: literature\nstage: seed\n---\n# Alpha\n\n[[b]] and [[a]] itself.\n",
    "b": "---\ntags: book\nkind: literature\nstage: bud\naudience: public\n---\n# Beta\n\n[[c]] and [[hub]]. **Bold words here** and more.\n",
    "c": "---\naudience: circle one\n---\n# Gamma\n\n#working [[d]], [[hub]]. Alpha is said here, and a-team.\n==marked==\n",
    "d": "# Delta\n\n[[a]] The island. 间隔重复 too.\n",
    "hub": "---\naliases: [Centre]\n---\n# Hub\n\n> [!summary]\n> All of it.\n",
    "island": "---\nid: '20261120-0830'\ncreated: 2026-11-09T10:00:00\nupdated: 2026-11-20\n---\n# The island\n\nThe centre is far; deltas are not Delta's.\n",
    "inbox/间隔重复": "---\ncreated: 2026-11-20\nupdated: 2026-11-20\n---\n#novel? #Work\n",
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return vault(tmp_path_factory.mktemp("filters") / "v", NOTES)


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        ("--tag book", "a b"),
        ("--tag #Book", "a b"),
        ("--tag book/novel", "a"),
        ("--tag work", "a inbox/间隔重复"),
        ("--tag boo", ""),
        ("--tag work*", "a c inbox/间隔重复"),
        ("--tag *novel", "a inbox/间隔重复"),
        ("--tag boo?", "b"),
        ("--tag [x", ""),
        ("--tag book --tag work", "a"),
        ("--tag book,work", "a"),
        ("--tag book|working", "a b c"),
        ("--tag -book --tag work", "inbox/间隔重复"),
        ("--tag -book,-work*", "d hub island"),
        ("--tagless", "d hub island"),
        ("--link-to hub", "b c"),
        ("--link-to b --link-to hub", ""),
        ("--link-to c --link-to hub", "b"),
        ("--link-to a", "a d"),  # a note that names itself in a link counts
        ("--linked-by b", "c hub"),
        ("--no-link-to hub", "a d inbox/间隔重复 island"),
        ("--no-linked-by b", "a d inbox/间隔重复 island"),
        ("--link-to hub --recursive", "a b c d"),
        ("--link-to hub --max-distance 2", "a b c"),
        ("--link-to hub --max-distance 0", ""),
        ("--linked-by a -r --max-distance 2", "b c hub"),
        ("--linked-by a -r", "b c d hub"),
        ("--no-linked-by a -r", "inbox/间隔重复 island"),
        ("--orphan", "inbox/间隔重复 island"),
        ("--missing-backlink", "a b c d hub"),
        ("--related a", "c hub"),
        ("--related b", "d"),
        ("--mention a", "c"),
        ("--mention hub", "b c island"),
        ("--mention island", "d"),
        ("--mention inbox/间隔重复", "d"),
        ("--mentioned-by d", "inbox/间隔重复 island"),
        ("--mentioned-by c", "a hub"),
        ("--mentioned-by island", "d hub"),
        ("--kind literature", "a b"),
        ("--kind Literature,fleeting", "a b inbox/间隔重复"),
        ("--kind -literature,-permanent", "inbox/间隔重复"),
        ("--stage seed|bud", "a b"),
        ("--stage -seed", "b c d hub inbox/间隔重复 island"),
        ("--audience public", "b"),
        ("--layer 4", "hub"),
        ("--layer 2", "b"),
        ("--layer 2-3", "b c"),
        ("--layer 3+", "a c hub"),
        ("--layer <2", "d inbox/间隔重复 island"),
        ("--layer 2,4", "b hub"),
        ("--created 2026-11-09", "island"),
        ("--created-before 2026-11-09 --kind fleeting", ""),
        ("--created-before 2026-11-10 --modified today", "island"),
        ("--created-after 2026-11-09T10:00 --modified today", "inbox/间隔重复 island"),
        ("--created-after 2026-11-09T10:01 --modified today", "inbox/间隔重复"),
        ("--modified 2026-11 --created 2026-11-20", "inbox/间隔重复"),
    ],
)
def test_filters_find_notes(bench: Workbench, flags: str, found: str) -> None:
    assert " ".join(find(bench, *flags.split(" "))) == found


def test_words_of_a_filter_may_stand_apart(bench: Workbench) -> None:
    assert find(bench, "--tag", "book OR working") == ["a", "b", "c"]
    assert find(bench, "--tag", "book NOT work") == ["b"]
    assert find(bench, "--kind", "literature OR fleeting") == ["a", "b", "inbox/间隔重复"]
    assert find(bench, "--audience", "Circle One") == ["c"]


def test_filters_narrow_what_words_find(bench: Workbench) -> None:
    assert find(bench, "island") == ["island", "d"]
    assert find(bench, "island", "--orphan") == ["island"]
    assert find(bench, "间隔", "--orphan") == ["inbox/间隔重复"]
    assert find(bench, "-island", "--tagless") == ["hub"]


@pytest.mark.parametrize(
    "flags",
    ["--layer many", "--layer 2-", "--tag ,", "--kind ,", "--created soon", "--link-to nowhere", "--max-distance=x"],
)
def test_what_is_not_understood_is_said(bench: Workbench, flags: str) -> None:
    with pytest.raises((UsageError, AssertionError)):
        find(bench, *flags.split(" "))


def test_a_tag_that_only_begins_alike_is_another_tag(tmp_path: Path) -> None:
    bench = vault(tmp_path / "v", {"a": "#book/x", "b": "#books", "c": "#book-x", "d": "#book0"})

    assert find(bench, "--tag", "book") == ["a"]


def test_a_very_long_filter_is_refused_not_a_crash(bench: Workbench) -> None:
    with pytest.raises(UsageError, match="too much"):
        find(bench, "--tag", " ".join(["-x"] * 3000))


def test_a_sigma_at_the_end_of_a_word_is_a_sigma(tmp_path: Path) -> None:
    bench = vault(
        tmp_path / "v", {"ΟΔΟΣ": "---\ntags: ΔΡΟΜΟΣ\n---\n", "one": "[[οδος]]\n", "two": "[[ΟΔΟΣ]] #δρομος\n"}
    )

    assert find(bench, "--link-to", "οδος", "--sort", "title") == ["one", "two"]
    assert find(bench, "--tag", "ΔΡΟΜΟΣ", "--sort", "title") == ["two", "ΟΔΟΣ"]
    assert find(bench, "--tag", "δρομος", "--sort", "title") == ["two", "ΟΔΟΣ"]
