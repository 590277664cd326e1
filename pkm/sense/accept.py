"""Accepting a suggestion: the words that name the other note become a link, or a line is added under `## Links`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pkm.markdown import frontmatter, parse
from pkm.markdown.resolve import link_text
from pkm.model.digest import digest
from pkm.sense.link import link_plan
from pkm.vault.plan import Plan, Rewrite

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from pkm.config import Settings
    from pkm.vault.vault import Vault


def plan(
    vault: Vault,
    db: sqlite3.Connection,
    settings: Settings,
    source: str,
    target: str,
    reasons: Sequence[dict[str, Any]],
    why: str,
    relation: str = "",
) -> Plan:
    """The change that an accepted suggestion makes to its source note, and to nothing else.

    With a why or a relation the link gets a line of its own, because a sentence in the text has no room for one.
    """
    said = next((reason for reason in reasons if reason.get("kind") == "mention" and reason.get("line")), None)
    if said is not None and not why and not relation:
        words, line = quoted(str(said["text"])), int(said["line"])
        change = mention_change(vault, db, settings, source, target, words, line)
        if change is not None:
            return Plan([change], f"link {source} → {target}")
    return link_plan(vault, db, settings, source, target, relation=relation or ("" if why else "see"), why=why)


def mention_change(
    vault: Vault, db: sqlite3.Connection, settings: Settings, source: str, target: str, words: str, line: int
) -> Rewrite | None:
    """The change that makes these words of the source a link; None when they cannot be one."""
    data = vault.read(source)
    paths = [path for (path,) in db.execute("SELECT path FROM files")]
    changed = link_mention(data, words, line, link_text(target, source, paths, settings.link_format))
    return None if changed is None else Rewrite(source, changed, digest(data))


def quoted(text: str) -> str:
    """The words that a reason quotes: `says "mind maps"`."""
    _, opened, rest = text.partition('"')
    return rest.rpartition('"')[0] if opened else text


def link_mention(data: bytes, words: str, line: int, name: str) -> bytes | None:
    """The note with these words on this line made a link to `name`; None when they cannot be.

    The result is scanned again: it must hold the new link and be the same in all else, or nothing is changed.
    """
    text, undecoded = parse.decode(data)
    if undecoded or not words or set(words) & set("[]|\n") or set(name) & set("[]|#\n"):
        return None
    lines = text.split("\n")
    if not 0 < line <= len(lines):
        return None
    before = sum(len(each) + 1 for each in lines[: line - 1])
    body = len(data[: frontmatter.read(data).body].decode("utf-8"))
    old = parse.scan(text, body)
    at = lines[line - 1].casefold().find(words.casefold())
    while at >= 0:
        start, end = before + at, before + at + len(words)
        free = start >= body and not any(link.start < end and start < link.end for link in old.links + old.urls)
        if free and not _inside_word(text, start, end):
            shown = text[start:end]
            link = f"[[{name}]]" if shown == name else f"[[{name}|{shown}]]"
            new = text[:start] + link + text[end:]
            found = parse.scan(new, body).links
            if len(found) == len(old.links) + 1 and any(each.start == start and each.target == name for each in found):
                return new.encode()
        at = lines[line - 1].casefold().find(words.casefold(), at + 1)
    return None


def _inside_word(text: str, start: int, end: int) -> bool:
    """Whether the place is a part of a longer word, in scripts that put spaces between words."""
    return (start > 0 and _joins(text[start - 1], text[start])) or (
        end < len(text) and _joins(text[end - 1], text[end])
    )


def _joins(one: str, other: str) -> bool:
    return one.isalnum() and other.isalnum() and one < "\u3040" and other < "\u3040"
