"""Suggested links: as JSON for programs, one at a time for a person in the morning.

Called by `pkm link` without a second note. The evening's half is `pkm tend`.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pkm.cli import output, state
from pkm.cli.output import carry_out, count, one_line, out, say, style
from pkm.config import iso
from pkm.errors import UsageError
from pkm.sense import queue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkm.sense.suggest.decisions import Decisions
    from pkm.sense.suggest.suggestion import Suggestion
    from pkm.workbench import Workbench

KEYS = "[y]es  [l]ater  [n]o  ne[v]er  [o]pen  [u]ndo  [q]uit"


def compute(bench: Workbench, sources: Iterable[str] | None, limit: int) -> list[Suggestion]:
    """Suggestions for some notes (None: all), best first, note by note."""
    from pkm.sense.suggest.rank import suggest
    from pkm.sense.suggest.source import from_index

    with bench.vault.reader() as read:
        corpus = from_index(bench.db, read)
    return suggest(corpus, sources=sources, limit=limit, decisions=decisions(bench))


def decisions(bench: Workbench) -> Decisions:
    """What was answered so far."""
    from pkm.sense.suggest.decisions import Decisions, parse

    return Decisions(parse(queue.answers(bench.root)))


def as_row(suggestion: Suggestion) -> dict[str, Any]:
    """One target, as `--json` and the queue have it."""
    return {
        "target": suggestion.target,
        "score": suggestion.score,
        "probability": suggestion.probability,
        "reasons": [asdict(reason) for reason in suggestion.reasons],
    }


def print_json(sources: list[str] | None, limit: int) -> None:
    """JSON Lines, one object for each source note."""
    import json

    bench = state.bench()
    rows: dict[str, list[dict[str, Any]]] = {path: [] for path in sources or ()}
    for suggestion in compute(bench, sources, limit):
        rows.setdefault(suggestion.source, []).append(as_row(suggestion))
    for source, targets in rows.items():
        out(output.inert_json(json.dumps({"source": source, "targets": targets}, ensure_ascii=False)))


def best_of(suggestions: list[Suggestion], bench: Workbench) -> list[Suggestion]:
    """The few of a night: confident ones, three a note, each pair once, the surest first."""
    settings, seen, per_note = bench.settings, set(), dict[str, int]()
    chosen = []
    for each in sorted(suggestions, key=lambda each: (-each.probability, each.source, each.target)):
        pair = frozenset((each.source, each.target))
        if (
            each.probability < settings["suggest.threshold"]
            or pair in seen
            or per_note.get(each.source, 0) >= settings["suggest.per_note"]
        ):
            continue
        seen.add(pair)
        per_note[each.source] = per_note.get(each.source, 0) + 1
        chosen.append(each)
        if len(chosen) >= settings["suggest.per_night"]:
            break
    return chosen


def waiting(bench: Workbench) -> list[dict[str, Any]]:
    """The queue without pairs that were answered, linked by hand or moved away since."""
    rows = queue.read(bench.root)
    if not rows:
        return []
    answered = {frozenset((each["source"], each["target"])) for each in _answered(bench.root)}
    known = {path for (path,) in bench.db.execute("SELECT path FROM files WHERE is_note")}
    return [
        row
        for row in rows
        if frozenset((row["source"], row["target"])) not in answered
        and {row["source"], row["target"]} <= known
        and not _linked(bench, row)
    ]


def _answered(root: str) -> Iterable[dict[str, Any]]:
    import json

    for line in queue.answers(root):
        try:
            row = json.loads(line)
            if row.get("answer") != "later":
                yield {"source": row["source"], "target": row["target"]}
        except (ValueError, KeyError, AttributeError):
            continue


def _linked(bench: Workbench, row: dict[str, Any]) -> bool:
    found = bench.db.execute(
        "SELECT 1 FROM links l JOIN files s ON s.id = l.source JOIN files t ON t.id = l.target"
        " WHERE (s.path = ? AND t.path = ?) OR (s.path = ? AND t.path = ?) LIMIT 1",
        (row["source"], row["target"], row["target"], row["source"]),
    )
    return found.fetchone() is not None


def show_queue(rows: list[dict[str, Any]], bench: Workbench) -> None:
    """The waiting suggestions as a list, for pipes and `--dry-run`."""
    for row in rows:
        for line in lines_of(row, bench):
            out(line)
    if not rows:
        say("No link waits. The nightly run looks for more:  pkm tend")


def lines_of(row: dict[str, Any], bench: Workbench) -> list[str]:
    """One suggestion in words: both notes, how sure, and why."""
    source, target = title_of(bench, row["source"]), title_of(bench, row["target"])
    name = style(queue.pair_id(row["source"], row["target"]), "dim")
    head = f"{name}  {style(source, 'bold')} → {style(target, 'bold')}  {row['probability']:.0%}"
    reasons = [
        f"          {one_line(str(reason.get('text', '')))}"
        + (f" (line {reason['line']})" if reason.get("line") else "")
        for reason in row["reasons"]
    ]
    return [head, *reasons]


def title_of(bench: Workbench, path: str) -> str:
    """A note's title, fit for one line."""
    found = bench.db.execute("SELECT title FROM notes JOIN files USING (id) WHERE path = ?", (path,)).fetchone()
    return one_line(found[0] if found else path)


def chosen(bench: Workbench, name: str) -> dict[str, Any]:
    """The waiting suggestion with this id."""
    for row in waiting(bench):
        if queue.pair_id(row["source"], row["target"]) == name:
            return row
    raise UsageError(
        f"No suggestion {name} waits.", "It was answered, or the next night replaced it.", "See which do:  pkm link"
    )


def accept(bench: Workbench, row: dict[str, Any], why: str, *, dry_run: bool = False) -> bool:
    """Make the link: at the mention when there is one, else under `## Links` with its why."""
    from pkm.sense.accept import plan

    changes = plan(bench.vault, bench.db, bench.settings, row["source"], row["target"], row["reasons"], why)
    if not carry_out(bench, changes, dry_run=dry_run):
        return False
    record(bench, row, "accept", why)
    say(f"linked {title_of(bench, row['source'])} → {title_of(bench, row['target'])}")
    return True


def record(bench: Workbench, row: dict[str, Any], answer: str, why: str = "") -> str:
    """Write one answer into the log; its line."""
    from pkm.sense.suggest.decisions import Decision, sketch
    from pkm.sense.suggest.encode import fold

    texts = dict(bench.db.execute("SELECT path, body FROM texts WHERE path IN (?, ?)", (row["source"], row["target"])))
    line = Decision(
        source=row["source"],
        target=row["target"],
        answer=answer,
        at=iso(bench.now),
        kinds=tuple(str(reason.get("kind", "")) for reason in row["reasons"]),
        probability=float(row["probability"]),
        why=why,
        source_sketch=sketch(fold(texts.get(row["source"], ""))),
        target_sketch=sketch(fold(texts.get(row["target"], ""))),
    ).line()
    queue.answer(bench.root, line)
    return line


def show_report(bench: Workbench, *, as_json: bool) -> None:
    """How many suggestions were accepted and refused, by month and kind of reason."""
    tally: dict[tuple[str, str], list[int]] = {}
    for each in decisions(bench).all:
        if each.answer == "later":
            continue
        for kind in dict.fromkeys(each.kinds):
            tally.setdefault((each.at[:7], kind), [0, 0])[each.answer != "accept"] += 1
    rows = [
        {"month": month, "kind": kind, "accepted": yes, "refused": no}
        for (month, kind), (yes, no) in sorted(tally.items())
    ]
    if as_json:
        output.show_json(rows)
        return
    for row in rows:
        out(one_line(f"{row['month']}  {row['kind']:12}  {row['accepted']:4} yes  {row['refused']:4} no"))
    if not rows:
        say("No suggestion was answered yet.")


def walk(source: str | None = None, *, limit: int = 0) -> None:
    """Go through what waits, one suggestion at a time; a list where nobody can answer.

    `source`: only suggestions for this note, looked for now if the night had none.
    """
    bench = state.bench()
    rows = _rows_for(bench, source)
    rows = rows[:limit] if limit else rows
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        show_queue(rows, bench)
        return
    bench.require_adopted()
    done: list[tuple[int, str, str]] = []
    at = 0
    while at < len(rows):
        row = rows[at]
        _show_one(bench, row, at + 1, len(rows))
        answer = input(f"{KEYS}  ").strip().lower()[:1]
        if answer == "q":
            break
        if answer == "u" and done:
            at = _take_back(bench, done.pop())
        elif answer == "o":
            _show_both(bench, row)
        elif answer == "y":
            before = len(queue.answers(bench.root))
            why = input("why? (one sentence, or Enter)  ").strip()
            if accept(bench, row, why):
                done.append((at, "accept", queue.answers(bench.root)[before]))
            at += 1
        elif answer in ("l", "n", "v"):
            name = {"l": "later", "n": "reject", "v": "never"}[answer]
            done.append((at, name, record(bench, row, name)))
            at += 1
    accepted = sum(name == "accept" for _, name, _ in done)
    say(
        f"{count(accepted, 'link')} made, {count(len(done) - accepted, 'other answer')} kept."
        if done
        else "Nothing was answered."
    )


def _rows_for(bench: Workbench, source: str | None) -> list[dict[str, Any]]:
    rows = waiting(bench)
    if source is None:
        return rows
    own = [row for row in rows if row["source"] == source]
    return own or [
        {"source": each.source, **as_row(each)} for each in compute(bench, [source], bench.settings["suggest.per_note"])
    ]


def _show_one(bench: Workbench, row: dict[str, Any], number: int, total: int) -> None:
    out("")
    out(style(f"{number} of {total}", "dim"))
    for line in lines_of(row, bench):
        out(line)
    for path in (row["source"], row["target"]):
        found = bench.db.execute("SELECT body FROM texts WHERE path = ?", (path,)).fetchone()
        mark = next((reason["line"] for reason in row["reasons"] if reason.get("line") and path == row["source"]), 0)
        out(f"  {style('│', 'dim')} {_excerpt(bench, path, found[0] if found else '', mark)}")


def _excerpt(bench: Workbench, path: str, body: str, line: int) -> str:
    """The line that a reason points to, else the note's first sentence."""
    text = ""
    if line:
        lines = bench.vault.read(path).decode("utf-8", "replace").splitlines()
        text = lines[line - 1] if line <= len(lines) else ""
    text = text or next((each for each in body.splitlines() if each.strip() and not each.startswith("#")), "")
    text = one_line(text)
    room = max(20, output.width() - 6)
    return text if len(text) <= room else text[: room - 1] + "…"


def _show_both(bench: Workbench, row: dict[str, Any]) -> None:
    for path in (row["source"], row["target"]):
        out(style(one_line(path), "bold"))
        out(output.clean(bench.vault.read(path).decode("utf-8", "replace")))


def _take_back(bench: Workbench, last: tuple[int, str, str]) -> int:
    """Undo the last answer of this walk; where to go on."""
    at, name, line = last
    if name == "accept":
        from pkm.vault.undo import undo

        undo(bench.vault)
        bench.forget_refresh()
    queue.take_back(bench.root, line)
    return at
