"""Notes that changed, written over their old rows: only what differs is touched.

A person changes a line, and most links, headings and tags of the note stay as they were. Rows that
stay cost one look; a row that goes and comes back costs a dozen pages of indexes. Mostly not even a look is
needed: where the front matter is the same, and the old and the new text hold the same things in the same places.
"""

from __future__ import annotations

from pkm.index.links import resolve_touched
from pkm.index.writer import Writer
from pkm.markdown import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from typing import Any

    from pkm.index.rows import NoteRows

    Rows = list[tuple[Any, ...]]

# The columns that make a row what it is; the first is the note's number. What a link means is found afterwards.
_COLUMNS = {
    "notes": "id, uid, title, kind, stage, para, audience, created, modified, body, front",
    "names": "note, kind, key, text",
    "links": 'source, kind, raw, goal, name_key, anchor, display, start, "end", line',
    "headings": "note, level, text, start, line",
    "blocks": "note, name, start, line",
    "tags": "note, key, text, created",
    "properties": "note, key, n, type, value",
    "tasks": "note, mark, text, start, line",
    "problems": "file, line, message, hint",
    "pairs": "rowid, text",
}
_WORDS = "INSERT INTO words(words, rowid, title, body, path) VALUES (?,?,?,?,?)"
_OWN = ("notes", "problems", "pairs")
# Of these tables the rows follow from a note's front matter, text and path alone.
_SAID = ("names", "links", "headings", "blocks", "tags", "properties", "tasks")
_TEXTS = "SELECT id, title, body, path FROM texts WHERE id IN (SELECT id FROM replaced)"
_NOTES = f"SELECT {_COLUMNS['notes']} FROM notes WHERE id IN (SELECT id FROM replaced)"  # noqa: S608 - constant names
_PROBLEMS = "SELECT file FROM problems WHERE file IN (SELECT id FROM replaced)"
_MODIFIED = 8  # the column of `notes` that any change of a file changes, mostly alone


class Replacer(Writer):
    """Writes notes whose old rows are still there, and takes out those of files that are gone."""

    def __init__(self, db: sqlite3.Connection, digest: Callable[[bytes], str]) -> None:
        super().__init__(db, None, digest)
        self.touched_names: set[str] = set()
        self._numbers: list[int] = []
        self._gone: set[int] = set()
        self._sources: set[int] = set()
        db.execute("CREATE TEMP TABLE IF NOT EXISTS replaced(id INTEGER PRIMARY KEY)")

    def note(self, number: int, path: str, rows: NoteRows) -> None:
        self._numbers.append(number)
        super().note(number, path, rows)

    def forget_file(self, number: int, name_key: str) -> None:
        self.touched_names.add(name_key)
        self._gone.add(number)
        self.db.execute("DELETE FROM files WHERE id = ?", (number,))
        self._numbers.append(number)
        self.count_note()

    def resolve(self) -> None:
        """Find what the new links mean, and anew what those mean that ask for a name that came or went."""
        self.flush()
        resolve_touched(self.db, self.touched_names, self._gone, self._sources)

    def flush(self) -> None:
        if self._numbers:
            self.db.execute("DELETE FROM replaced")
            self.db.executemany("INSERT INTO replaced VALUES (?)", [(number,) for number in self._numbers])
            self._numbers.clear()
            texts = {row[0]: row for row in self.db.execute(_TEXTS)}
            settled = self._settled(texts)
            for table in _OWN:
                self._difference(table)
            self._leave(settled)
            for table in _SAID:
                self._difference(table)
            self._replace_words(texts)
        super().flush()

    def _settled(self, texts: dict[int, tuple[Any, ...]]) -> set[int]:
        """The notes in which nothing came, went or moved that has a row of its own."""
        new = {row[0]: row for row in self.waiting["texts"]}
        was = {row[0]: _undated(row) for row in self.db.execute(_NOTES)}
        # What is not UTF-8 was scanned as it is but kept with question marks, and among these other things may stand.
        odd = {row[0] for row in self.waiting["problems"]}
        odd.update([number for (number,) in self.db.execute(_PROBLEMS)])
        return {
            row[0]
            for row in self.waiting["notes"]
            if row[0] not in odd
            and was.get(row[0]) == _undated(row)
            and (found := parse.rows(texts[row[0]][2], 0)) is not None
            and found == parse.rows(new[row[0]][2], 0)
        }

    def _leave(self, settled: set[int]) -> None:
        """Ask and write nothing more of these notes."""
        for table in _SAID:
            rows = self.waiting[table]
            rows[:] = [row for row in rows if row[0] not in settled]
        self.db.executemany("DELETE FROM replaced WHERE id = ?", [(number,) for number in settled])

    def _difference(self, table: str) -> None:
        """Take out of a table what is no longer so, and leave only what is new to be written."""
        columns, new = _COLUMNS[table], self.waiting[table]
        sql = f"SELECT {columns}, rowid FROM {table} WHERE {columns.partition(',')[0]} IN (SELECT id FROM replaced)"  # noqa: S608
        rows = self.db.execute(sql).fetchall()
        before, now = _marks(table, [row[:-1] for row in rows]), _marks(table, _said(table, new))
        if before == now:  # mostly: a person changes a line
            new.clear()
            return
        old = dict(zip(before, rows, strict=True))
        come = [row for row, mark in zip(new, now, strict=True) if old.pop(mark, None) is None]
        new[:] = self._redated(old, come) if table == "notes" else come
        if old:
            self.db.executemany(f"DELETE FROM {table} WHERE rowid = ?", [row[-1:] for row in old.values()])  # noqa: S608
        if table == "links":
            self._sources.update([row[0] for row in come])
        if table == "names":
            keys = [row[2] for row in (*old.values(), *come)]
            self.touched_names.update([key.rpartition("/")[2] for key in keys])

    def _redated(self, old: dict[Any, tuple[Any, ...]], come: Rows) -> Rows:
        """Write the time alone where only that changed, so that one index is touched and not four; the other rows."""
        was = {_undated(mark): mark for mark in old}
        times, others = [], []
        for row in come:
            mark = was.get(_undated(row))
            if mark is None:
                others.append(row)
            else:
                del old[mark]
                times.append((row[_MODIFIED], row[0]))
        self.db.executemany("UPDATE notes SET modified = ? WHERE id = ?", times)
        return others

    def _replace_words(self, old: dict[int, tuple[Any, ...]]) -> None:
        """The search engine must be told the old words to forget them, and takes notes best in order."""
        new = {row[0]: row for row in self.waiting["texts"]}
        self.waiting["words"].clear()
        self.waiting["texts"].clear()
        words: list[tuple[Any, ...]] = []
        texts: list[tuple[Any, ...]] = []
        for number in sorted(old.keys() | new.keys()):
            before, after = old.get(number), new.get(number)
            if before != after:
                words += [("delete", *before)] if before else []
                if after:
                    words.append((None, *after))
                    texts.append(after)
        self.db.executemany(_WORDS, words)
        self.db.executemany("REPLACE INTO texts VALUES (?,?,?,?)", texts)
        self.db.executemany("DELETE FROM texts WHERE id = ?", [(number,) for number in old.keys() - new.keys()])


def _undated(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a row of `notes` says beside the time."""
    return (*row[:_MODIFIED], *row[_MODIFIED + 1 :])


def _said(table: str, rows: Rows) -> Rows:
    """Rows that wait, without what is only found later."""
    return [(row[0], *row[3:]) for row in rows] if table == "links" else rows


def _marks(table: str, rows: Rows) -> list[Any]:
    """What rows are compared by. To Python 1 and 1.0 are equal, to a reader of properties they are not."""
    return [repr(row) for row in rows] if table == "properties" else rows
