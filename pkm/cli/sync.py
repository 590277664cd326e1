"""`pkm sync`, as cron runs it: one call of the sync floor, and its report in a few lines.

The whole command is declared in `sync_command`, which this module hands out as `sync`; whatever is
not understood here for certain is left to it. Choosing between two versions is in `versions`.
"""

from __future__ import annotations

import os
import sys

from pkm import config
from pkm.cli import output, state
from pkm.cli.output import clean, count, one_line, out, say
from pkm.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pkm.sync.report import Report
    from pkm.workbench import Workbench


def __getattr__(name: str) -> Any:
    if name == "sync":  # the Typer command, loaded when the root of the command line asks for it
        from pkm.cli.sync_command import sync

        return sync
    raise AttributeError(name)


def hot(argv: list[str]) -> int | None:
    """`sync` and `sync -q` without Typer; None when Typer must look."""
    if argv not in ([], ["-q"], ["--quiet"]):
        return None
    output.quiet = bool(argv)

    def action() -> int:
        show(run(vault_root()), as_json=False, would=False)
        return 0

    return output.run_safely(action)


def nightly(bench: Workbench) -> str:
    """The part of `pkm tend`: one line."""
    report = run(bench.root)
    bench.forget_refresh()
    return sentence(report)


def vault_root(*, begin: bool = False) -> str:
    """The vault; a plain clone that nobody adopted yet is one too, and to `begin`, an empty folder."""
    try:
        return config.find_vault(state.vault_flag)
    except UsageError:
        here = os.getcwd()
        if begin and not state.vault_flag and not os.listdir(here):
            return here
        while not os.path.lexists(os.path.join(here, ".git")):
            above = os.path.dirname(here)
            if above == here or state.vault_flag:
                raise
            here = above
        return here


def run(root: str, *, status: bool = False, dry_run: bool = False, yes: bool = False) -> Report:
    """Sync, or only look: with `status` without asking the remote."""
    from pkm.sync.sync import foresee, sync

    return foresee(root, fetch=not status) if status or dry_run else sync(root, yes=yes)


def show(report: Report, *, as_json: bool, would: bool) -> None:
    """Tell what was done, or `would` be done."""
    for problem in report.problems:
        output.warn(clean(f"{problem.path} {problem.message}"))
    if as_json:
        output.show_json(report.as_json())
        return
    if would and not output.quiet:
        for sign, changes in (("→", report.sent), ("←", report.received)):
            for path, what in sorted(changes.items()):
                out(f"{sign} {what:8} {one_line(path)}")
        sys.stdout.flush()  # the list comes before the sentence, in a pipe too
    say(sentence(report, would=would))
    for conflict in report.conflicts:
        output.warn(f"two versions of {one_line(conflict.path)}: the other is {one_line(conflict.copy)}")
    if report.conflicts:
        output.warn("choose between them:  pkm sync --resolve")


def sentence(report: Report, *, would: bool = False) -> str:
    """The report in one line."""
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
