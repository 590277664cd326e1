"""The merged tree onto the disk.

New files come first, then changed ones, then removals: at no moment is a version only where
nobody looks. Each file is swapped in whole and what comes out is compared with what the merge
saw; an edit made in that moment is put back, and the sync starts over with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from pkm.model.digest import digest
from pkm.sync.merge import File
from pkm.vault import atomic
from pkm.vault.folder import Folder, MissingError, open_folder
from pkm.vault.vault import read_file


class Change(NamedTuple):
    """What a path had when the merge looked, and what it gets."""

    path: str
    old: File | None
    new: File | None


def apply(root: str, changes: Iterable[Change], read: Callable[[str], bytes], name: Callable[[bytes], str]) -> None:
    """Make the folder what the merge says. Raises `ChangedError` when a file is not what the merge saw."""
    changes = [c for c in changes if (c.old is None or c.old.regular) and (c.new is None or c.new.regular)]
    kinds = ([c for c in changes if c.old is None], [c for c in changes if c.old and c.new], [c for c in changes if c.new is None])
    for group in kinds:
        touched: set[str] = set()
        for path, old, new in sorted(group):
            above, _, last = path.rpartition("/")
            try:
                folder = open_folder(root, above, made=[] if new else None)
            except MissingError:
                if new is None:
                    continue
                raise
            with folder:
                if _one(folder, last, old, new, read, name):
                    touched.add(above)
        for above in sorted(touched):
            with open_folder(root, above) as folder:
                folder.sync()
    _prune(root, [c.path for c in kinds[2]])


def _one(folder: Folder, last: str, old: File | None, new: File | None, read: Callable[[str], bytes], name: Callable[[bytes], str]) -> bool:
    status = folder.lstat(last)
    here = read_file(folder, last) if status else None
    if here is None or old is None:
        if here is None and old is None and new is not None:
            atomic.create(folder, last, read(new.oid), None)
            return True
        if (here is None and new is None) or (here is not None and new is not None and name(here) == new.oid):
            return False
        raise atomic.changed(folder.inside(last))
    found = name(here)
    if new is not None and found == new.oid:
        return False
    if found != old.oid:
        raise atomic.changed(folder.inside(last))
    if new is None:
        atomic.remove(folder, last, digest(here))
    else:
        atomic.replace(folder, last, read(new.oid), digest(here))
    return True


def _prune(root: str, removed: Iterable[str]) -> None:
    """Folders that became empty go, as they do not exist in git."""
    for path in sorted({p.rpartition("/")[0] for p in removed}, reverse=True):
        while path:
            above, _, last = path.rpartition("/")
            try:
                with open_folder(root, above) as folder:
                    atomic.remove_folder(folder, last)
            except MissingError:
                pass
            path = above
