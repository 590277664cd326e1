"""A note written on purpose: from a template, with what it comes from and what it is for; and lines of a log.

A template is text with `{{title}}`, `{{date}}`, `{{time}}` and `{{id}}`; nothing else in it means anything,
and nothing in it runs. The vault's own templates come first, then the person's, then those of pkm.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pkm import config
from pkm.errors import ChangedError, RefusedError, UsageError
from pkm.markdown import frontmatter, parse
from pkm.markdown.yaml_text import scalar
from pkm.model.digest import digest
from pkm.sense.edit import appended
from pkm.sense.link import line_under, link_to
from pkm.templates import templates_dir
from pkm.vault.names import slug
from pkm.vault.plan import Create, Plan, Rewrite

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from pkm.config import Settings
    from pkm.markdown.parse import Scan
    from pkm.vault.plan import Change
    from pkm.vault.vault import Vault

KINDS = ("fleeting", "literature", "permanent", "structure", "source", "question", "experiment", "meeting")
_FOLDERS = {"fleeting": "inbox", "literature": "literature", "source": "sources"}
_BLANK = re.compile(r"\{\{(title|date|time|id)\}\}")
_WHOLE_VALUE = re.compile(r"(?m)^([^\s:#-][^\n:]*:[ \t]+)\{\{title\}\}[ \t]*$")
_DAY = "[0-9]" * 4 + "-" + "[0-9]" * 2 + "-" + "[0-9]" * 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new note is to be. Notes are named by path."""

    title: str
    kind: str = "permanent"
    body: bytes = b""
    origins: Sequence[str] = ()
    follows: str = ""
    purposes: Sequence[str] = ()
    tags: Sequence[str] = ()
    template: str = ""  # another one than that of its kind


def write_plan(vault: Vault, db: sqlite3.Connection, settings: Settings, wanted: Wanted, uid: str, now: float) -> Plan:
    """The new note; a captured thought that it comes from is archived with it."""
    title = " ".join(wanted.title.split())
    if not title:
        raise UsageError("The note has no title.", "Its file is named after it.", 'Give one:  pkm write "A claim"')
    path = f"{settings[_FOLDERS.get(wanted.kind, 'notes')]}/{slug(title)}.md"
    if vault.exists(path):
        raise ChangedError(
            f"{path} exists already.",
            "Its name comes from the title.",
            f"Change it:  pkm edit {path}      Or choose another title.",
        )
    data = filled(template(vault, settings, wanted.template or wanted.kind), title, uid, now).encode()
    data = _with_body(_titled(data, title), wanted.body)

    def linked(paths: Sequence[str]) -> list[str]:
        return [_front_link(link_to(db, path, target, settings), target) for target in paths]

    keys: list[tuple[str, object]] = [
        ("kind", "" if wanted.kind == "permanent" else wanted.kind),
        ("source", linked(wanted.origins)),
        ("for", linked(wanted.purposes)),
        ("follows", "".join(linked([wanted.follows] if wanted.follows else []))),
        ("tags", [tag.strip().lstrip("#") for tag in wanted.tags if tag.strip("# ")]),
    ]
    for key, value in keys:
        if value:
            data = frontmatter.set_key(data, key, value)
    archived = [_archived(vault, origin) for origin in wanted.origins if _is_fleeting(db, origin)]
    return Plan([Create(path, data), *archived], f"write {path}")


def template(vault: Vault, settings: Settings, kind: str) -> str:
    """The text of the template for a kind of note."""
    folder = str(settings["templates"])
    if kind.replace("-", "").replace("_", "").isalnum():
        for path in (f"{folder}/notes/{kind}.md", f"{folder}/{kind}.md"):
            if vault.exists(path):
                return _text(vault.read(path), path)
        own = os.path.join(os.path.dirname(config.user_file()), "templates", "notes")
        for place in (own, os.path.join(templates_dir(), "notes")):
            full = os.path.join(place, kind + ".md")
            if os.path.isfile(full):
                with open(full, "rb") as file:
                    return _text(file.read(), full)
    raise UsageError(
        f"There is no template for {kind!r}.", f"pkm has {', '.join(KINDS)}.", f"Or make your own:  {folder}/{kind}.md"
    )


def _text(data: bytes, path: str) -> str:
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        raise UsageError(f"The template {path} cannot be used.", "It is not UTF-8.", "Save it as UTF-8.") from None


def filled(text: str, title: str, uid: str, now: float) -> str:
    """The template with its blanks filled in. What was filled in is not looked at again."""
    moment = config.iso(now)
    blanks = {"title": title, "date": moment[:10], "time": moment[11:16], "id": uid}
    # Found by its fences, because `key: {{id}}` is no YAML yet.
    data = text.encode()
    inner = frontmatter.after_fence(data, 0, b"---")
    end = len(data[: frontmatter.closing_fence(data, inner, (b"---",))[1] if inner else 0].decode())
    # A title may hold what YAML takes for more than text; alone on its line it can be quoted.
    head = _WHOLE_VALUE.sub(lambda match: match[1] + scalar(title), text[:end])
    return _BLANK.sub(lambda match: blanks[match[1]], head) + _BLANK.sub(lambda match: blanks[match[1]], text[end:])


def _titled(data: bytes, title: str) -> bytes:
    """The note with a key `title`, unless its heading or that key says it already."""
    front = frontmatter.read(data)
    scan = _scan(data)
    if front.text("title") == title or any(heading.level == 1 and heading.text == title for heading in scan.headings):
        return data
    return frontmatter.set_key(data, "title", title)


def _with_body(data: bytes, body: bytes) -> bytes:
    """The text behind the title's heading, before what else the template holds; else at the end."""
    if not body.strip():
        return data
    text = data.decode("utf-8", "surrogateescape")
    heading = next((one for one in _scan(data).headings if one.level == 1), None)
    if heading is None:
        return appended(data, body)
    end = heading.end
    rest = text[end:].lstrip("\n")
    added = body.decode("utf-8", "surrogateescape").strip("\n")
    joined = f"{text[:end]}\n\n{added}\n" + (f"\n{rest}" if rest.strip() else "")
    return joined.encode("utf-8", "surrogateescape")


def _scan(data: bytes) -> Scan:
    text, _ = parse.decode(data)
    return parse.scan(text, len(data[: frontmatter.read(data).body].decode("utf-8", "surrogateescape")))


def _front_link(link: str, target: str) -> str:
    if not link.startswith("[["):
        raise RefusedError(
            f"{target} cannot be named in front matter.",
            "Its name holds # ^ | [ or ].",
            "Move it to another name first.",
        )
    return link


def _is_fleeting(db: sqlite3.Connection, path: str) -> bool:
    row = db.execute("SELECT kind, para FROM notes JOIN files USING (id) WHERE path = ?", (path,)).fetchone()
    return row is not None and row[0] == "fleeting" and row[1] != "archive"


def _archived(vault: Vault, path: str) -> Change:
    """The captured thought, which has become a note now."""
    data = vault.read(path)
    return Rewrite(path, frontmatter.set_key(data, "para", "archive"), digest(data))


def log_plan(vault: Vault, db: sqlite3.Connection, text: str, now: float, to: str = "") -> Plan:
    """One dated line: under `## Log` of the note `to`, else in the note of today."""
    words = " ".join(text.split())
    if not words:
        raise UsageError(
            "There is nothing to log.", "The text is empty.", 'Say what you did:  pkm write --log "tried the protocol"'
        )
    moment = config.iso(now)
    line = f"- {moment[:10]} {words}"
    if to:
        data = vault.read(to)
        return Plan([Rewrite(to, line_under(data, "Log", line, _adds_no_heading_twice), digest(data))], f"log in {to}")
    path = _today(db, moment[:10])
    if not vault.exists(path):
        return Plan([Create(path, f"---\ncreated: {moment}\n---\n{line}\n".encode())], f"log in {path}")
    data = vault.read(path)
    return Plan([Rewrite(path, appended(data, line.encode()), digest(data))], f"log in {path}")


def _adds_no_heading_twice(old: Scan, new: Scan) -> bool:
    return len(new.headings) - len(old.headings) in (0, 1) and len(new.links) >= len(old.links)


def _today(db: sqlite3.Connection, day: str) -> str:
    """The note named after today, wherever it is; a new one goes where the latest of its kind is, else to `log/`."""
    row = db.execute(
        "SELECT path FROM files WHERE name_key = ? AND is_note ORDER BY length(path), path", (day,)
    ).fetchone()
    if row:
        return str(row[0])
    row = db.execute(
        "SELECT path FROM files WHERE name_key GLOB ? AND is_note ORDER BY name_key DESC LIMIT 1", (_DAY,)
    ).fetchone()
    folder = row[0].rpartition("/")[0] if row else "log"
    return f"{folder}/{day}.md" if folder else f"{day}.md"
