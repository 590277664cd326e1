"""Front matter on real notes: is every byte kept, and what does reading cost?

    .venv/bin/python benchmarks/front_matter.py VAULT…

Walks the Markdown files of each folder; writes nothing. For every note: new keys are set and removed
again, every key is set to its own value, every value is changed and changed back. Counts the notes
that differ; the exit code is 1 when one does that must not, or when another key's value changed.
Changed and back may differ: a date in a form that is not Obsidian's comes back in quotes.
Then the CPU time of reading all of them, the best of several rounds, beside python-frontmatter's.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from pkm.errors import RefusedError
from pkm.markdown.frontmatter import read, remove_key, set_key
from pkm.markdown.frontmatter_write import same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEW_KEYS: tuple[tuple[str, object], ...] = (
    ("pkm-try", "[[A note]]"),
    ("pkm try", ["one", "[[Two]]", "three: 3"]),
    ("stage", 1.5),
    ("pkm-flag", True),
)


def notes(root: str) -> Iterator[tuple[str, bytes]]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.endswith(".md") and os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    yield os.path.relpath(path, root), file.read()


class Counts:
    """What happened to the notes of one vault."""

    def __init__(self) -> None:
        self.notes = self.with_block = self.cold = self.with_problems = self.broken = 0
        self.added = self.add_refused = self.not_restored = 0
        self.own = self.own_changed = 0
        self.changed = self.wrong = self.there_and_back = self.change_refused = 0
        self.examples: list[str] = []

    def __iadd__(self, other: Counts) -> Counts:  # noqa: PYI034 - adds in place
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self


def campaign(root: str) -> Counts:
    counts = Counts()
    for path, data in notes(root):
        counts.notes += 1
        front = read(data)
        counts.with_block += front.form != "none"
        counts.cold += front._marks is not None  # noqa: SLF001 - which of the two readers answered
        counts.with_problems += bool(front.problems)
        counts.broken += front.broken
        for key, value in NEW_KEYS:
            if key not in front.values:
                _add_and_remove(counts, path, data, key, value)
        for key, value in front.values.items():
            counts.own += 1
            if set_key(data, key, value) != data:
                counts.own_changed += 1
                counts.examples.append(f"own value: {path}: {key}")
            _change(counts, path, data, key, value)
    return counts


def _add_and_remove(counts: Counts, path: str, data: bytes, key: str, value: object) -> None:
    try:
        added = set_key(data, key, value)
    except RefusedError:
        counts.add_refused += 1
        return
    counts.added += 1
    if remove_key(added, key) != data or not same(read(added).values[key], value):
        counts.not_restored += 1
        counts.examples.append(f"set and remove: {path}: {key}")


def _change(counts: Counts, path: str, data: bytes, key: str, value: object) -> None:
    changed: object = f"{value}: changed"
    if isinstance(value, str):
        changed = value + " changed"
    elif isinstance(value, list):
        changed = [*value, "one more"] if all(isinstance(one, (str, int, float)) for one in value) else ["new"]
    elif type(value) is int:
        changed = value + 1
    try:
        there = set_key(data, key, changed)
    except RefusedError:
        counts.change_refused += 1
        return
    counts.changed += 1
    if not same(read(there).values, {**read(data).values, key: changed}):
        counts.wrong += 1
        counts.examples.append(f"changed value: {path}: {key}")
    try:
        counts.there_and_back += set_key(there, key, value) == data
    except RefusedError:  # keys within keys are never written
        return


def cpu(do: Callable[[bytes], object], files: list[bytes], rounds: int) -> float:
    """Milliseconds of CPU for 1,000 notes, best of the rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for data in files:
            do(data)
        best = min(best, time.process_time() - start)
    return best * 1e6 / max(len(files), 1)


def library(data: bytes) -> object:
    import frontmatter

    try:
        return frontmatter.loads(data.decode("utf-8", "replace")).metadata
    except Exception:  # noqa: BLE001 - what it raises on real notes is part of the comparison
        return None


def report(name: str, counts: Counts) -> None:
    print(f"{name}: {counts.notes} notes, {counts.with_block} with front matter")
    print(f"  left to the library        {counts.cold}; with problems {counts.with_problems}, broken {counts.broken}")
    added = f"{counts.added} times, {counts.not_restored} differ; refused {counts.add_refused}"
    print(f"  new key set and removed    {added}")
    print(f"  key set to its own value   {counts.own} keys, {counts.own_changed} differ")
    changed = f"{counts.changed} keys, {counts.wrong} read wrong; refused {counts.change_refused}"
    print(f"  value changed              {changed}; {counts.there_and_back} the same bytes when changed back")


def main(roots: list[str]) -> int:
    if not roots:
        print(__doc__)
        return 2
    total = Counts()
    for root in roots:
        counts = campaign(root)
        report(os.path.basename(os.path.normpath(root)), counts)
        files = [data for _, data in notes(root)]
        ours, theirs = cpu(read, files, 7), cpu(library, files, 2)
        print(f"  CPU ms per 1,000 notes     {ours:.1f}; python-frontmatter {theirs:.1f}")
        total += counts
    if len(roots) > 1:
        report("all", total)
    for example in total.examples[:20]:
        print(f"  {example}")
    return 1 if total.not_restored or total.own_changed or total.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
