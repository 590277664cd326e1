"""What is near a note that was just written: by rare words that both have, never what is linked already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pkm.sense.hints import hints, repeated
from pkm.sense.near import near
from tests.cli.terminal import converse
from tests.sense.kit import bench_of

if TYPE_CHECKING:
    from pathlib import Path

FILES: dict[str, str | bytes] = {
    "new.md": "# New\n\nGardens need compost and patience, says [[linked]].\n",
    "near.md": "# Near\n\nCompost wants patience in all gardens.\n",
    "less.md": "# Less\n\nPatience with compost.\n",
    "one word.md": "# One\n\nPatience alone.\n",
    "linked.md": "# Linked\n\nCompost, patience, gardens.\n",
    "old.md": "---\npara: archive\n---\nCompost, patience, gardens.\n",
    **{f"{n}.md": f"Something else about number {n}.\n" for n in range(60)},
}


def test_shared_rare_words_bring_notes_near(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, FILES)

    found = near(bench.db, "new.md")

    assert [each.path for each in found] == ["near.md", "less.md"]
    assert set(found[0].words) == {"gardens", "compost", "patience"}


def test_chinese_notes_are_near_by_their_pairs(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, {**FILES, "a.md": "# 知识管理\n\n学习社区", "b.md": "社区里的知识管理", "c.md": "天气"})

    assert [each.path for each in near(bench.db, "a.md")] == ["b.md"]


def test_letters_with_marks_are_found_without_them(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, {**FILES, "a.md": "Gärtnerei und Überfluss", "b.md": "Überfluss der Gärtnerei"})

    assert [(each.path, each.words) for each in near(bench.db, "a.md")] == [("b.md", ("gärtnerei", "überfluss"))]


def test_nothing_is_near_in_an_empty_vault(tmp_path: Path) -> None:
    assert near(bench_of(tmp_path, {"a.md": ""}).db, "a.md") == []


WORDS = " ".join(f"word{n}" for n in range(60))


@pytest.mark.parametrize(
    ("text", "share"), [(WORDS, 1.0), ("other " + WORDS.replace(" ", " other "), 0.0), ("short text", 0.0)]
)
def test_repeating_is_the_share_of_runs_of_words(text: str, share: float) -> None:
    assert repeated(text, WORDS) == share


@pytest.mark.parametrize(
    ("text", "told"), [(WORDS, True), ("> " + WORDS, False), (f"```\n{WORDS}\n```\n", False), ("My own words.", False)]
)
def test_a_note_in_its_sources_words_is_told_so(tmp_path: Path, text: str, told: bool) -> None:
    note = f'---\nsource: ["[[s]]"]\n---\n{text}\n'
    bench = bench_of(tmp_path, {"n.md": note, "s.md": f"---\nkind: literature\n---\n{WORDS}\n"})

    found = hints(bench.db, bench.vault.reader(), "n.md")

    assert any("word for word" in hint for hint in found) == told


def test_at_a_terminal_the_near_notes_are_offered_and_linked_with_a_why(tmp_path: Path) -> None:
    bench_of(tmp_path, FILES).db.close()
    script = tmp_path / "editor.sh"
    script.write_text("#!/bin/sh\necho 'Compost and patience in gardens.' >> \"$1\"\n")
    script.chmod(0o755)

    code, seen = converse(
        ["write", "Slow soil"],
        tmp_path,
        [("link which?", "2, 9\n"), ("why 2?", "it takes a year\n")],
        EDITOR=str(script),
        PKM_NOW="2026-11-20T08:30:00",
    )

    assert code == 0
    assert "near 1" in seen
    assert (tmp_path / "notes" / "slow-soil.md").read_text().endswith("— it takes a year\n")
