"""The loop: round after round until here and there are equal, or nobody answers.

Whatever changes in the middle of a round, here or at the remote, starts a new round with
that change in it. Nothing is ever forced, and nothing is left half done for another git
program to find.
"""

from __future__ import annotations

import os
import time

from pkm.errors import ChangedError, OutsideError
from pkm.sync import setup
from pkm.sync.git import Git
from pkm.sync.remote import Remote
from pkm.sync.report import Report
from pkm.sync.round import Round
from pkm.sync.state import State
from pkm.vault.lock import Lock

ROUNDS = 12


def sync(root: str, *, yes: bool = False, ask: bool | None = None) -> Report:
    """Make this vault and its remote equal. `yes`: also when much would be deleted."""
    git, remote = _opened(root, ask)
    os.makedirs(os.path.join(git.root, ".pkm"), exist_ok=True)
    report = Report()
    with Lock(git.root, patience=30.0, name="sync"):
        state = State(git, remote.branch, remote.tracking)
        state.begin()
        _until_equal(git, remote, report, state, yes)
        state.end(busy=bool(report.sent or report.received))
    return report


def foresee(root: str, *, fetch: bool = True, ask: bool | None = None) -> Report:
    """What a sync would do, and what waits for a choice. With `fetch` the remote is asked; the vault is not touched."""
    from pkm.sync.copies import original_path
    from pkm.sync.merge import Conflict
    from pkm.sync.resolve import kept_copies
    from pkm.vault.vault import Vault

    git, remote = _opened(root, ask)
    report = Report()
    Round(git, remote, report, yes=True, fetch=fetch).foresee()
    known = {conflict.copy for conflict in report.conflicts}
    waiting = [Conflict(original_path(copy), copy) for copy in kept_copies(Vault(root)) if copy not in known]
    report.conflicts = sorted([*report.conflicts, *waiting])
    return report


def _opened(root: str, ask: bool | None) -> tuple[Git, Remote]:
    git = Git(root, ask=ask)
    setup.check(git)
    return git, Remote(git, setup.branch(git))


def _until_equal(git: Git, remote: Remote, report: Report, state: State, yes: bool) -> None:
    for number in range(ROUNDS):
        try:
            if Round(git, remote, report, yes=yes).run(state):
                return
        except ChangedError:
            if number == ROUNDS - 1:
                raise
        # A little more each time, and not the same on two machines that are in step.
        time.sleep(0.01 * 2 ** min(number, 6) * (os.urandom(1)[0] / 256))
    raise OutsideError(
        "Others are syncing all the time.", f"{ROUNDS} tries were each too late.", "Try again in a moment."
    )
