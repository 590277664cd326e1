"""Two copies of one vault to compare: the index that was kept up to date, and one made anew."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pkm.config import Settings
from pkm.index import dump
from pkm.index.index import MEMORY, Index
from pkm.vault.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path


def index_of(root: Path, settings: Settings | None = None, place: str = "") -> Index:
    """The index of a folder, in its `.pkm`."""
    settings = settings or Settings()
    vault = Vault(str(root), settings.exclude)
    (root / ".pkm").mkdir(exist_ok=True)
    return Index(place or str(root / ".pkm" / "index.db"), vault.stamps, vault.reader, settings)


def kept(root: Path, settings: Settings | None = None) -> list[str]:
    """All rows of the folder's index, brought up to date."""
    index = index_of(root, settings)
    try:
        index.refresh()
        return list(dump.rows(index.db))
    finally:
        index.close()


def anew(root: Path, settings: Settings | None = None) -> list[str]:
    """All rows of an index that never saw anything else."""
    index = index_of(root, settings, MEMORY)
    try:
        index.refresh()
        return list(dump.rows(index.db))
    finally:
        index.close()


def write(root: Path, path: str, text: str | bytes) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def age(*files: Path, ns: int = 10_000_000_000) -> None:
    """Give files a time that is safely past."""
    for file in files:
        then = file.stat().st_mtime_ns - ns
        os.utime(file, ns=(then, then))
