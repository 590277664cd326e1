"""`pkm sync` with all its flags."""

from __future__ import annotations

from typing import Annotated

import typer

from pkm.cli import output
from pkm.cli.sync import run, show, vault_root


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
    root = vault_root(begin=bool(init))
    if resolve or keep:
        from pkm.cli.versions import resolve as choose

        choose(keep)
    elif restore:
        from pkm.cli.versions import restore_deleted

        restore_deleted(root)
    else:
        if init:
            from pkm.sync.connect import connect

            connect(root, init)
        show(run(root, status=status, dry_run=dry_run, yes=yes), as_json=as_json, would=status or dry_run)
