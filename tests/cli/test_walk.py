"""The morning: suggestions one at a time at a terminal, each answered with one key."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from pkm.cli.walk import beside

if TYPE_CHECKING:
    from pathlib import Path


def vault_with_queue(root: Path) -> Path:
    (root / "pkm.toml").touch()
    for name in ("One", "Two", "Three"):
        (root / f"{name}.md").write_text(f"# {name}\n\nThis is about two and three.\n")
    (root / ".pkm").mkdir()
    rows = [
        {
            "source": "One.md",
            "target": f"{name}.md",
            "score": 1.0,
            "probability": 0.9,
            "reasons": [{"kind": "mention", "text": f'says "{name.lower()}"', "line": 3}],
        }
        for name in ("Two", "Three")
    ]
    (root / ".pkm" / "suggestions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return root


def at_terminal(vault: Path, keys: list[str], *words: str) -> str:
    """Run `pkm link` in a pseudo-terminal; each line is typed when the program asks."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pkm", "link", *words],
        cwd=vault,
        stdin=child,
        stdout=child,
        stderr=child,
        env={**os.environ, "TERM": "xterm", "PYTHONPATH": os.getcwd()},
    )
    os.close(child)
    seen, waiting, end = "", list(keys), time.time() + 60
    while time.time() < end:
        if not select.select([parent], [], [], 0.2)[0]:
            if process.poll() is not None:
                break
            continue
        try:
            part = os.read(parent, 65536).decode("utf-8", "replace")
        except OSError:
            break
        seen += part
        if waiting and (seen.rstrip(" ").endswith("uit") or seen.rstrip(" ").endswith("[q]uit") or "or Enter)" in part):
            os.write(parent, waiting.pop(0).encode() + b"\n")
    process.wait(30)
    os.close(parent)
    return seen


def test_yes_links_no_stays_away_and_both_are_remembered(tmp_path: Path) -> None:
    vault = vault_with_queue(tmp_path)

    seen = at_terminal(vault, ["y", "", "n"])

    assert "One" in seen
    assert "90%" in seen
    assert "about [[Two|two]] and three" in (vault / "One.md").read_text()
    log = [json.loads(line) for line in (vault / ".pkm/log/decisions.jsonl").read_text().splitlines()]
    assert [(row["target"], row["answer"]) for row in log] == [("Two.md", "accept"), ("Three.md", "reject")]


def test_an_answer_can_be_undone_within_the_walk(tmp_path: Path) -> None:
    vault = vault_with_queue(tmp_path)
    before = (vault / "One.md").read_bytes()

    at_terminal(vault, ["y", "", "u", "q"])

    assert (vault / "One.md").read_bytes() == before
    assert (vault / ".pkm/log/decisions.jsonl").read_text() == ""


def test_later_never_and_open_are_answers_too_and_the_end_of_input_ends_the_walk(tmp_path: Path) -> None:
    vault = vault_with_queue(tmp_path)

    seen = at_terminal(vault, ["o", "l", "v"])
    again = at_terminal(vault, ["q"])

    assert "# Two" in seen
    log = [json.loads(line) for line in (vault / ".pkm/log/decisions.jsonl").read_text().splitlines()]
    assert [(row["target"], row["answer"]) for row in log] == [("Two.md", "later"), ("Three.md", "never")]
    assert "2 other answers kept." in seen
    assert "1 of 1" in again
    assert "Three" not in again.replace("two and three", "")


def test_a_why_may_begin_with_its_relation(tmp_path: Path) -> None:
    vault = vault_with_queue(tmp_path)

    at_terminal(vault, ["y", "Supports: both count", "y", "Note: three comes after"])

    text = (vault / "One.md").read_text()
    assert "- supports:: [[Two]] — both count\n" in text
    assert "- [[Three]] — Note: three comes after\n" in text


def test_only_so_many_and_only_of_one_note_are_shown(tmp_path: Path) -> None:
    vault = vault_with_queue(tmp_path)

    assert "1 of 1" in at_terminal(vault, ["q"], "-n", "1")
    seen = at_terminal(vault, ["q"], "Three")
    assert "1 of 1" in seen
    assert "One → Three" in seen


def test_a_script_accepts_with_a_relation_and_its_why(tmp_path: Path) -> None:
    from pkm.sense.queue import pair_id

    vault = vault_with_queue(tmp_path)
    name = pair_id("One.md", "Two.md")

    for more in (["--dry-run"], []):
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pkm",
                "link",
                "--accept",
                name,
                "--as",
                "opposes",
                "--why",
                "two is not one",
                *more,
            ],
            cwd=vault,
            check=True,
            capture_output=True,
        )
        assert ("opposes" in (vault / "One.md").read_text()) == (not more)

    assert "- opposes:: [[Two]] — two is not one\n" in (vault / "One.md").read_text()
    assert len((vault / ".pkm/log/decisions.jsonl").read_text().splitlines()) == 1


def test_in_a_pipe_the_queue_is_a_list_and_nothing_is_asked(tmp_path: Path) -> None:
    vault = vault_with_queue(tmp_path)

    done = subprocess.run(
        [sys.executable, "-m", "pkm", "link"],
        cwd=vault,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=True,
    )

    assert "One → Two" in done.stdout
    assert "One → Three" in done.stdout
    assert (vault / "One.md").read_text() == "# One\n\nThis is about two and three.\n"


def test_all_mentions_of_a_note_are_linked_in_one_walk_and_taken_back_at_once(tmp_path: Path) -> None:
    (tmp_path / "pkm.toml").touch()
    (tmp_path / "Otter.md").write_text("---\naliases: [river dog]\n---\n# Otter\n\nOtter itself.\n")
    texts = {
        "a.md": "Here is an otter.\n",
        "b.md": "Of the river dog, and of otters too.\n",
        "c.md": "See [[Otter]]: an otter.\n",
        "d.md": "`otter` is code.\n",
        "e.md": "The otter again.\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)

    listed = subprocess.run(
        [sys.executable, "-m", "pkm", "link", "Otter", "--mentions"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=True,
    )
    seen = at_terminal(tmp_path, ["n", "a"], "Otter", "--mentions")

    assert listed.stdout.splitlines() == [
        "a.md:1: Here is an otter.",
        "b.md:1: Of the river dog, and of otters too.",
        "e.md:1: The otter again.",
    ]
    assert "2 links made." in seen
    assert (tmp_path / "a.md").read_text() == texts["a.md"]
    assert (tmp_path / "b.md").read_text() == "Of the [[Otter|river dog]], and of otters too.\n"
    assert (tmp_path / "e.md").read_text() == "The [[Otter|otter]] again.\n"
    subprocess.run([sys.executable, "-m", "pkm", "undo"], cwd=tmp_path, check=True, capture_output=True)
    assert {name: (tmp_path / name).read_text() for name in texts} == texts


def test_both_notes_stand_beside_each_other() -> None:
    rows = beside("one two three four five six", "知识管理是一个人的事情也是大家的事情", 46)

    assert len(rows) == 2
    assert rows[0][0].strip() == "one two three four"
    assert "".join(right for _, right in rows) == "知识管理是一个人的事情也是大家的事情"
