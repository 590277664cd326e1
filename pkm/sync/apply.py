"""The merged tree onto the disk, as plans of the vault.

New files come first, then changed ones, then removals: at no moment is a version only where
nobody looks. The vault swaps each file in whole and compares what comes out with what the
merge saw; an edit made in that moment is put back, and the sync starts over with it. As with
every plan, `pkm undo` takes it back, however many plans it took.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pkm.errors import PkmError
from pkm.model.digest import digest
from pkm.vault.folder import MissingError, open_folder
from pkm.vault.plan import Change, Create, Plan, Remove, Rewrite
from pkm.vault.plan import apply as carry_out
from pkm.vault.vault import Vault

if TYPE_CHECKING:
    from pkm.sync.tree import File
    from pkm.vault.journal import Entry

#: A plan is held in memory: a first sync of many gigabytes is several plans.
BATCH = 64 << 20

Read = Callable[[str], bytes]


class Switch(NamedTuple):
    """What a path had when the merge looked, and what it gets."""

    path: str
    old: File | None
    new: File | None


def apply(root: str, switches: Iterable[Switch], read: Read, reason: str) -> None:
    """Make the folder what the merge says. Raises `ChangedError` when a file is not what the merge saw."""
    regular = [s for s in switches if (s.old is None or s.old.regular) and (s.new is None or s.new.regular)]
    regular.sort(key=lambda s: (s.old is not None, s.new is None, s.path))
    later = [s for s in regular if s.old is None and _in_the_way(root, s.path)]
    vault = Vault(root)
    first = _carry_out(vault, [s for s in regular if s not in later], read, reason, None)
    _prune(root, [s.path for s in regular if s.new is None])
    _carry_out(vault, later, read, reason, first)


def _in_the_way(root: str, path: str) -> bool:
    """Whether a folder is where a file will be, or a file where a folder will be; they go first."""
    if os.path.isdir(os.path.join(root, path)):
        return True
    above = path.rpartition("/")[0]
    while above and not os.path.lexists(os.path.join(root, above)):
        above = above.rpartition("/")[0]
    return bool(above) and os.path.isfile(os.path.join(root, above))


def _carry_out(vault: Vault, switches: Iterable[Switch], read: Read, reason: str, first: Entry | None) -> Entry | None:
    """In as many plans as it takes, each part of the `first`, which is returned."""
    batch: list[Change] = []
    size = 0
    for change, length in _changes(switches, read):
        batch.append(change)
        size += length
        if size > BATCH:
            first = _part(vault, Plan(batch, reason), first)
            batch, size = [], 0
    return _part(vault, Plan(batch, reason), first)


def _part(vault: Vault, plan: Plan, first: Entry | None) -> Entry | None:
    done = carry_out(vault, plan, first)
    return first or done


def _changes(switches: Iterable[Switch], read: Read) -> Iterator[tuple[Change, int]]:
    for path, old, new in switches:
        mode = None
        if new and new.mode != (old.mode if old else "100644"):
            mode = 0o755 if new.mode == "100755" else 0o644
        if new is None:
            yield Remove(path, digest(read(old.oid if old else ""))), 0
            continue
        data = read(new.oid)
        if old is None:
            yield Create(path, data, mode), len(data)
        else:
            yield Rewrite(path, data, digest(read(old.oid)), mode), len(data)


def _prune(root: str, removed: Iterable[str]) -> None:
    """Folders that became empty go, as git knows of none."""
    from pkm.vault.alter import remove_folder

    for emptied in sorted({path.rpartition("/")[0] for path in removed}, reverse=True):
        path = emptied
        while path:
            above, _, last = path.rpartition("/")
            try:
                with open_folder(root, above) as folder:
                    remove_folder(folder, last)
            except (MissingError, PkmError):
                break
            path = above
