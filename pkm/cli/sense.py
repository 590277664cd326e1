"""`pkm write` and `pkm edit`: flags in, one plan, one line of report."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli import output, state
from pkm.cli.output import carry_out, one_line, say
from pkm.cli.pick import the_note
from pkm.errors import UsageError

if TYPE_CHECKING:
    from pkm.vault.plan import Plan
    from pkm.workbench import Workbench

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")]


def at_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def write(
    title: Annotated[
        list[str] | None, typer.Argument(help="The title; `-` behind it reads the text from stdin.")
    ] = None,
    from_: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="NOTE", help="A note it comes from; a captured thought is archived with it."),
    ] = None,
    follows: Annotated[
        str, typer.Option("--follows", metavar="NOTE", help="The note whose line of thought it goes on with.")
    ] = "",
    for_: Annotated[
        list[str] | None, typer.Option("--for", metavar="NOTE", help="The project or area it is for.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be given again.")] = None,
    kind: Annotated[
        str,
        typer.Option(
            "--kind", help="permanent, literature, structure, source, question, experiment, meeting, or your own."
        ),
    ] = "permanent",
    template: Annotated[
        str, typer.Option("--template", metavar="NAME", help="Another template than that of its kind.")
    ] = "",
    log: Annotated[
        str, typer.Option("--log", metavar="TEXT", help="No new note: one dated line in the note of today.")
    ] = "",
    to: Annotated[str, typer.Option("--to", metavar="NOTE", help="With --log: in this note instead.")] = "",
    alone: Annotated[bool, typer.Option("--alone", help="Do not look for notes near it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the path as JSON.")] = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
) -> None:
    """Write a permanent note from a template.

    Opens your editor at a terminal; then shows notes that are near, to be
    linked with a why, and hints. Templates: the vault's folder templates,
    then ~/.config/pkm/templates/notes, then pkm's own.

    Example: pkm write "Protocols protect the quiet ones" --tag meetings
    """
    output.quiet = quiet
    bench = state.bench()
    bench.require_adopted()
    words = list(title or [])
    if log:
        if words:
            raise UsageError(
                "--log writes a line and no note.",
                "A title was given as well.",
                'Leave it out, or name a note:  --to "…"',
            )
        _write_log(bench, log, to, dry_run=dry_run, as_json=as_json)
        return
    if to:
        raise UsageError(
            "--to says where a line of --log goes.", "There is no --log.", 'Write:  pkm write --log "…" --to NOTE'
        )
    piped = bool(words) and words[-1] == "-"
    name = " ".join(words[:-1] if piped else words)
    if not name and at_terminal():
        name = input("title? ")
    from pkm.seek.capture import next_id
    from pkm.sense.write import Wanted, write_plan
    from pkm.vault.lock import Lock

    def paths(names: list[str] | None) -> list[str]:
        return [the_note(bench, each).path for each in names or ()]

    wanted = Wanted(
        title=name,
        kind=kind.strip().lower(),
        template=template.strip(),
        body=sys.stdin.buffer.read() if piped else b"",
        origins=paths(from_),
        follows=the_note(bench, follows).path if follows else "",
        purposes=paths(for_),
        tags=[part for word in tag or () for part in word.split(",")],
    )
    with Lock(bench.root):
        uid = next_id(bench.root, bench.now, keep=not dry_run)
        plan = write_plan(bench.vault, bench.db, bench.settings, wanted, uid, bench.now)
        done = carry_out(bench, plan, dry_run=dry_run)
    path = plan.changes[0].path
    if as_json:
        output.show_json({"path": path, "written": done})
    elif done:
        archived = len(plan.changes) - 1
        say(
            f"wrote {one_line(path)}" + (f"; {output.count(archived, 'captured thought')} archived" if archived else "")
        )
    if not done:
        return
    by_hand = not piped and at_terminal()
    if by_hand:
        _in_editor(bench, path)
    if not alone and not as_json and not quiet and bench.vault.exists(path):
        from pkm.cli.written import look_around

        look_around(bench, path, ask=by_hand)


def _write_log(bench: Workbench, text: str, to: str, *, dry_run: bool, as_json: bool) -> None:
    from pkm.sense.write import log_plan

    plan = log_plan(bench.vault, bench.db, text, bench.now, the_note(bench, to).path if to else "")
    _report(bench, plan, "logged in", dry_run=dry_run, as_json=as_json)


def edit(
    name: Annotated[
        str | None, typer.Argument(metavar="[NOTE]", help="Its title, id, alias or path; none lists them all.")
    ] = None,
    append: Annotated[str, typer.Option("--append", metavar="-", help="Put text at its end; - reads stdin.")] = "",
    prepend: Annotated[
        str, typer.Option("--prepend", metavar="-", help="Put text at its beginning, behind the front matter.")
    ] = "",
    replace: Annotated[
        str, typer.Option("--replace", metavar="-", help="Put text in place of its own; the front matter stays.")
    ] = "",
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a key of its front matter.")
    ] = None,
    unset: Annotated[list[str] | None, typer.Option("--unset", metavar="KEY", help="Take a key away.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the path as JSON.")] = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
) -> None:
    """Change a note in your editor, or from a script.

    The editor is that of your own settings, else VISUAL, else EDITOR. It
    opens the note itself. What a script changes, pkm undo takes back.

    Example: echo "One more thought." | pkm edit "Small groups" --append -
    """
    output.quiet = quiet
    bench = state.bench()
    path = the_note(bench, name or "").path
    texts = [flag for flag in (append, prepend, replace) if flag]
    if not texts and not set_ and not unset:
        _in_editor(bench, path)
        return
    if replace and len(texts) > 1:
        raise UsageError(
            "--replace leaves nothing to add to.", "It was given with --append or --prepend.", "Give one of them."
        )
    if texts.count("-") > 1:
        raise UsageError(
            "Stdin can be read once.", "Two flags ask for it.", "Give one of them its text:  --append TEXT"
        )
    from pkm.model.digest import digest
    from pkm.sense.edit import appended, prepended, replaced, with_keys
    from pkm.vault.plan import Plan, Rewrite

    data = new = bench.vault.read(path)
    for flag, change in ((replace, replaced), (append, appended), (prepend, prepended)):
        if flag:
            new = change(new, sys.stdin.buffer.read() if flag == "-" else flag.encode("utf-8", "surrogateescape"))
    new = with_keys(new, set_ or (), unset or ())
    if new == data:
        bench.require_adopted()
        say(f"{one_line(path)} is so already.")
        return
    _report(
        bench, Plan([Rewrite(path, new, digest(data))], f"edit {path}"), "changed", dry_run=dry_run, as_json=as_json
    )


def _report(bench: Workbench, plan: Plan, done: str, *, dry_run: bool, as_json: bool) -> None:
    path = plan.changes[0].path
    changed = carry_out(bench, plan, dry_run=dry_run)
    if as_json:
        output.show_json({"path": path, "changed": changed})
    elif changed:
        say(f"{done} {one_line(path)}")


def _in_editor(bench: Workbench, path: str) -> None:
    """The note itself in the editor, which saves it as often as the person likes."""
    from pkm.cli.editor import open_file

    bench.vault.read(path)  # refuses what is no regular file of the vault
    open_file(bench.vault.absolute(path))
    bench.forget_refresh()
