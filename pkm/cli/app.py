"""The root of the command line: which verbs there are, the flags that all share, and how a run ends.

Typer is the one specification of every command; `hot` answers a few of them without it.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from pkm import __version__
from pkm.cli import output, state
from pkm.cli.lazy import Entry, LazyGroup
from pkm.errors import UsageError

SEEK, SENSE, SHARE, VAULT = "Seek", "Sense", "Share", "The vault"
COMMANDS = {
    entry.name: entry
    for entry in (
        Entry(SEEK, "add", "pkm.cli.seek", "Keep a thought, a page or a file as a note in the inbox."),
        Entry(SEEK, "find", "pkm.cli.find", "Find notes by their words, links, tags, dates and keys."),
        Entry(SENSE, "write", "pkm.cli.sense", "Write a permanent note from a template."),
        Entry(SENSE, "link", "pkm.cli.link", "Link two notes and say why, or go through suggested links."),
        Entry(SENSE, "check", "pkm.cli.check", "Look for broken links and other findings, and mend them."),
        Entry(SHARE, "publish", "pkm.cli.publish", "Build the public garden from the notes that are public."),
        Entry(VAULT, "init", "pkm.cli.top", "Start a vault, or adopt a folder of notes."),
        Entry(VAULT, "open", "pkm.cli.open", "Show a note and what links to it."),
        Entry(VAULT, "edit", "pkm.cli.sense", "Change a note in your editor, or from a script."),
        Entry(VAULT, "move", "pkm.cli.move", "Rename a note, heading, tag or key, and all links to it."),
        Entry(VAULT, "tend", "pkm.cli.tend", "The nightly run: refresh the index and look for links."),
        Entry(VAULT, "sync", "pkm.cli.sync", "Keep this vault and its other copies equal, through git."),
        Entry(VAULT, "undo", "pkm.cli.top", "Take back the last change, byte for byte."),
        Entry(VAULT, "index", "pkm.cli.top", "Refresh, rebuild, dump, report or tidy the index."),
        Entry(VAULT, "completion", "pkm.cli.top", "Print what makes Tab complete pkm in your shell."),
    )
}
ACTS = {"seek": SEEK, "sense": SENSE, "share": SHARE}
OTHER_NAMES = {"new": "write", "list": "find", "suggest": "link"}


def _act(name: str, title: str) -> Any:
    """`pkm seek add` is `pkm add`: each act as a group of its own."""

    class Act(LazyGroup):
        table = {entry.name: entry for entry in COMMANDS.values() if entry.act == title}  # noqa: RUF012 - a ClassVar of the base

    app = typer.Typer(
        cls=Act, help=f"The verbs of {name}.", add_completion=False, rich_markup_mode=None, no_args_is_help=True
    )
    app.callback()(_nothing)
    command = get_command(app)
    command.name = name
    return command


def _nothing() -> None:
    """The verbs of one act."""


class Root(LazyGroup):
    """All verbs; then the acts, then the person's own aliases."""

    table = COMMANDS
    other_names = OTHER_NAMES

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in ACTS:
            return _act(cmd_name, ACTS[cmd_name])
        return super().get_command(ctx, cmd_name)


app = typer.Typer(
    cls=Root,
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


def _show_version(value: bool) -> None:
    if value:
        output.out(f"pkm {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    vault: Annotated[
        str | None,
        typer.Option(
            "--vault", metavar="FOLDER", help="The vault to work with; else PKM_VAULT, else the one around here."
        ),
    ] = None,
    no_refresh: Annotated[bool, typer.Option("--no-refresh", help="Answer from the index as it is.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Today as JSON, when no verb is given.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the program an error came from.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Your notes, from capture to garden: seek, sense, share.

    Without a verb, pkm shows today in a few lines.

    Example: pkm add "Maps are questions drawn in space"
    """
    state.vault_flag, state.fresh, state.debug = vault, not no_refresh, debug
    if ctx.invoked_subcommand is None:
        from pkm.cli.today import today

        today(as_json=as_json)


def run(argv: list[str]) -> int:
    """One command line to its exit code."""
    debug = "--debug" in argv
    return output.run_safely(lambda: _run(argv), debug=debug)


def _run(argv: list[str]) -> int:
    if argv[:1] == ["help"]:
        argv = [*argv[1:], "--help"]  # what people type first
        if argv[0] == "settings":
            return _show_settings()
    command = get_command(app)
    try:
        result = command.main(args=expand_alias(argv), prog_name="pkm", standalone_mode=False)
    except typer.Exit as done:
        return int(done.exit_code)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except TyperException as error:
        if error.message.startswith("Usage:"):  # a group without a verb shows its page
            output.out(error.message)
            return 2
        raise UsageError(error.format_message(), _perhaps(error.message), _where_help_is(error, argv)) from None
    return result if isinstance(result, int) else 0


def _show_settings() -> int:
    from pkm.seek.adopt import settings_text

    output.out(settings_text({}).rstrip("\n"))
    return 0


def _perhaps(message: str) -> str:
    """The verbs that were perhaps meant by one that there is not."""
    if not message.startswith("No such command"):
        return ""
    from difflib import get_close_matches

    near = get_close_matches(message.split("'")[1], [*COMMANDS, *OTHER_NAMES], n=2)
    return f"Perhaps: {', '.join(near)}." if near else ""


def _where_help_is(error: Any, argv: list[str]) -> str:
    ctx = getattr(error, "ctx", None)
    if ctx is not None:
        return f"See:  {ctx.command_path} --help"
    # The parser does not say where an option lacks its value; the words before it do.
    path = ["pkm"]
    for word in [word for word in argv if not word.startswith("-")][:2]:
        if word in ACTS or word in COMMANDS or word in OTHER_NAMES:
            path.append(word)
        if word not in ACTS:
            break
    return f"See:  {' '.join(path)} --help"


def expand_alias(argv: list[str]) -> list[str]:
    """The command line with the person's alias replaced by what it stands for. A verb of pkm is never an alias."""
    at = 0
    while at < len(argv) and argv[at].startswith("-"):
        at += 2 if argv[at] == "--vault" else 1
    if at >= len(argv):
        return argv
    word = argv[at]
    if word in COMMANDS or word in ACTS or word in OTHER_NAMES:
        return argv
    vault = next((argv[i + 1] for i in range(at - 1) if argv[i] == "--vault"), None)
    try:
        from pkm import config

        meaning = config.load(config.find_vault(vault)).alias.get(word)
    except UsageError:
        return argv
    if not meaning:
        return argv
    import shlex

    return [*argv[:at], *shlex.split(meaning), *argv[at + 1 :]]
