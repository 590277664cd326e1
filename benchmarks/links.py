"""What link suggestions cost: a first night, a quiet night, and how both grow.

    python benchmarks/links.py [--notes 1000,10000] [--changed 50] [--huge] [--json FILE]

Writes vaults of made-up notes as `benchmarks/speed.py` does, and runs the nightly part, `pkm tend`, on them. The judge
is CPU time (user and system) as a ratio to a full index of the same vault in the same run, and the peak of memory.
Quality is another matter: docs/explanation/suggestions.md.

    first night        reads all notes, learns from all links, compares all notes
    without learning   reads and compares all notes, with what was learned before
    full night         compares all notes, with what was read and learned before
    50 changed         only the changed notes are read and asked about
    no change          only the files' times are looked at

Growth is the exponent between the smallest and the largest vault: 1 is in proportion. Just below 4,000 notes, where
everything is still compared with everything, a vault is dearest: `--notes 1000,2000,3900,10000` shows it. `--huge`
adds 100,000 notes, which takes some ten minutes.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from speed import HERE, write_vault

#: Runs a command and prints its peak of memory, which a parent can only ask for the largest of all its children.
PEAK = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""
HUGE = 100_000
READ, LEARNED, NIGHT = "words.npz", "lesson.npz", "night.json"  # what nights keep beside the index


class Vault:
    """A vault of made-up notes, and what is done to it between measurements."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        write_vault(folder, count)
        (folder / "pkm.toml").touch()

    def run(self, *words: str) -> tuple[float, float]:
        """CPU seconds and peak memory in MB of one command."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-c", PEAK, sys.executable, "-m", "pkm", *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(HERE)},
            capture_output=True,
            text=True,
            check=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return used, int(done.stdout.split()[-1]) / 1024

    def forget(self, *files: str) -> None:
        """Lose some of what earlier nights kept."""
        for file in files:
            (self.folder / ".pkm" / file).unlink(missing_ok=True)

    def change(self, count: int) -> None:
        """Add a line to some notes."""
        notes = sorted(self.folder.rglob("*.md"))
        for path in notes[:: max(1, len(notes) // count)][:count]:
            with path.open("a", encoding="utf-8") as file:
                file.write("\nA line more about quiet nights.\n")


def measure(count: int, changed: int) -> dict[str, float]:
    """All figures of a vault of so many notes."""
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault(Path(folder), count)
        index, _ = vault.run("index", "-q")
        found: dict[str, float] = {"notes": count, "index": index}

        def night(name: str, *forget: str) -> None:
            vault.forget(*forget)
            found[name], found[f"{name} MB"] = vault.run("tend", "-q")

        night("first night", READ, LEARNED, NIGHT)
        night("without learning", READ, NIGHT)
        night("full night", NIGHT)
        vault.change(changed)
        night(f"{changed} changed")
        night("no change")
    return found


def show(found: dict[str, float]) -> None:
    print(f"{found['notes']:,} notes: a full index takes {found['index']:.2f} s of CPU")
    for name, seconds in found.items():
        if f"{name} MB" in found:
            ratio, memory = seconds / found["index"], found[f"{name} MB"]
            print(f"  {name:18}{seconds:8.2f} s  {ratio:6.2f} x index  {memory:6.0f} MB at its peak", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", default="1000,10000")
    parser.add_argument("--changed", type=int, default=50)
    parser.add_argument("--huge", action="store_true", help=f"measure {HUGE:,} notes too")
    parser.add_argument("--json", metavar="FILE", default="")
    asked = parser.parse_args()
    counts = [int(count) for count in asked.notes.split(",")] + [HUGE] * asked.huge
    found = []
    for count in counts:
        found.append(measure(count, asked.changed))
        show(found[-1])
    for small, large in itertools.pairwise(found):
        for name in small:
            if f"{name} MB" in small:
                growth = math.log(large[name] / small[name]) / math.log(large["notes"] / small["notes"])
                print(f"{small['notes']:,} to {large['notes']:,} notes, {name}: exponent {growth:.2f}")
    if asked.json:
        Path(asked.json).write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
