"""`pkm link`: one link with its why, or what the night suggested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli import output, state
from pkm.cli.output import carry_out, one_line, say
from pkm.cli.pick import the_note
from pkm.cli.sense import DryRun, Quiet, at_terminal
from pkm.errors import UsageError

if TYPE_CHECKING:
    from pkm.workbench import Workbench


def link(
    notes: Annotated[
        list[str] | None,
        typer.Argument(metavar="[A [B]]", help="A link from A to B; only A: what is suggested for it."),
    ] = None,
    relation: Annotated[
        str, typer.Option("--as", metavar="RELATION", help="supports, opposes, answers, extends, applies or see.")
    ] = "",
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why these two belong together.")] = "",
    every: Annotated[bool, typer.Option("--all", help="With --json: suggestions for every note.")] = False,
    file: Annotated[
        str, typer.Option("--notes", metavar="FILE", help="With --json: for the notes in this file, one path a line.")
    ] = "",
    limit: Annotated[
        int, typer.Option("-n", metavar="N", min=0, show_default=False, help="At most N suggestions.")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Suggestions as JSON Lines.")] = False,
    accept: Annotated[
        str, typer.Option("--accept", metavar="ID", help="Say yes to a suggested link, with or without --why and --as.")
    ] = "",
    reject: Annotated[str, typer.Option("--reject", metavar="ID", help="Say no to a suggested link.")] = "",
    report: Annotated[
        bool, typer.Option("--report", help="Which kinds of reason you said yes and no to, month by month.")
    ] = False,
    mentions: Annotated[
        bool, typer.Option("--mentions", help="Go through the notes that name A without a link, and link the words.")
    ] = False,
    scheduler: Annotated[
        str, typer.Option("--scheduler", metavar="ADDRESS", help="With --json: let a Dask cluster compare.")
    ] = "",
    dry_run: DryRun = False,
    quiet: Quiet = False,
) -> None:
    """Link two notes and say why, or go through suggested links.

    Adds one line under "## Links" of A. The why is what you will want to
    know in a year; without --why it is asked for. In a script only
    --as see goes without.

    Example: pkm link "Small groups" "Turns" --as supports --why "a turn fits ten"
    """
    output.quiet = quiet
    bench = state.bench()
    names = list(notes or [])
    if accept or reject or report:
        _answer(bench, accept, reject, why, relation, dry_run=dry_run, as_json=as_json)
        return
    if as_json:
        _suggestions(bench, names, every=every, file=file, limit=limit, scheduler=scheduler)
        return
    if mentions:
        _mentions(bench, names, limit)
        return
    if len(names) < 2:
        if relation or why:
            raise UsageError(
                "A link has two ends.",
                "Only one note was given." if names else "No note was given.",
                "Name both:  pkm link A B",
            )
        from pkm.cli.walk import walk

        walk(the_note(bench, names[0]).path if names else None, limit=limit)
        return
    if len(names) > 2:
        raise UsageError(
            "A link has two ends.",
            f"{len(names)} notes were given.",
            'Put a title of several words in quotes:  pkm link "Small groups" Turns',
        )
    source, target = the_note(bench, names[0]), the_note(bench, names[1])
    if not why.strip() and relation != "see":
        if not at_terminal():
            raise UsageError("A link needs its why.", "Only --as see goes without.", 'Say it:  --why "…"')
        why = input("why? ")
        if not why.strip():
            raise UsageError("A link needs its why.", "None was given.", "For a mere pointer:  --as see")
    from pkm.sense.link import link_plan

    plan = link_plan(bench.vault, bench.db, bench.settings, source.path, target.path, relation=relation, why=why)
    if carry_out(bench, plan, dry_run=dry_run):
        say(f"linked {one_line(source.title)} → {one_line(target.title)}")


def _answer(
    bench: Workbench, accept: str, reject: str, why: str, relation: str, *, dry_run: bool, as_json: bool
) -> None:
    """An answer from a script or an editor, or all answers so far."""
    from pkm.cli import answer, suggest

    if accept and reject:
        raise UsageError("A link is accepted or rejected.", "Both were asked for.", "Give one of the two.")
    if accept:
        answer.accept(bench, answer.chosen(bench, accept), why, relation=relation, dry_run=dry_run)
    elif reject:
        row = answer.chosen(bench, reject)
        if not dry_run:
            bench.require_adopted()
            answer.record(bench, row, "reject", why)
            say(f"rejected {suggest.title_of(bench, row['source'])} → {suggest.title_of(bench, row['target'])}")
    else:
        answer.show_report(bench, as_json=as_json)


def _mentions(bench: Workbench, names: list[str], limit: int) -> None:
    from pkm.cli.walk import walk_mentions

    if len(names) != 1:
        raise UsageError(
            "--mentions goes with one note.", f"{len(names)} were given.", "Name it:  pkm link A --mentions"
        )
    walk_mentions(the_note(bench, names[0]).path, limit=limit)


def _suggestions(bench: Workbench, names: list[str], *, every: bool, file: str, limit: int, scheduler: str) -> None:
    from pkm.cli.suggest import print_json

    if file:
        try:
            with open(file, encoding="utf-8") as lines:
                names += [line.strip() for line in lines if line.strip()]
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{file} cannot be read.", str(error), "Give a file with one path a line.") from None
    if names and every:
        raise UsageError("--all is every note.", "Notes were named as well.", "Leave one of the two out.")
    print_json([the_note(bench, name).path for name in names] or None, limit or 10, scheduler)
