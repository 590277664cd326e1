"""Bring the index up to the files: what changed is read again, the rest is believed.

`look` says which folders differ from last time and `compare` which of their files; here these are read
again. So is, each time, a note that could not be read.
"""

from __future__ import annotations

from pkm.errors import PkmError, TooLargeError
from pkm.index.keys import folder_key, is_note, link_key
from pkm.index.look import fit, is_racy, sayable

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from pkm.config import Settings
    from pkm.errors import Problem
    from pkm.index.look import Look, Stamp
    from pkm.index.writer import Writer

    Read = Callable[[str, int | None], bytes]


class Refreshed:
    """What a refresh found; `added` and `changed` count notes and attachments."""

    __slots__ = ("added", "changed", "files", "problems", "removed")

    def __init__(self) -> None:
        self.added = self.changed = self.removed = self.files = 0
        self.problems: list[Problem] = []  # files that cannot be in the index at all

    @property
    def anything(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def what_matters(settings: Settings) -> str:
    """The settings that rows depend on. What is excluded need not be here: the walk tells."""
    return f"inbox={settings.inbox} limit={settings.max_note_bytes}"


class Filler:
    """One refresh at work: the rows it writes, the files it reads, what it finds."""

    def __init__(
        self, writer: Writer, read: Read, settings: Settings, started_ns: int, done: Callable[[int], None]
    ) -> None:
        from pkm.index import rows  # and with it the parser, which a look at an unchanged vault does not need

        self.writer = writer
        self.result = Refreshed()
        self._read = read
        self._settings = settings
        self.started_ns = started_ns
        self._done = done
        self._seen = 0
        self._rows = rows

    def add(self, number: int, folder_id: int, folder: str, stamp: Stamp) -> bool:
        """Write a new file; whether it must be looked at again next time."""
        name, mtime_ns, size, inode = stamp
        path = f"{folder}/{name}" if folder else name
        racy = is_racy(mtime_ns, self.started_ns)
        note, digest = is_note(name), ""
        if note:
            digest = self._note(number, path, stamp)
            racy = racy or self.again(digest, size)
        key = link_key(path)
        name_key = key.rpartition("/")[2] if folder else key
        self.writer.file(
            (number, folder_id, path, key, name_key, int(note), size, fit(mtime_ns), fit(inode), int(racy), digest)
        )
        self._count()
        return racy

    def change(self, number: int, folder: str, stamp: Stamp) -> bool:
        """Write a known file anew; whether it must be looked at again next time."""
        name, mtime_ns, size, inode = stamp
        racy = is_racy(mtime_ns, self.started_ns)
        digest = ""
        if is_note(name):
            digest = self._note(number, f"{folder}/{name}" if folder else name, stamp)
            racy = racy or self.again(digest, size)
        self.writer.restamp((size, fit(mtime_ns), fit(inode), int(racy), digest, number))
        self._count()
        return racy

    def same(self, folder: str, stamp: Stamp, digest: str) -> bool:
        """Whether a note is still what it was: by its bytes, since its time proves nothing."""
        try:
            data = self._read(f"{folder}/{stamp[0]}" if folder else stamp[0], self._settings.max_note_bytes)
        except TooLargeError as error:
            data = error.start
        except PkmError:
            return not digest
        return self.writer.digest(data) == digest

    def _note(self, number: int, path: str, stamp: Stamp) -> str:
        """Read one note and hand its rows to the writer; the digest of what was read, empty when nothing could be."""
        rows, write = self._rows, self.writer.note
        try:
            data = self._read(path, self._settings.max_note_bytes)
        except TooLargeError as error:
            write(number, path, rows.read_start(path, stamp[1], self._settings, error))
            return self.writer.digest(error.start)
        except PkmError as error:
            write(number, path, rows.unreadable(path, stamp[1], self._settings, error))
            return ""
        write(number, path, rows.read_note(path, data, stamp[1], self._settings))
        return self.writer.digest(data)

    def again(self, digest: str, size: int) -> bool:
        """Whether a note that was not read may be readable next time. One that is too large is not."""
        return not digest and size <= self._settings.max_note_bytes

    def _count(self) -> None:
        self._seen += 1
        if self._seen % 500 == 0:
            self._done(self._seen)


def fill(db: sqlite3.Connection, seen: Look, read: Read, settings: Settings, done: Callable[[int], None]) -> Refreshed:
    """Fill empty tables. All names are known before the first note, so links are resolved on the way."""
    from pkm.index.links import Targets, resolve_by_other_names
    from pkm.index.schema import add_indexes
    from pkm.index.writer import Writer
    from pkm.model.digest import bulk

    targets, number = Targets(), 0
    writer = Writer(db, targets, bulk())
    filler = Filler(writer, read, settings, seen.started_ns, done)
    listing = sayable(seen, filler.result.problems)
    for folder, files, _ in listing:
        key = folder_key(folder)
        for name, _, _, _ in files:
            number += 1
            targets.add(number, f"{folder}/{name}" if folder else name, key, link_key(name))
    number = 0
    for at, (folder, files, stamp) in enumerate(listing):
        listing[at] = ("", [], b"")  # let the names go as they are used: 100,000 of them weigh
        again = not stamp
        for file in files:
            number += 1
            again |= filler.add(number, at + 1, folder, file)
        db.execute("INSERT INTO folders VALUES (?, ?, ?)", (at + 1, folder, None if again else stamp))
    writer.flush()
    add_indexes(db)
    resolve_by_other_names(db)
    filler.result.added = filler.result.files = number
    return filler.result


def update(
    db: sqlite3.Connection, seen: Look, read: Read, settings: Settings, done: Callable[[int], None]
) -> Refreshed:
    """Bring the rows of the folders that differ up to date. Runs inside the caller's transaction."""
    from pkm.index.compare import Differences
    from pkm.index.replace import Replacer
    from pkm.model.digest import digest

    writer = Replacer(db, digest)
    filler = Filler(writer, read, settings, seen.started_ns, done)
    result = filler.result
    found = Differences(filler)
    gone_folders = [row for path in seen.gone for row in db.execute("SELECT id FROM folders WHERE path = ?", (path,))]
    for (folder_id,) in gone_folders:
        found.forget(folder_id)
    for folder, files, stamp in sayable(seen, result.problems):
        row = db.execute("SELECT id FROM folders WHERE path = ?", (folder,)).fetchone()
        if row is None:
            row = db.execute("INSERT INTO folders(path) VALUES (?) RETURNING id", (folder,)).fetchone()
        found.compare(row[0], folder, files, stamp, seen.before.get(folder))
    stamps = found.stamps
    # What goes now keeps its number to the end: a new file with that number would inherit its rows.
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM files").fetchone()
    for number, name_key in found.gone:
        writer.forget_file(number, name_key)
    for number, folder_id, folder, file in sorted(found.changed):
        if filler.change(number, folder, file):
            stamps[folder_id] = None
    for number, (folder_id, folder, file) in enumerate(found.new, last + 1):
        writer.touched_names.add(link_key(file[0]))
        if filler.add(number, folder_id, folder, file):
            stamps[folder_id] = None
    writer.resolve()
    db.executemany("DELETE FROM folders WHERE id = ?", gone_folders)
    db.executemany("UPDATE folders SET stamp = ? WHERE id = ?", [(stamp, number) for number, stamp in stamps.items()])
    result.added, result.changed, result.removed = len(found.new), len(found.changed), len(found.gone)
    result.files = seen.count
    return result


def silent(_: int) -> None:
    """Progress that nobody watches."""
