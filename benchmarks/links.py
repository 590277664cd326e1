"""What link suggestions cost: a first night, a quiet night, and how both grow.

    python benchmarks/links.py [--notes 2500,10000] [--changed 50] [--json FILE]

Writes vaults of made-up notes as `benchmarks/speed.py` does, and runs `pkm tend` on them. The judge is CPU time (user
and system) as a ratio to a full index of the same vault in the same run, and the peak of memory. Quality is another
matter: docs/explanation/suggestions.md.

    first night   learns from all links, compares all notes
    next full     all notes compared anew with what was learned before (as after 5 % of the notes changed)
    quiet night   only the changed notes are asked about

Growth is the exponent between the smallest and the largest vault: 1 is in proportion.
"""

from __future__ import annotations

import argparse
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


def run(vault: Path, *words: str) -> tuple[float, float]:
    """CPU seconds and peak memory in MB of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", PEAK, sys.executable, "-m", "pkm", *words],
        cwd=vault,
        env={**os.environ, "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, int(done.stdout.split()[-1]) / 1024


def change(vault: Path, count: int, word: str) -> None:
    """Add a line to some notes."""
    notes = sorted(vault.rglob("*.md"))
    for path in notes[:: max(1, len(notes) // count)][:count]:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\nA line more about {word}.\n")


def measure(count: int, changed: int) -> dict[str, float]:
    """All figures of a vault of so many notes."""
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder)
        write_vault(vault, count)
        (vault / "pkm.toml").touch()
        index, _ = run(vault, "index", "-q")
        first, memory = run(vault, "tend", "-q")
        change(vault, changed, "quiet")
        quiet, quiet_memory = run(vault, "tend", "-q")
        (vault / ".pkm" / "night.json").unlink()
        full, _ = run(vault, "tend", "-q")
    return {
        "notes": count,
        "index": index,
        "first night": first,
        "first night / index": first / index,
        "next full": full,
        "next full / index": full / index,
        "quiet night": quiet,
        "memory MB": memory,
        "quiet memory MB": quiet_memory,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", default="2500,10000")
    parser.add_argument("--changed", type=int, default=50)
    parser.add_argument("--json", metavar="FILE", default="")
    asked = parser.parse_args()
    found = [measure(int(count), asked.changed) for count in asked.notes.split(",")]
    for row in found:
        print(f"{row['notes']:,} notes: a full index takes {row['index']:.2f} s of CPU")
        for name in ("first night", "next full"):
            print(f"  {name:12} {row[name]:7.2f} s   {row[name + ' / index']:5.2f} x index")
        print(f"  {'quiet night':12} {row['quiet night']:7.2f} s   {asked.changed} notes changed")
        print(f"  memory       {row['memory MB']:5.0f} MB at its peak, quiet {row['quiet memory MB']:.0f} MB")
    small, large = found[0], found[-1]
    if large["notes"] > small["notes"]:
        for name in ("first night", "next full", "quiet night"):
            growth = math.log(large[name] / small[name]) / math.log(large["notes"] / small["notes"])
            print(f"growth of {name}: exponent {growth:.2f}")
    if asked.json:
        Path(asked.json).write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
