"""`pkm check`: findings by rule, for people, for programs and for CI; what can be mended is mended on request."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli import output, state
from pkm.cli.output import carry_out, clean, count, one_line, out, say, style
from pkm.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkm.sense.rules import Finding, Look, Rule
    from pkm.workbench import Workbench

FORMATS = ("text", "json", "github")


def check(
    rule: Annotated[
        list[str] | None, typer.Option("--rule", metavar="NAME", help="Only this rule; may be given again.")
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write links by alias, title or id as Obsidian follows them.")
    ] = False,
    form: Annotated[
        str, typer.Option("--format", metavar="FORM", help="text, json or github (lines for its CI).")
    ] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    integrity: Annotated[bool, typer.Option("--integrity", help="Only: is the index what the files say?")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --fix: show what would change.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the exit code.")] = False,
) -> int:
    """Look for broken links and other findings, and mend them.

    Rules: broken-link, ambiguous-link, alias-link, duplicate-id,
    front-matter, encoding, unreadable, conflict-marker, conflict-copy,
    case-collision, unsafe-name; as hints, which are shown but leave the exit code alone
    unless --rule names them: orphan, dead-end; only with --rule:
    missing-backlink. Exit code 1: something was found.

    Example: pkm check --rule broken-link
    """
    output.quiet = quiet
    form = "json" if as_json else form
    if form not in FORMATS:
        raise UsageError(f"There is no format {form!r}.", "", f"One of: {', '.join(FORMATS)}.")
    bench = state.bench()
    if integrity:
        return _integrity(bench, as_json=form == "json")
    from pkm.sense.rules import Look, chosen, run

    rules = chosen(rule or ())
    with bench.vault.reader() as read:
        if fix and any(each.name == "alias-link" for each in rules):
            _fix(bench, Look(bench.db, read, bench.settings), dry_run=dry_run)
        if fix and dry_run:
            return 0
        findings = run(Look(bench.db, read, bench.settings), rules)
    counted = [each for each in findings if rule or _weight(rules, each) != "hint"]
    if not quiet:
        _show(findings, rules, form)
    if form == "text":
        _sum_up(findings, len(counted))
    return 1 if counted else 0


def _weight(rules: list[Rule], finding: Finding) -> str:
    return next(rule.weight for rule in rules if rule.name == finding.rule)


def _fix(bench: Workbench, look: Look, *, dry_run: bool) -> None:
    from pkm.sense.rules.links import fixes
    from pkm.vault.plan import Plan

    changes = list(fixes(look))
    if not changes:
        say("Nothing can be mended by itself.")
    elif carry_out(bench, Plan(changes, "check --fix"), dry_run=dry_run):
        say(f"mended links in {count(len(changes), 'note')}")


def _show(findings: list[Finding], rules: list[Rule], form: str) -> None:
    if form == "json":
        output.show_json([{**asdict(each), "weight": _weight(rules, each)} for each in findings])
        return
    if form == "github":
        for each in findings:
            level = "notice" if _weight(rules, each) == "hint" else "warning" if each.fixable else "error"
            out(clean(_annotation(level, each)))
    else:
        _show_lines(findings)


def _show_lines(findings: list[Finding]) -> None:
    """A line for each finding; what to do about it is said the first time. At a terminal, as wide as that is."""
    from pkm.cli.columns import wrapped

    width = output.width() if sys.stdout.isatty() else 0
    told: set[str] = set()
    for each in findings:
        place = f"{one_line(each.path)}:{each.line}" if each.line else one_line(each.path)
        message = f"{each.rule}: {one_line(each.message)}"
        if width:
            first, *rest = wrapped(f"{place}: {message}", width, indent="  ")
            out("\n".join([first.replace(place, style(place, "bold"), 1), *rest]))
        else:
            out(f"{place}: {message}")
        if each.hint and each.hint not in told:
            told.add(each.hint)
            out(style(f"    {one_line(each.hint)}", "dim"))


def _annotation(level: str, finding: Finding) -> str:
    """One line that GitHub shows beside the file."""
    place = f"file={_property(finding.path)}" + (f",line={finding.line}" if finding.line else "")
    message = f"{finding.message} {finding.hint}".strip().replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{level} {place},title={_property('pkm ' + finding.rule)}::{message}"


def _property(text: str) -> str:
    for char, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        text = text.replace(char, code)
    return text


def _sum_up(findings: list[Finding], counted: int) -> None:
    sys.stdout.flush()
    hints = len(findings) - counted
    also = f", {count(hints, 'hint')}" if hints else ""
    say(f"{count(counted, 'finding')}{also}." if findings else "Nothing found.")
    mendable = sum(each.fixable for each in findings)
    if mendable:
        say(f"{count(mendable, 'of them can', 'of them can')} be mended:  pkm check --fix")


def _integrity(bench: Workbench, *, as_json: bool) -> int:
    """Whether the index is whole, and what a rebuild would be."""
    problems = list(_damage(bench))
    if as_json:
        output.show_json({"whole": not problems, "problems": problems})
    else:
        for problem in problems:
            out(one_line(problem))
        say(
            "The index differs from the notes. Fill it anew:  pkm index rebuild"
            if problems
            else "The index is what the notes say."
        )
    return 1 if problems else 0


def _damage(bench: Workbench) -> Iterator[str]:
    import sqlite3
    from itertools import islice, zip_longest

    from pkm.index.dump import rows
    from pkm.index.index import Index

    db = bench.db
    for (answer,) in db.execute("PRAGMA integrity_check(20)"):
        if answer != "ok":
            yield f"SQLite: {answer}"
    for table in ("words", "pairs"):
        # With rank 1, words are compared with the text they were taken from.
        try:
            db.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")  # noqa: S608 - constant names
        except sqlite3.DatabaseError as error:
            yield f"{table}: {error}"
    fresh = Index(":memory:", lambda: list(bench.vault.stamps()), bench.vault.reader, bench.settings)
    try:
        fresh.rebuild()
        pairs = zip_longest(rows(db), rows(fresh.db))
        for have, want in islice((pair for pair in pairs if pair[0] != pair[1]), 5):
            yield f"index {have or 'has no more rows'}; notes {want or 'no more rows'}"
    finally:
        fresh.close()
