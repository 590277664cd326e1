"""The index as a file: made, damaged, shared, cut off. Whatever happens to it, the notes answer again."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pkm
from pkm.config import Settings
from pkm.errors import OutsideError
from pkm.index import dump, schema
from pkm.index.index import Index
from pkm.vault.vault import Vault
from tests.index.copies import age, anew, index_of, kept, write

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = str(Path(pkm.__file__).parent.parent)
REFRESH = "import sys; from pathlib import Path; from tests.index.copies import index_of; i = index_of(Path(sys.argv[1])); i.{work}(); i.close()"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A vault of forty notes that link to each other, with an index."""
    for number in range(40):
        write(
            tmp_path,
            f"{number % 3}/Note {number}.md",
            f"---\ntags: [t{number % 5}]\n---\n# N {number}\n[[Note {number // 2}]] words\n" * 20,
        )
    kept(tmp_path)
    return tmp_path


def place(root: Path) -> Path:
    return root / ".pkm" / "index.db"


def litter(root: Path) -> list[str]:
    return sorted(set(os.listdir(root / ".pkm")) - {"index.db", "index.db-lock"})


def zero_bytes(path: Path) -> None:
    path.write_bytes(b"")


def no_database(path: Path) -> None:
    path.write_bytes(b"This is a letter to a friend.\n" * 500)


def cut_in_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def cut_mid_page(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1000)


def of_another_version(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 999")
    db.commit()
    db.close()


def without_a_table(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("DROP TABLE files")
    db.commit()
    db.close()


def a_link_to_a_file_elsewhere(path: Path) -> None:
    other = path.parent.parent.parent / "elsewhere.db"
    other.write_bytes(b"precious")
    path.unlink()
    path.symlink_to(other)


def gone_but_for_its_log(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("UPDATE notes SET title = 'from an older life'")
    db.commit()
    copy = path.with_name("copy")
    shutil.copy(f"{path}-wal", copy)
    db.close()
    path.unlink()
    copy.rename(f"{path}-wal")


@pytest.mark.parametrize(
    "harm",
    [
        zero_bytes,
        no_database,
        cut_in_half,
        cut_mid_page,
        of_another_version,
        without_a_table,
        a_link_to_a_file_elsewhere,
        gone_but_for_its_log,
    ],
)
def test_a_harmed_index_is_filled_again_without_a_word(root: Path, harm: object) -> None:
    assert callable(harm)
    harm(place(root))
    write(root, "0/new.md", "[[Note 1]]")

    assert kept(root) == anew(root)
    assert not place(root).is_symlink()
    assert not litter(root)


def test_a_link_in_its_place_is_not_followed(root: Path) -> None:
    a_link_to_a_file_elsewhere(place(root))

    kept(root)

    assert (root.parent / "elsewhere.db").read_bytes() == b"precious"


@pytest.mark.parametrize("seed", range(12))
def test_overwritten_bytes_end_in_a_sound_index_or_one_clear_error(root: Path, seed: int) -> None:
    luck = random.Random(seed)
    data = bytearray(place(root).read_bytes())
    for _ in range(luck.choice([1, 20, 400])):
        at = luck.randrange(len(data))
        data[at : at + 16] = luck.randbytes(16)
    place(root).write_bytes(data[: len(place(root).read_bytes())])
    write(root, "0/new.md", "[[Note 1]]")
    index = index_of(root)

    index.refresh()
    index.rebuild()

    assert list(dump.rows(index.db)) == anew(root)
    index.close()


def test_a_folder_in_its_place_is_named_and_left_alone(root: Path) -> None:
    place(root).unlink()
    place(root).mkdir()
    write(place(root), "mine.txt", "mine")

    with pytest.raises(OutsideError) as raised:
        kept(root)

    assert str(place(root)) in raised.value.message
    assert (place(root) / "mine.txt").exists()
    assert not litter(root)


def test_an_index_that_others_keep_locked_is_said_to_be_in_use(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "BUSY_MS", 50)
    other = sqlite3.connect(place(root), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    write(root, "0/new.md", "")

    with pytest.raises(OutsideError, match="in use by another pkm"):
        kept(root)
    other.execute("ROLLBACK")
    other.close()

    assert kept(root) == anew(root)


def test_a_reader_sees_the_old_rows_until_a_rebuild_is_done(root: Path) -> None:
    reader = sqlite3.connect(place(root), isolation_level=None)
    reader.execute("BEGIN")
    count = reader.execute("SELECT count(*) FROM notes").fetchone()
    (root / "0" / "Note 0.md").unlink()
    index = index_of(root)

    index.rebuild()

    assert reader.execute("SELECT count(*) FROM notes").fetchone() == count
    reader.execute("COMMIT")
    assert reader.execute("SELECT count(*) FROM notes").fetchone() == (count[0] - 1,)
    reader.close()
    index.close()


def test_attaching_to_an_index_looks_at_no_file(root: Path) -> None:
    def forbidden(*_: object) -> Iterator[tuple[str, list[tuple[str, int, int, int]]]]:
        raise AssertionError

    index = Index(str(place(root)), forbidden, Vault(str(root)).reader, Settings())

    assert index.attach()
    assert index.db.execute("SELECT count(*) FROM notes").fetchone() == (40,)
    index.close()


def test_a_changed_inbox_changes_what_a_note_is(root: Path) -> None:
    settings = Settings({"inbox": "0"})

    rows = kept(root, settings)

    assert rows == anew(root, settings)
    assert rows != kept(root)


def test_a_folder_that_is_excluded_later_leaves_the_index_and_comes_back(root: Path) -> None:
    settings = Settings({"exclude": ["1", "Note 3*"]})

    assert kept(root, settings) == anew(root, settings)
    assert not any(
        '"path": "1/' in row or "Note 33" in row for row in kept(root, settings) if '"table": "files"' in row
    )
    assert kept(root) == anew(root)


def test_two_first_fills_at_once_give_one_index(root: Path) -> None:
    place(root).unlink()

    fills = [
        subprocess.Popen([sys.executable, "-c", REFRESH.format(work="refresh"), str(root)], cwd=HERE) for _ in range(3)
    ]

    assert [fill.wait(60) for fill in fills] == [0, 0, 0]
    assert not litter(root)
    assert kept(root) == anew(root)


def test_two_refreshes_at_once_give_one_index(root: Path) -> None:
    age(*root.glob("*/*.md"))
    kept(root)
    for number in range(20, 60):
        write(root, f"{number % 3}/Note {number}.md", f"[[Note {number - 20}]] changed")

    both = [
        subprocess.Popen([sys.executable, "-c", REFRESH.format(work="refresh"), str(root)], cwd=HERE) for _ in range(3)
    ]

    assert [one.wait(60) for one in both] == [0, 0, 0]
    assert kept(root) == anew(root)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a kill that cannot be caught")
@pytest.mark.parametrize("work", ["first", "refresh", "rebuild"])
def test_a_kill_at_any_moment_leaves_an_index_that_heals(root: Path, work: str) -> None:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", REFRESH.format(work="rebuild"), str(root)], cwd=HERE, check=True)
    whole = time.monotonic() - began
    for part in range(8):
        write(root, "0/new.md", f"[[Note {part}]] {work} {part}")
        if work == "first":
            place(root).unlink(missing_ok=True)

        victim = subprocess.Popen(
            [sys.executable, "-c", REFRESH.format(work=work.replace("first", "refresh")), str(root)], cwd=HERE
        )
        time.sleep(whole * (0.3 + 0.1 * part))
        victim.kill()
        victim.wait()

        assert kept(root) == anew(root)
    assert not litter(root)


def test_no_byte_and_no_time_of_the_vault_is_changed(root: Path) -> None:
    before = {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in root.glob("*/*.md")}

    index = index_of(root)
    index.rebuild()
    index.refresh()
    index.close()

    assert {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in root.glob("*/*.md")} == before
