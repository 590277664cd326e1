"""A group of commands that imports a command only when it runs.

The table gives each verb's place and its one line of help, so that `pkm --help` and completion
load no command at all. A test compares every line with the command's own docstring.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_command

from pkm.cli.shared import give

if TYPE_CHECKING:
    from collections.abc import Mapping


class Entry:
    """Where a command is, and what it says of itself in one line."""

    __slots__ = ("act", "module", "name", "short")

    def __init__(self, act: str, name: str, module: str, short: str) -> None:
        self.act = act
        self.name = name
        self.module = module
        self.short = short


class LazyGroup(TyperGroup):
    """Commands from `table`; names in `other_names` are found as well but not listed."""

    table: ClassVar[Mapping[str, Entry]] = {}
    other_names: ClassVar[Mapping[str, str]] = {}

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is the base's
        return list(self.table)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the signature is the base's
        name = self.other_names.get(cmd_name, cmd_name)
        entry = self.table.get(name)
        if entry is None:
            return self.commands.get(cmd_name)
        if name not in self.commands:
            self.commands[name] = load(entry)
        return self.commands[name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - the signature is the base's
        groups: dict[str, list[tuple[str, str]]] = {}
        for entry in self.table.values():
            groups.setdefault(entry.act, []).append((entry.name, entry.short))
        for act, rows in groups.items():
            with formatter.section(act):
                formatter.write_dl(rows)


def load(entry: Entry) -> Any:
    """The command itself, as Typer makes it of the function named like the verb."""
    module = import_module(entry.module)
    found = getattr(module, entry.name.replace("-", "_"), None) or getattr(module, entry.name + "_")
    if isinstance(found, typer.Typer):
        command = get_command(found)
    else:
        app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        app.command(entry.name, context_settings={"help_option_names": ["-h", "--help"]})(found)
        command = get_command(app)
    command.name = entry.name
    give(command)
    return command
