"""The workbench: one vault with its settings, files, index and clock, each opened when first used.

The only place that joins the floors below; commands are given one and know nothing of how it came.
"""

from __future__ import annotations

import errno
import os

from pkm import config
from pkm.errors import NoRoomError, RefusedError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from pkm.config import Settings
    from pkm.index.index import Index
    from pkm.index.refresh import Refreshed
    from pkm.vault.vault import Vault


class Workbench:
    """What a command works with. `fresh=False` answers from the index as it is (`--no-refresh`)."""

    def __init__(self, root: str, *, fresh: bool = True) -> None:
        self.root = os.path.realpath(root)
        self.fresh = fresh
        self.progress: Callable[[int], None] | None = None
        self._settings: Settings | None = None
        self._vault: Vault | None = None
        self._index: Index | None = None
        self._ready = False

    @classmethod
    def found(cls, flag: str | None = None, *, fresh: bool = True) -> Workbench:
        """The workbench of the vault that `--vault`, the environment or the current folder names."""
        return cls(config.find_vault(flag), fresh=fresh)

    @property
    def settings(self) -> Settings:
        if self._settings is None:
            self._settings = config.load(self.root)
        return self._settings

    @property
    def vault(self) -> Vault:
        if self._vault is None:
            from pkm.vault.vault import Vault

            self._vault = Vault(self.root, self.settings.exclude, hard_links=self.settings.hard_links)
        return self._vault

    @property
    def now(self) -> float:
        return config.now()

    @property
    def adopted(self) -> bool:
        """Whether this folder was made a vault; else its index lives in the person's cache."""
        return config.is_vault(self.root)

    def require_adopted(self) -> None:
        """Writing verbs need a vault that was meant to be one."""
        if not self.adopted:
            raise UsageError(
                f"{self.root} is not a vault yet.", "It has no pkm.toml.", f"Adopt it:  pkm init {self.root}"
            )

    @property
    def index(self) -> Index:
        """The index, without a look at the files. Most callers want `db`."""
        if self._index is None:
            self._index = self._index_at(self._index_path())
        return self._index

    def _index_at(self, path: str) -> Index:
        from pkm.index.index import Index

        index = Index(path, self.vault.stamps, self.vault.reader, self.settings)
        if self.progress is not None:
            index.progress = self.progress
        return index

    @property
    def db(self) -> sqlite3.Connection:
        """The index's tables, brought up to the files on first use."""
        if not self._ready:
            if self.fresh or not self.index.attach():
                self.refresh()
            self._ready = True
        return self.index.db

    def refresh(self) -> Refreshed:
        """Look at the files now, whatever was asked before."""
        return self._where_there_is_room(lambda index: index.refresh())

    def rebuild(self) -> Refreshed:
        """Fill the index anew."""
        return self._where_there_is_room(lambda index: index.rebuild())

    def _where_there_is_room(self, work: Callable[[Index], Refreshed]) -> Refreshed:
        """Keep the index beside the notes, or, when that disk is full, in the person's cache or in memory."""
        for place in (None, self._cached, lambda: ":memory:"):
            if place is not None:
                self.close()
                self._index = self._index_at(place())
            try:
                result = work(self.index)
            except NoRoomError as error:
                full = error
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                full = NoRoomError(
                    "The index cannot be written.", "The disk is full.", "Free some space and try again."
                )
            else:
                self._ready = True
                return result
        raise full

    def forget_refresh(self) -> None:
        """The files were changed: the next use of `db` looks again."""
        self._ready = not self.fresh

    def close(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None
        self._ready = False

    def _index_path(self) -> str:
        private = os.path.join(self.root, config.PRIVATE_FOLDER)
        if os.path.islink(private):
            raise RefusedError(
                f"{private} is a symbolic link.", "What is kept there could end up anywhere.", "Make it a folder."
            )
        if self.adopted:
            try:
                os.mkdir(private)
            except FileExistsError:
                pass
            except OSError:
                return self._cached()
            if os.access(private, os.W_OK):
                return os.path.join(private, "index.db")
        return self._cached()

    def _cached(self) -> str:
        """A place in the person's cache; memory, when even that cannot be written."""
        from pkm.model.digest import digest

        folder = os.path.join(config.cache_folder(), "index", digest(os.fsencode(self.root))[:16])
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
        except OSError:
            return ":memory:"
        return os.path.join(folder, "index.db") if os.access(folder, os.W_OK) else ":memory:"
