"""The files of a folder that differs from last time, sorted into gone, new and changed."""

from __future__ import annotations

from pkm.index.keys import is_note
from pkm.index.look import fit, is_racy, mark, touched

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from pkm.index.look import Stamp
    from pkm.index.refresh import Filler

    Row = tuple[int, int, int, int, str, str]  # number, mtime in ns, size, inode, digest, name key


class Differences:
    """What is to be done, and the fingerprints that the folders get. NULL has each file looked at next time."""

    __slots__ = ("_db", "_filler", "changed", "gone", "new", "stamps")

    def __init__(self, filler: Filler) -> None:
        self._filler = filler
        self._db: sqlite3.Connection = filler.writer.db
        self.gone: list[tuple[int, str]] = []  # number and name key
        self.new: list[tuple[int, str, Stamp]] = []  # the folder's number and path
        self.changed: list[tuple[int, int, str, Stamp]] = []  # the file's number, the folder's number and path
        self.stamps: dict[int, bytes | None] = {}

    def forget(self, folder_id: int) -> None:
        """A folder that is gone takes its files along."""
        self.gone += self._db.execute("SELECT id, name_key FROM files WHERE folder = ?", (folder_id,))

    def compare(self, folder_id: int, folder: str, files: list[Stamp], stamp: bytes, before: bytes | None) -> None:
        """Compare a folder's files with their rows."""
        self.stamps[folder_id] = stamp or None
        handfuls = touched(files, stamp, before)
        if handfuls is None or not self._compare_few(folder_id, folder, handfuls):
            self._compare_all(folder_id, folder, files)

    def _compare_few(self, folder_id: int, folder: str, handfuls: list[tuple[list[Stamp], bytes]]) -> bool:
        """Compare these alone; False, and nothing done, when they do not explain what differs."""
        found: list[tuple[Stamp, Row]] = []
        for files, before in handfuls:
            changed = self._changed(folder, files, before)
            if changed is None:
                return False
            found += changed
        for stamp, row in found:
            self._decide(folder_id, folder, stamp, row)
        return True

    def _changed(self, folder: str, files: list[Stamp], before: bytes) -> list[tuple[Stamp, Row]] | None:
        """The files of a handful that differ from their rows.

        The newest are asked first, until the handful with what their rows say has the mark that it had last time:
        then the others are as they were. None when it never has: a name came or went.
        """
        was, found = list(files), []
        for at in sorted(range(len(files)), key=lambda at: -files[at][1]):
            row = self._row(folder, files[at][0])
            if row is None:
                return None
            was[at] = (files[at][0], *row[1:4])
            if was[at] != files[at]:
                found.append((files[at], row))
                if mark(was) == before:
                    return found
        return None

    def _compare_all(self, folder_id: int, folder: str, files: list[Stamp]) -> None:
        """Compare the rows as a set: most files are in it."""
        begin = len(folder) + 2 if folder else 1
        sql = "SELECT substr(path, ?), mtime_ns, size, inode FROM files WHERE folder = ?"
        believed: set[Stamp] = set(self._db.execute(sql, (begin, folder_id)))
        sql = "SELECT substr(path, ?) FROM files WHERE folder = ? AND racy"
        doubted = {name for (name,) in self._db.execute(sql, (begin, folder_id))}
        doubted.update([name for name, *_ in believed.difference(files)])
        rows = {name: self._row(folder, name) for name in doubted}
        for stamp in files:
            row = rows.pop(stamp[0], None)
            if row is not None:
                self._decide(folder_id, folder, stamp, row)
            elif stamp not in believed:
                self.new.append((folder_id, folder, stamp))
        self.gone += [(row[0], row[5]) for row in rows.values() if row is not None]

    def _row(self, folder: str, name: str) -> Row | None:
        sql = "SELECT id, mtime_ns, size, inode, digest, name_key FROM files WHERE path = ?"
        row: Row | None = self._db.execute(sql, (f"{folder}/{name}" if folder else name,)).fetchone()
        return row

    def _decide(self, folder_id: int, folder: str, stamp: Stamp, row: Row) -> None:
        """Whether a file changed that looks as if it had."""
        filler = self._filler
        name, mtime_ns, size, inode = stamp
        number, digest = row[0], row[4]
        # Dates that a note does not give come from the file's time, so a new time is a change.
        if row[1] != fit(mtime_ns) or (is_note(name) and not filler.same(folder, stamp, digest)):
            self.changed.append((number, folder_id, folder, stamp))
            return
        racy = is_racy(mtime_ns, filler.started_ns) or (is_note(name) and filler.again(digest, size))
        filler.writer.restamp((size, fit(mtime_ns), fit(inode), int(racy), digest, number))
        if racy:
            self.stamps[folder_id] = None
