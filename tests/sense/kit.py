"""What tests of changes by meaning need: an adopted vault of given notes, and what each of its links leads to."""

from __future__ import annotations

import os
from pathlib import Path

from pkm.workbench import Workbench


def bench_of(root: Path, files: dict[str, str | bytes]) -> Workbench:
    """A vault of these files."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "pkm.toml").touch()
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)
    return Workbench(str(root))


def files_of(bench: Workbench) -> dict[str, bytes]:
    """The bytes of every file but pkm's own."""
    found = {}
    for above, folders, names in os.walk(bench.root):
        folders[:] = [name for name in folders if name != ".pkm"]
        for name in names:
            path = Path(above, name)
            found[path.relative_to(bench.root).as_posix()] = path.read_bytes()
    found.pop("pkm.toml", None)
    return found
