"""Temporary files that a sync left beside notes when it was killed."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from pkm.errors import PkmError
from pkm.model.digest import digest
from pkm.vault.alter import SWAP
from pkm.vault.atomic import PREFIX
from pkm.vault.folder import open_folder, read_file
from pkm.vault.plan import Create, Plan, apply
from pkm.vault.vault import Vault

if TYPE_CHECKING:
    from pkm.sync.git import Git


def sweep(git: Git, path: str) -> None:
    """Tidy one folder: our files go, bytes that an editor saved in that moment become a note again."""
    with contextlib.suppress(PkmError, OSError), open_folder(git.root, path) as folder:
        for name in os.listdir(folder.full if folder.fd is None else folder.fd):
            if not (name.startswith(PREFIX) and name.endswith(".tmp")):
                continue
            if name.endswith(SWAP):
                data = read_file(folder, name)
                if not _known(git, data):
                    kept = folder.inside(f"Kept {digest(data)[:8]}.md")
                    apply(Vault(git.root), Plan([Create(kept, data)], "keep what was saved during a sync"))
            os.unlink(folder.at(name), dir_fd=folder.fd)


def _known(git: Git, data: bytes) -> bool:
    """Whether git has this content, so that removing a file with it loses nothing."""
    out = git.call("cat-file", "--batch-check", data=git.name(data).encode() + b"\n")
    return not out.strip().endswith(b"missing")
