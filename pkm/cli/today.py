"""Bare `pkm`: today in at most eight lines."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import datetime

from pkm.cli import output, state
from pkm.cli.output import count, one_line, out, style
from pkm.sense.today import Flow, Today
from pkm.sense.today import today as count_today


def today(*, as_json: bool = False) -> None:
    """Show where the vault stands."""
    bench = state.bench()
    found = count_today(bench.db, bench.now, bench.settings.inbox)
    waiting = _waiting()
    broken_off = _broken_off()
    if as_json:
        counts = {"vault": bench.root, "flow": asdict(found.month), "suggestions": waiting, "broken_off": broken_off}
        output.show_json({**counts, **asdict(found)})
        return
    for line in _lines(found, waiting, bench.root, bench.now):
        out(line)
    if broken_off:
        out(style("A change was broken off", "yellow") + f": {one_line(broken_off)}. Take it back:  pkm undo")


def _waiting() -> int:
    """Suggested links that wait for an answer."""
    from pkm.cli.suggest import waiting

    return len(waiting(state.bench()))


def _broken_off() -> str | None:
    """What a crash stopped in the middle, if it was the last thing that was done."""
    from pkm.vault.undo import interrupted

    entry = interrupted(state.bench().vault)
    return entry.reason if entry else None


def _lines(found: Today, waiting: int, root: str, now: float) -> list[str]:
    day = datetime.fromtimestamp(now).astimezone()
    home = os.path.expanduser("~")
    place = "~" + root[len(home) :] if root.startswith(home + os.sep) else root
    lines = [
        style(f"{day:%A} {day.day} {day:%b}", "bold") + f" · vault {one_line(place)} · {count(found.notes, 'note')}"
    ]
    if not found.notes:
        return [*lines, 'Keep a first thought:  pkm add "…"']
    age = f", oldest {count(found.oldest_inbox_days, 'day')}" if found.inbox and found.oldest_inbox_days else ""
    lines.append(f"seek   inbox {found.inbox}{age}")
    sense = [f"{count(waiting, 'suggested link')} to look at (pkm link)"] if waiting else []
    sense += [f'"{one_line(title)}" ends {due}' for title, due in found.ending]
    sense += [f"{count(found.questions, 'open question')}"] if found.questions else []
    lines.append("sense  " + (" · ".join(sense) or "nothing waits"))
    lines.append(f"share  {count(found.public, 'public note')}")
    week = found.week
    numbers = f"captured {week.captured} → written {week.written} → shared {week.shared}"
    lines.append(f"week   {numbers}     balance {_balance(found.month)}")
    return lines


def _balance(flow: Flow) -> str:
    """One dot for each of seek, sense and share that was alive these four weeks."""
    return "".join("●" if number else "○" for number in (flow.captured, flow.written, flow.shared))
