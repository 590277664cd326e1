"""Bring the index up to the files: what changed is read again, the rest is believed.

A folder whose names, times and sizes have the fingerprint of last time is left alone; in any other
each file is compared. A file written in the very moment of the last look could change again without
a new time (git calls such entries racy): it is read once more, until its time is safely past.
"""

from __future__ import annotations

import marshal
import time
from _blake2 import blake2b

from pkm.errors import PkmError, Problem
from pkm.index.keys import is_note, link_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from pkm.config import Settings
    from pkm.index.writer import Writer

    Stamp = tuple[str, int, int, int]  # name, mtime in ns, size, inode
    Listing = list[tuple[str, list[Stamp]]]
    Read = Callable[[str, int | None], bytes]

# Times are ticked by the kernel's clock, a few milliseconds apart; some file systems keep whole seconds.
FINE_TICK = 50_000_000
COARSE_TICK = 2_000_000_000


class Refreshed:
    """What a refresh found; `added` and `changed` count notes and attachments."""

    __slots__ = ("added", "changed", "files", "problems", "removed")

    def __init__(self) -> None:
        self.added = self.changed = self.removed = self.files = 0
        self.problems: list[Problem] = []

    @property
    def anything(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def fingerprint(files: list[Stamp]) -> bytes:
    """A short name for a folder's listing: equal when nothing was added, removed, renamed or written."""
    return blake2b(marshal.dumps(files, 0), digest_size=16).digest()


def changed_folders(db: sqlite3.Connection, listing: Iterable[tuple[str, list[Stamp]]]) -> tuple[Listing, set[str], int]:
    """The folders that differ from last time, the folders that are gone, and how many files there are."""
    known = dict(db.execute("SELECT path, stamp FROM folders"))
    differing, count = [], 0
    for folder, files in listing:
        count += len(files)
        if known.pop(folder, None) != fingerprint(files):
            differing.append((folder, files))
    return differing, set(known), count


def fill(db: sqlite3.Connection, listing: Listing, read: Read, settings: Settings, started_ns: int, done: Callable[[int], None]) -> Refreshed:
    """Fill empty tables. All names are known before the first note, so links are resolved on the way."""
    from pkm.index.links import Targets
    from pkm.index.writer import Writer
    from pkm.model.digest import bulk

    result, targets, number = Refreshed(), Targets(), 0
    keys: dict[str, str] = {}
    for folder, files in listing:
        keys[folder] = link_key(folder) + "/" if folder else ""
        for name, _, _, _ in files:
            number += 1
            name_key = link_key(name)
            targets.add(number, f"{folder}/{name}" if folder else name, keys[folder] + name_key, name_key)
    writer, number = Writer(db, targets, bulk()), 0
    for at, (folder, files) in enumerate(listing):
        listing[at] = (folder, [])  # let the names go as they are used: 100,000 of them weigh
        racy_folder = False
        for stamp in files:
            number += 1
            racy_folder |= _write_file(writer, number, at + 1, folder, stamp, read, settings, started_ns, result)
            if number % 500 == 0:
                done(number)
        db.execute("INSERT INTO folders VALUES (?, ?, ?)", (at + 1, folder, None if racy_folder else fingerprint(files)))
    writer.flush()
    result.added = result.files = number
    return result


def finish_fill(db: sqlite3.Connection) -> None:
    """The links that need other names, once these are indexed."""
    from pkm.index.links import resolve_by_other_names

    resolve_by_other_names(db)


def update(
    db: sqlite3.Connection, differing: Listing, gone: set[str], read: Read, settings: Settings, started_ns: int, done: Callable[[int], None]
) -> Refreshed:
    """Bring the rows of some folders up to date. Runs inside the caller's transaction."""
    from pkm.index.links import resolve_touched
    from pkm.index.writer import Writer
    from pkm.model.digest import digest

    writer, result = Writer(db, None, digest), Refreshed()
    for folder in gone:
        (number,) = db.execute("SELECT id FROM folders WHERE path = ?", (folder,)).fetchone()
        for file, name_key in db.execute("SELECT id, name_key FROM files WHERE folder = ?", (number,)).fetchall():
            writer.forget_file(file, name_key)
            result.removed += 1
        db.execute("DELETE FROM folders WHERE id = ?", (number,))
    seen = 0
    for folder, files in differing:
        row = db.execute("SELECT id FROM folders WHERE path = ?", (folder,)).fetchone()
        number = row[0] if row else db.execute("INSERT INTO folders(path) VALUES (?)", (folder,)).lastrowid
        racy = _update_folder(writer, number, folder, files, read, settings, started_ns, result)
        db.execute("UPDATE folders SET stamp = ? WHERE id = ?", (None if racy else fingerprint(files), number))
        seen += len(files)
        done(seen)
    writer.flush()
    if writer.touched_names or writer.touched_sources:
        resolve_touched(db, writer.touched_names, writer.touched_sources)
    return result


def _update_folder(
    writer: Writer, folder_id: int, folder: str, files: list[Stamp], read: Read, settings: Settings, started_ns: int, result: Refreshed
) -> bool:
    """Compare one folder file by file; whether it must be looked at again next time."""
    db = writer.db
    known = {
        path.rpartition("/")[2]: row
        for path, *row in db.execute(
            "SELECT path, id, mtime_ns, size, inode, racy, digest, name_key FROM files WHERE folder = ?", (folder_id,)
        )
    }
    racy_folder = False
    for stamp in files:
        name, mtime_ns, size, inode = stamp
        old = known.pop(name, None)
        if old is None:
            result.added += 1
            writer.touched_names.add(link_key(name))
            (number,) = db.execute("SELECT coalesce(max(id), 0) + 1 FROM files").fetchone()
            racy_folder |= _write_file(writer, number, folder_id, folder, stamp, read, settings, started_ns, result)
            writer.flush()  # the next free number counts written rows
            continue
        number, old_mtime, old_size, old_inode, was_racy, old_digest, _ = old
        if (old_mtime, old_size, old_inode) == (mtime_ns, size, inode) and not was_racy:
            continue
        racy_folder |= _rewrite_file(writer, number, old_digest, folder, stamp, read, settings, started_ns, result, same_time=old_mtime == mtime_ns)
    for number, *_, name_key in known.values():
        writer.forget_file(number, name_key)
        result.removed += 1
    return racy_folder


def _write_file(
    writer: Writer, number: int, folder_id: int, folder: str, stamp: Stamp, read: Read, settings: Settings, started_ns: int, result: Refreshed
) -> bool:
    name, mtime_ns, size, inode = stamp
    path = f"{folder}/{name}" if folder else name
    racy = is_racy(mtime_ns, started_ns)
    note, digest = is_note(name), ""
    if note:
        digest = _write_note(writer, number, path, stamp, read, settings)
    key = link_key(path)
    name_key = key.rpartition("/")[2] if folder else key
    writer.file((number, folder_id, path, key, name_key, int(note), size, mtime_ns, inode, int(racy), digest))
    return racy


def _write_note(writer: Writer, number: int, path: str, stamp: Stamp, read: Read, settings: Settings) -> str:
    """Read one note and hand its rows to the writer; its digest."""
    from pkm.index.rows import read_note, unreadable

    try:
        data = read(path, settings.max_note_bytes)
    except PkmError as error:
        writer.note(number, path, unreadable(path, stamp[1], settings, error))
        return ""
    writer.note(number, path, read_note(path, data, stamp[1], settings))
    return writer.digest(data)


def _rewrite_file(
    writer: Writer, number: int, old_digest: str, folder: str, stamp: Stamp, read: Read, settings: Settings, started_ns: int, result: Refreshed, *, same_time: bool
) -> bool:
    """A file whose stamp changed or cannot be trusted: read it, and if it differs, write it anew."""
    name, mtime_ns, size, inode = stamp
    path = f"{folder}/{name}" if folder else name
    racy = is_racy(mtime_ns, started_ns)
    new_digest = old_digest
    if is_note(name):
        try:
            same = same_time and bool(old_digest) and writer.digest(read(path, settings.max_note_bytes)) == old_digest
        except PkmError:
            same = False
        if not same:
            # Dates that the note does not give come from the file's time, so a new time is a change.
            writer.forget_note(number)
            new_digest = _write_note(writer, number, path, stamp, read, settings)
            result.changed += 1
    elif not same_time:
        result.changed += 1
    writer.db.execute(
        "UPDATE files SET size = ?, mtime_ns = ?, inode = ?, racy = ?, digest = ? WHERE id = ?",
        (size, mtime_ns, inode, int(racy), new_digest, number),
    )
    return racy


def is_racy(mtime_ns: int, started_ns: int) -> bool:
    """Whether a file's time is so near the look at it that a later write could leave it the same."""
    tick = COARSE_TICK if mtime_ns % 1_000_000_000 == 0 else FINE_TICK
    return mtime_ns > started_ns - tick


def clock_ns() -> int:
    """The file system's time, which `PKM_NOW` does not stop."""
    return time.time_ns()


def silent(_: int) -> None:
    """Progress that nobody watches."""
