"""The command line of `pkm publish`; what it does is in `deliver.py`."""

from __future__ import annotations

from typing import Annotated

import typer

from pkm.cli import output
from pkm.cli.deliver import deliver
from pkm.cli.preview import show


def publish(
    to: Annotated[
        str | None, typer.Option("--to", metavar="FOLDER", help="Where the site goes; else garden.folder of the vault.")
    ] = None,
    git: Annotated[
        str | None,
        typer.Option(
            "--git", metavar="BRANCH", help="Make the site this branch of the vault's repository, as one commit."
        ),
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Show the site on this machine alone while you write.")
    ] = False,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="With --serve: the port; 0 is any free one.")
    ] = 0,
    check: Annotated[bool, typer.Option("--check", help="Only say what would change and what was found.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="The same as --check.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before a name becomes public.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something failed.")] = False,
) -> None:
    """Build the public garden from the notes that are public.

    A note is public when its front matter says `audience: public`. Links to other notes become words.

    Example: pkm publish --check
    """
    output.quiet = quiet
    look = check or dry_run
    code = show(port) if serve else deliver(to=to, branch=git, only_look=look, yes=yes, as_json=as_json)
    if code:
        raise typer.Exit(code)
