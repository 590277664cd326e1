"""How fast the scanner is on a vault, and how often markdown-it-py reads the same.

    python benchmarks/scan.py VAULT... [--show 20]

Speed is bytes of Markdown a second of CPU, best of five rounds; the floor is one search for `[[`. `compiled` is
`scan_plain.pyx` over all notes, those that it leaves to Python included; how many it answers stands behind.
Agreement counts notes in which every heading, link and line of code is the same.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import TYPE_CHECKING

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from pkm.markdown import frontmatter
from pkm.markdown.leaves import read_exactly
from pkm.markdown.parse import scan_plain
from pkm.markdown.scan import _fast, prepare, scan
from pkm.markdown.text import decode
from pkm.model.link import Scan
from tests.markdown.oracle import ask, ours

if TYPE_CHECKING:
    from collections.abc import Callable


def load(vault: str) -> list[tuple[str, str, int]]:
    """The notes of a folder: path, text, where the body begins."""
    notes = []
    for folder, folders, files in os.walk(vault):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(".md"):
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    data = file.read()
                body = frontmatter.read(data).body
                notes.append((path, decode(data)[0], len(data[:body].decode("utf-8", "surrogateescape"))))
    return notes


def rate(notes: list[tuple[str, str, int]], size: int, read: Callable[[str, int], object], rounds: int = 5) -> float:
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        for _, text, body in notes:
            read(text, body)
        best = min(best, time.process_time() - begun)
    return size / best / 1e6


def exactly(text: str, start: int) -> Scan:
    found = Scan()
    source, shift = prepare(text, start)
    read_exactly(source, shift, text.count("\n", 0, start), found)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vaults", nargs="+")
    parser.add_argument("--show", type=int, default=0, help="how many disagreements to print")
    options = parser.parse_args()
    for vault in options.vaults:
        notes = load(vault)
        size = sum(len(text.encode("utf-8", "surrogateescape")) for _, text, _ in notes)
        hard = [note for note in notes if _fast(*prepare(note[1], note[2]), 0) is None]
        print(f"{vault}: {len(notes)} notes, {size / 1e6:.1f} MB, {len(hard)} read leaf by leaf")
        floor, fast = rate(notes, size, lambda text, _: text.count("[[")), rate(notes, size, scan)
        print(f"  MB/s: floor {floor:.0f}, scan {fast:.1f}, leaf by leaf {rate(notes, size, exactly, 1):.1f}")
        answered = [note for note in notes if scan_plain(note[1], note[2]) is not None]
        print(f"  compiled {rate(notes, size, scan_plain):.0f} MB/s, answers for {len(answered)}", end="; ")
        alike = sum(_same(scan_plain(text, body) or Scan(), scan(text, body)) for _, text, body in answered)
        print(f"as Python {alike}/{len(answered)}")
        both = agree = shown = 0
        for path, text, body in notes:
            same = _same(scan(text, body), exactly(text, body))
            both += same
            part = text[body:].removeprefix("\ufeff")
            differences = ours(part, scan(part)).differences(ask(part))
            agree += not differences
            if (differences or not same) and shown < options.show:
                shown += 1
                print(f"  {path}" + ("" if same else " (fast and exact differ)"), *differences, sep="\n      ")
        share = agree / max(1, len(notes))
        print(f"  both ways alike {both}/{len(notes)}, as markdown-it {agree}/{len(notes)} = {share:.4f}")


def _same(one: Scan, other: Scan) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in Scan.__slots__)


if __name__ == "__main__":
    main()
