"""Clones of a vault, edited at random and synced in any order: the promises of the merge.

Every line that somebody writes carries a word of its own, so a lost one is seen.
"""

from __future__ import annotations

import re
from collections import Counter

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pkm.markdown.frontmatter import read, strings
from tests.sync.memory import both_ways, joined

WORD = re.compile(rb"\bw\d+w\b")
MARKER = re.compile(rb"^(<{7}|>{7}|\|{7})( |$)", re.MULTILINE)
PATHS = st.sampled_from(["a.md", "b.md", "c.md", "in/a.md", "in/b.md", "A.md", "in"])
CLONES = st.integers(0, 2)
AT = st.integers(0, 12)


def words(notes: dict[str, bytes]) -> Counter[bytes]:
    return Counter(WORD.findall(b"\n".join(notes.values())))


def written(notes: dict[str, bytes]) -> dict[str, list[bytes]]:
    """The lines that hold something; blank ones may come and go at the edge of a deletion."""
    return {path: [line for line in data.split(b"\n") if line.strip()] for path, data in notes.items()}


def addressed(notes: dict[str, bytes]) -> bool:
    """Whether each note has an id of its own."""
    ids = [read(data).values.get("id") for data in notes.values()]
    return None not in ids and len(set(ids)) == len(ids) and all(path.endswith(".md") for path in notes)


class Vaults(RuleBasedStateMachine):
    """Three clones and a hub. `wanted` are the words that nobody deleted."""

    @initialize()
    def start(self) -> None:
        self.count = 0
        self.wanted: set[bytes] = set()
        self.hub: dict[str, bytes] = {}
        self.clones: list[dict[str, bytes]] = [{}, {}, {}]
        self.bases: list[dict[str, bytes]] = [{}, {}, {}]
        for path in ("a.md", "b.md"):
            self.hub[path] = self.note(3)
        for clone in range(3):
            self.clones[clone] = dict(self.hub)
            self.bases[clone] = dict(self.hub)

    def line(self) -> bytes:
        self.count += 1
        word = b"w%dw" % self.count
        self.wanted.add(word)
        return b"- " + word

    def note(self, rows: int, named: bool = True) -> bytes:
        ident = b"id: n%d\n" % self.count if named else b""
        return b"---\n" + ident + b"tags: [a]\nupdated: 1\n---\n" + b"".join(self.line() + b"\n" for _ in range(rows))

    def replace(self, clone: int, path: str, data: bytes | None) -> None:
        """What an editor does: words that it takes away need not be there any more."""
        old = self.clones[clone].pop(path, b"")
        if data is not None:
            self.clones[clone][path] = data
        self.wanted -= set(WORD.findall(old)) - set(WORD.findall(data or b""))

    def picked(self, clone: int, path: str) -> str | None:
        notes = sorted(self.clones[clone])
        return path if path in notes else notes[len(path) % len(notes)] if notes else None

    @rule(clone=CLONES, path=PATHS, named=st.booleans())
    def write(self, clone: int, path: str, named: bool) -> None:
        folders = {name.rpartition("/")[0] for name in self.clones[clone]}
        if path not in self.clones[clone] and path not in folders and path.rpartition("/")[0] not in self.clones[clone]:
            self.clones[clone][path] = self.note(2, named)

    @rule(clone=CLONES, path=PATHS, at=AT, how=st.sampled_from(["insert", "change", "cut", "blank", "append"]))
    def edit(self, clone: int, path: str, at: int, how: str) -> None:
        name = self.picked(clone, path)
        if name is None:
            return
        rows = self.clones[clone][name].split(b"\n")
        first = read(self.clones[clone][name])
        start = self.clones[clone][name][: first.body].count(b"\n")
        at = min(start + at, len(rows) - 1)
        if how == "insert":
            rows.insert(at, self.line())
        elif how == "append":
            rows[-1:] = [self.line(), b""]
        elif how == "change":
            rows[at] = self.line()
        elif how == "blank":
            rows.insert(at, b"")
        else:
            rows[at : at + 2] = [b""]
        self.replace(clone, name, b"\n".join(rows))

    @rule(clone=CLONES, path=PATHS, tag=st.sampled_from("bcd"), now=st.integers(2, 99))
    def describe(self, clone: int, path: str, tag: str, now: int) -> None:
        name = self.picked(clone, path)
        if name is not None and tag not in strings(read(self.clones[clone][name]).values["tags"]):
            data = self.clones[clone][name].replace(b"]", b", " + tag.encode() + b"]", 1)
            self.replace(clone, name, re.sub(rb"updated: \d+", b"updated: %d" % now, data, count=1))

    @rule(clone=CLONES, path=PATHS, to=st.sampled_from(["moved.md", "in/moved.md", "c.md", "B.md"]))
    def move(self, clone: int, path: str, to: str) -> None:
        name = self.picked(clone, path)
        free = to not in self.clones[clone] and (to.rpartition("/")[0] not in self.clones[clone] or "/" not in to)
        if name is not None and free:
            self.clones[clone][to] = self.clones[clone].pop(name)

    @rule(clone=CLONES, path=PATHS)
    def delete(self, clone: int, path: str) -> None:
        name = self.picked(clone, path)
        if name is not None:
            self.replace(clone, name, None)

    @rule(clone=CLONES)
    def sync(self, clone: int) -> None:
        base, ours, theirs = self.bases[clone], self.clones[clone], self.hub
        merged, conflicts = both_ways(base, ours, theirs)
        missing = self.wanted & (words(ours) | words(theirs)).keys() - words(merged).keys()
        assert not missing
        plain = not conflicts and merged.keys() <= base.keys() | ours.keys() | theirs.keys()
        if plain and all(map(addressed, (base, ours, theirs))):
            assert written(joined(base, merged, theirs)[0]) == written(merged), "joining once more changes nothing"
        assert joined(theirs, merged, theirs)[0] == merged, "nor does joining with what was joined"
        self.clones[clone], self.bases[clone], self.hub = dict(merged), dict(merged), dict(merged)

    @rule(clone=CLONES)
    def sync_broken_off(self, clone: int) -> None:
        """New and changed files are on the disk, then the machine is switched off."""
        merged, _ = both_ways(self.bases[clone], self.clones[clone], self.hub)
        here = self.clones[clone]
        folders = {path.rpartition("/")[0] for path in here}
        new = {
            p: d for p, d in merged.items() if p not in here and p not in folders and p.rpartition("/")[0] not in here
        }
        self.clones[clone] = self.clones[clone] | dict(sorted(new.items())[: len(new) // 2 + 1])

    @invariant()
    def every_vault_is_whole(self) -> None:
        if not hasattr(self, "hub"):
            return
        for notes in (self.hub, *self.clones):
            folders = {path[:at] for path in notes for at in range(len(path)) if path[at] == "/"}
            assert not folders & notes.keys()
            for path, data in notes.items():
                assert not MARKER.search(data)
                front = read(data)
                assert not front.broken, path
                assert not front.repeated, path

    def teardown(self) -> None:
        for _ in range(2):
            for clone in range(3):
                self.sync(clone)
        assert self.clones[0] == self.clones[1] == self.clones[2]
        assert self.wanted <= words(self.hub).keys()


TestVaults = Vaults.TestCase
TestVaults.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
