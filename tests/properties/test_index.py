"""Random histories of a vault: whatever happened, the index is what a new one would be."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pkm.config import Settings
from pkm.index import dump
from pkm.index.index import Index
from pkm.index.keys import folder_key, link_key
from pkm.index.links import Targets
from pkm.index.rows import read_note
from pkm.markdown.resolve import resolve
from pkm.vault.vault import Vault
from tests.index.copies import anew, index_of, write

FOLDERS = ["", "a", "b", "a/b", "x.md", "Ä"]
NAMES = ["One.md", "one.md", "Two.md", "b.md", "Ä.md", "A\u0308.md", "picture.png", "deep.markdown"]
TARGETS = [
    "One",
    "two",
    "b/one",
    "a/b/Two",
    "./One",
    "../b",
    "./a/.",
    "/One",
    "Ä",
    "picture.png",
    "Alias",
    "T",
    "7",
    "",
    "x/",
]

texts = st.builds(
    lambda front, links, words: "".join([front, *(f"[[{target}]] " for target in links), words]),
    st.sampled_from(
        [
            "",
            "---\naliases: Alias\n---\n",
            "---\ntitle: T\nid: 7\ntags: [one, Two]\n---\n",
            "---\naliases: [Alias, Alias, a b]\nid: 12.10\nrating: 1\n---\n",
            "---\nrating: 1.0\nsee: '[[One]]'\n---\n",
            "---\nbroken: [\n---\n",
            "---\ncreated: 2026-11-20T08:30\n---\n# Heading\n",
        ]
    ),
    st.lists(st.sampled_from(TARGETS), max_size=3),
    st.sampled_from(
        ["", "plain words", "# One\n\n- [ ] task #tag ^block\n", "知识 mixed知识", "[y](two.md) ![[b#h|d]]"]
    ),
)
contents = st.one_of(texts.map(str.encode), st.binary(max_size=20), st.just("caf\u00e9 [[\u00e9]]".encode("latin-1")))
paths = st.builds(
    lambda folder, name: f"{folder}/{name}" if folder else name, st.sampled_from(FOLDERS), st.sampled_from(NAMES)
)


class Interrupted(BaseException):
    """Stands for a kill: nothing may catch it."""


class Histories(RuleBasedStateMachine):
    """Files come, change, move and go, as people and programs do it, also while the index is being written."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.index = index_of(self.root)

    def teardown(self) -> None:
        self.index.close()
        shutil.rmtree(self.root)

    def notes(self) -> list[Path]:
        return sorted(file for file in self.root.rglob("*") if file.is_file() and ".pkm" not in file.parts)

    @rule(path=paths, data=contents)
    def a_file_is_written(self, path: str, data: bytes) -> None:
        with contextlib.suppress(IsADirectoryError, NotADirectoryError, FileExistsError):
            write(self.root, path, data)

    @precondition(lambda self: self.notes())
    @rule(choice=st.data())
    def a_file_is_written_again_within_a_tick(self, choice: st.DataObject) -> None:
        file = choice.draw(st.sampled_from(self.notes()))
        data, tick = file.read_bytes(), time.time_ns() + 1_000_000_000  # ahead, so that no slow machine leaves the tick
        os.utime(file, ns=(tick, tick))
        self.index.refresh()
        file.write_bytes(data[::-1])
        os.utime(file, ns=(tick, tick))

    @precondition(lambda self: self.notes())
    @rule(choice=st.data(), data=contents)
    def a_file_is_edited(self, choice: st.DataObject, data: bytes) -> None:
        choice.draw(st.sampled_from(self.notes())).write_bytes(data)

    @precondition(lambda self: self.notes())
    @rule(choice=st.data(), seconds=st.integers(1, 100_000))
    def a_file_is_dated_back(self, choice: st.DataObject, seconds: int) -> None:
        file = choice.draw(st.sampled_from(self.notes()))
        then = file.stat().st_mtime_ns - seconds * 1_000_000_007
        os.utime(file, ns=(then, then))

    @precondition(lambda self: self.notes())
    @rule(choice=st.data(), to=paths)
    def a_file_is_moved(self, choice: st.DataObject, to: str) -> None:
        file = choice.draw(st.sampled_from(self.notes()))
        with contextlib.suppress(OSError):
            (self.root / to).parent.mkdir(parents=True, exist_ok=True)
            file.rename(self.root / to)

    @precondition(lambda self: self.notes())
    @rule(choice=st.data())
    def a_file_is_deleted(self, choice: st.DataObject) -> None:
        choice.draw(st.sampled_from(self.notes())).unlink()

    @rule(one=st.sampled_from(FOLDERS[1:]), other=st.sampled_from(FOLDERS[1:]))
    def a_folder_is_renamed(self, one: str, other: str) -> None:
        with contextlib.suppress(OSError):
            (self.root / one).rename(self.root / other)

    @rule(folder=st.sampled_from(FOLDERS[1:]), gone=st.booleans())
    def a_folder_comes_or_goes(self, folder: str, gone: bool) -> None:
        with contextlib.suppress(OSError):
            if gone:
                shutil.rmtree(self.root / folder)
            else:
                (self.root / folder).mkdir(parents=True)

    @rule(reads=st.integers(0, 4), begin=st.booleans())
    def a_refresh_is_cut_off(self, reads: int, begin: bool) -> None:
        vault, left = Vault(str(self.root)), [reads]

        def read(path: str, limit: int | None = None) -> bytes:
            if not left[0]:
                raise Interrupted
            left[0] -= 1
            return vault.read(path, limit)

        if begin:
            self.index.close()
            Path(self.index.path).unlink(missing_ok=True)
        cut = Index(self.index.path, vault.stamps, lambda: contextlib.nullcontext(read), self.index._settings)
        with contextlib.suppress(Interrupted):
            cut.refresh()
        cut.close()

    @rule()
    def the_index_is_refreshed(self) -> None:
        self.index.refresh()

    @rule()
    def the_index_is_rebuilt(self) -> None:
        self.index.rebuild()

    @invariant()
    def the_index_is_what_a_new_one_would_be(self) -> None:
        before = {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in self.notes()}

        self.index.refresh()

        assert list(dump.rows(self.index.db)) == anew(self.root)
        # Raises when the words are not those of the texts.
        self.index.db.execute("INSERT INTO words(words, rank) VALUES ('integrity-check', 1)")
        assert {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in self.notes()} == before


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)


segments = st.sampled_from(["a", "b", "Ab", "é", "e\u0301", "x y", "n.md", "..", "."])
vaults = st.lists(
    st.lists(st.sampled_from(["a", "b", "Ab", "é", "e\u0301", "x y", "n.md"]), min_size=1, max_size=3).map(
        lambda p: "/".join(p) + ".md"
    ),
    min_size=1,
    max_size=8,
    unique=True,
)
targets = st.builds(
    lambda lead, parts, end: lead + "/".join(parts) + end,
    st.sampled_from(["", "./", "../", "/", "../../"]),
    st.lists(segments, max_size=3),
    st.sampled_from(["", ".md", ".MD", "/"]),
)


@given(vaults, targets, st.integers(0, 7))
@settings(max_examples=300)
def test_the_index_resolves_as_the_pure_rule_does(files: list[str], target: str, number: int) -> None:
    source = files[number % len(files)]
    index = Targets()
    for at, path in enumerate(files):
        folder, _, name = path.rpartition("/")
        index.add(at, path, folder_key(folder), link_key(name))
    rows = read_note(source, f"[[{target}]]".encode(), 0, Settings())
    here = files.index(source), folder_key(source.rpartition("/")[0])
    found = [row[1:3] for row in index.resolved(*here, rows.links)]

    assert found == [index.find(row[2], row[3], *here) for row in rows.links]
    for row, (number_found, via) in zip(rows.links, found, strict=True):
        expected = resolve(row[1][2:-2].strip(), source, files)
        assert (None if number_found is None else files[number_found], via) == (expected.target, expected.via)


@given(contents, st.integers(-(1 << 70), 1 << 70))
def test_any_bytes_at_any_time_are_rows_that_sqlite_can_keep(data: bytes, mtime_ns: int) -> None:
    rows = read_note("a/n.md", data, mtime_ns, Settings())

    for row in [
        rows.note,
        *rows.links,
        *rows.headings,
        *rows.tasks,
        *rows.properties,
        *rows.problems,
        (rows.body, rows.title),
    ]:
        for cell in row:
            assert not isinstance(cell, str) or cell.encode() is not None
            assert not isinstance(cell, int) or -(1 << 63) <= cell < 1 << 63
