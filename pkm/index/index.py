"""The index of one vault: opened, brought up to date, asked.

The file is made complete beside its place and then put there, so that a first fill that is cut off
leaves no half an index; later refreshes are one transaction each. A damaged file, or one of another
version, is filled anew without a word: it is only a copy.
"""

from __future__ import annotations

import os
import sqlite3
from _thread import allocate_lock

from pkm.errors import NoRoomError, OutsideError
from pkm.index import refresh, schema
from pkm.index.look import look
from pkm.model.unswept import unswept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from types import TracebackType

    from pkm.config import Settings
    from pkm.index.look import Stamp
    from pkm.index.refresh import Read, Refreshed

    Walk = Callable[[], Iterable[tuple[str, list[Stamp]]]]
    OpenReader = Callable[[], AbstractContextManager[Read]]

MEMORY = ":memory:"
# Words that a first fill sorts in memory before it writes them: halves its time. SQLite's own choice is 1 MB.
SORT_BYTES = 12 << 20
# A note's text fits in such a page with its neighbour's; in SQLite's own 4096 it often takes one for itself.
PAGE_BYTES = 8192
# Pages kept in memory during a fill; more was measured to gain nothing. A refresh keeps SQLite's own 2 MB: memory that
# is touched for the first time costs more than a page that is read twice.
CACHE_KIB = 8192
# Pages that a refresh may leave in the log before it copies them into the file. It is copied on closing, too: once
# is enough.
LOG_PAGES = 8000
# How long to wait for another process that fills the same index for the first time.
PATIENCE = 60.0


class Index:
    """One open index. `walk` lists the vault's folders, `reader` opens what gives a file's bytes, for one refresh."""

    def __init__(self, path: str, walk: Walk, reader: OpenReader, settings: Settings) -> None:
        self.path = path
        self._walk = walk
        self._reader = reader
        self._settings = settings
        self._db: sqlite3.Connection | None = None
        self.progress: Callable[[int], None] = refresh.silent

    @property
    def db(self) -> sqlite3.Connection:
        if self._db is None:
            raise RuntimeError("refresh() or attach() comes first")
        return self._db

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def attach(self) -> bool:
        """Open the index as it is, without a look at the files; whether there is a sound one."""
        if self._db is not None:
            return True
        if self.path == MEMORY or not os.path.exists(self.path):
            return False
        db = schema.connect(self.path)
        try:
            current = schema.is_current(db)
        except sqlite3.DatabaseError as error:
            current = False
            if not schema.is_damage(error):
                db.close()
                raise self.explained(error) from None
        if current:
            self._db = db
        else:
            db.close()
        return current

    def refresh(self) -> Refreshed:
        """Bring the index up to the files, in one transaction."""
        with unswept():
            return self._or_anew(self._refresh)

    def rebuild(self) -> Refreshed:
        """Fill the index anew; whoever reads it meanwhile sees the old one until it is done."""
        with unswept():
            return self._or_anew(self._refill)

    def _or_anew(self, work: Callable[[], Refreshed]) -> Refreshed:
        """Do the work; when it meets damage, fill a new index: it is a copy."""
        try:
            try:
                return work()
            except sqlite3.DatabaseError as error:
                if not schema.is_damage(error):
                    raise
            except (ValueError, TypeError, KeyError):
                # Garbled bytes in a sound file: text that is no UTF-8, a number where a name was. A mistake of
                # ours shows all the same, when the new index is filled.
                pass
            self.close()
            return self._first_fill(replace=True)
        except sqlite3.DatabaseError as error:
            raise self.explained(error) from None

    def _refresh(self) -> Refreshed:
        if not self.attach():
            return self._first_fill()
        db = self.db
        matters = refresh.what_matters(self._settings)
        if db.execute("SELECT value FROM meta WHERE key = 'settings'").fetchone() != (matters,):
            return self._refill()
        seen = look(db, self._walk())
        if not seen.differing and not seen.gone:
            result = refresh.Refreshed()
            result.files = seen.count
            return result
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        with self._reader() as read:
            return self._transaction(lambda: refresh.update(db, seen, read, self._settings, self.progress))

    def _refill(self) -> Refreshed:
        """Fill the file in its place."""
        if not self.attach():
            if self.path != MEMORY:
                return self._first_fill()
            self._db = schema.connect(MEMORY)
        db = self.db

        def work() -> Refreshed:
            schema.drop(db)
            return self._fill(db)

        return self._transaction(work)

    def _transaction(self, work: Callable[[], Refreshed]) -> Refreshed:
        db = self.db
        db.execute("BEGIN IMMEDIATE")
        try:
            result = work()
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:  # some errors have ended it already
                db.execute("ROLLBACK")
            raise
        return result

    def _first_fill(self, *, replace: bool = False) -> Refreshed:
        """Fill a new file beside the index and put it in place, one process at a time."""
        if self.path == MEMORY:
            return self._refill()
        fresh = self.path + "-new"
        with _Alone(self.path + "-lock"):
            if not replace and self.attach():
                return self._refresh()  # somebody else filled it while we waited
            schema.remove_file(fresh)
            db = schema.connect(fresh)
            try:
                # Nobody reads this file before it is whole, so it needs no journal.
                db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
                db.execute("PRAGMA journal_mode = OFF")
                db.execute("PRAGMA synchronous = OFF")
                db.execute("PRAGMA locking_mode = EXCLUSIVE")
                db.execute("BEGIN")
                result = self._fill(db)
                db.execute("COMMIT")
                db.execute("PRAGMA locking_mode = NORMAL")
                db.execute("PRAGMA journal_mode = WAL")
                db.close()
                _sync(fresh)
                schema.remove_file(self.path)
                os.rename(fresh, self.path)
            finally:
                db.close()
                schema.remove_file(fresh)
        if not self.attach():
            raise OutsideError(
                f"The index {self.path} cannot be opened.", "Another program is changing it.", "Try again."
            )
        return result

    def _fill(self, db: sqlite3.Connection) -> Refreshed:
        db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        schema.create(db)
        schema.prepare_words(db, SORT_BYTES)
        seen = look(None, self._walk())
        with self._reader() as read:
            result = refresh.fill(db, seen, read, self._settings, self.progress)
        schema.prepare_words(db, schema.SORT_BYTES)
        db.execute("INSERT INTO meta VALUES ('settings', ?)", (refresh.what_matters(self._settings),))
        return result

    def failed(self, error: sqlite3.Error) -> OutsideError:
        """What an error in a query means. A damaged file is thrown away, so that the next use fills a new one."""
        if self.path == MEMORY or not isinstance(error, sqlite3.DatabaseError) or not schema.is_damage(error):
            return self.explained(error)
        self.close()
        try:
            schema.remove_file(self.path)
        except OSError:
            return self.explained(error)
        return OutsideError(
            "The index was damaged.",
            f"SQLite says: {error}. No note is touched; the damaged copy is thrown away.",
            "Run the command again: the index is filled anew.",
        )

    def explained(self, error: sqlite3.Error) -> OutsideError:
        """What an error of SQLite's means for the person."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return OutsideError(
                "The index is in use by another pkm.", str(error), "Try again in a moment, or add --no-refresh."
            )
        if code == sqlite3.SQLITE_FULL:
            return NoRoomError("The index cannot be written.", "The disk is full.", "Free some space and try again.")
        return OutsideError(f"The index {self.path} cannot be used.", str(error), "Delete it; it is filled again.")


class _Alone:
    """One first fill at a time. The lock is the system's, so it ends with the process that holds it."""

    _thread = allocate_lock()  # the system's lock does not part threads of one process

    def __init__(self, path: str) -> None:
        self._path = path
        self._fd = -1

    def __enter__(self) -> None:
        if not self._thread.acquire(timeout=PATIENCE):
            raise self._busy()
        try:
            self._wait()
        except BaseException:
            self._leave()
            raise

    def _wait(self) -> None:
        if not hasattr(os, "lockf"):
            return  # Windows refuses to remove an open file, which comes to the same
        from time import monotonic, sleep

        try:
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:
            return  # then the fill itself will say what is wrong
        until = monotonic() + PATIENCE
        while True:
            try:
                os.lockf(self._fd, os.F_TLOCK, 0)
                return
            except (BlockingIOError, PermissionError):
                if monotonic() > until:
                    raise self._busy() from None
                sleep(0.02)
            except OSError:
                return  # a disk without locks

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
        self._thread.release()

    def _busy(self) -> OutsideError:
        return OutsideError(
            "Another pkm fills the index just now.", f"It holds {self._path}.", "Try again in a moment."
        )


def _sync(path: str) -> None:
    """Have a file on the disk before its name: else a power cut could leave the name of an empty one."""
    fd = os.open(path, os.O_RDWR)
    try:
        getattr(os, "fdatasync", os.fsync)(fd)  # its times are nobody's concern
    finally:
        os.close(fd)
