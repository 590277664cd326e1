"""Who names whom: what `find`, the walk and `check` ask, and what suggestions agree with."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from pkm.index import naming
from pkm.sense.suggest import plain, rank
from pkm.sense.suggest.source import from_index
from pkm.sense.unlinked import unlinked
from tests.index.kit import find, vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pkm.sense.suggest.suggestion import Suggestion

NAMES = ["Otter", "River dog", "Grey heron", "间隔重复", "Weir", "Late frost", "Bramble", "Willow", "Kestrel", "Salmon"]


def test_a_note_is_called_by_title_alias_and_file_the_longest_first(tmp_path: Path) -> None:
    note = "---\naliases: [X, '12', Mind mapping]\n---\n# Mind maps!\n"
    bench = vault(tmp_path / "v", {"maps": note})

    (number,) = bench.db.execute("SELECT id FROM notes").fetchone()

    assert naming.names_of(bench.db, number) == ["Mind mapping", "Mind maps!", "maps"]


@pytest.mark.parametrize(
    ("name", "text", "stands"),
    [
        ("maps", "on maps.", True),
        ("maps", "roadmaps", False),
        ("maps", "maps2", False),
        ("重复", "间隔重复法", True),
        ("c#", "in c#, say", True),
        ("7", "7", False),
        ("--", "a -- b", False),
    ],
)
def test_a_name_stands_in_a_text_as_words(name: str, text: str, stands: bool) -> None:
    assert naming.stands_in(name, text) == stands


def test_a_neighbour_with_few_links_brings_notes_nearer_than_a_hub(tmp_path: Path) -> None:
    notes = {f"n{number}": "[[hub]]\n" for number in range(8)}
    notes |= {"hub": "", "rare": "", "n0": "[[hub]] [[rare]]\n", "n5": "[[hub]] [[rare]]\n"}
    bench = vault(tmp_path / "v", notes)

    assert find(bench, "--related", "n0") == ["n5", "n1", "n2", "n3", "n4", "n6", "n7"]


@pytest.mark.parametrize("suggest", [rank.suggest, plain.suggest], ids=["learned", "plain"])
def test_what_a_suggestion_says_is_named_is_what_find_and_the_walk_find(
    tmp_path: Path, suggest: Callable[..., list[Suggestion]]
) -> None:
    """For made-up notes that say names at random, in other cases and beside other letters."""
    rng = random.Random(5)
    notes = {}
    for name in NAMES:
        said = " ".join(rng.choice(["and", "nobody", *NAMES, *map(str.lower, NAMES)]) for _ in range(6))
        notes[name] = f"# {name}\n\nHere is {said}, it seems.\n"
    bench = vault(tmp_path / "v", notes)
    with bench.vault.reader() as read:
        suggested = suggest(from_index(bench.db, read), limit=20)
        numbers = dict(bench.db.execute("SELECT path, id FROM files"))
        named = [each for each in suggested if each.reasons and each.reasons[0].kind == "mention"]

        assert len(named) > 10
        for each in named:
            assert each.source in [path for _, path in naming.said_in(bench.db, numbers[each.target])]
            assert numbers[each.target] in naming.named_in(bench.db, numbers[each.source])
            assert each.source in [place.source for place in unlinked(bench.db, read, each.target)]
