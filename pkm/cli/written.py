"""After a note was written: the notes near it, to be linked with a why; and hints.

A person at a terminal is asked, a script is only told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkm.cli.output import carry_out, one_line, say, style

if TYPE_CHECKING:
    from pkm.sense.near import Near
    from pkm.workbench import Workbench


def look_around(bench: Workbench, path: str, *, ask: bool) -> None:
    """Show what is near the note; with `ask`, link what the person picks."""
    from pkm.sense.hints import hints
    from pkm.sense.near import near

    found = near(bench.db, path)
    for number, each in enumerate(found, 1):
        words = style(f"(shares: {one_line(', '.join(each.words))})", "dim")
        say(f"near {number}  {one_line(each.title)}  {words}")
    if found and ask:
        _link(bench, path, found)
    for hint in hints(bench.db, bench.vault.reader(), path):
        say(f"hint: {one_line(hint)}")


def _link(bench: Workbench, path: str, found: list[Near]) -> None:
    from pkm.sense.link import link_plan

    answer = input(f"link which? [1-{len(found)}, several with commas, Enter for none]  ")
    for part in answer.replace(",", " ").split():
        if not part.isdigit() or not 1 <= int(part) <= len(found):
            continue
        target = found[int(part) - 1]
        why = input(f"why {part}?  ").strip()
        if why:
            plan = link_plan(bench.vault, bench.db, bench.settings, path, target.path, why=why)
            carry_out(bench, plan)
            say(f"linked {one_line(target.title)}")
        else:
            say("not linked: a link needs its why")
