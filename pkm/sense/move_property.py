"""A front-matter key gets another name in every note; its value, its place and its comments stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkm.errors import ChangedError, RefusedError, UsageError
from pkm.index.rows import OWN_COLUMNS
from pkm.markdown import frontmatter
from pkm.markdown.frontmatter_write import same
from pkm.markdown.yaml_text import text
from pkm.model.digest import digest
from pkm.sense.move_note import Moved
from pkm.vault.plan import Plan, Rewrite

if TYPE_CHECKING:
    import sqlite3

    from pkm.vault.vault import Vault


def property_plan(vault: Vault, db: sqlite3.Connection, old: str, new: str) -> Moved:
    """The plan that renames a key. A note that has both keys stops it: one of two values would be lost."""
    old, new = old.strip(), new.strip()
    if not new or old == new or not new.isprintable():
        raise UsageError(
            f"{old!r} cannot become {new!r}.", "A key is a word, and not the same one.", "Name another key."
        )
    changes, both = [], []
    with vault.reader() as read:
        for path in _paths(db, old):
            data = read(path)
            values = frontmatter.read(data).values
            if old in values and new in values:
                both.append(path)
            elif old in values:
                changes.append(Rewrite(path, renamed(data, old, new, path), digest(data)))
    if both:
        raise ChangedError(
            f"{len(both)} notes have both {old} and {new}.",
            ", ".join(both[:5]),
            "Keep one of the keys there, then try again.",
        )
    if not changes:
        raise UsageError(f"No note has the key {old!r}.", "Keys are told apart by case too.", "See one:  pkm open NOTE")
    return Moved(Plan(changes, f"rename property {old} to {new}"), new, len(changes))


def _paths(db: sqlite3.Connection, key: str) -> list[str]:
    """The notes that may have the key; those that have a column of their own are not in the table of properties."""
    if key in OWN_COLUMNS or not key.isascii():
        sql, values = "SELECT f.path FROM notes n JOIN files f USING (id) WHERE n.body > 0 ORDER BY 1", ()
        return [path for (path,) in db.execute(sql, values)]
    sql = "SELECT DISTINCT f.path FROM properties p JOIN files f ON f.id = p.note WHERE p.key = ? ORDER BY 1"
    return [path for (path,) in db.execute(sql, (key,))]


def renamed(data: bytes, old: str, new: str, path: str) -> bytes:
    """The note with its key renamed, checked by reading it again."""
    front = frontmatter.read(data)
    start, end = front.keys.get(old, (0, 0))
    line = data[start:end]
    indent = len(line) - len(line.lstrip(b" "))
    for written in (old, f'"{old}"', f"'{old}'"):
        name = written.encode()
        if line[indent:].startswith(name) and line[indent + len(name) :].lstrip(b" ").startswith(b":"):
            quote = written[0] if written != old else ""
            put = text(new, quote or ('"' if new[:1].isdigit() else ""), flow=True).encode()
            result = data[: start + indent] + put + data[start + indent + len(name) :]
            if _is_renamed(front, frontmatter.read(result), old, new):
                return result
    raise RefusedError(
        f"The key {old!r} cannot be renamed in {path}.",
        "It is not written on a line of its own.",
        "Change it in an editor, then try again.",
    )


def _is_renamed(before: frontmatter.FrontMatter, after: frontmatter.FrontMatter, old: str, new: str) -> bool:
    wanted = {new if key == old else key: value for key, value in before.values.items()}
    return not after.broken and list(wanted) == list(after.values) and same(wanted, after.values)
