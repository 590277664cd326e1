"""The person's editor and clipboard. Named by the environment or their own settings, never by a vault."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile

from pkm.cli import state
from pkm.cli.interrupt import LeftToTheChild
from pkm.errors import OutsideError, UsageError

_PASTE = (
    ["wl-paste", "--no-newline"],
    ["xclip", "-selection", "clipboard", "-out"],
    ["xsel", "--clipboard", "--output"],
    ["pbpaste"],
    ["powershell.exe", "-noprofile", "-command", "Get-Clipboard"],
)


def open_file(path: str) -> None:
    """Open a file in the editor and wait. Raises `OutsideError` when it cannot run or fails."""
    command = (
        os.environ.get("PKM_EDITOR") or state_editor() or os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    )
    try:
        argv = [*shlex.split(command), os.path.abspath(path)]
        with LeftToTheChild():
            code = subprocess.run(argv, check=False).returncode
    except (OSError, ValueError) as error:
        raise OutsideError(
            f"The editor {command} cannot be started.", str(error), "Set EDITOR to one that can."
        ) from None
    if code:
        raise OutsideError(
            f"The editor {command} ended with {code}.", "It reported a failure.", "The note is as the editor left it."
        )


def state_editor() -> str:
    """The editor of the person's own settings."""
    from pkm import config

    return config.load(state.bench().root).editor


def compose(start: bytes = b"", suffix: str = ".md") -> bytes:
    """What a person writes into an empty page in their editor."""
    if not sys.stdin.isatty():
        raise UsageError(
            "There is no terminal to open an editor in.", "", "Give the text as words, or - to read it from stdin."
        )
    handle, path = tempfile.mkstemp(suffix=suffix, prefix="pkm-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(start)
        open_file(path)
        with open(path, "rb") as file:
            return file.read()
    finally:
        os.unlink(path)


def clipboard() -> bytes:
    """What was copied last."""
    for argv in _PASTE:
        if shutil.which(argv[0]):
            done = subprocess.run(argv, capture_output=True, check=False)
            if done.returncode:
                raise OutsideError(
                    "The clipboard cannot be read.",
                    done.stderr.decode("utf-8", "replace").strip(),
                    "Is there a display?",
                )
            return done.stdout
    raise OutsideError(
        "The clipboard cannot be read.",
        "None of wl-paste, xclip, xsel and pbpaste is installed.",
        "Install one, or pipe the text:  … | pkm add -",
    )
