"""A note, an attachment or a folder gets another path, and every link goes on meaning what it meant.

Links are rewritten in their own style, and only those that would else mean something else: those that lead
to what moves, those inside it that depended on its folder, and those of others to which the new name would
answer. Where several files answer a link equally well, nobody knows what it means: then nothing moves.
"""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pkm.errors import ChangedError, RefusedError, UsageError
from pkm.index.keys import link_key
from pkm.markdown import frontmatter
from pkm.markdown.rewrite import rewrite
from pkm.model.digest import digest
from pkm.sense.move_canvas import changed as changed_canvas
from pkm.sense.move_links import IN_MARKDOWN, Text, World, beside, encoded, narrowed, relinked
from pkm.sense.rules.names import UNLINKABLE
from pkm.vault.folder import digest_file, open_folder
from pkm.vault.names import key, safe_component
from pkm.vault.plan import Move, Plan, Rewrite

if TYPE_CHECKING:
    import sqlite3

    from pkm.model.link import Link
    from pkm.sense.move_canvas import Node
    from pkm.sense.move_links import Edit, Wanted
    from pkm.vault.plan import Change
    from pkm.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Moved:
    """A plan, where it leads to, and how many other files get new links."""

    plan: Plan
    to: str
    relinked: int


def file_plan(vault: Vault, db: sqlite3.Connection, path: str, dest: str, *, keep_alias: bool = False) -> Moved:
    """One file to another place: a folder (`areas/`), a path (`areas/new name`) or a name (`new name`)."""
    to = _destination(vault, path, dest)
    if to == path:
        raise UsageError(f"{path} is there already.", "Old and new path are the same.", "Name another place.")
    return _plan(vault, db, {path: to}, to, alias=path if keep_alias else "")


def folder_plan(vault: Vault, db: sqlite3.Connection, folder: str, dest: str) -> Moved:
    """A folder with all its files. What is hidden in it stays."""
    folder = folder.strip("/")
    inside = [path for (path,) in db.execute("SELECT path FROM files") if path.startswith(folder + "/")]
    if not inside:
        raise UsageError(
            f"There is nothing in {folder}/.",
            "A folder is moved with its files.",
            "Name a note or a folder with notes.",
        )
    wanted = _plain(vault, dest)
    if dest.endswith("/") or (_is_folder(vault, wanted) and wanted != folder):
        to = posixpath.join(wanted, folder.rpartition("/")[2])
    else:
        to = wanted if "/" in dest else posixpath.join(folder.rpartition("/")[0], wanted)
    if to == folder or (to + "/").startswith(folder + "/"):
        raise UsageError(
            f"{folder} cannot go to {to}.", "It is the same place, or inside itself.", "Name another place."
        )
    if vault.exists(to) and key(to) != key(folder):
        raise ChangedError(
            f"{to} exists already.",
            "Two folders would become one.",
            f"Move its notes one by one, or into it:  pkm move {folder}/ {to}/",
        )
    return _plan(vault, db, {path: to + path[len(folder) :] for path in inside}, to + "/")


def _destination(vault: Vault, path: str, dest: str) -> str:
    above, _, name = path.rpartition("/")
    wanted = _plain(vault, dest)
    if dest.endswith("/") or _is_folder(vault, wanted):
        return posixpath.join(wanted, name)
    suffix = os.path.splitext(name)[1]
    if not wanted.lower().endswith(suffix.lower()):
        wanted += suffix
    return wanted if "/" in dest else posixpath.join(above, wanted)


def _plain(vault: Vault, dest: str) -> str:
    """A destination as a path from the vault's root."""
    if dest.startswith(vault.root + "/"):
        dest = dest[len(vault.root) :]
    wanted = posixpath.normpath(dest.strip().strip("/") or ".")
    return "" if wanted == "." else wanted


def _is_folder(vault: Vault, path: str) -> bool:
    return not path or (".." not in path.split("/") and os.path.isdir(vault.absolute(path)))


def _check_names(vault: Vault, moves: dict[str, str]) -> None:
    """Refuse new paths that are taken, that some system or link cannot hold, or that lead out of sight."""
    going = {key(path) for path in moves}
    listed: dict[str, set[str]] = {}
    known: set[str] = set()
    for path, to in moves.items():
        parts = to.split("/")
        for depth, part in enumerate(parts, 1):
            prefix = "/".join(parts[:depth])
            # What has that name already is not for us to judge.
            if prefix in known or part in path.split("/") or (depth < len(parts) and vault.exists(prefix)):
                continue
            known.add(prefix)
            safe_component(part)
            if match := UNLINKABLE.search(part):
                raise RefusedError(
                    f"{part!r} cannot be a note's name.", f"No link can hold {match[0]}.", "Choose another name."
                )
        if vault.excluded(to):
            raise RefusedError(
                f"{to} would be out of the vault.", "It lies in a hidden or excluded folder.", "Choose another folder."
            )
        above, _, name = to.rpartition("/")
        if above not in listed:
            listed[above] = vault.taken(above)
        if key(name) in listed[above] and key(to) not in going:
            raise ChangedError(f"{to} exists already.", "Nothing is ever written over.", "Choose another name.")


def _plan(vault: Vault, db: sqlite3.Connection, moves: dict[str, str], to: str, *, alias: str = "") -> Moved:
    _check_names(vault, moves)
    old = World.of(db)
    mover = _Mover(moves, old, old.moved(db, moves))
    changes: list[Change] = []
    digests: dict[str, str] = {}
    with vault.reader() as read:
        for path in _sources(db, moves):
            data = read(path)
            new = mover.canvas(path, data) if path.lower().endswith(".canvas") else mover.note(path, data)
            if path == alias:
                new = _with_alias(new, path)
            if new != data:
                changes.append(Rewrite(path, new, digest(data)))
                digests[path] = digest(new)
    others = sum(path not in moves for path in digests)
    for path, target in moves.items():
        changes.append(Move(path, target, digests.get(path) or _digest(vault, path)))
    what = next(iter(moves)) if len(moves) == 1 else f"{len(moves)} files"
    return Moved(Plan(changes, f"move {what} to {to}"), to, others)


def _sources(db: sqlite3.Connection, moves: dict[str, str]) -> list[str]:
    """The notes whose links may be concerned, what moves itself, and every canvas."""
    db.execute("CREATE TEMP TABLE IF NOT EXISTS moving(path TEXT PRIMARY KEY, name TEXT)")
    db.execute("DELETE FROM moving")
    last = [(path, link_key(path.rpartition("/")[2])) for both in moves.items() for path in both]
    db.executemany("INSERT OR IGNORE INTO moving VALUES (?, ?)", last)
    sql = """
    SELECT f.path FROM files f JOIN notes n USING (id) WHERE f.path IN (SELECT path FROM moving)
    UNION SELECT f.path FROM files f WHERE f.path LIKE '%.canvas'
    UNION SELECT f.path FROM links l JOIN files f ON f.id = l.source
      WHERE l.name_key IN (SELECT name FROM moving)
         OR l.target IN (SELECT id FROM files WHERE path IN (SELECT path FROM moving))
         OR l.goal IN (SELECT n.key FROM names n JOIN files o ON o.id = n.note
                       WHERE o.path IN (SELECT path FROM moving))
    ORDER BY 1
    """
    return [path for (path,) in db.execute(sql)]


class _Mover:
    """Rewrites the links of one text after another."""

    def __init__(self, moves: dict[str, str], old: World, new: World) -> None:
        self.moves = moves
        self.old = old
        self.new = new

    def note(self, path: str, data: bytes) -> bytes:
        text = Text.of(data)
        new = self._text(path, text)
        return data if new is None else encoded(new)

    def canvas(self, path: str, data: bytes) -> bytes:
        new = changed_canvas(data.decode("utf-8", "surrogateescape"), lambda node: self._node(path, node))
        return data if new is None else encoded(new)

    def _node(self, path: str, node: Node) -> list[Edit]:
        edits = []
        for name in ("file", "background"):
            value = node.get(name)
            if value is not None and (to := self.moves.get(value.text)):
                edits.append(value.edit(0, len(value.text), to))
        value = node.get("text")
        if value is not None and (new := self._text(path, Text(value.text))) is not None:
            edits.append(value.edit(*narrowed(0, value.text, new)))
        return edits

    def _text(self, path: str, text: Text) -> str | None:
        source = self.moves.get(path, path)

        def meaning(link: Link) -> str | None:
            return self.new.find(link.target, source)[0].target

        return relinked(text, lambda link, raw: self._decide(link, raw, path, source, text), meaning, path)

    def _decide(self, link: Link, raw: str, path: str, source: str, text: Text) -> Wanted | None:
        before, by_name = self.old.find(link.target, path)
        if before.target is None:
            return None
        wanted = self.moves.get(before.target, before.target)
        after, still_by_name = self.new.find(link.target, source)
        same = after.target == wanted and still_by_name >= by_name and after.ambiguous <= before.ambiguous
        if same and link.kind in IN_MARKDOWN and link.target and beside(link.target, path) == before.target:
            same = beside(link.target, source) == wanted  # as other programs read it
        if same:
            return raw, wanted
        if before.ambiguous:
            raise RefusedError(
                f"{path}, line {link.line}: nobody can tell what {raw} means.",
                "Several files answer it equally well, and this move would decide between them.",
                "Write there the path of the one that is meant, then move.",
            )
        quote = text.quote(link) if link.kind == "front" else ""
        return rewrite(raw, wanted, source, self.new.files, old=before.target, before=path, quote=quote), wanted


def _with_alias(data: bytes, path: str) -> bytes:
    """The note with its old name among its aliases."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    aliases = frontmatter.strings(frontmatter.read(data).values.get("aliases"), ",")
    return data if stem in aliases else frontmatter.set_key(data, "aliases", [*aliases, stem])


def _digest(vault: Vault, path: str) -> str:
    above, _, name = path.rpartition("/")
    with open_folder(vault.root, above) as folder:
        return digest_file(folder, name)
