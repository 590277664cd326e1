"""`pkm find`, as it is asked a hundred times a day: the command line read by hand, the plain answers.

The whole command is declared in `find_command`, which this module hands out as `find`; whatever is
not understood here for certain is left to it. What costs more to print is in `find_output`.
"""

from __future__ import annotations

import os
import sys

from pkm.cli import output, state
from pkm.index import ask as asking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pkm.index.ask import Ask
    from pkm.index.finder import Answer, Hit
    from pkm.workbench import Workbench

LINES, PATHS, JSON, JSONL, CSV, FORMAT = "lines", "paths", "json", "jsonl", "csv", "format"
# How hits can be printed, by flag.
FORMS = {"--paths": PATHS, "--json": JSON, "--jsonl": JSONL, "--csv": CSV}
NOTHING_FOUND = 1
EXCERPT_LINES = 3  # at a terminal


class Show:
    """How the hits are to be shown."""

    __slots__ = ("explain", "form", "interactive", "template", "zero")

    def __init__(self) -> None:
        self.form = LINES
        self.template = ""
        self.zero = False
        self.explain = False
        self.interactive = False


def __getattr__(name: str) -> Any:
    if name == "find":  # the Typer command, loaded when the root of the command line asks for it
        from pkm.cli.find_command import app

        return app
    raise AttributeError(name)


def hot(argv: list[str]) -> int | None:
    """Answer a command line, or None when Typer must look at it."""
    show, settings = Show(), {}

    def more(word: str, following: str | None) -> int | None:
        flag, equals, value = word.partition("=")
        if flag in ("--format", "-f", "--vault") and (equals or following is not None):
            settings[flag] = value if equals else str(following)
            return 1 if equals else 2
        if word in FORMS and show.form in (LINES, FORMS[word]):
            show.form = FORMS[word]
        elif word in ("-0", "--print0"):
            show.zero = True
        elif word == "--explain":
            show.explain = True
        elif word in ("--no-refresh", "-q", "--quiet"):
            settings[word] = ""
        elif word in ("-i", "--interactive", *FORMS):
            settings["Typer"] = ""
            return 1
        else:
            return None
        return 1

    ask = asking.read(argv, more)
    template = settings.get("--format", settings.get("-f"))
    if ask is None or "Typer" in settings or (template is not None and show.form != LINES):
        return None
    if template is not None:
        show.form, show.template = FORMAT, template
    if "--vault" in settings:
        state.vault_flag = settings["--vault"]
    state.fresh = state.fresh and "--no-refresh" not in settings
    output.quiet = output.quiet or "-q" in settings or "--quiet" in settings
    return output.run_safely(lambda: answer(ask, show))


def answer(ask: Ask, show: Show) -> int:
    """Look for the notes and print them; the exit code."""
    from pkm.index import finder

    bench = state.bench()
    if any(word[:1] == "@" for word in ask.words):
        from pkm.cli.find_views import with_views

        ask = with_views(ask, bench.settings)
    if show.zero and show.form not in (LINES, PATHS):
        from pkm.errors import UsageError

        raise UsageError("-0 belongs to paths.", f"It cannot be joined with --{show.form}.", "Leave one of them out.")
    found = finder.find(bench.db, ask, bench.root, bench.now)
    if show.interactive:
        from pkm.cli.find_output import choose

        found.hits = choose(bench, found)
    if show.zero:
        sys.stdout.flush()
        write_zero(found.hits)
    elif show.form == PATHS:
        write_paths(found.hits)
    elif show.form == LINES:
        write_lines(bench, ask, found, explain=show.explain)
    else:
        from pkm.cli import find_output

        find_output.write(bench, found, show)
    return 0 if found.hits else NOTHING_FOUND


def write_paths(hits: list[Hit]) -> None:
    """One path a line."""
    sys.stdout.write("".join([output.one_line(hit.path) + "\n" for hit in hits]))


def write_zero(hits: list[Hit]) -> None:
    """Paths byte for byte, each ended by a zero byte; but nothing that a terminal would obey."""
    shown = output.one_line if sys.stdout.isatty() else str
    sys.stdout.buffer.write(b"".join([os.fsencode(shown(hit.path)) + b"\0" for hit in hits]))
    sys.stdout.buffer.flush()


def write_lines(bench: Workbench, ask: Ask, found: Answer, *, explain: bool) -> None:
    """Title and path of each hit, below them the line that shows why."""
    if not found.hits:
        output.say("No note fits.")
    if explain:
        from pkm.cli.find_output import reasons
    titles = "SELECT id, title FROM notes WHERE id IN (SELECT value FROM json_each(?))"
    for some in chunks(found.hits):
        numbers = [hit.number for hit in some]
        shown = dict(bench.db.execute(titles, (str(numbers),)))
        excerpts = _excerpts(bench, ask, found, numbers)
        for hit in some:
            _write_hit(output.one_line(shown[hit.number]), output.one_line(hit.path), excerpts.get(hit.number, ""))
            if explain:
                output.out(f"    {reasons(bench, found, hit)}")


def chunks(hits: list[Hit]) -> list[list[Hit]]:
    """Hits in portions: the first lines of a long answer come at once."""
    return [hits[at : at + 200] for at in range(0, len(hits), 200)]


def _write_hit(title: str, path: str, excerpt: str) -> None:
    """One hit; at a terminal its lines are as long as that is wide."""
    from pkm.index.excerpts import BEGIN, END

    if not sys.stdout.isatty():
        output.out(f"{title}  {path}")
        if excerpt:
            output.out(f"    {output.one_line(excerpt)}")
        return
    from pkm.cli.columns import BOLD, PLAIN, width_of, wrapped

    width = output.width()
    apart = "  " if width_of(title) + width_of(path) + 2 <= width else "\n    "
    output.out(f"{output.style(title, 'bold')}{apart}{output.style(path, 'dim')}")
    marks = (BOLD, PLAIN) if output.coloured(sys.stdout) else (BEGIN, END)
    shown = output.one_line(excerpt.replace(BEGIN, marks[0]).replace(END, marks[1]))
    for line in wrapped(shown, width, first="    ", indent="    ", lines=EXCERPT_LINES) if shown else ():
        end = PLAIN if BOLD in line else ""  # one that was cut off ends with its line
        output.out((line + end).replace(BOLD, "\x1b[1m").replace(PLAIN, "\x1b[0m"))


def _excerpts(bench: Workbench, ask: Ask, found: Answer, numbers: list[int]) -> dict[int, str]:
    from pkm.index import excerpts

    if ask.link_to and found.node is None:
        return excerpts.of_links(bench.db, ask.link_to, numbers, bench.root)
    return excerpts.excerpts(bench.db, found, numbers)
