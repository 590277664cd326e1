"""`pkm index`: refresh, rebuild and dump the disposable copy."""

from __future__ import annotations

import sys

from pkm.cli import state
from pkm.cli.output import clean, count, inert_json, out, say


def refresh() -> int:
    """Bring the index up to the files."""
    bench = state.bench()
    result = bench.refresh()
    changes = [
        f"{number:,} {what}"
        for number, what in ((result.added, "new"), (result.changed, "changed"), (result.removed, "gone"))
        if number
    ]
    _clear_progress()
    say(
        f"{count(result.files, 'file')}: {', '.join(changes)}."
        if changes
        else f"{count(result.files, 'file')}, nothing changed."
    )
    for problem in (*bench.vault.problems, *result.problems):
        say(clean(f"{problem.path}: {problem.message} {problem.hint}".rstrip()))
    return 0


def rebuild() -> int:
    """Throw the index away and fill it from the notes."""
    bench = state.bench()
    result = bench.rebuild()
    _clear_progress()
    say(f"{count(result.files, 'file')} indexed anew.")
    return 0


def dump() -> int:
    """Every row in a fixed order, as JSON Lines: what two indexes are compared by."""
    from pkm.index.dump import rows

    for line in rows(state.bench().db):
        out(inert_json(line))
    return 0


def report(*, as_json: bool) -> int:
    """The tables of the index, and how large it is."""
    from dataclasses import asdict

    from pkm.cli.output import one_line, show_json
    from pkm.index import care

    bench = state.bench()
    found = care.report(bench.db, bench.index.path)
    if as_json:
        show_json(asdict(found))
        return 0
    for table in found.tables:
        columns = ", ".join(table.columns)
        out(f"{table.name:12} {count(table.rows, 'row'):>14}  {columns}")
    size = f"{found.bytes / 1e6:,.1f} MB, {found.free / 1e6:,.1f} of them empty"
    say(f"{one_line(found.path)}: {size}; version {found.version}.")
    return 0


def tidy() -> int:
    """Merge the word lists and give empty space back."""
    from pkm.index import care

    bench = state.bench()
    saved = care.tidy(bench.db, bench.index.path)
    say(f"{saved / 1e6:,.1f} MB smaller." if saved > 50_000 else "The index is tidy.")
    return 0


def _clear_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
