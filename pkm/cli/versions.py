"""Versions of a note: two that a sync kept, and those that git remembers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pkm import config
from pkm.cli import output, state
from pkm.cli.output import count, one_line, out, say, style
from pkm.errors import PkmError, UsageError

if TYPE_CHECKING:
    from pkm.sync.resolve import Versions
    from pkm.workbench import Workbench

KEYS = "[n]ote  [c]opy  [b]oth  [s]kip  [q]uit"
CHOICES = {"n": "note", "c": "copy", "b": "both"}


def resolve(keep: str | None) -> None:
    """`pkm sync --resolve [--keep VERSION]`: show both versions of each note, and keep what the person picks."""
    if keep is not None and keep not in CHOICES.values():
        raise UsageError(f"There is no version {keep!r}.", "", f"One of: {', '.join(CHOICES.values())}.")
    from pkm.sync.resolve import open_conflicts

    bench = state.bench()
    found = open_conflicts(bench.vault, lambda ident: _path_of(bench, ident))
    asking = keep is None and sys.stdin.isatty() and sys.stdout.isatty()
    for versions in found:
        if keep is None:
            _show_both(bench, versions)
        choice = keep or (_ask() if asking else "")
        if choice == "quit":
            break
        if choice:
            _choose(bench, versions, choice)
    sys.stdout.flush()
    if not found:
        say("No note has two versions.")
    elif keep is None and not asking:
        notes = count(len(found), "note")
        say(f"{notes} to choose for. Without a terminal:  pkm sync --resolve --keep note")


def _choose(bench: Workbench, versions: Versions, choice: str) -> None:
    from pkm.sync.resolve import choose

    plan = choose(bench.vault, versions, choice)
    output.carry_out(bench, plan)
    say(one_line(plan.reason))


def _path_of(bench: Workbench, ident: str) -> str:
    from pkm.index.queries import named

    found = [note.path for note in named(bench.db, ident, bench.root)]
    return found[0] if len(found) == 1 else ""


def _show_both(bench: Workbench, versions: Versions) -> None:
    from difflib import unified_diff

    paths = (versions.note, versions.copy)
    note, copy = (bench.vault.read(p).decode("utf-8", "replace").splitlines() if p else [] for p in paths)
    out(style(one_line(versions.note or versions.copy), "bold"))
    for row in unified_diff(note, copy, "note", "copy", lineterm="", n=1):
        out(style(one_line(row), {"-": "red", "+": "green"}.get(row[:1], "dim")))


def _ask() -> str:
    while True:
        try:
            answer = input(f"keep {KEYS} ").strip().lower()[:1]
        except EOFError:
            return "quit"
        if answer in CHOICES:
            return CHOICES[answer]
        if answer in ("s", "q"):
            return "" if answer == "s" else "quit"


def restore_deleted(root: str) -> None:
    """`pkm sync --restore`: bring back every file that is gone since the last sync."""
    from pkm.sync import history
    from pkm.vault.plan import apply
    from pkm.vault.vault import Vault

    vault = Vault(root)
    plan = history.restore_deleted(vault)
    apply(vault, plan)
    say(f"brought back {count(len(plan.changes), 'file')}")


def restore_note(name: str | None, at: str | None) -> None:
    """`pkm undo --note NOTE --at DATE`: one note alone as it was."""
    if not name or not at:
        raise UsageError("A note and a day are needed.", "", "For example:  pkm undo --note Ideas --at yesterday")
    from pkm.dates import parse_day
    from pkm.sync import history

    bench = state.bench()
    path = _path(bench, name)
    version = history.as_of(bench.root, path, parse_day(at, bench.now)[1])
    plan = history.restore(bench.vault, path, history.content(bench.root, version), at)
    if not plan.changes:
        say("It is like that now.")
        return
    output.carry_out(bench, plan)
    say(f"{one_line(path)} is as it was {config.iso(version.at).replace('T', ' ')}")


def _path(bench: Workbench, name: str) -> str:
    """The note, which may be deleted by now: then only its path can name it."""
    from pkm.cli.pick import the_note

    try:
        return the_note(bench, name).path
    except PkmError:
        if name.endswith(".md") and not bench.vault.exists(name):
            return name
        raise
