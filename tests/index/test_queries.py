"""Which note a name means; what the links around a note are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pkm.errors import RefusedError, UsageError
from pkm.index import queries
from tests.index.kit import vault

if TYPE_CHECKING:
    from pkm.workbench import Workbench

NOTES = {
    "Home": "# Start\n\nSee [[Work/Plan|the plan]], [[nowhere]], ![[map.png]] and [ö](Ärger.md). 好 [[plan#Goal]]\n",
    "Work/Plan": "---\nid: 20261120-0830\naliases: [The plan, Roadmap]\nup: '[[Home]]'\n---\n# Plan\n\n[[Plan]]\n",
    "Old/Plan": "---\ntitle: Older plan\nid: 20261120-0831\n---\nRoadmaps.\n",
    "Ärger": "# Ärger\n",
    "Roadmap to Rome": "---\ntitle: A way\n---\n",
    "Names": "---\ntitle: Roadmap\n---\n",
    "a b.markdown": "# Other ending\n",
    "map.png": "",
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return vault(tmp_path_factory.mktemp("names") / "v", NOTES)


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("Work/Plan.md", "Work/Plan.md"),
        ("Work/Plan", "Work/Plan.md"),
        ("work/plan", "Work/Plan.md"),
        ("Home", "Home.md"),
        ("home.md", "Home.md"),
        ("[[Home]]", "Home.md"),
        ("[[Home|start here]]", "Home.md"),
        ("Home#Start", "Home.md"),
        (" Home ", "Home.md"),
        ("Start", "Home.md"),
        ("start", "Home.md"),
        ("20261120-0830", "Work/Plan.md"),
        ("20261120-083", "Old/Plan.md Work/Plan.md"),
        ("Older", "Old/Plan.md"),
        ("Plan", "Old/Plan.md Work/Plan.md"),
        ("The plan", "Work/Plan.md"),
        ("Roadmap", "Names.md"),
        ("Roadmap to", "Roadmap to Rome.md"),
        ("road", "Names.md Roadmap to Rome.md Work/Plan.md"),
        ("A\u0308rger", "Ärger.md"),
        ("ärger", "Ärger.md"),
        ("a b.markdown", "a b.markdown"),
        ("Other ending", "a b.markdown"),
        ("nothing", ""),
        ("map.png", ""),
        ("", ""),
        ("%", ""),
        ("\udcff", ""),
    ],
)
def test_a_name_means_notes(bench: Workbench, name: str, paths: str) -> None:
    found = " ".join([note.path for note in queries.named(bench.db, name, bench.root)])

    assert found == paths


def test_a_path_of_the_disk_is_a_name_inside_the_vault_only(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(bench.root, "Work"))

    assert queries.one(bench.db, f"{bench.root}/Work/Plan.md", bench.root).path == "Work/Plan.md"
    assert queries.one(bench.db, "./Plan.md", bench.root).path == "Work/Plan.md"
    assert queries.one(bench.db, "../Home", bench.root).path == "Home.md"
    with pytest.raises(RefusedError, match="outside the vault"):
        queries.one(bench.db, "/etc/passwd", bench.root)
    with pytest.raises(RefusedError, match="outside the vault"):
        queries.one(bench.db, "../../other.md", bench.root)


def test_several_are_listed_and_kept_for_a_picker(bench: Workbench) -> None:
    with pytest.raises(queries.Ambiguous) as several:
        queries.one(bench.db, "Plan", bench.root)

    assert several.value.exit_code == 2
    assert several.value.reason == "Old/Plan.md\nWork/Plan.md"
    assert [note.path for note in several.value.notes] == ["Old/Plan.md", "Work/Plan.md"]


@pytest.mark.parametrize(("name", "near"), [("Plan for today", "Plan"), ("Strat", "Start"), ("xyz", "")])
def test_an_unknown_name_brings_near_ones(bench: Workbench, name: str, near: str) -> None:
    with pytest.raises(UsageError) as error:
        queries.one(bench.db, name, bench.root)

    assert near in error.value.reason


def test_every_link_is_found_by_its_bytes(bench: Workbench) -> None:
    home = queries.one(bench.db, "Home.md", bench.root)
    data = Path(bench.root, "Home.md").read_bytes()

    links = queries.out_links(bench.db, home.number)

    assert [data[link.start : link.end].decode() for link in links] == [link.raw for link in links]
    assert [(link.path, link.number is None) for link in links] == [
        ("Work/Plan.md", False),
        ("nowhere", True),
        ("map.png", False),
        ("Ärger.md", False),
        ("Old/Plan.md", False),
    ]


def test_backlinks_come_from_other_notes_with_their_place(bench: Workbench) -> None:
    plan = queries.one(bench.db, "Work/Plan.md", bench.root)
    home = queries.one(bench.db, "Home.md", bench.root)

    assert [(link.path, link.title, link.raw) for link in queries.backlinks(bench.db, plan.number)] == [
        ("Home.md", "Start", "[[Work/Plan|the plan]]")
    ]
    assert [(link.path, link.kind) for link in queries.backlinks(bench.db, home.number)] == [("Work/Plan.md", "front")]


def test_neighbours_have_a_distance(tmp_path: Path) -> None:
    chain = {f"n{i}": f"[[n{i + 1}]]" for i in range(5)} | {"n5": "[[n0]] [[n2]]"}
    bench = vault(tmp_path / "v", chain)
    number = {note: queries.one(bench.db, note, bench.root).number for note in chain}

    ahead = queries.reachable(bench.db, [number["n0"]], forward=True)
    behind = queries.reachable(bench.db, [number["n0"]], forward=False, farthest=2)

    assert ahead == {number[f"n{i}"]: i for i in range(1, 6)}
    assert behind == {number["n5"]: 1, number["n4"]: 2}
