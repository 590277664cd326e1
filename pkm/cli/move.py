"""`pkm move`: a note, a folder, a heading, a tag or a key gets another name, and nothing that leads to it is lost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli import output, state
from pkm.cli.output import carry_out, count, one_line, say
from pkm.cli.pick import can_choose, the_note
from pkm.errors import UsageError

if TYPE_CHECKING:
    from pkm.sense.move_note import Moved
    from pkm.workbench import Workbench


def move(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NOTE [DEST]]", help="What moves, and where: areas/, areas/new name, or new name."),
    ] = None,
    heading: Annotated[
        tuple[str, str] | None, typer.Option("--heading", metavar="OLD NEW", help="Rename a heading of NOTE.")
    ] = None,
    tag: Annotated[
        tuple[str, str] | None, typer.Option("--tag", metavar="OLD NEW", help="Rename a tag and those below it.")
    ] = None,
    property_: Annotated[
        tuple[str, str] | None, typer.Option("--property", metavar="OLD NEW", help="Rename a front-matter key.")
    ] = None,
    keep_alias: Annotated[
        bool, typer.Option("--keep-alias", help="Keep the old name among the note's aliases.")
    ] = False,
    merge: Annotated[bool, typer.Option("--merge", help="With --tag: also when the new tag is in use.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what moved as JSON.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Rename a note, heading, tag or key, and all links to it.

    DEST is a folder (areas/), a path from the vault's root (areas/new
    name), or a new name in the same folder. NOTE may be a folder too. Links
    keep their style; one that still means the same is not touched. What
    cannot be done without guessing is refused.

    Example: pkm move "Old name" "areas/New name" --dry-run
    """
    output.quiet = quiet
    bench = state.bench()
    words = list(names or [])
    if sum(each is not None for each in (heading, tag, property_)) > 1:
        raise UsageError(
            "One thing moves at a time.", "Several of --heading, --tag and --property were given.", "Give one."
        )
    wanted = 0 if tag or property_ else 1 if heading else 2
    if len(words) < wanted and can_choose():
        words = _asked(bench, words, wanted)
    if len(words) != wanted:
        needs = ("no NOTE", "one NOTE", "a NOTE and a DEST")[wanted]
        raise UsageError(
            f"This needs {needs}.",
            f"{count(len(words), 'name')} given.",
            'Put names of several words in quotes:  pkm move "Old name" "New name"',
        )
    moved = _planned(bench, words, heading, tag, property_, keep_alias=keep_alias, merge=merge)
    done = carry_out(bench, moved.plan, dry_run=dry_run)
    if done:
        _tidy(bench, moved)
    if as_json:
        output.show_json({"to": moved.to, "relinked": moved.relinked, "moved": done})
    elif done:
        files = count(moved.relinked, "other file" if wanted else "file")
        verb = "now named" if not wanted else "heading renamed in" if heading else "moved to"
        say(f"{verb} {one_line(moved.to)}" + (f"; {files} changed with it" if moved.relinked else ""))


def _asked(bench: Workbench, words: list[str], wanted: int) -> list[str]:
    """What was not said: which note, and where it goes."""
    words = words or [the_note(bench, "").path]
    if len(words) < wanted:
        say(f"{one_line(words[0])} moves to a folder (areas/) or gets a new name.")
        words = [*words, *filter(None, [input("where? ").strip()])]
    return words


def _tidy(bench: Workbench, moved: Moved) -> None:
    """Remove the folders that a folder's move has emptied; undo makes them again."""
    if not moved.to.endswith("/"):
        return
    left = {change.path.rpartition("/")[0] for change in moved.plan.changes if change.kind == "move"}
    for folder in sorted(left, key=len, reverse=True):
        try:
            os.rmdir(bench.vault.absolute(folder))
        except OSError:
            continue  # something that pkm does not see lives on there


def _planned(
    bench: Workbench,
    words: list[str],
    heading: tuple[str, str] | None,
    tag: tuple[str, str] | None,
    property_: tuple[str, str] | None,
    *,
    keep_alias: bool,
    merge: bool,
) -> Moved:
    if tag:
        from pkm.sense.move_tag import tag_plan

        return tag_plan(bench.vault, bench.db, *tag, merge=merge)
    if property_:
        from pkm.sense.move_property import property_plan

        return property_plan(bench.vault, bench.db, *property_)
    path, is_folder = _source(bench, words[0])
    if heading:
        from pkm.sense.move_heading import heading_plan

        if is_folder:
            raise UsageError(f"{path} is a folder.", "Headings are in notes.", "Name the note.")
        return heading_plan(bench.vault, bench.db, path, *heading)
    from pkm.sense.move_note import file_plan, folder_plan

    if is_folder:
        return folder_plan(bench.vault, bench.db, path, words[1])
    return file_plan(bench.vault, bench.db, path, words[1], keep_alias=keep_alias)


def _source(bench: Workbench, name: str) -> tuple[str, bool]:
    """What a name means: a file by its path, a folder, or a note by any of its names."""
    plain = name.strip("/")
    folder = bench.db.execute("SELECT path FROM folders WHERE path = ? AND path <> ''", (plain,)).fetchone()
    if name.endswith("/"):
        if folder:
            return str(folder[0]), True
        raise UsageError(
            f"There is no folder {name}", "A name that ends with / is a folder's.", "Name it from the vault's root."
        )
    file = bench.db.execute("SELECT path FROM files WHERE path = ?", (os.path.normpath(name),)).fetchone()
    if file:
        return str(file[0]), False
    if not folder:
        return the_note(bench, name).path, False
    from pkm.index.queries import named

    notes = named(bench.db, name, bench.root)
    if notes:
        listed = "\n".join([f"{plain}/", *[each.path for each in notes[:8]]])
        raise UsageError(
            f"{name!r} is a folder and a note.", listed, "Name the folder with / at its end, or the note by its path."
        )
    return str(folder[0]), True
