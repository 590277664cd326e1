"""Undo: what was done to the vault, and the way back from it.

An undo is a plan like any other: checked first, journalled, atomic. So an undo that is broken off is simply
undone again, and `redo` is the undo of an undo. Each `undo` goes one change further back; a change that was
taken back counts no more, until it is done again. A change that took several entries is one change, unless
another came between its parts.

The journal lies in `.pkm/undo/`, on this machine only. It forgets after half a year, or 256 MB.
"""

from __future__ import annotations

import os
from itertools import groupby

from pkm.errors import OutsideError, PkmError, Problem, UsageError
from pkm.vault.alter import SWAP
from pkm.vault.atomic import PREFIX
from pkm.vault.folder import Folder, digest_file, open_folder
from pkm.vault.journal import BEGUN, DONE, VOID, Entry
from pkm.vault.lock import Lock, private_folder
from pkm.vault.past import entries
from pkm.vault.plan import carry_out
from pkm.vault.restore import FORCE, REFUSE, inverse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkm.vault.vault import Vault

__all__ = ["Entry", "Undone", "changes", "history", "interrupted", "redo", "sweep", "undo"]


class Undone:
    """One change that was taken back (or done again): its entry (of parts, one), and the paths that changed by that."""

    __slots__ = ("entry", "paths")

    def __init__(self, entry: Entry, paths: list[str]) -> None:
        self.entry = entry
        self.paths = paths

    def __repr__(self) -> str:
        return f"Undone({self.entry.reason!r}, {self.paths!r})"


def history(vault: Vault) -> list[Entry]:
    """The changes that `undo` can take back, the latest first.

    An entry whose `state` is BEGUN was broken off: some of its files may be old, some new.
    """
    return [entry for entry in _in_force(vault.root) if not entry.undoes]


def changes(vault: Vault) -> list[list[Entry]]:
    """`history`, with the parts of one change together, the latest first."""
    return [list(parts) for _, parts in groupby(history(vault), _whole)]


def _whole(entry: Entry) -> str:
    return entry.part_of or entry.id


def interrupted(vault: Vault) -> Entry | None:
    """The latest change or undo, if a crash broke it off; `undo` takes it back, or finishes it."""
    try:
        with Lock(vault.root, patience=0.0):  # somebody who is writing just now has not been interrupted
            latest = next((entry for entry in reversed(journal_of(vault.root)) if entry.state != VOID), None)
    except (OutsideError, UsageError):
        return None
    return latest if latest is not None and latest.state == BEGUN else None


def undo(vault: Vault, n: int = 1, *, force: bool = False) -> list[Undone]:
    """Take back the latest `n` changes, the latest first: exact bytes, rights and names.

    Raises `ChangedError`, naming the file, when one was changed since; with `force` it is restored all the
    same, and the bytes of now go into the journal. Those taken back before such an error stay so.
    """
    with Lock(vault.root):
        done = [_take_back(vault.root, parts, parts, "undo", force=force) for parts in changes(vault)[:n]]
    if not done:
        raise UsageError("There is nothing to undo.", "The journal of this vault is empty, or all of it is undone.")
    return done


def redo(vault: Vault, *, force: bool = False) -> Undone:
    """Do again what the latest undo took back, unless something else was changed after it."""
    with Lock(vault.root):
        journal = {entry.id: entry for entry in journal_of(vault.root)}
        for _, parts in groupby(_to_redo(vault.root), _whole):
            undone = list(parts)
            return _take_back(vault.root, undone, [journal.get(e.undoes, e) for e in undone], "redo", force=force)
    raise UsageError("There is nothing to do again.", "Nothing was undone since the last change.")


def _to_redo(root: str) -> Iterator[Entry]:
    """The undos since the last change that were not done again yet, the latest first."""
    undos = {entry.id for entry in journal_of(root) if entry.undoes}
    for entry in _in_force(root):
        if not entry.undoes:
            return
        if entry.undoes not in undos:  # else it is a redo
            yield entry


def journal_of(root: str) -> list[Entry]:
    """Every entry that is whole, oldest first; none where there is no vault."""
    try:
        with private_folder(root) as private:
            return entries(private)
    except UsageError:
        return []
    except OSError as error:
        raise OutsideError("Cannot read the journal in .pkm/undo.", error.strerror or str(error)) from None


def _in_force(root: str) -> Iterator[Entry]:
    """The entries whose effect stands, the latest first: neither taken back nor void."""
    taken_back: set[str] = set()
    for entry in reversed(journal_of(root)):
        if entry.state == VOID or entry.id in taken_back:
            continue
        if not entry.undoes:
            yield entry
        elif entry.state == DONE:  # an undo that was broken off has taken nothing back yet
            taken_back.add(entry.undoes)
            yield entry


def _take_back(root: str, parts: list[Entry], meant: list[Entry], verb: str, *, force: bool) -> Undone:
    """Take back the parts of one change, the latest first. `meant` are the entries that the person knows."""
    paths: dict[str, None] = {}
    first: Entry | None = None
    for part, known in zip(parts, meant, strict=True):
        back = inverse(root, part, changed=FORCE if force else REFUSE)
        done = carry_out(root, back, f"{verb}: {known.reason}", part, first)
        first = first or done
        for change in back:
            paths[change.path] = None
            if change.kind == "move":
                paths[change.to] = None
    return Undone(meant[0], list(paths))


def sweep(vault: Vault) -> list[Problem]:
    """Remove temporary files that dead commands left behind; walks the whole vault.

    One that may hold somebody else's bytes goes only if the journal knows them; else it is a problem.
    """
    with Lock(vault.root):
        known = {state for entry in journal_of(vault.root) for file in entry.files for state in file.states}
        problems: list[Problem] = []
        for path in [*(path for path, _ in vault.stamps()), ".pkm", ".pkm/log"]:
            try:
                with open_folder(vault.root, path) as folder:
                    names = os.listdir(folder.full if folder.fd is None else folder.fd)
                    left = [name for name in names if name.startswith(PREFIX) and name.endswith(".tmp")]
                    problems += filter(None, [_swept(folder, name, known) for name in left])
            except (OSError, PkmError):
                continue  # unreadable folders are the walk's problems
        return problems


def _swept(folder: Folder, name: str, known: set[str]) -> Problem | None:
    """Remove one temporary file that nobody uses any more, or say why not."""
    if _alive(name.split("-")[1]):
        return None
    try:
        if name.endswith(SWAP) and digest_file(folder, name) not in known:
            return Problem(folder.inside(name), 0, "holds bytes that an editor saved during a change", "Look at it.")
        os.unlink(folder.at(name), dir_fd=folder.fd)
    except (OSError, PkmError) as error:
        return Problem(folder.inside(name), 0, "cannot be removed", str(error))
    return None


def _alive(number: str) -> bool:
    """Whether the process that made a temporary file may still be at work."""
    if not number.isdigit() or int(number) == os.getpid() or os.name == "nt":
        return False
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
