"""What a refresh sees, what it believes and what it reads again."""

from __future__ import annotations

import os
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from pkm.config import Settings
from pkm.errors import OutsideError
from pkm.index.index import Index
from pkm.index.look import COARSE_TICK, FINE_TICK, is_racy
from pkm.index.refresh import Refreshed  # noqa: TC001 - pytest reads annotations
from pkm.vault.vault import Vault
from tests.index.copies import age, anew, index_of, kept, write


def found(root: Path) -> Refreshed:
    index = index_of(root)
    try:
        return index.refresh()
    finally:
        index.close()


def test_a_refresh_counts_what_came_changed_and_went(tmp_path: Path) -> None:
    files = [write(tmp_path, f"{number}.md", "text") for number in range(4)]
    write(tmp_path, "picture.png", b"\x89PNG")
    age(*files)
    first = found(tmp_path)
    files[0].unlink()
    write(tmp_path, "1.md", "other text")
    write(tmp_path, "new/5.md", "")

    second = found(tmp_path)

    assert (first.added, first.changed, first.removed, first.files) == (5, 0, 0, 5)
    assert (second.added, second.changed, second.removed, second.files) == (1, 1, 1, 5)
    assert not found(tmp_path).anything


def test_a_settled_vault_is_refreshed_without_reading_a_note(tmp_path: Path) -> None:
    age(*[write(tmp_path, f"{number}.md", "text") for number in range(4)])
    kept(tmp_path)

    def forbidden(path: str, limit: int | None = None) -> bytes:
        raise AssertionError(path, limit)

    index = Index(
        str(tmp_path / ".pkm" / "index.db"), Vault(str(tmp_path)).stamps, lambda: nullcontext(forbidden), Settings()
    )

    assert not index.refresh().anything
    index.close()


def test_a_folder_that_was_taken_away_and_made_again_is_read_anew(tmp_path: Path) -> None:
    write(tmp_path, "a/one.md", "before")
    index = index_of(tmp_path)
    index.refresh()
    (tmp_path / "a").rename(tmp_path / "b")
    write(tmp_path, "a/one.md", "after")

    index.refresh()

    rows = index.db.execute("SELECT path, body FROM texts ORDER BY path").fetchall()
    assert rows == [("a/one.md", "after"), ("b/one.md", "before")]
    index.close()


def test_only_the_note_that_changed_is_read(tmp_path: Path) -> None:
    age(*[write(tmp_path, f"{number}.md", "text") for number in range(4)])
    kept(tmp_path)
    write(tmp_path, "2.md", "changed")
    vault, read = Vault(str(tmp_path)), []

    def reading(path: str, limit: int | None = None) -> bytes:
        read.append(path)
        return vault.read(path, limit)

    index = Index(str(tmp_path / ".pkm" / "index.db"), vault.stamps, lambda: nullcontext(reading), Settings())
    index.refresh()
    index.close()

    assert read == ["2.md"]


def test_a_change_within_the_tick_of_the_look_is_seen(tmp_path: Path) -> None:
    note = write(tmp_path, "a.md", "one")
    tick = time.time_ns() + 1_000_000_000  # ahead, so that no slow machine leaves the tick
    os.utime(note, ns=(tick, tick))
    kept(tmp_path)

    note.write_bytes(b"two")
    os.utime(note, ns=(tick, tick))

    assert found(tmp_path).changed == 1
    assert kept(tmp_path) == anew(tmp_path)


def test_whole_seconds_are_mistrusted_longer() -> None:
    now = 1_700_000_000_000_000_000

    assert is_racy(now - FINE_TICK + 1, now)
    assert not is_racy(now - FINE_TICK - 1, now)
    assert is_racy(now - COARSE_TICK + 1_000_000_000, now)


@pytest.mark.parametrize("seconds", [-(10**10), -1, 10**10, 3 * 10**10])
def test_a_file_from_another_century_is_indexed(tmp_path: Path, seconds: int) -> None:
    note = write(tmp_path, "a.md", "text")
    try:
        os.utime(note, (seconds, seconds))
    except OSError:
        pytest.skip("this disk keeps no such time")

    assert kept(tmp_path) == anew(tmp_path)
    assert any('"path": "a.md", "title": "a"' in row for row in kept(tmp_path))


def test_a_note_that_cannot_be_read_is_found_by_name_and_read_once_it_can(tmp_path: Path) -> None:
    write(tmp_path, "s.md", "[[a]]")
    age(write(tmp_path, "a.md", "# Heading"))
    vault, locked = Vault(str(tmp_path)), True

    def read(path: str, limit: int | None = None) -> bytes:
        if path == "a.md" and locked:
            raise OutsideError("Cannot read a.md.", "Permission denied")
        return vault.read(path, limit)

    index = index_of(tmp_path)
    index._reader = lambda: nullcontext(read)
    index.refresh()
    problems = index.db.execute("SELECT message FROM problems").fetchall()
    again = index.refresh()
    locked = False
    last = index.refresh()
    index.close()

    assert problems == [("Cannot read a.md. Permission denied",)]
    assert not again.anything
    assert last.changed == 1
    assert kept(tmp_path) == anew(tmp_path)


@pytest.mark.parametrize(
    ("front", "title", "tags"),
    [
        ("", "large", set()),
        ("---\ntitle: Grüße\ntags: [log, 2026]\n---\n", "Grüße", {"log", "2026"}),
        ("---\nnever: closed\n", "large", set()),
        ("---\nlong: " + "y" * 70_000 + "\n---\n", "large", set()),
    ],
)
def test_a_note_that_is_too_large_is_found_by_name_and_front_matter(
    tmp_path: Path, front: str, title: str, tags: set[str]
) -> None:
    age(write(tmp_path, "large.md", (front + "needle #inline\n").encode() + b"x" * (1 << 20)))
    settings = Settings({"max_note_mb": 1})
    index = index_of(tmp_path, settings)
    index.refresh()

    assert index.db.execute("SELECT title FROM notes").fetchall() == [(title,)]
    assert {tag for (tag,) in index.db.execute("SELECT text FROM tags")} == tags
    assert index.db.execute("SELECT count(*) FROM texts WHERE body <> ''").fetchone() == (0,)
    assert "too large to read whole" in index.db.execute("SELECT group_concat(message) FROM problems").fetchone()[0]
    assert index.db.execute("SELECT count(*) FROM folders WHERE stamp IS NULL").fetchone() == (0,)
    assert not index.refresh().anything
    index.close()


def test_a_name_that_is_not_utf8_is_told_of_and_stops_nothing(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    write(tmp_path, "good.md", "[[other]]")
    try:
        for name in (b"caf\xe9.md", b"f\xe9/inner.md"):
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            Path(os.fsdecode(os.path.join(folder, name))).write_bytes(b"text")
    except OSError:
        pytest.skip("this disk wants UTF-8")

    for _ in range(2):
        result = found(tmp_path)
        assert sorted(problem.path for problem in result.problems) == ["caf\udce9.md", "f\udce9/inner.md"]
    write(tmp_path, "other.md", "")
    assert kept(tmp_path) == anew(tmp_path)
    assert sum('"table": "files"' in row for row in kept(tmp_path)) == 2


def test_an_attachment_that_changed_is_not_read(tmp_path: Path) -> None:
    picture = write(tmp_path, "a.png", b"one")
    kept(tmp_path)
    picture.write_bytes(b"three")

    assert kept(tmp_path) == anew(tmp_path)
