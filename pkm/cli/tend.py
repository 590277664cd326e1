"""`pkm tend`: the nightly run. Changes no note; what it finds waits for the morning.

A night is a row of parts, `PARTS`. Later parts (pulling sources, reviews that are due) hook in there: a name, what to
do, and whether this vault wants it.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli import output, state
from pkm.cli.output import count, one_line, out, say
from pkm.config import iso
from pkm.errors import OutsideError, PkmError
from pkm.sense import evening
from pkm.sense.evening import Done

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkm.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the night: its name, what it does, and whether this vault wants it."""

    name: str
    work: Callable[[Workbench], str]
    wanted: Callable[[Workbench], bool] = lambda _: True


def tend(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    mail: Annotated[bool, typer.Option("--mail", help="Print the report as a mail, with what waits.")] = False,
    into: Annotated[bool, typer.Option("--note", help="Keep the report as a note in the inbox.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something failed.")] = False,
) -> None:
    """The nightly run: refresh the index and look for links.

    Changes no note. Suggested links wait for you:  pkm link

    Example: pkm tend --quiet
    """
    output.quiet = quiet
    bench = state.bench()
    bench.require_adopted()
    from pkm.vault.lock import Lock

    with Lock(bench.root, patience=0.0, name="tend.lock"):
        report = _night(bench)
    if as_json:
        output.show_json([asdict(each) for each in report])
    elif mail:
        _print_mail(bench, report)
    elif not quiet:
        for line in _lines(report):
            out(line)
    if into:
        _keep_note(bench, report)
    failed = [each for each in report if each.failed]
    if failed:
        raise OutsideError(
            f"The night was not whole: {', '.join(each.part for each in failed)} failed.",
            "; ".join(each.result for each in failed),
            "The other parts are done. Run it again:  pkm tend",
        )


def _night(bench: Workbench) -> list[Done]:
    """All parts in turn, but for those that a run which was killed had done."""
    before = evening.unfinished(bench.root, bench.now)
    report: list[Done] = []
    for part in PARTS:
        if part.wanted(bench):
            report.append(before.get(part.name) or _run(part, bench))
            evening.remember(bench.root, bench.now, report)
    if not any(each.failed for each in report):
        evening.finish(bench.root)
    return report


def _run(part: Part, bench: Workbench) -> Done:
    """One part; when it fails, the others go on."""
    started = time.monotonic()
    failed = False
    try:
        result = part.work(bench)
    except PkmError as error:
        result, failed = " ".join(filter(None, (error.message, error.reason))), True
    return Done(part.name, output.clean(result), round(time.monotonic() - started, 3), failed)


def _lines(report: list[Done]) -> list[str]:
    return [f"{each.part:12} {each.result}  ({each.seconds:.1f} s)" for each in report]


def _told(bench: Workbench, report: list[Done]) -> list[str]:
    """The report for reading later: what was done, and what waits, with its reasons."""
    from pkm.cli.suggest import reason_line, title_of, waiting

    lines = _lines(report)
    for row in waiting(bench):
        lines += ["", f"{title_of(bench, row['source'])} -> {title_of(bench, row['target'])}"]
        lines += [f"  {reason_line(reason)}" for reason in row["reasons"]]
    return lines


def _print_mail(bench: Workbench, report: list[Done]) -> None:
    """A mail from its subject on: `pkm tend --mail | sendmail me`."""
    failed = ", ".join(each.part for each in report if each.failed)
    out(f"Subject: pkm tend {iso(bench.now)[:10]}" + (f": {failed} failed" if failed else ""))
    out("Content-Type: text/plain; charset=utf-8")
    out("")
    for line in _told(bench, report):
        out(line)


def _keep_note(bench: Workbench, report: list[Done]) -> None:
    """The report as a note of that day; a second run of the day replaces it."""
    from pkm.model.digest import digest
    from pkm.vault.plan import Create, Plan, Rewrite, apply

    day = iso(bench.now)[:10]
    path = f"{bench.settings.inbox}/tend-{day}.md"
    body = [line.replace("[[", "[ [") for line in _told(bench, report)]  # what was only suggested is no link yet
    data = "\n".join([f"# The night of {day}", "", *(f"    {one_line(line)}".rstrip() for line in body), ""]).encode()
    if bench.vault.exists(path):
        old = bench.vault.read(path)
        apply(bench.vault, Plan([Rewrite(path, data, digest(old))], f"report {path}"))
    else:
        apply(bench.vault, Plan([Create(path, data)], f"report {path}"))
    bench.forget_refresh()
    say(f"kept {path}")


def _refresh(bench: Workbench) -> str:
    result = bench.refresh()
    return f"{count(result.files, 'file')}, {result.added + result.changed} read, {result.removed} gone"


def _sweep(bench: Workbench) -> str:
    from pkm.vault.undo import sweep

    return f"{count(len(sweep(bench.vault)), 'leftover')} swept"


def _suggest(bench: Workbench) -> str:
    from pkm.cli.suggest import look

    return look(bench)


def _sync(bench: Workbench) -> str:
    from pkm.cli.sync import nightly

    return nightly(bench)


PARTS = (
    Part("sync", _sync, lambda bench: bool(bench.settings["tend.sync"])),
    Part("index", _refresh),
    Part("leftovers", _sweep),
    Part("links", _suggest),
)
