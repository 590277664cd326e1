"""Verbs about the vault as a whole: init, undo, index, completion."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from pkm import config
from pkm.cli import output, state
from pkm.cli.output import clean, count, one_line, out, say, style
from pkm.errors import UsageError
from pkm.model.digest import digest


def init(
    folder: Annotated[
        str, typer.Argument(help="The folder; made when it is not there. Default: here.", show_default=False)
    ] = "",
    sample: Annotated[bool, typer.Option("--sample", help="Lay out the sample vault in a new, empty folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Start a vault, or adopt a folder of notes.

    Writes pkm.toml, the folder .pkm and a line in .gitignore; no note is
    touched. A folder that Obsidian, zk or Foam looked after stays theirs too.

    Example: pkm init ~/notes
    """
    from pkm.seek import adopt
    from pkm.vault.atomic import create
    from pkm.vault.folder import open_folder

    output.quiet = quiet
    root = os.path.realpath(os.path.expanduser(folder or state.vault_flag or "."))
    os.makedirs(root, exist_ok=True)
    if sample:
        _lay_out_sample(root)
    before = config.is_vault(root)
    with open_folder(root, ".pkm", made=[]) as private:
        for name, text in ((".gitignore", adopt.PRIVATE_IGNORE), (".gitattributes", adopt.PRIVATE_ATTRIBUTES)):
            if private.lstat(name) is None:
                create(private, name, text.encode())
    with open_folder(root) as top:
        made = top.lstat(config.VAULT_FILE) is None
        if made:
            create(top, config.VAULT_FILE, adopt.settings_file(root).encode())
    if not (_ignore_garden(root) or made) and before:
        say(f"{clean(root)} is a vault already; nothing was changed.")
        return
    tool = adopt.former_tool(root)
    say(f"{clean(root)} is a vault now{f', and still one of {tool}' if tool else ''}.")
    say('Keep a thought:  pkm add "…"      Look around:  pkm find      All verbs:  pkm --help')


def _ignore_garden(root: str) -> bool:
    """Keep the built garden out of git, which may come to the vault later, or lie above it."""
    from pkm.vault import ignored
    from pkm.vault.atomic import create
    from pkm.vault.folder import open_folder
    from pkm.vault.plan import Plan, Rewrite, apply
    from pkm.vault.vault import Vault

    garden = str(config.load(root)["garden.folder"])
    with open_folder(root) as top:
        if top.lstat(ignored.FILE) is None:
            create(top, ignored.FILE, ignored.new_file(garden).encode())
            return True
    vault = Vault(root)
    old = vault.read(ignored.FILE)
    more = ignored.addition(old.decode("utf-8", "replace"), garden).encode()
    apply(vault, Plan([Rewrite(ignored.FILE, old + more, digest(old))], "init"))
    return bool(more)


def _lay_out_sample(root: str) -> None:
    import shutil

    from pkm.templates import templates_dir

    if os.listdir(root):
        raise UsageError(
            f"{root} is not empty.",
            "The sample vault needs a folder of its own.",
            "Name a new one:  pkm init --sample ~/sample",
        )
    shutil.copytree(os.path.join(templates_dir(), "sample-vault"), root, dirs_exist_ok=True)


def undo(
    steps: Annotated[int, typer.Argument(min=1, help="How many changes to take back.")] = 1,
    show: Annotated[bool, typer.Option("--list", help="Show the changes that can be taken back.")] = False,
    again: Annotated[bool, typer.Option("--redo", help="Do again what the last undo took back.")] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Restore files that were changed since; their bytes of now are kept in the journal."
        ),
    ] = False,
    note: Annotated[
        str | None, typer.Option("--note", metavar="NOTE", help="One note alone, as it was at --at.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="DATE", help="With --note: the day, from the vault's git history.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="With --list: as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Take back the last change, byte for byte.

    Every verb that writes keeps a journal on this machine; undo goes one
    change further back each time.

    Example: pkm undo --list
    """
    from pkm.vault import undo as journal

    output.quiet = quiet
    bench = state.bench()
    if show:
        _list_changes(as_json=as_json)
        return
    if note or at:
        from pkm.cli.versions import restore_note

        restore_note(note, at)
        return
    done = [journal.redo(bench.vault, force=force)] if again else journal.undo(bench.vault, steps, force=force)
    for undone in done:
        what = "done again" if again else "took back"
        say(f"{what}: {one_line(undone.entry.reason)} ({count(len(undone.paths), 'file')})")


def _list_changes(*, as_json: bool) -> None:
    from pkm.vault.journal import BEGUN
    from pkm.vault.undo import changes

    found = [
        {
            "at": config.iso(parts[0].at),
            "reason": parts[0].reason,
            "paths": list(dict.fromkeys(path for part in reversed(parts) for path in part.paths)),
            "broken_off": any(part.state == BEGUN for part in parts),
        }
        for parts in changes(state.bench().vault)
    ]
    if as_json:
        output.show_json(found)
        return
    for number, change in enumerate(found, 1):
        mark = "  (broken off)" if change["broken_off"] else ""
        out(f"{number:3}  {str(change['at']).replace('T', ' ')}  {one_line(str(change['reason']))}{mark}")
    if not found:
        say("There is nothing to undo.")


index = typer.Typer(add_completion=False, rich_markup_mode=None, invoke_without_command=True)


@index.callback()
def _refresh(
    ctx: typer.Context, quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False
) -> None:
    """Refresh, rebuild, dump, report or tidy the index.

    The index is a copy of what the notes say. Every verb that reads brings it
    up to date by itself; it can be deleted at any time.

    Example: pkm index rebuild
    """
    output.quiet = quiet
    if ctx.invoked_subcommand is None:
        from pkm.cli.index import refresh

        refresh()


@index.command()
def rebuild(quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False) -> None:
    """Throw the index away and fill it from the notes.

    Example: pkm index rebuild
    """
    from pkm.cli.index import rebuild as run

    output.quiet = output.quiet or quiet
    run()


@index.command()
def dump() -> None:
    """Print every row in a fixed order, as JSON Lines.

    Example: pkm index dump
    """
    from pkm.cli.index import dump as run

    run()


@index.command()
def report(as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False) -> None:
    """Show what the index holds: its tables, their rows, its size.

    Example: pkm index report
    """
    from pkm.cli.index import report as run

    run(as_json=as_json)


@index.command()
def tidy(quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False) -> None:
    """Make the index small and quick again after many changes.

    Example: pkm index tidy
    """
    from pkm.cli.index import tidy as run

    output.quiet = output.quiet or quiet
    run()


SHELLS = ("bash", "zsh", "fish")


def completion(
    shell: Annotated[str, typer.Argument(help="bash, zsh or fish; default: the shell you are in.")] = "",
) -> None:
    """Print what makes Tab complete pkm in your shell.

    Verbs, flags and the titles of notes are completed.

    Example: pkm completion bash
    """
    from pkm.cli.complete import script

    wanted = shell or os.path.basename(os.environ.get("SHELL", ""))
    if wanted not in SHELLS:
        raise UsageError(
            f"There is no completion for {wanted or 'this shell'}.",
            f"pkm knows {', '.join(SHELLS)}.",
            "Name one:  pkm completion bash",
        )
    sys.stdout.write(script(wanted))
    if sys.stdout.isatty():
        where = {"bash": "~/.bashrc", "zsh": "~/.zshrc", "fish": "~/.config/fish/completions/pkm.fish"}[wanted]
        say(style(f'Add it to {where}, or load it:  eval "$(pkm completion {wanted})"', "dim", sys.stderr))
