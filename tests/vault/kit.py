"""What tests of changes need: a vault, its whole content as a value, and other programs."""

from __future__ import annotations

import os
from pathlib import Path

from pkm.vault.vault import Vault


def adopted(root: Path) -> Vault:
    """A vault with nothing in it."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "pkm.toml").write_bytes(b"")
    return Vault(str(root))


def tree(vault: Vault) -> dict[str, tuple[int, bytes] | None]:
    """Every file (rights, bytes) and folder (None) of a vault, but for its own folder."""
    found: dict[str, tuple[int, bytes] | None] = {}
    for above, folders, names in os.walk(vault.root):
        folders[:] = [name for name in folders if name != ".pkm"]
        for name in folders:
            found[os.path.relpath(os.path.join(above, name), vault.root)] = None
        for name in names:
            path = Path(above, name)
            found[os.path.relpath(path, vault.root)] = (path.stat().st_mode & 0o7777, path.read_bytes())
    return found


def put(vault: Vault, path: str, data: bytes, mode: int = 0o644) -> Path:
    """A file as an editor or another program leaves it."""
    file = Path(vault.root, path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    file.chmod(mode)
    return file


def got(vault: Vault, path: str) -> bytes | None:
    """The bytes of a file; None when it is not there."""
    file = Path(vault.root, path)
    return file.read_bytes() if file.exists() else None


def litter(vault: Vault) -> list[str]:
    """Temporary files that were left behind."""
    return [path for path in tree(vault) if os.path.basename(path).startswith(".pkm-")]
