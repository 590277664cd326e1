"""The morning's walk: suggested links one at a time, both notes beside each other, one key an answer."""

from __future__ import annotations

import sys
import textwrap
import unicodedata
from typing import TYPE_CHECKING, Any

from pkm.cli import output, state
from pkm.cli.answer import accept, record
from pkm.cli.output import carry_out, count, one_line, out, say, style
from pkm.cli.suggest import lines_of, rows_for, show_queue, title_of
from pkm.sense import queue
from pkm.sense.link import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkm.sense.unlinked import Place
    from pkm.workbench import Workbench

KEYS = "[y]es  [l]ater  [n]o  ne[v]er  [o]pen  [u]ndo  [q]uit"
WHY = "why? (one sentence; it may begin with supports: or another relation; or Enter)  "
ANSWERS = {"l": "later", "n": "reject", "v": "never"}
PLACE_KEYS = "[y]es  [n]o  [a]ll the rest  [q]uit"
LINES = 4  # of each note that are shown


def walk(source: str | None = None, *, limit: int = 0) -> None:
    """Go through what waits, one suggestion at a time; a list where nobody can answer.

    `source`: only suggestions for this note, looked for now if the night had none.
    """
    bench = state.bench()
    rows = rows_for(bench, source)
    rows = rows[:limit] if limit else rows
    if not _somebody() or not rows:
        show_queue(rows, bench)
        return
    bench.require_adopted()
    done: list[tuple[int, str, str]] = []
    at = 0
    while at < len(rows):
        row = rows[at]
        _show_one(bench, row, at + 1, len(rows))
        key = _asked(KEYS)
        if key == "q":
            break
        if key == "u" and done:
            at = _take_back(bench, done.pop())
        elif key == "o":
            _show_both(bench, row)
        elif key == "y":
            before = len(queue.answers(bench.root))
            relation, why = _why(input(WHY).strip())
            if accept(bench, row, why, relation=relation):
                done.append((at, "accept", queue.answers(bench.root)[before]))
            at += 1
        elif key in ANSWERS:
            done.append((at, ANSWERS[key], record(bench, row, ANSWERS[key])))
            at += 1
    accepted = sum(name == "accept" for _, name, _ in done)
    say(
        f"{count(accepted, 'link')} made, {count(len(done) - accepted, 'other answer')} kept."
        if done
        else "Nothing was answered."
    )


def walk_mentions(target: str, *, limit: int = 0) -> None:
    """Go through the notes that name `target` without a link, and link the words; a list where nobody can answer."""
    from pkm.sense.unlinked import unlinked

    bench = state.bench()
    with bench.vault.reader() as read:
        places = list(unlinked(bench.db, read, target))
    places = places[:limit] if limit else places
    if not places:
        say(f"No note names {title_of(bench, target)} without a link.")
        return
    if not _somebody():
        for place in places:
            out(one_line(f"{place.source}:{place.line}: {place.text}"))
        return
    bench.require_adopted()
    chosen: list[Place] = []
    for number, place in enumerate(places):
        out("")
        out(style(f"{number + 1} of {len(places)}", "dim") + f"  {title_of(bench, place.source)}, line {place.line}")
        out(f"  {style('│', 'dim')} {one_line(place.text)}")
        key = _asked(PLACE_KEYS)
        if key == "q":
            break
        if key == "a":
            chosen += places[number:]
            break
        if key == "y":
            chosen.append(place)
    if chosen:
        _link_all(bench, target, chosen)
    say(f"{count(len(chosen), 'link')} made." if chosen else "Nothing was linked.")


def _link_all(bench: Workbench, target: str, places: Iterable[Place]) -> None:
    """One plan for all, so that one `pkm undo` takes all back."""
    from pkm.sense.accept import mention_change
    from pkm.vault.plan import Plan

    made = (
        mention_change(bench.vault, bench.db, bench.settings, place.source, target, place.words, place.line)
        for place in places
    )
    changes = [change for change in made if change is not None]
    carry_out(bench, Plan(changes, f"link {count(len(changes), 'mention')} of {target}"))


def _somebody() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _asked(keys: str) -> str:
    """The first letter of the answer; the end of input is the end of the walk."""
    try:
        return input(f"{keys}  ").strip().lower()[:1]
    except EOFError:
        return "q"


def _why(answer: str) -> tuple[str, str]:
    """`supports: because …` is a relation and its why."""
    word, colon, rest = answer.partition(":")
    relation = word.strip().lower()
    return (relation, rest.strip(" :")) if colon and relation in RELATIONS else ("", answer)


def _show_one(bench: Workbench, row: dict[str, Any], number: int, total: int) -> None:
    out("")
    out(style(f"{number} of {total}", "dim"))
    for line in lines_of(row, bench):
        out(line)
    mark = next((int(reason["line"]) for reason in row["reasons"] if reason.get("line")), 0)
    left, right = _excerpt(bench, row["source"], mark), _excerpt(bench, row["target"], 0)
    for one, other in beside(left, right, output.width()):
        out(f"  {one} {style('│', 'dim')} {other}".rstrip())


def _excerpt(bench: Workbench, path: str, mark: int) -> str:
    """The line that a reason points to, else the beginning of the note."""
    lines = bench.vault.read(path).decode("utf-8", "replace").splitlines()
    if 0 < mark <= len(lines):
        return one_line(lines[mark - 1])
    found = bench.db.execute("SELECT body FROM texts WHERE path = ?", (path,)).fetchone()
    body = [line for line in (found[0] if found else "").splitlines() if line.strip() and not line.startswith("#")]
    return one_line(" ".join(body[:LINES]))


def beside(left: str, right: str, width: int) -> list[tuple[str, str]]:
    """Two texts as columns of the same width, a few lines each."""
    column = max(20, (width - 6) // 2)
    one, other = _wrapped(left, column), _wrapped(right, column)
    height = max(len(one), len(other))
    one += [""] * (height - len(one))
    other += [""] * (height - len(other))
    return [(each + " " * (column - _cells(each)), beside) for each, beside in zip(one, other, strict=True)]


def _wrapped(text: str, column: int) -> list[str]:
    # Wide characters take two cells: a text of these alone gets half as many in a line.
    share = len(text) / max(1, _cells(text))
    lines = textwrap.wrap(text, max(8, int(column * share)), max_lines=LINES, placeholder=" …")
    return lines or [""]


def _cells(text: str) -> int:
    """How many cells of the terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


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
