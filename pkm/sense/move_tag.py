"""A tag gets another name, with all tags below it: `#old` and `#old/part`, in texts and in front matter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pkm.errors import ChangedError, UsageError
from pkm.markdown import frontmatter
from pkm.markdown.frontmatter_write import same
from pkm.markdown.link_patterns import TAG
from pkm.markdown.links import is_tag
from pkm.model.digest import digest
from pkm.sense.move_canvas import changed as changed_canvas
from pkm.sense.move_links import Text, edited, encoded
from pkm.sense.move_note import Moved
from pkm.vault.plan import Plan, Rewrite

if TYPE_CHECKING:
    import sqlite3

    from pkm.sense.move_canvas import Node
    from pkm.sense.move_links import Edit
    from pkm.vault.vault import Vault

KEYS = ("tags", "tag", "keywords")


def tag_plan(vault: Vault, db: sqlite3.Connection, old: str, new: str, *, merge: bool = False) -> Moved:
    """The plan that renames a tag everywhere. A tag that is in use already is only taken with `merge`."""
    old, new = old.strip().lstrip("#").strip("/"), new.strip().lstrip("#").strip("/")
    match = TAG.fullmatch("#" + new)
    if not match or not is_tag(new) or "//" in new:
        raise UsageError(
            f"{new!r} cannot be a tag.",
            "Letters, digits, _ - and / make one, not digits alone.",
            "Choose another name.",
        )
    if old == new:
        raise UsageError("Old and new tag are the same.", "", "Name another one.")
    key = old.lower()
    paths = _paths(db, key)
    if not paths:
        raise UsageError(f"There is no tag #{old}.", "No note has it.", "See which there are:  pkm find --tag")
    taken = set(_paths(db, new.lower())) if new.lower() != key and not new.lower().startswith(key + "/") else set()
    if taken and not merge:
        raise ChangedError(
            f"#{new} is a tag already.",
            f"It is on {len(taken)} notes; nobody could tell the two apart again.",
            "To make one of them:  --merge",
        )
    changes = []
    canvases = [path for (path,) in db.execute("SELECT path FROM files WHERE path LIKE '%.canvas' ORDER BY path")]
    with vault.reader() as read:
        for path in [*paths, *canvases]:
            data = read(path)
            changed = _canvas(data, key, new) if path in canvases else _note(data, key, new)
            if changed != data:
                changes.append(Rewrite(path, changed, digest(data)))
    return Moved(Plan(changes, f"rename tag #{old} to #{new}"), "#" + new, len(changes))


def _paths(db: sqlite3.Connection, key: str) -> list[str]:
    """The notes with this tag or one below it."""
    sql = """
    SELECT DISTINCT f.path FROM tags t JOIN files f ON f.id = t.note
    WHERE t.key = ? OR substr(t.key, 1, ?) = ? ORDER BY 1
    """
    return [path for (path,) in db.execute(sql, (key, len(key) + 1, key + "/"))]


def renamed(tag: str, key: str, new: str) -> str:
    """One tag with its new name, or as it is."""
    lower = tag.lower()
    return new + tag[len(key) :] if lower == key or lower.startswith(key + "/") else tag


def _note(data: bytes, key: str, new: str) -> bytes:
    text = Text.of(data)
    data = encoded(edited(text.text, _edits(text, key, new)))
    front = frontmatter.read(data)
    for name in KEYS:
        value = front.values.get(name)
        if isinstance(value, str):
            put: object = re.sub(r"[^\s,]+", lambda match: _listed(match[0], key, new), value)
        elif isinstance(value, list):
            put = list(dict.fromkeys(_listed(item, key, new) if isinstance(item, str) else item for item in value))
            put = value if all(isinstance(item, str) and _listed(item, key, new) == item for item in value) else put
        else:
            continue
        if put != value:
            data = _in_place(data, name, key, new, put) or frontmatter.set_key(data, name, put)
    return data


def _in_place(data: bytes, name: str, key: str, new: str, wanted: object) -> bytes | None:
    """The key with its tags replaced where they stand, quotes and all; None when that would give other values."""
    front = frontmatter.read(data)
    start, end = front.keys.get(name, (0, 0))
    start = data.find(b":", start, end) + 1
    value = data[start:end].decode("utf-8", "surrogateescape")
    pattern = rf"(?i)(?<![\w/-]){re.escape(key)}(?![\w-])"
    result = data[:start] + encoded(re.sub(pattern, lambda _: new, value)) + data[end:]
    again = frontmatter.read(result)
    others = {other: each for other, each in again.values.items() if other != name}
    before = {other: each for other, each in front.values.items() if other != name}
    kept = not again.broken and same(others, before) and result[again.body :] == data[front.body :]
    return result if start and kept and same(again.values.get(name), wanted) else None


def _listed(item: str, key: str, new: str) -> str:
    """A tag of front matter, with or without its `#`."""
    bare = item.lstrip("#")
    return item[: len(item) - len(bare)] + renamed(bare, key, new)


def _edits(text: Text, key: str, new: str) -> list[Edit]:
    found = []
    for tag in text.scan.tags:
        if renamed(tag.text, key, new) != tag.text:
            start = tag.start + 1
            found.append((start, start + len(key), new))
    return found


def _canvas(data: bytes, key: str, new: str) -> bytes:
    def change(node: Node) -> list[Edit]:
        value = node.get("text")
        return [value.edit(*edit) for edit in _edits(Text(value.text), key, new)] if value is not None else []

    found = changed_canvas(data.decode("utf-8", "surrogateescape"), change)
    return data if found is None else encoded(found)
