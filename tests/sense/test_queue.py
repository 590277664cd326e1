"""The queue is whole or the old one; answers are only ever appended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkm.sense import queue

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_written_is_read_and_what_is_no_suggestion_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".pkm").mkdir()
    rows = [{"source": "a.md", "target": "b.md", "probability": 0.7, "reasons": []}]

    queue.write(str(tmp_path), rows)
    with (tmp_path / queue.QUEUE).open("a") as file:
        file.write("no json\n[]\n{}\n")

    assert queue.read(str(tmp_path)) == rows
    assert [path.name for path in (tmp_path / ".pkm").iterdir()] == ["suggestions.jsonl"]


def test_a_vault_without_a_night_has_an_empty_queue(tmp_path: Path) -> None:
    assert queue.read(str(tmp_path)) == []


def test_answers_add_up_and_only_the_last_can_be_taken_back(tmp_path: Path) -> None:
    for line in ("one", "two ☃"):
        queue.answer(str(tmp_path), line)

    queue.take_back(str(tmp_path), "one")
    assert queue.answers(str(tmp_path)) == ["one", "two ☃"]

    queue.take_back(str(tmp_path), "two ☃")
    assert queue.answers(str(tmp_path)) == ["one"]


def test_a_pair_has_one_short_name_on_every_machine() -> None:
    assert queue.pair_id("a.md", "b.md") == queue.pair_id("a.md", "b.md")
    assert queue.pair_id("a.md", "b.md") != queue.pair_id("b.md", "a.md")
    assert len(queue.pair_id("a.md", "b.md")) == 8
