"""The command line of `pkm publish`; what it does is in `deliver.py`."""

from __future__ import annotations

from typing import Annotated

import typer

from pkm.cli import output
from pkm.cli.deliver import deliver


def publish(
    to: Annotated[
        str | None, typer.Option("--to", metavar="FOLDER", help="Where the site goes; else garden.folder of the vault.")
    ] = None,
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
    code = deliver(to=to, only_look=check or dry_run, yes=yes, as_json=as_json)
    if code:
        raise typer.Exit(code)
