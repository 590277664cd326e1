"""The thin dispatcher: the verbs that must feel instant, read from `argv` by hand.

Typer is the one specification of every command; this module only answers what it understands for
certain and leaves the rest to it (`None`). `tests/cli/test_hot.py` runs a table of command lines
through both and compares every byte.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def run(argv: list[str]) -> int | None:
    """The exit code, or None when Typer must look."""
    if argv and argv[0] == "--complete":
        return _complete(argv[1:])
    if argv in (["--help"], ["-h"], []):
        return _help() if argv else None
    rest, vault = list(argv), None
    if rest[0] == "--vault" and len(rest) > 2:
        vault, rest = rest[1], rest[2:]
    elif rest[0].startswith("--vault=") and len(rest) > 1:
        vault, rest = rest[0][8:], rest[1:]
    if rest[0] == "seek" and rest[1:2] in (["add"], ["find"]):
        rest = rest[1:]
    verb = {"add": _add, "find": _find, "index": _index, "publish": _publish, "sync": _sync}.get(rest[0])
    if verb is None or "--help" in rest or "-h" in rest:
        return None
    from pkm.cli import state

    state.vault_flag = vault
    return verb(rest[1:])


def _complete(words: list[str]) -> int:
    from pkm.cli.complete import answer

    for word in answer(words):
        sys.stdout.write(word + "\n")
    return 0


def _help() -> int | None:
    """The page as it was rendered when the program was made; other widths are Typer's."""
    columns = os.environ.get("COLUMNS", "80")
    if not columns.isdigit() or int(columns) < 80:
        return None
    if sys.stdout.isatty():
        try:
            if os.get_terminal_size(sys.stdout.fileno()).columns < 80:
                return None
        except OSError:
            return None
    try:
        with open(os.path.join(os.path.dirname(__file__), "help.txt"), encoding="utf-8") as page:
            sys.stdout.write(page.read())
    except OSError:
        return None
    return 0


def _add(argv: list[str]) -> int | None:
    """`add TEXT… | -` with `--title`, `--tag` and `-q`: the plain thought."""
    words: list[str] = []
    tags: list[str] = []
    title, quiet, literal = "", False, False
    rest = iter(argv)
    for word in rest:
        if literal or word == "-" or not word.startswith("-"):
            words.append(word)
        elif word == "--":
            literal = True
        elif word in ("-q", "--quiet"):
            quiet = True
        elif word in ("--title", "--tag"):
            value = next(rest, None)
            if value is None:
                return None
            if word == "--title":
                title = value
            else:
                tags.append(value)
        else:
            return None
    if not words or ("-" in words and len(words) > 1) or all(_is_more_than_text(word) for word in words):
        return None
    from pkm.cli import output

    output.quiet = quiet

    def action() -> int:
        from pkm.cli.capture import keep_thought

        return keep_thought(words, title=title, tags=tags)

    return _safely(action)


def _is_more_than_text(word: str) -> bool:
    """A URL, or a file to be read, or the name of one that is not there."""
    if "." not in word and "/" not in word:
        return False
    return "://" in word or word.lower().endswith((".md", ".html", ".htm", ".txt")) or os.path.isfile(word)


def _find(argv: list[str]) -> int | None:
    from pkm.cli import find

    return find.hot(argv)


def _index(argv: list[str]) -> int | None:
    if argv not in ([], ["-q"], ["--quiet"]):
        return None
    from pkm.cli import output
    from pkm.cli.index import refresh

    output.quiet = bool(argv)
    return _safely(refresh)


def _publish(argv: list[str]) -> int | None:
    from pkm.cli import deliver

    return deliver.hot(argv)


def _sync(argv: list[str]) -> int | None:
    from pkm.cli import sync

    return sync.hot(argv)


def _safely(action: Callable[[], int]) -> int:
    from pkm.cli.output import run_safely

    return run_safely(action)
