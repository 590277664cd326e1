"""`pkm tend`: the nightly run. Changes no note; what it finds waits for the morning."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli import output, state
from pkm.cli.output import count, out
from pkm.errors import OutsideError, PkmError

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
        report = [_run(part, bench) for part in PARTS if part.wanted(bench)]
    if as_json:
        output.show_json(report)
    elif not quiet:
        for row in report:
            out(f"{row['part']:12} {row['result']}  ({row['seconds']:.1f} s)")
    failed = [row["part"] for row in report if row["failed"]]
    if failed:
        raise OutsideError(
            f"The night was not whole: {', '.join(failed)} failed.",
            "; ".join(str(row["result"]) for row in report if row["failed"]),
            "The other parts are done. Run it again:  pkm tend",
        )


def _run(part: Part, bench: Workbench) -> dict[str, Any]:
    """One part; when it fails, the others go on."""
    started = time.monotonic()
    failed = False
    try:
        result = part.work(bench)
    except PkmError as error:
        result, failed = " ".join(filter(None, (error.message, error.reason))), True
    return {
        "part": part.name,
        "result": output.clean(result),
        "seconds": round(time.monotonic() - started, 3),
        "failed": failed,
    }


def _refresh(bench: Workbench) -> str:
    result = bench.refresh()
    return f"{count(result.files, 'file')}, {result.added + result.changed} read, {result.removed} gone"


def _sweep(bench: Workbench) -> str:
    from pkm.vault.undo import sweep

    return f"{count(len(sweep(bench.vault)), 'leftover')} swept"


def _suggest(bench: Workbench) -> str:
    from pkm.cli.suggest import as_row, best_of, compute
    from pkm.sense import queue

    chosen = best_of(compute(bench, None, bench.settings["suggest.per_note"] * 2), bench)
    queue.write(bench.root, [{"source": each.source, **as_row(each)} for each in chosen])
    if not chosen:
        return "no link suggested"
    say_next = "  See them:  pkm link"
    return f"{count(len(chosen), 'link')} suggested.{say_next}"


def _sync(bench: Workbench) -> str:
    from pkm.cli.sync import nightly

    return nightly(bench)


PARTS = (
    Part("sync", _sync, lambda bench: bool(bench.settings["tend.sync"])),
    Part("index", _refresh),
    Part("leftovers", _sweep),
    Part("links", _suggest),
)
