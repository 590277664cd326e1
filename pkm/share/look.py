"""Which files of the vault changed since the last publishing. No index is asked: one walk tells."""

from __future__ import annotations

import time
from hashlib import sha256
from typing import TYPE_CHECKING

from pkm.errors import PkmError
from pkm.share.current import is_settled, seen_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pkm.share.current import Listed
    from pkm.vault.vault import Vault

    Stamp = tuple[int, int, int]  # mtime in nanoseconds (0: not to be trusted), size, inode
    Known = tuple[int, int, int, str]  # the same with the digest of what was read

NOTE_ENDINGS = (".md", ".markdown")


class Look:
    """The notes and other files of a vault, compared with what was known of them."""

    def __init__(
        self, vault: Vault, skip: Iterable[str], known: dict[str, Known], listed: Listed | None = None
    ) -> None:
        """`listed`: what the vault's own walk gave just now; else there is one."""
        self.vault = vault
        self.known = known
        self.notes: dict[str, Stamp] = {}
        self.files: dict[str, Stamp] = {}
        self.stamps: dict[str, Known] = {}  # what is known after the look
        self.unread: dict[str, PkmError] = {}
        now = time.time_ns()
        listed = list(vault.stamps()) if listed is None else listed
        self.seen = "" if vault.problems else seen_of(listed)
        folders = tuple(folder + "/" for folder in skip)
        for folder, stamps in listed:
            prefix = folder + "/" if folder else ""
            if prefix.startswith(folders):
                continue
            for name, mtime, size, inode in stamps:
                stamp = (mtime if is_settled(mtime, now) else 0, size, inode)
                (self.notes if name.lower().endswith(NOTE_ENDINGS) else self.files)[prefix + name] = stamp
        self.suspects = [path for path, stamp in self.notes.items() if not _same(known.get(path), stamp)]
        self.gone = [path for path in known if path not in self.notes]

    def changed(self) -> Iterator[tuple[str, bytes]]:
        """Yield the notes whose bytes are others than were known, in the order of their paths."""
        self.stamps = {path: stamp for path, stamp in self.known.items() if path in self.notes}
        yield from self._read(sorted(self.suspects), again=False)

    def again(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield these notes, whether or not they changed."""
        yield from self._read(sorted(paths), again=True)

    def _read(self, paths: list[str], *, again: bool) -> Iterator[tuple[str, bytes]]:
        with self.vault.reader() as read:
            for path in paths:
                try:
                    data = read(path)
                except PkmError as error:
                    self.unread[path] = error
                    self.stamps.pop(path, None)
                    continue
                known = sha256(data).hexdigest()[:24]
                self.stamps[path] = (*self.notes[path], known)
                before = self.known.get(path)
                if again or before is None or before[3] != known:
                    yield path, data


def _same(known: Known | None, stamp: Stamp) -> bool:
    return known is not None and stamp[0] != 0 and known[:3] == stamp
