"""The index tells what it holds, and gets smaller after much was thrown away; it says the same as before."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from pkm.index import care
from tests.index.copies import anew, index_of, kept, write

if TYPE_CHECKING:
    from pathlib import Path


def test_a_report_counts_what_is_there(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "# A\n[[b]] #tag\n")
    write(tmp_path, "b.md", "知识\n")
    index = index_of(tmp_path)
    index.refresh()

    found = care.report(index.db, index.path)
    rows = {table.name: table.rows for table in found.tables}

    assert (rows["notes"], rows["links"], rows["tags"], rows["words"], rows["pairs"]) == (2, 1, 1, 2, 1)
    assert {table.name for table in found.tables if table.full_text} == {"words", "pairs"}
    assert next(table for table in found.tables if table.name == "files").columns["path"] == "TEXT"
    assert found.bytes > 0
    index.close()


def test_tidying_gives_space_back_and_changes_no_answer(tmp_path: Path) -> None:
    for number in range(200):
        write(tmp_path, f"{number}.md", f"# Note {number}\n" + f"words of note {number} and [[{number // 2}]]\n" * 50)
    kept(tmp_path)
    for number in range(50, 200):
        (tmp_path / f"{number}.md").unlink()
    index = index_of(tmp_path)
    index.refresh()

    saved = care.tidy(index.db, index.path)

    assert saved > 0
    assert care.report(index.db, index.path).free == 0
    assert index.db.execute("SELECT count(*) FROM words WHERE words MATCH 'note'").fetchone() == (50,)
    index.close()
    assert kept(tmp_path) == anew(tmp_path)
    assert sqlite3.connect(tmp_path / ".pkm" / "index.db").execute("PRAGMA integrity_check").fetchone() == ("ok",)
