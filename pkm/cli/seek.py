"""`pkm add` in full: words, stdin, clipboard, editor, files, many lines at once."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli import output, state
from pkm.cli.output import carry_out, count, one_line, say
from pkm.errors import UsageError
from pkm.seek import capture

if TYPE_CHECKING:
    from pkm.vault.plan import Create


def add(
    text: Annotated[
        list[str] | None,
        typer.Argument(help="The thought; `-` reads stdin; a file (Markdown, text, HTML); an address."),
    ] = None,
    title: Annotated[str, typer.Option("--title", help="Its title; the file is named after it.")] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be given again.")] = None,
    for_: Annotated[
        list[str] | None, typer.Option("--for", metavar="NOTE", help="The project or area it is for.")
    ] = None,
    via: Annotated[list[str] | None, typer.Option("--via", metavar="NAME", help="Who pointed you to it.")] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="NAME", help="Where it comes from: a note or an address.")
    ] = None,
    date: Annotated[
        str, typer.Option("--date", help="When it was, if not now: yesterday, last friday, 2026-11-20.")
    ] = "",
    clipboard: Annotated[bool, typer.Option("--clipboard", help="Keep what was copied last.")] = False,
    edit: Annotated[bool, typer.Option("--edit", "-e", help="Write it in your editor.")] = False,
    each_line: Annotated[bool, typer.Option("--each-line", help="One note for each line of stdin.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was kept as JSON.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Keep a thought, a page or a file as a note in the inbox.

    Example: pkm add "Maps are questions drawn in space" --tag maps
    """
    output.quiet = quiet
    bench = state.bench()
    bench.require_adopted()
    moment = _moment(date, bench.now)
    keys = _keys(tag, for_, via, source)
    from pkm.vault.lock import Lock
    from pkm.vault.plan import Plan

    inputs = _inputs(text or [], clipboard=clipboard, edit=edit, each_line=each_line)
    with Lock(bench.root):
        notes: list[Create] = []
        names: set[str] = set()
        for one in inputs:
            note = capture.thought(
                one.body,
                moment,
                capture.next_id(bench.root, bench.now, keep=not dry_run),
                bench.settings,
                lambda path: path in names or bench.vault.exists(path),
                title=title or one.title,
                keys={**one.keys, **keys},
            )
            notes.append(note)
            names.add(note.path)
        reason = f"add {notes[0].path}" if len(notes) == 1 else f"add {count(len(notes), 'note')}"
        done = carry_out(bench, Plan(notes, reason), dry_run=dry_run)
    if as_json:
        for note in notes:
            output.show_json({"path": note.path, "kept": done})
    elif done:
        for note in notes:
            say(f"kept {one_line(note.path)}")


def _moment(text: str, now: float) -> float:
    """The time of a note: now, or the day that was named, at this time of day."""
    if not text:
        return now
    from datetime import datetime, timedelta

    from pkm.dates import parse_day

    start, end = parse_day(text, now)
    if end - start < timedelta(hours=23).total_seconds():
        return start
    clock = datetime.fromtimestamp(now).astimezone()
    day = datetime.fromtimestamp(start).astimezone()
    return day.replace(hour=clock.hour, minute=clock.minute, second=clock.second).timestamp()


def _keys(
    tag: list[str] | None, for_: list[str] | None, via: list[str] | None, source: list[str] | None
) -> dict[str, object]:
    keys: dict[str, object] = {}
    if tag:
        keys["tags"] = [part.strip().lstrip("#") for word in tag for part in word.split(",") if part.strip()]
    for key, values in (("for", for_), ("via", via), ("source", source)):
        if values:
            keys[key] = [_as_link(value) for value in values]
    return keys


def _as_link(value: str) -> str:
    """A name as the link to it; an address, or a link, as it is."""
    value = value.strip()
    if "://" in value or value.startswith("[["):
        return value
    return f"[[{value.removesuffix('.md')}]]"


def _inputs(words: list[str], *, clipboard: bool, edit: bool, each_line: bool) -> list[Extracted]:
    """What is to be kept, each as one note."""
    from pkm.seek.extract import Extracted, read_file

    if each_line:
        if words not in ([], ["-"]):
            raise UsageError(
                "--each-line reads stdin.",
                "Words were given as well.",
                "Leave the words out:  pkm add --each-line < thoughts.txt",
            )
        lines = [line.strip() for line in sys.stdin.buffer.read().splitlines()]
        found = [Extracted(line) for line in lines if line]
        if not found:
            raise UsageError("There is nothing to keep.", "No line on stdin holds text.")
        return found
    if clipboard:
        from pkm.cli.editor import clipboard as paste

        return [Extracted(paste())]
    if edit or (not words and sys.stdin.isatty()):
        from pkm.cli.editor import compose

        return [Extracted(compose(" ".join(words).encode()))]
    if words in (["-"], []):
        return [Extracted(sys.stdin.buffer.read())]
    if len(words) == 1:
        word = words[0]
        if word.startswith(("http://", "https://")) and word.isprintable() and " " not in word:
            # The address alone: a source to be read, layer 0.
            return [Extracted(b"", word.split("://", 1)[1].strip("/")[:120], {"kind": "literature", "url": word})]
        if ("." in word or "/" in word) and os.path.isfile(word):
            return [read_file(word)]
        if word.lower().endswith((".md", ".html", ".htm", ".txt")) and " " not in word:
            raise UsageError(
                f"There is no file {word}.", "", f"To keep it as a thought all the same:  echo {word!r} | pkm add -"
            )
    if all(os.path.isfile(word) for word in words):
        return [read_file(word) for word in words]
    return [Extracted(os.fsencode(" ".join(words)))]


if TYPE_CHECKING:
    from pkm.seek.extract import Extracted
