"""Answers to suggested links: yes and no from the walk, from scripts and editors, and the record of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pkm.cli import output
from pkm.cli.output import carry_out, one_line, out, say
from pkm.cli.suggest import decisions, title_of, waiting
from pkm.config import iso
from pkm.errors import UsageError
from pkm.sense import queue
from pkm.sense.night import voices

if TYPE_CHECKING:
    from pkm.workbench import Workbench


def chosen(bench: Workbench, name: str) -> dict[str, Any]:
    """The waiting suggestion with this id."""
    for row in waiting(bench):
        if queue.pair_id(row["source"], row["target"]) == name:
            return row
    raise UsageError(
        f"No suggestion {name} waits.", "It was answered, or the next night replaced it.", "See which do:  pkm link"
    )


def accept(bench: Workbench, row: dict[str, Any], why: str, *, relation: str = "", dry_run: bool = False) -> bool:
    """Make the link: at the mention when there is one, else under `## Links` with its relation and why."""
    from pkm.sense.accept import plan

    changes = plan(bench.vault, bench.db, bench.settings, row["source"], row["target"], row["reasons"], why, relation)
    if not carry_out(bench, changes, dry_run=dry_run):
        return False
    record(bench, row, "accept", why)
    say(f"linked {title_of(bench, row['source'])} → {title_of(bench, row['target'])}")
    return True


def record(bench: Workbench, row: dict[str, Any], answer: str, why: str = "") -> str:
    """Write one answer into the log; its line."""
    from pkm.sense.suggest.decisions import Decision, sketch
    from pkm.sense.suggest.spell import fold

    def seen(path: str) -> tuple[int, ...]:
        # Of the file as it is: the nightly run compares with the whole file too.
        return sketch(fold(bench.vault.read(path).decode("utf-8", "replace")))

    line = Decision(
        source=row["source"],
        target=row["target"],
        answer=answer,
        at=iso(bench.now),
        kinds=tuple(str(reason.get("kind", "")) for reason in row["reasons"]),
        probability=float(row["probability"]),
        why=why,
        source_sketch=seen(row["source"]),
        target_sketch=seen(row["target"]),
    ).line()
    queue.answer(bench.root, line)
    return line


def show_report(bench: Workbench, *, as_json: bool) -> None:
    """How many suggestions were accepted and refused, by month and kind of reason, and which kinds are muted."""
    tally: dict[tuple[str, str], list[int]] = {}
    answered = decisions(bench).all
    for each in answered:
        if each.answer == "later":
            continue
        for kind in dict.fromkeys(each.kinds):
            tally.setdefault((each.at[:7], kind), [0, 0])[each.answer != "accept"] += 1
    muted = {kind for kind, voice in voices(answered).items() if voice.muted}
    rows = [
        {"month": month, "kind": kind, "accepted": yes, "refused": no, "muted": kind in muted}
        for (month, kind), (yes, no) in sorted(tally.items())
    ]
    if as_json:
        output.show_json(rows)
        return
    for row in rows:
        out(one_line(f"{row['month']}  {row['kind']:12}  {row['accepted']:4} yes  {row['refused']:4} no"))
    for voice in voices(answered).values():
        if voice.muted:
            out(one_line(f"{voice}."))
    if not rows:
        say("No suggestion was answered yet.")
