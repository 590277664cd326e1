"""`pkm sync`: flags to one call of the sync floor, and its report in a few lines.

Here too: what other commands show of a note's history in git.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pkm import config
from pkm.cli import output, state
from pkm.cli.output import clean, count, one_line, out, say, style
from pkm.errors import PkmError, UsageError

if TYPE_CHECKING:
    from pkm.sync.history import Version
    from pkm.sync.report import Report
    from pkm.sync.resolve import Versions
    from pkm.workbench import Workbench

KEYS = "[n]ote  [c]opy  [b]oth  [s]kip  [q]uit"
CHOICES = {"n": "note", "c": "copy", "b": "both"}


def sync(
    init: Annotated[
        str | None,
        typer.Option("--init", metavar="REMOTE", help="Connect this vault to a remote: an address, or a folder."),
    ] = None,
    status: Annotated[bool, typer.Option("--status", help="Say how things stand, without asking the remote.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Ask the remote, and show what would happen.")] = False,
    resolve: Annotated[
        bool, typer.Option("--resolve", help="Choose between the versions of notes in conflict.")
    ] = False,
    keep: Annotated[
        str | None,
        typer.Option("--keep", metavar="VERSION", help="With --resolve: note, copy or both, for all, without asking."),
    ] = None,
    restore: Annotated[bool, typer.Option("--restore", help="Bring back files deleted since the last sync.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Go on even when many notes would be deleted.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what needs a person.")] = False,
) -> None:
    """Keep this vault and its other copies equal, through git.

    Notes changed on both sides are joined line by line. What cannot be joined
    is kept twice; nothing is ever lost, and nothing is asked. Without a
    network, notes wait for the next time.

    Example: pkm sync --init git@example.org:me/notes.git
    """
    output.quiet = quiet
    root = _root()
    if resolve or keep:
        _resolve(keep)
    elif restore:
        _restore(root)
    else:
        if init:
            from pkm.sync.connect import connect

            connect(root, init)
        _show(_run(root, status=status, dry_run=dry_run, yes=yes), as_json=as_json, would=status or dry_run)


def hot(argv: list[str]) -> int | None:
    """`sync` and `sync -q` without Typer: what cron runs."""
    if argv not in ([], ["-q"], ["--quiet"]):
        return None
    output.quiet = bool(argv)

    def action() -> int:
        _show(_run(_root()), as_json=False, would=False)
        return 0

    return output.run_safely(action)


def nightly(bench: Workbench) -> str:
    """The part of `pkm tend`: one line."""
    report = _run(bench.root)
    bench.forget_refresh()
    return _sentence(report)


def _root() -> str:
    """The vault; a plain clone that nobody adopted yet is one too."""
    try:
        return config.find_vault(state.vault_flag)
    except UsageError:
        here = os.getcwd()
        while not os.path.lexists(os.path.join(here, ".git")):
            above = os.path.dirname(here)
            if above == here or state.vault_flag:
                raise
            here = above
        return here


def _run(root: str, *, status: bool = False, dry_run: bool = False, yes: bool = False) -> Report:
    from pkm.sync.sync import foresee, sync

    return foresee(root, fetch=not status) if status or dry_run else sync(root, yes=yes)


def _show(report: Report, *, as_json: bool, would: bool) -> None:
    for problem in report.problems:
        output.warn(clean(f"{problem.path} {problem.message}"))
    if as_json:
        output.show_json(report.as_json())
        return
    if would and not output.quiet:
        for sign, changes in (("→", report.sent), ("←", report.received)):
            for path, what in sorted(changes.items()):
                out(f"{sign} {what:8} {one_line(path)}")
    say(_sentence(report, would=would))
    for conflict in report.conflicts:
        output.warn(f"two versions of {one_line(conflict.path)}: the other is {one_line(conflict.copy)}")
    if report.conflicts:
        output.warn("choose between them:  pkm sync --resolve")


def _sentence(report: Report, *, would: bool = False) -> str:
    sent, received = len(report.sent), len(report.received)
    parts = []
    if received:
        parts.append(f"{'to receive' if would else 'received'} {count(received, 'change')}")
    if sent and (would or report.pushed):
        parts.append(f"{'to send' if would else 'sent'} {count(sent, 'change')}")
    elif sent:
        parts.append(f"kept {count(sent, 'change')}")
    elif report.pushed:
        parts.append("sent what was kept before")
    if report.alone:
        parts.append("no remote yet: pkm sync --init REMOTE")
    elif report.offline:
        parts.append(f"not synced yet: {clean(report.offline)}")
    return ", ".join(parts) or ("nothing to do" if would else "all equal")


# -- two versions -------------------------------------------------------------


def _resolve(keep: str | None) -> None:
    if keep is not None and keep not in CHOICES.values():
        raise UsageError(f"There is no version {keep!r}.", "", f"One of: {', '.join(CHOICES.values())}.")
    from pkm.sync.resolve import open_conflicts

    bench = state.bench()
    found = open_conflicts(bench.vault, lambda ident: _path_of(bench, ident))
    asking = keep is None and sys.stdin.isatty() and sys.stdout.isatty()
    for versions in found:
        if keep is None:
            _show_versions(bench, versions)
        choice = keep or (_ask() if asking else "")
        if choice == "quit":
            break
        if choice:
            _choose(bench, versions, choice)
    if not found:
        say("No note has two versions.")
    elif keep is None and not asking:
        say(f"{count(len(found), 'note')} to choose for:  pkm sync --resolve --keep note, copy or both")


def _choose(bench: Workbench, versions: Versions, choice: str) -> None:
    from pkm.sync.resolve import choose

    plan = choose(bench.vault, versions, choice)
    output.carry_out(bench, plan)
    say(one_line(plan.reason))


def _path_of(bench: Workbench, ident: str) -> str:
    from pkm.index.queries import named

    found = [note.path for note in named(bench.db, ident, bench.root)]
    return found[0] if len(found) == 1 else ""


def _show_versions(bench: Workbench, versions: Versions) -> None:
    from difflib import unified_diff

    paths = (versions.note, versions.copy)
    note, copy = (bench.vault.read(p).decode("utf-8", "replace").splitlines() if p else [] for p in paths)
    out(style(one_line(versions.note or versions.copy), "bold"))
    for row in unified_diff(note, copy, "note", "copy", lineterm="", n=1):
        out(style(one_line(row), {"-": "red", "+": "green"}.get(row[:1], "dim")))


def _ask() -> str:
    while True:
        answer = input(f"keep {KEYS} ").strip().lower()[:1]
        if answer in CHOICES:
            return CHOICES[answer]
        if answer in ("s", "q"):
            return "" if answer == "s" else "quit"


# -- what was -----------------------------------------------------------------


def _restore(root: str) -> None:
    from pkm.sync.history import restore_deleted
    from pkm.vault.plan import apply
    from pkm.vault.vault import Vault

    vault = Vault(root)
    plan = restore_deleted(vault)
    apply(vault, plan)
    say(f"brought back {count(len(plan.changes), 'file')}")


def show_history(bench: Workbench, path: str, at: str | None, *, as_json: bool = False) -> None:
    """`pkm open NOTE --history [--at DATE]`: the versions of a note, or its text as it was."""
    from pkm.sync import history

    if at:
        out(clean(history.content(bench.root, _version(bench, path, at)).decode("utf-8", "replace")).rstrip("\n"))
        return
    versions = history.versions(bench.root, path)
    if as_json:
        rows = [{"at": config.iso(v.at), "author": v.author, "path": v.path, "what": v.what} for v in versions]
        output.show_json(rows)
        return
    for version in versions:
        moved = f"  was {one_line(version.path)}" if version.path != path else ""
        out(f"{config.iso(version.at).replace('T', ' ')}  {one_line(version.author)}  {one_line(version.what)}{moved}")
    if not versions:
        say("git knows no version of it yet; each sync keeps one.")


def restore_note(name: str | None, at: str | None) -> None:
    """`pkm undo --note NOTE --at DATE`: one note alone as it was."""
    if not name or not at:
        raise UsageError("A note and a day are needed.", "", "For example:  pkm undo --note Ideas --at yesterday")
    from pkm.sync import history

    bench = state.bench()
    path = _path(bench, name)
    version = _version(bench, path, at)
    plan = history.restore(bench.vault, path, history.content(bench.root, version), at)
    if not plan.changes:
        say("It is like that now.")
        return
    output.carry_out(bench, plan)
    say(f"{one_line(path)} is as it was {config.iso(version.at).replace('T', ' ')}")


def _path(bench: Workbench, name: str) -> str:
    """The note, which may be deleted by now: then only its path can name it."""
    from pkm.cli.sense import note

    try:
        return note(bench, name).path
    except PkmError:
        if name.endswith(".md") and not bench.vault.exists(name):
            return name
        raise


def _version(bench: Workbench, path: str, at: str) -> Version:
    from pkm.dates import parse_day
    from pkm.sync import history

    return history.as_of(bench.root, path, parse_day(at, bench.now)[1])
