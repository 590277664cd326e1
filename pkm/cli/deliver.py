"""What `pkm publish` does: what would become public, the question before it does, the site.

Without Typer, because an hourly job that finds nothing to do should cost next to nothing: `hot`
understands the plain command lines, `publish.py` has them all.
"""

from __future__ import annotations

import os
import sys

from pkm.cli import output, state
from pkm.cli.output import clean, count, one_line, out, say, warn
from pkm.errors import RefusedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pkm.share.bundle import Finding
    from pkm.share.publish import Outlook, Publication
    from pkm.workbench import Workbench

SHOWN = 12
LONG = 500  # pages, from which on a build says how far it is


def hot(argv: list[str]) -> int | None:
    """The exit code, or None when Typer must look."""
    to, yes, quiet = None, False, False
    rest = iter(argv)
    for word in rest:
        if word in ("-q", "--quiet"):
            quiet = True
        elif word in ("-y", "--yes"):
            yes = True
        elif word == "--to":
            to = next(rest, None)
            if to is None or to.startswith("-"):
                return None
        else:
            return None
    output.quiet = quiet
    return output.run_safely(lambda: deliver(to=to, yes=yes))


def deliver(
    *,
    to: str | None = None,
    branch: str | None = None,
    only_look: bool = False,
    yes: bool = False,
    as_json: bool = False,
) -> int:
    """Bring a site up to the notes, or say what that would mean; the exit code."""
    from pkm.share.current import is_current

    bench = state.bench()
    if broken := bench.settings.unread:
        raise RefusedError(
            "Nothing was published.",
            f"{broken} cannot be read, and with it what it keeps out.",
            f"Mend {broken}, then publish again.",
        )
    target = _target(bench, to, branch)
    listed = list(bench.vault.stamps())
    if not (only_look or as_json or branch) and is_current(bench.vault, bench.settings, target, listed):
        return _nothing_to_do([], as_json=False)
    from pkm.model.unswept import unswept
    from pkm.share.publish import Publication

    publication = Publication(bench.vault, bench.settings, target, listed=listed)
    try:
        with unswept():
            code = _publish(publication, only_look=only_look, yes=yes, as_json=as_json)
    finally:
        publication.store.close()
    if branch and not code and not only_look:
        _put_on(bench, branch, target)
    return code


def _target(bench: Workbench, to: str | None, branch: str | None) -> str:
    if to:
        return os.path.abspath(os.path.expanduser(to))
    bench.require_adopted()
    if branch:
        from pkm.share.current import own_folder

        return own_folder(bench.root, f"branch {branch}")
    return os.path.join(bench.root, bench.settings["garden.folder"])


def _put_on(bench: Workbench, branch: str, site: str) -> None:
    from pkm.share.branch import put_on_branch
    from pkm.sync.git import Git

    if put_on_branch(Git(bench.root), branch, site):
        say(clean(f"The branch {branch} is the site. Send it:  git push --force origin {branch}"))
    else:
        say(clean(f"The branch {branch} was the site already."))


def _publish(publication: Publication, *, only_look: bool, yes: bool, as_json: bool) -> int:
    if publication.is_current and not only_look:
        publication.refuse_if_blocked()
        return _nothing_to_do(_findings(publication), as_json=as_json)
    publication.project()
    build = publication.prepare()
    if only_look:
        return _report(publication, publication.outlook(), as_json=as_json)
    publication.refuse_if_blocked()
    outlook = publication.outlook() if as_json else None  # before anything is remembered
    asks = not yes and sys.stdin.isatty() and sys.stderr.isatty()
    if asks and (names := build.telling.names) and not _agreed(names):
        warn("Nothing was published.")
        return 3
    build.notes.progress = _progress()
    publication.deliver()
    folder = build.folder
    if outlook:
        output.show_json(
            {
                **_as_json(outlook),
                "written": len(folder.written),
                "removed": len(folder.removed),
                "findings": _findings(publication),
            }
        )
        return 0
    tell(build.findings)
    done = f"{count(len(folder.written), 'file')} written, {len(folder.removed)} removed"
    say(f"{count(len(build.site.cards), 'note')}, {done}: {clean(publication.out)}")
    if not build.site.cards:
        say("No note says `audience: public` yet.")
    return 0


def tell(findings: Sequence[Finding]) -> None:
    """Say what was found, the first of it."""
    for finding in findings[:SHOWN]:
        say(_line(finding.path, finding.line, finding.message))
    if len(findings) > SHOWN:
        say(f"and {count(len(findings) - SHOWN, 'more finding')}: pkm publish --check")


def _progress() -> Callable[[int, int], None] | None:
    """Say how far a long build is, at a terminal."""
    if output.quiet or not sys.stderr.isatty():
        return None

    def tell(done: int, pages: int) -> None:
        if pages >= LONG:
            sys.stderr.write(f"\r{done:,} of {pages:,} pages\x1b[K" if done < pages else "\r\x1b[K")
            sys.stderr.flush()

    return tell


def _nothing_to_do(findings: list[dict[str, object]], *, as_json: bool) -> int:
    if as_json:
        output.show_json({"written": 0, "removed": 0, "findings": findings})
    else:
        say("The site is as the notes are.")
    return 0


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
