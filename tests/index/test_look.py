"""A look at folders finds what differs, and only that."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from pkm.config import Settings
from pkm.index.index import Index
from pkm.index.look import HANDFUL, fingerprint, look, mark, touched
from pkm.index.times import said, written
from pkm.vault.vault import Vault
from tests.index.copies import age, anew, kept, write

if TYPE_CHECKING:
    import pytest

FILES = [
    (f"Note {number}.md", 1_700_000_000_000_000_000 + number, 100, 7_000 + number) for number in range(10 * HANDFUL)
]


def written_again(number: int) -> list[tuple[str, int, int, int]]:
    name, mtime_ns, size, inode = FILES[number]
    return [*FILES[:number], (name, mtime_ns + 1, size, inode), *FILES[number + 1 :]]


@given(st.integers(0, len(FILES) - 1))
def test_only_the_handful_in_which_a_file_was_written_differs(number: int) -> None:
    files, at = written_again(number), number // HANDFUL * HANDFUL

    few = touched(files, fingerprint(files), fingerprint(FILES))

    assert few == [(files[at : at + HANDFUL], mark(FILES[at : at + HANDFUL]))]


def test_names_that_came_or_went_leave_no_few() -> None:
    fewer = FILES[:-HANDFUL]

    assert touched(fewer, fingerprint(fewer), fingerprint(FILES)) is None
    assert touched(FILES, fingerprint(FILES), None) is None
    assert touched(FILES[::-1], fingerprint(FILES[::-1]), fingerprint(FILES)) is None


def test_an_empty_folder_is_the_same_next_time(tmp_path: Path) -> None:
    (tmp_path / "notes" / "empty").mkdir(parents=True)
    age(write(tmp_path, "notes/a.md", "one"))
    index = Index(
        str(tmp_path / "index.db"),
        Vault(str(tmp_path / "notes")).stamps,
        Vault(str(tmp_path / "notes")).reader,
        Settings(),
    )
    index.refresh()

    seen = look(index.db, Vault(str(tmp_path / "notes")).stamps())

    assert (seen.differing, seen.gone) == ([], set())
    index.close()


def test_one_file_written_in_a_large_folder_is_the_only_one_read(tmp_path: Path) -> None:
    root = tmp_path / "notes"
    for number in range(5 * HANDFUL):
        age(write(root, f"{number}.md", f"text {number}"))
    read: list[str] = []
    vault = Vault(str(root))

    def reader(path: str, limit: int | None) -> bytes:
        read.append(path)
        return vault.read(path, limit)

    index = Index(str(tmp_path / "index.db"), vault.stamps, lambda: nullcontext(reader), Settings())
    index.refresh()
    read.clear()
    write(root, "7.md", "another text")

    assert index.refresh().changed == 1
    assert read == ["7.md"]
    index.close()


def test_a_rename_within_a_large_folder_is_seen(tmp_path: Path) -> None:
    for number in range(5 * HANDFUL):
        age(write(tmp_path, f"{number}.md", f"text {number} [[3]]"))
    kept(tmp_path)
    (tmp_path / "3.md").rename(tmp_path / "three.md")

    assert kept(tmp_path) == anew(tmp_path)


def test_times_are_said_in_one_form() -> None:
    assert said("2026-11-20") == "2026-11-20"
    assert said("2026-11-20 08:30") == "2026-11-20T08:30:00"
    assert said("2026-11-20T08:30:15.5+01:00") == "2026-11-20T08:30:15"
    assert said("2026-11-20T8") == "2026-11-20"
    assert said("tomorrow") == said(None) == said(2026) == ""


def test_a_files_time_is_local_also_where_clocks_change(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        spring = 1_774_746_000  # 2026-03-29T01:00:00Z, when 02:00 becomes 03:00
        assert written((spring - 1) * 10**9) == "2026-03-29T01:59:59"
        assert written(spring * 10**9) == "2026-03-29T03:00:00"
        assert written((spring + 61) * 10**9 + 5) == "2026-03-29T03:01:01"
    finally:
        monkeypatch.undo()
        time.tzset()


class DeedsInALargeFolder(RuleBasedStateMachine):
    """Whatever is done to some of forty files, and however their times lie, the next look finds it."""

    def __init__(self) -> None:
        super().__init__()
        self._place = TemporaryDirectory()
        self.root = Path(self._place.name)
        for number in range(5 * HANDFUL):
            age(write(self.root, f"{number:02}.md", f"text {number} [[07]]"))
        kept(self.root)

    names = st.integers(0, 5 * HANDFUL - 1).map(lambda number: f"{number:02}.md")

    @rule(
        name=names, text=st.sampled_from(["one", "two [[03]]", "知识", "---\ntitle: x\n---\n"]), past=st.integers(0, 3)
    )
    def written_and_its_time_set_back(self, name: str, text: str, past: int) -> None:
        age(write(self.root, name, text), ns=past * 10_000_000_000)

    @rule(name=names, to=names)
    def renamed(self, name: str, to: str) -> None:
        if (self.root / name).exists():
            (self.root / name).replace(self.root / to)

    @rule(one=names, other=names)
    def exchanged(self, one: str, other: str) -> None:
        if (self.root / one).exists() and (self.root / other).exists() and one != other:
            (self.root / one).rename(self.root / "between")
            (self.root / other).rename(self.root / one)
            (self.root / "between").rename(self.root / other)

    @rule(name=names)
    def deleted(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    @rule()
    def looked_at(self) -> None:
        assert kept(self.root) == anew(self.root)

    def teardown(self) -> None:
        try:
            assert kept(self.root) == anew(self.root)
        finally:
            self._place.cleanup()


TestDeedsInALargeFolder = DeedsInALargeFolder.TestCase
TestDeedsInALargeFolder.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
