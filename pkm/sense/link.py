"""One link with its why: exactly one line under `## Links` of a note, every other byte as it was.

The line is `- relation:: [[target]] — why`. The target is written in the shortest form that leads there.
What comes out is scanned again: it must hold the one new link and all the old ones, or nothing is changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkm.errors import ChangedError, RefusedError, UsageError
from pkm.index.keys import link_key
from pkm.markdown import frontmatter, parse
from pkm.markdown.resolve import Files
from pkm.markdown.rewrite import rewrite
from pkm.model.digest import digest
from pkm.vault.plan import Plan, Rewrite

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from pkm.config import Settings
    from pkm.markdown.parse import Scan
    from pkm.model.link import Heading
    from pkm.vault.vault import Vault

RELATIONS = ("supports", "opposes", "answers", "extends", "applies", "see")
HEADING = "Links"


def link_plan(
    vault: Vault,
    db: sqlite3.Connection,
    settings: Settings,
    source: str,
    target: str,
    *,
    relation: str = "",
    why: str = "",
) -> Plan:
    """The change that links `source` to `target`; both are paths."""
    if relation and relation not in RELATIONS:
        raise UsageError(
            f"{relation!r} is no relation.",
            f"There are six: {', '.join(RELATIONS)}.",
            "Leave --as out for a plain link.",
        )
    if source == target:
        raise UsageError("A note cannot be linked to itself.", "Both names mean the same note.", "Name another one.")
    data = vault.read(source)
    new = with_link(data, line_of(link_to(db, source, target, settings), relation, why))
    return Plan([Rewrite(source, new, digest(data))], f"link {source} → {target}")


def link_to(db: sqlite3.Connection, source: str, target: str, settings: Settings) -> str:
    """A link in the note `source`, which may be a new one, to the file `target`, in the vault's own style."""
    name = link_key(target.rpartition("/")[2])
    files = [path for (path,) in db.execute("SELECT path FROM files WHERE name_key = ?", (name,))]
    if link_key(source.rpartition("/")[2]) == name and source not in files:
        files.append(source)
    return rewrite("[[x]]", target, source, Files(files), style=settings.link_format)


def line_of(link: str, relation: str, why: str) -> str:
    """The line without its end: `- supports:: [[B]] — why`."""
    why = " ".join("".join([char if char.isprintable() else " " for char in why]).split())
    start = f"- {relation}:: " if relation else "- "
    return f"{start}{link} — {why}" if why else start + link


def with_link(data: bytes, line: str) -> bytes:
    """The note with the line at the end of its links. Raises when it has that line, or it would not be a link there."""
    return line_under(data, HEADING, line, _adds_one_link)


def line_under(data: bytes, title: str, line: str, fits: Callable[[Scan, Scan], bool]) -> bytes:
    """The note with one line more at the end of what stands under a heading, which is made at the end if missing.

    `fits` compares what was read before and after; the first place at which it agrees is taken.
    """
    text, _ = parse.decode(data)
    body = len(data[: frontmatter.read(data).body].decode("utf-8", "surrogateescape"))
    scan = parse.scan(text, body)
    newline = newline_of(text)
    heading = find_heading(scan, title)
    if heading is None:
        candidates = [_with_heading(text, body, newline, title, line)]
    else:
        begin, end = section(text, scan, heading)
        if any(one.strip() == line for one in text[begin:end].splitlines()):
            raise ChangedError(
                "That line is there already.", f"{line!r} stands under {title}.", "Use other words, or leave it."
            )
        last = begin + len(text[begin:end].rstrip())
        # Behind the last line; with a blank line between where that ends in HTML; else directly under the heading.
        candidates = [
            _inserted(text, last, newline, line),
            _inserted(text, last, newline, newline + line),
            _inserted(text, heading.end, newline, line),
        ]
    for candidate in candidates:
        if fits(scan, parse.scan(candidate, body)):
            return candidate.encode("utf-8", "surrogateescape")
    raise RefusedError(
        "The note is left as it is.",
        "Its end is code, HTML or a comment that never closes.",
        "Close that, then try again.",
    )


def find_heading(scan: Scan, title: str) -> Heading | None:
    """The heading of that title: the last `## Title`, else the last of any level."""
    named = [heading for heading in scan.headings if heading.text.strip().casefold() == title.casefold()]
    return next((heading for heading in reversed(named) if heading.level == 2), named[-1] if named else None)


def section(text: str, scan: Scan, heading: Heading) -> tuple[int, int]:
    """What stands under a heading: from behind it to the next one of its level or above."""
    following = (one.start for one in scan.headings if one.start > heading.start and one.level <= heading.level)
    return heading.end, next(following, len(text))


def newline_of(text: str) -> str:
    """How lines end here: as the first one does."""
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


def _inserted(text: str, at: int, newline: str, line: str) -> str:
    """The line after the one that ends at `at`; white space at that line's end stays with it."""
    end = text.find("\n", at)
    if end < 0:
        return text + newline + line  # the note has no last line end, and goes on without one
    return text[: end + 1] + line + newline + text[end + 1 :]


def _with_heading(text: str, body: int, newline: str, title: str, line: str) -> str:
    start = text
    if start and not start.endswith("\n"):
        start += newline
    if text[body:].strip() and not start.endswith(newline * 2):
        start += newline
    return f"{start}## {title}{newline}{line}{newline}"


def _adds_one_link(old: Scan, new: Scan) -> bool:
    """Whether the new text holds all the old links and one or more from the new line, which is a line of text."""
    before = [link[:4] for link in old.links]
    after = [link[:4] for link in new.links]
    if len(after) <= len(before):
        return False
    # The new ones stand together; what was before and after them is as it was.
    extra = len(after) - len(before)
    same = any(after[:at] + after[at + extra :] == before for at in range(len(before) + 1))
    return same and len(new.tasks) == len(old.tasks) and len(new.headings) - len(old.headings) in (0, 1)
