"""What is generated from the commands: the help page, the table for completion, the reference of the docs.

    python -m pkm.cli.reference          write them
    python -m pkm.cli.reference --check  say which are out of date, exit 1

`pkm --help` and Tab answer from these files, so that neither loads Typer.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from pkm.cli.app import COMMANDS, app
from pkm.cli.lazy import load
from pkm.config import OPTIONS

HERE = Path(__file__).parent
DOCS = HERE.parent.parent / "docs" / "reference"
EXIT_CODES = (
    (0, "done"),
    (1, "done, with findings (`check`); nothing matched (`find`)"),
    (2, "usage: a wrong flag, an unknown or ambiguous name"),
    (3, "refused for safety: the gate, a suddenly empty vault, secrets, a path outside the vault"),
    (4, "changed underneath, or exists already"),
    (5, "the outside world failed: network, git, disk, editor"),
)


def help_page() -> str:
    """`pkm --help` at 80 columns."""
    return _help(get_command(app), "pkm")


def flag_table() -> str:
    """A line for each verb: its name, its flags and the verbs below it. The first line is that of `pkm` itself."""
    lines = ["pkm " + " ".join(_flags(get_command(app)))]
    lines += [" ".join([name, *_flags(load(entry))]) for name, entry in COMMANDS.items()]
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """The reference, a page for each verb, and those of settings and exit codes."""
    found = {f"pkm-{name}.md": _verb_page(name) for name in COMMANDS}
    found["settings.md"] = _settings_page()
    found["exit-codes.md"] = _exit_page()
    verbs = "\n".join(f"- [[pkm-{name}|pkm {name}]] — {entry.short}" for name, entry in COMMANDS.items())
    found["reference.md"] = _page(
        "Reference",
        f"Every verb, as `pkm VERB --help` shows it.\n\n{verbs}\n\n"
        "See also [[settings|all settings]] and the [[exit-codes|exit codes]].\n",
    )
    return found


def _help(command: Any, name: str) -> str:
    os.environ["COLUMNS"] = "80"
    context = command.make_context(name, [], resilient_parsing=True)
    return str(command.get_help(context)).rstrip("\n") + "\n"


def _flags(command: Any) -> list[str]:
    names = [name for each in command.params for name in getattr(each, "opts", ()) if name.startswith("--")]
    return sorted({*names, "--help", *getattr(command, "commands", {})})


def _verb_page(name: str) -> str:
    entry = COMMANDS[name]
    command = load(entry)
    text = f"{entry.short}\n\n```text\n{_help(command, f'pkm {name}')}```\n"
    for sub, child in getattr(command, "commands", {}).items():
        text += f"\n## pkm {name} {sub}\n\n```text\n{_help(child, f'pkm {name} {sub}')}```\n"
    return _page(f"pkm {name}", text)


def _settings_page() -> str:
    rows = "\n".join(f"| `{key}` | `{default!r}` | {text} |" for key, default, text in OPTIONS)
    return _page(
        "Settings",
        "A vault's settings stand in its `pkm.toml`; a person's own in `~/.config/pkm/config.toml`, which may also\n"
        "name `vault` (the one to use when there is none around) and `editor`, and allow\n"
        "`hard_links`. A key with a dot stands in a `[table]`.\n\n"
        f"| setting | default | what it means |\n|---|---|---|\n{rows}\n\n"
        "`[alias]` gives a command line a name: `week = \"find --created 'last week'\"`, then `pkm week`.\n"
        '`[view]` gives a search a name: `reading = "--kind literature --stage seed"`, then `pkm find @reading`.\n',
    )


def _exit_page() -> str:
    rows = "\n".join(f"| {code} | {meaning} |" for code, meaning in EXIT_CODES)
    return _page("Exit codes", f"| code | meaning |\n|---|---|\n{rows}\n")


def _page(title: str, text: str) -> str:
    up = "" if title == "Reference" else "\nAll verbs: [[reference]]\n"
    return f"---\ntitle: {title}\naudience: public\n---\n{text}{up}"


def files() -> dict[Path, str]:
    """Everything that is generated."""
    return {
        HERE / "help.txt": help_page(),
        HERE / "flags.txt": flag_table(),
        **{DOCS / name: text for name, text in pages().items()},
    }


def stale() -> list[Path]:
    """Generated files that are not what the commands say now."""
    return [path for path, text in files().items() if not path.is_file() or path.read_text("utf-8") != text]


def main(check: bool = False) -> None:
    """Write the generated files, or check them."""
    old = stale()
    if check:
        for path in old:
            sys.stderr.write(f"{path} is out of date. Run: make generate\n")
        raise typer.Exit(bool(old))
    written = files()
    for path in old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written[path], "utf-8")


if __name__ == "__main__":
    typer.run(main)
