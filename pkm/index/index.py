"""The index of one vault: opened, brought up to date, asked.

The file is made complete beside its place and then put there, so that a first fill that is cut off
leaves nothing behind; later refreshes are one transaction each. A damaged file, or one of another
version, is filled anew without a word: it is only a copy.
"""

from __future__ import annotations

import os
import sqlite3

from pkm.errors import OutsideError
from pkm.index import refresh, schema
from pkm.index.schema import Damaged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pkm.config import Settings
    from pkm.index.refresh import Read, Refreshed, Stamp

    Walk = Callable[[], Iterable[tuple[str, list[Stamp]]]]


# Words that a first fill sorts in memory before it writes them: halves its time. SQLite's own choice is 1 MB.
SORT_BYTES = 24 << 20


class Index:
    """One open index. `walk` lists the vault's folders, `read` gives a file's bytes."""

    def __init__(self, path: str, walk: Walk, read: Read, settings: Settings) -> None:
        self.path = path
        self._walk = walk
        self._read = read
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
        """Open the index as it is, without a look at the files; whether there is one."""
        if self._db is not None:
            return True
        if self.path != ":memory:" and not os.path.exists(self.path):
            return False
        db = schema.connect(self.path)
        try:
            current = schema.is_current(db)
        except Damaged:
            db.close()
            schema.remove_file(self.path)
            return False
        if not current:
            db.close()
            return False
        self._db = db
        return True

    def refresh(self) -> Refreshed:
        """Bring the index up to the files, in one transaction."""
        try:
            return self._refresh()
        except sqlite3.OperationalError as error:
            raise self._explained(error) from None
        except sqlite3.DatabaseError:
            # Damaged somewhere inside: it is a copy, so fill it again, once.
            self.close()
            schema.remove_file(self.path)
            return self._guarded_refresh()

    def _guarded_refresh(self) -> Refreshed:
        try:
            return self._refresh()
        except sqlite3.DatabaseError as error:
            raise self._explained(error) from None

    def _refresh(self) -> Refreshed:
        if not self.attach():
            return self._first_fill()
        started = refresh.clock_ns()
        db = self.db
        differing, gone, count = refresh.changed_folders(db, self._walk())
        if not differing and not gone:
            result = refresh.Refreshed()
            result.files = count
            return result
        db.execute("PRAGMA cache_size = -32768")
        db.execute("BEGIN IMMEDIATE")
        try:
            gone &= {path for (path,) in db.execute("SELECT path FROM folders")}
            result = refresh.update(db, differing, gone, self._read, self._settings, started, self.progress)
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        result.files = count
        return result

    def _first_fill(self) -> Refreshed:
        """Fill a new file beside the index and put it in place."""
        if self.path == ":memory:" or (os.path.exists(self.path) and not self._stale()):
            return self.rebuild()
        self._sweep()
        fresh = f"{self.path}-new-{os.getpid()}"
        schema.remove_file(fresh)
        db = schema.connect(fresh)
        try:
            # Nobody reads this file before it is whole, so it needs no journal.
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            result = self._fill(db)
            db.execute("PRAGMA locking_mode = NORMAL")
            db.execute("PRAGMA journal_mode = WAL")
            db.close()
            if not os.path.exists(self.path):
                os.replace(fresh, self.path)
        finally:
            db.close()
            schema.remove_file(fresh)
        if not self.attach():
            raise OutsideError(f"The index {self.path} cannot be opened.", "Another program is changing it.", "Try again.")
        return result

    def _stale(self) -> bool:
        """Whether the file in place is of another version; then it goes."""
        schema.remove_file(self.path)
        return True

    def _sweep(self) -> None:
        """Remove what first fills that were cut off left behind."""
        folder, name = os.path.split(self.path)
        for entry in os.listdir(folder):
            number = entry.removeprefix(name + "-new-").partition("-")[0]
            if entry.startswith(name + "-new-") and number.isdigit() and not os.path.exists(f"/proc/{number}"):
                schema.remove_file(os.path.join(folder, f"{name}-new-{number}"))

    def rebuild(self) -> Refreshed:
        """Fill the index anew in place, in one transaction; readers see the old one until it is done."""
        if self._db is None:
            self._db = schema.connect(self.path)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
        db = self._db
        db.execute("BEGIN EXCLUSIVE" if self.path != ":memory:" else "BEGIN")
        try:
            schema.drop(db)
            result = self._fill(db)
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        return result

    def _fill(self, db: sqlite3.Connection) -> Refreshed:
        db.execute("PRAGMA cache_size = -32768")
        started = refresh.clock_ns()
        own = not db.in_transaction
        schema.create(db)
        if own:
            db.execute("BEGIN")
        schema.prepare_words(db, SORT_BYTES)
        result = refresh.fill(db, list(self._walk()), self._read, self._settings, started, self.progress)
        schema.prepare_words(db, schema.SORT_BYTES)
        schema.add_indexes(db)
        refresh.finish_fill(db)
        if own:
            db.execute("COMMIT")
        return result

    def _explained(self, error: sqlite3.Error) -> OutsideError:
        if "locked" in str(error) or "busy" in str(error):
            return OutsideError("The index is in use by another pkm.", str(error), "Try again in a moment, or add --no-refresh.")
        return OutsideError(f"The index {self.path} cannot be written.", str(error), "Is the disk full? Free some space and try again.")
