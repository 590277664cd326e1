"""Flags that every verb takes behind its name too: `pkm add … --vault ~/notes` is `pkm --vault ~/notes add …`."""

from __future__ import annotations

from typing import Any

from typer.core import TyperOption

from pkm.cli import state


def give(command: Any) -> None:
    """Add the shared flags to a command and to those below it; one that has such a flag of its own keeps it."""
    for below in getattr(command, "commands", {}).values():
        give(below)
    own = {name for param in command.params for name in param.opts}
    command.params += [option for option in _options() if not own.intersection(option.opts)]


def _options() -> list[TyperOption]:
    return [
        TyperOption(
            param_decls=["--vault"],
            metavar="FOLDER",
            callback=_choose_vault,
            expose_value=False,
            help="The vault to work with.",
        ),
        # Less wanted, so the page of `pkm` alone shows them. --debug is looked for in the whole command line.
        _switch("--no-refresh", callback=_as_it_is),
        _switch("--debug", callback=None),
    ]


def _switch(name: str, *, callback: Any) -> TyperOption:
    return TyperOption(param_decls=[name], is_flag=True, hidden=True, callback=callback, expose_value=False)


def _choose_vault(_context: Any, _param: Any, folder: str | None) -> None:
    state.vault_flag = folder or state.vault_flag


def _as_it_is(_context: Any, _param: Any, given: bool) -> None:
    state.fresh = state.fresh and not given
