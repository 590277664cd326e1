"""`pkm publish`: what would become public, the question before it does, and the site."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli import output, state
from pkm.cli.output import clean, count, one_line, out, say, warn

if TYPE_CHECKING:
    from pkm.share.publish import Outlook, Publication
    from pkm.workbench import Workbench

SHOWN = 12


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
    bench = state.bench()
    from pkm.share.publish import Publication, unswept

    target = _target(bench, to)
    publication = Publication(bench.vault, bench.settings, target)
    try:
        with unswept():
            code = _publish(publication, only_look=check or dry_run, yes=yes, as_json=as_json)
        if code is not None:
            raise typer.Exit(code)
    finally:
        publication.store.close()


def _target(bench: Workbench, to: str | None) -> str:
    if to:
        return os.path.abspath(os.path.expanduser(to))
    bench.require_adopted()
    return os.path.join(bench.root, bench.settings["garden.folder"])


def _publish(publication: Publication, *, only_look: bool, yes: bool, as_json: bool) -> int | None:
    """Return the exit code when this was all; None when the site is delivered."""
    if publication.is_current and not only_look:
        publication.refuse_if_blocked()
        if as_json:
            output.show_json({"written": 0, "removed": 0, "findings": _findings(publication)})
        else:
            say("The site is as the notes are.")
        return None
    publication.project()
    build = publication.prepare()
    outlook = publication.outlook()
    if only_look:
        return _report(publication, outlook, as_json=as_json)
    publication.refuse_if_blocked()
    if outlook.names and not yes and sys.stdin.isatty() and sys.stderr.isatty() and not _agreed(outlook.names):
        warn("Nothing was published.")
        return 3
    publication.deliver()
    folder = build.folder
    if as_json:
        output.show_json(
            {
                **_as_json(outlook),
                "written": len(folder.written),
                "removed": len(folder.removed),
                "findings": _findings(publication),
            }
        )
    else:
        for finding in publication.findings[:SHOWN]:
            say(_line(finding.path, finding.line, finding.message))
        if len(publication.findings) > SHOWN:
            say(f"and {count(len(publication.findings) - SHOWN, 'more finding')}: pkm publish --check")
        say(
            f"{count(len(build.site.cards), 'note')}, {count(len(folder.written), 'file')} written, {len(folder.removed)} removed: {clean(publication.out)}"  # noqa: E501
        )
    return None


def _agreed(names: list[str]) -> bool:
    """Ask before the public sees a name for the first time."""
    warn(f"{count(len(names), 'name')} would be public for the first time:")
    for name in names[:SHOWN]:
        warn("  " + one_line(name))
    if len(names) > SHOWN:
        warn(f"  and {len(names) - SHOWN} more (pkm publish --check shows all)")
    sys.stderr.write("Publish? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _report(publication: Publication, outlook: Outlook, *, as_json: bool) -> int:
    findings = publication.findings
    if as_json:
        output.show_json({**_as_json(outlook), "findings": _findings(publication)})
    else:
        for title, paths in (("new", outlook.new), ("changed", outlook.changed), ("removed", outlook.removed)):
            for path in paths:
                out(f"{title:8} {one_line(path)}")
        for name in outlook.names:
            out(f"name     {one_line(name)}")
        for finding in findings:
            out(_line(finding.path, finding.line, finding.message + (f" ({finding.hint})" if finding.hint else "")))
        if not (outlook.new or outlook.changed or outlook.removed or findings):
            say("The site is as the notes are.")
    if any(finding.blocks for finding in findings):
        return 3
    return 1 if findings else 0


def _line(path: str, line: int, message: str) -> str:
    return one_line(f"{path}:{line}: {message}" if line else f"{path}: {message}")


def _as_json(outlook: Outlook) -> dict[str, list[str]]:
    return {"new": outlook.new, "changed": outlook.changed, "removed": outlook.removed, "first_seen": outlook.names}


def _findings(publication: Publication) -> list[dict[str, object]]:
    return [
        {"path": f.path, "line": f.line, "message": f.message, "hint": f.hint, "blocks": f.blocks}
        for f in publication.findings
    ]
