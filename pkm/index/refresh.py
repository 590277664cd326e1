"""Bring the index up to the files: what changed is read again, the rest is believed.

A folder whose names, times and sizes have the fingerprint of last time is left alone; in any other
each file is compared. A file written in the very moment of the last look could change again without
a new time (git calls such entries racy): it is read once more, until its time is safely past. So is a
note that could not be read.
"""

from __future__ import annotations

import marshal
import time
from _blake2 import blake2b

from pkm.errors import PkmError, Problem, TooLargeError
from pkm.index.keys import folder_key, is_note, link_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from pkm.config import Settings
    from pkm.index.writer import Writer

    Stamp = tuple[str, int, int, int]  # name, mtime in ns, size, inode
    Read = Callable[[str, int | None], bytes]
    Known = tuple[int, int, str, str]  # number, mtime in ns, digest, name key

# Times are ticked by the kernel's clock, a few milliseconds apart; some file systems keep whole seconds.
FINE_TICK = 50_000_000
COARSE_TICK = 2_000_000_000
_LARGEST = (1 << 63) - 1  # that SQLite can keep


class Refreshed:
    """What a refresh found; `added` and `changed` count notes and attachments."""

    __slots__ = ("added", "changed", "files", "problems", "removed")

    def __init__(self) -> None:
        self.added = self.changed = self.removed = self.files = 0
        self.problems: list[Problem] = []  # files that cannot be in the index at all

    @property
    def anything(self) -> bool:
        return bool(self.added or self.changed or self.removed)


class Look:
    """What the walk saw: the folders that differ from last time, those that are gone, and the count of files."""

    __slots__ = ("count", "differing", "gone", "started_ns")

    def __init__(self, started_ns: int) -> None:
        self.started_ns = started_ns
        self.differing: list[tuple[str, list[Stamp], bytes]] = []  # with their fingerprints
        self.gone: set[str] = set()
        self.count = 0


def fingerprint(files: list[Stamp]) -> bytes:
    """A short name for a folder's listing: equal when nothing was added, removed, renamed or written."""
    return blake2b(marshal.dumps(files, 0), digest_size=16).digest()


def look(db: sqlite3.Connection | None, listing: Iterable[tuple[str, list[Stamp]]]) -> Look:
    """Walk through the vault and compare each folder with last time. Without a `db` all is new."""
    found = Look(time.time_ns())  # the file system's time, which `PKM_NOW` does not stop
    known = {} if db is None else dict(db.execute("SELECT path, stamp FROM folders"))
    for folder, files in listing:
        found.count += len(files)
        stamp = fingerprint(files)
        if known.pop(folder, None) != stamp:
            found.differing.append((folder, files, stamp))
    found.gone = set(known)
    return found


def what_matters(settings: Settings) -> str:
    """The settings that rows depend on. What is excluded need not be here: the walk tells."""
    return f"inbox={settings.inbox} limit={settings.max_note_bytes}"


class Filler:
    """One refresh at work: the rows it writes, the files it reads, what it finds."""

    def __init__(
        self, writer: Writer, read: Read, settings: Settings, started_ns: int, done: Callable[[int], None]
    ) -> None:
        self.writer = writer
        self.result = Refreshed()
        self._read = read
        self._settings = settings
        self.started_ns = started_ns
        self._done = done
        self._seen = 0

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
            (number, folder_id, path, key, name_key, int(note), size, _fit(mtime_ns), _fit(inode), int(racy), digest)
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
        self.writer.restamp((size, _fit(mtime_ns), _fit(inode), int(racy), digest, number))
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
        from pkm.index.rows import read_note, read_start, unreadable

        try:
            data = self._read(path, self._settings.max_note_bytes)
        except TooLargeError as error:
            self.writer.note(number, path, read_start(path, stamp[1], self._settings, error))
            return self.writer.digest(error.start)
        except PkmError as error:
            self.writer.note(number, path, unreadable(path, stamp[1], self._settings, error))
            return ""
        self.writer.note(number, path, read_note(path, data, stamp[1], self._settings))
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
    listing = _sayable(seen, filler.result)
    for folder, files, _ in listing:
        key = folder_key(folder) + "/" if folder else ""
        for name, *_ in files:
            number += 1
            name_key = link_key(name)
            targets.add(number, f"{folder}/{name}" if folder else name, key + name_key, name_key)
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
    from pkm.index.replace import Replacer
    from pkm.model.digest import digest

    writer = Replacer(db, digest)
    filler = Filler(writer, read, settings, seen.started_ns, done)
    result = filler.result
    gone: list[tuple[int, str]] = []
    gone_folders = [row for path in seen.gone for row in db.execute("SELECT id FROM folders WHERE path = ?", (path,))]
    for row in gone_folders:
        gone += db.execute("SELECT id, name_key FROM files WHERE folder = ?", row)
    new: list[tuple[int, str, Stamp]] = []
    changed: list[tuple[int, int, str, Stamp]] = []
    stamps: dict[int, bytes | None] = {}
    for folder, files, stamp in _sayable(seen, result):
        row = db.execute("SELECT id FROM folders WHERE path = ?", (folder,)).fetchone()
        if row is None:
            row = db.execute("INSERT INTO folders(path) VALUES (?) RETURNING id", (folder,)).fetchone()
        folder_id: int = row[0]
        stamps[folder_id] = stamp or None
        _compare(filler, folder_id, folder, files, stamps, gone, new, changed)
    # What goes now keeps its number to the end: a new file with that number would inherit its rows.
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM files").fetchone()
    for number, name_key in gone:
        writer.forget_file(number, name_key)
    for number, folder_id, folder, file in sorted(changed):
        if filler.change(number, folder, file):
            stamps[folder_id] = None
    for number, (folder_id, folder, file) in enumerate(new, last + 1):
        writer.touched_names.add(link_key(file[0]))
        if filler.add(number, folder_id, folder, file):
            stamps[folder_id] = None
    writer.resolve()
    db.executemany("DELETE FROM folders WHERE id = ?", gone_folders)
    db.executemany("UPDATE folders SET stamp = ? WHERE id = ?", [(stamp, number) for number, stamp in stamps.items()])
    result.added, result.changed, result.removed, result.files = len(new), len(changed), len(gone), seen.count
    return result


def _compare(
    filler: Filler,
    folder_id: int,
    folder: str,
    files: list[Stamp],
    stamps: dict[int, bytes | None],
    gone: list[tuple[int, str]],
    new: list[tuple[int, str, Stamp]],
    changed: list[tuple[int, int, str, Stamp]],
) -> None:
    """Sort the files of one folder into gone, new and changed. The rows as a set: most files are in it."""
    db = filler.writer.db
    prefix = f"{folder}/" if folder else ""
    begin = len(prefix) + 1
    believed = set(
        db.execute("SELECT substr(path, ?), mtime_ns, size, inode FROM files WHERE folder = ?", (begin, folder_id))
    )
    doubted = [
        name
        for (name,) in db.execute("SELECT substr(path, ?) FROM files WHERE folder = ? AND racy", (begin, folder_id))
    ]
    doubted += [name for name, *_ in believed.difference(files)]
    known: dict[str, Known] = {
        name: db.execute("SELECT id, mtime_ns, digest, name_key FROM files WHERE path = ?", (prefix + name,)).fetchone()
        for name in doubted
    }
    for stamp in files:
        name, mtime_ns, size, inode = stamp
        if name not in known:
            if stamp not in believed:
                new.append((folder_id, folder, stamp))
            continue
        number, old_mtime, digest, _ = known.pop(name)
        # Dates that a note does not give come from the file's time, so a new time is a change.
        if old_mtime != _fit(mtime_ns) or (is_note(name) and not filler.same(folder, stamp, digest)):
            changed.append((number, folder_id, folder, stamp))
            continue
        racy = is_racy(mtime_ns, filler.started_ns) or (is_note(name) and filler.again(digest, size))
        filler.writer.restamp((size, _fit(mtime_ns), _fit(inode), int(racy), digest, number))
        if racy:
            stamps[folder_id] = None
    gone += [(number, name_key) for number, _, _, name_key in known.values()]


def _sayable(seen: Look, result: Refreshed) -> list[tuple[str, list[Stamp], bytes]]:
    """The folders to index, without the names that SQLite cannot keep: these become problems.

    Their folder gets no fingerprint, so that they are told of each time.
    """
    kept = []
    for folder, files, stamp in seen.differing:
        if _is_text("".join([folder, *[name for name, *_ in files]])):
            kept.append((folder, files, stamp))
            continue
        sound = [file for file in files if _is_utf8(folder, file[0], result)]
        if sound or _is_text(folder):
            kept.append((folder, sound, b""))
    return kept


def _is_utf8(folder: str, name: str, result: Refreshed) -> bool:
    path = f"{folder}/{name}" if folder else name
    if _is_text(path):
        return True
    result.problems.append(Problem(path, 0, "The name is not UTF-8.", "Rename it; until then it is not in the index."))
    return False


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fit(number: int) -> int:
    """A time or inode within SQLite's numbers: some disks have times after the year 2262."""
    return number if -_LARGEST <= number <= _LARGEST else _LARGEST


def is_racy(mtime_ns: int, started_ns: int) -> bool:
    """Whether a file's time is so near the look at it that a later write could leave it the same."""
    tick = COARSE_TICK if mtime_ns % 1_000_000_000 == 0 else FINE_TICK
    return mtime_ns > started_ns - tick


def silent(_: int) -> None:
    """Progress that nobody watches."""
