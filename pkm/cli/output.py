"""What people and programs see: results to stdout, talk to stderr, and no control character through either.

Note text is data for the terminal too. `clean` drops what could move the cursor, recolour or reorder
the line; only `style` writes escape codes, and only at a terminal that wants colour.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

    from pkm.errors import PkmError
    from pkm.vault.plan import Plan
    from pkm.workbench import Workbench

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
# C0 but newline and tab, DEL, C1, and the marks that change the direction of text.
_INERT = dict.fromkeys(
    [
        *range(9),
        *range(11, 32),
        *range(127, 160),
        0x061C,
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ]
)
# The same in JSON, where they may only stand within strings.
_ESCAPED = {number: f"\\u{number:04x}" for number in _INERT if number > 31}
quiet = False


def clean(text: str) -> str:
    """The text without anything that a terminal would obey."""
    if text.isascii() and text.isprintable():
        return text
    text = text.translate(_INERT)
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def one_line(text: str) -> str:
    """Clean, and without line breaks: for titles and paths in lists."""
    text = clean(text)
    return text if text.isascii() and text.isprintable() else " ".join(text.split())


def coloured(stream: TextIO) -> bool:
    """Whether escape codes are welcome: a terminal, and nobody said no."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def style(text: str, look: str, stream: TextIO | None = None) -> str:
    """The text in bold, dim or a colour, when the stream shows it."""
    return f"\x1b[{_CODES[look]}m{text}\x1b[0m" if text and coloured(stream or sys.stdout) else text


def out(text: str) -> None:
    """One line of result. The text must be clean."""
    sys.stdout.write(text + "\n")


def say(text: str) -> None:
    """One line of talk, unless `-q`. The text must be clean."""
    if not quiet:
        sys.stderr.write(text + "\n")


def warn(text: str) -> None:
    """One line that `-q` does not silence."""
    sys.stderr.write(text + "\n")


def show_json(value: Any) -> None:
    """A result for programs: UTF-8, keys in the order given."""
    out(as_json(value, indent=1 if sys.stdout.isatty() else None))


def as_json(value: Any, *, indent: int | None = None) -> str:
    """JSON as text. What a terminal would obey is written as an escape: it is still there for a program."""
    import json

    return inert_json(json.dumps(value, ensure_ascii=False, indent=indent))


def inert_json(text: str) -> str:
    """JSON that says the same, with escapes for what a terminal would obey."""
    if text.isascii() and "\x7f" not in text:
        return text
    return text.translate(_ESCAPED).encode("utf-8", "replace").decode("utf-8")


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 note`, `2 notes`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def show_error(error: PkmError) -> int:
    """One line what, one why, one what to do next; the exit code."""
    from contextlib import suppress

    with suppress(OSError):  # which may be what the error is about
        sys.stdout.flush()
    try:
        warn(style("pkm: ", "red", sys.stderr) + clean(error.message))
        for line in (error.reason, error.hint):
            if line:
                warn("     " + clean(line).replace("\n", "\n     "))
    except OSError:
        return error.exit_code  # nobody can be told; the code still says it
    return error.exit_code


def show_plan(bench: Workbench, plan: Plan) -> None:
    """The plan as a diff, for `--dry-run`."""
    from pkm.vault.plan import preview

    out(clean(preview(bench.vault, plan)).rstrip("\n") or "Nothing would change.")


def carry_out(bench: Workbench, plan: Plan, *, dry_run: bool = False) -> bool:
    """Do what a plan says, or only show it; whether it was done."""
    bench.require_adopted()
    if dry_run:
        show_plan(bench, plan)
        return False
    from pkm.vault.plan import apply

    apply(bench.vault, plan)
    bench.forget_refresh()
    return True


def width(default: int = 80) -> int:
    """Columns of the terminal."""
    try:
        return int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stdout.fileno()).columns)
    except (OSError, ValueError, AttributeError):
        return default


def run_safely(action: Any, *, debug: bool = False) -> int:
    """Run a command to its exit code: errors become three lines, Ctrl-C and a closed pipe an end in peace."""
    from pkm.cli import interrupt

    try:
        try:
            interrupt.raise_exception()
            code = action()
            sys.stdout.flush()
        finally:
            interrupt.end_silently()  # which Ctrl-C may interrupt as well, so it is inside
    except KeyboardInterrupt:
        interrupt.end_silently()
        warn("\nStopped. What was done before is kept.")
        return 130
    except BrokenPipeError:
        # Who reads no more has what they want; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if debug:
            raise
        return show_error(_explained(error))
    return int(code or 0)


def _explained(error: Exception) -> PkmError:
    """The error in words for a person; the inside of the program is for --debug."""
    from pkm.errors import OutsideError, PkmError

    if isinstance(error, PkmError):
        return error
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return OutsideError(
            f"{where}{error.strerror or error}", "The system refused.", "Check rights and free space, then try again."
        )
    sqlite = sys.modules.get("sqlite3")
    if sqlite is not None and isinstance(error, sqlite.Error):
        from pkm.cli import state

        return state.bench().index.failed(error)
    what = f"{type(error).__name__}: {error}"
    return OutsideError("Something went wrong inside pkm.", what, "Please report it with what --debug shows.")
