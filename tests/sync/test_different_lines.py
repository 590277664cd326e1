"""Two people at different lines of one note: how often that costs a copy, or a line that is there twice."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from pkm.sync.texts import merge_note

WORD = re.compile(rb"\bw\d+w\b")
NOTES = 500


class Desk:
    """Writes notes in which every line has a word of its own."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.count = 0

    def line(self) -> bytes:
        self.count += 1
        return b"- w%dw " % self.count + b" ".join(self.rng.choices([b"seek", b"sense", b"share", b"[[Ideas]]"], k=4))

    def note(self) -> list[bytes]:
        return [self.line() if self.rng.random() < 0.85 else b"" for _ in range(self.rng.randint(6, 30))]

    def edited(self, rows: list[bytes], places: list[int]) -> bytes:
        """Some of these lines changed, deleted, or with a new one before them; some keys of the front matter too."""
        rows = list(rows)
        for at in sorted(places, reverse=True):
            kind = self.rng.choice(["change", "change", "insert", "insert", "cut"])
            rows[at : at + (kind != "insert")] = [] if kind == "cut" else [self.line()]
        tags = b", ".join([b"a", *(b"t%d" % self.rng.randrange(99) for _ in range(self.rng.randint(0, 2)))])
        self.count += 1
        return b"---\nid: n\ntags: [%s]\nupdated: %d\n---\n" % (tags, self.count) + b"\n".join(rows) + b"\n"

    def two_edits(self) -> tuple[bytes, bytes, bytes]:
        rows = self.note()
        places = self.rng.sample(range(len(rows)), self.rng.randint(2, 6))
        half = self.rng.randint(1, len(places) - 1)
        return self.edited(rows, []), self.edited(rows, places[:half]), self.edited(rows, places[half:])


@pytest.mark.parametrize("seed", range(3))
def test_edits_at_different_lines_seldom_cost_anything(seed: int) -> None:
    desk = Desk(seed)
    copies = twice = words = 0
    for _ in range(NOTES):
        before, ours, theirs = desk.two_edits()
        note, loser = merge_note(before, ours, theirs)
        found = Counter(WORD.findall(note))
        written = set(WORD.findall(ours)) | set(WORD.findall(theirs))
        given_up = set(WORD.findall(before)) - (set(WORD.findall(ours)) & set(WORD.findall(theirs)))
        assert written - given_up <= found.keys() | set(WORD.findall(loser or b""))
        copies += loser is not None
        twice += sum(times - 1 for times in found.values())
        words += len(found)

    assert copies < 0.05 * NOTES
    assert twice < 0.03 * words
