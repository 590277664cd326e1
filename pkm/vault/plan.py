"""Plans: every change to the vault, described before it happens.

Features return a `Plan`; only `apply` touches the disk. It takes the vault's lock, checks every change
against the disk before the first deed, writes down in the journal how to take it back, and then does the
deeds. Each file is whole at every moment, old or new. A deed that fails takes back the ones before it; a
crash in between leaves that to `pkm undo`. When `apply` returns, all of it is on the disk.

    plan = Plan([Rewrite("a.md", new, expect=digest(old))], "add a link")
    print(preview(vault, plan))
    apply(vault, plan)

Never prints, never asks.
"""

from __future__ import annotations

from pkm.errors import OutsideError, PkmError
from pkm.vault import journal
from pkm.vault.atomic import failed
from pkm.vault.deeds import Ledger
from pkm.vault.journal import BEGUN, DONE, VOID, Entry
from pkm.vault.lock import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from pkm.vault.vault import Vault


class _Value:
    """Compares and shows itself by its fields."""

    __slots__: tuple[str, ...] = ()

    def _fields(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash((type(self), self._fields()))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({shown})"


class Create(_Value):
    """A new file; refused when anything has its name. Folders on the way are made."""

    __slots__ = ("path", "data", "mode")  # noqa: RUF023 - as they are given
    kind: Literal["create"] = "create"

    def __init__(self, path: str, data: bytes, mode: int | None = None) -> None:
        self.path = path
        self.data = data
        self.mode = mode  # rights of the file; None leaves them to the person's umask


class Rewrite(_Value):
    """New bytes for a file, whose digest now is `expect`. Its rights stay, unless `mode` says others."""

    __slots__ = ("path", "data", "expect", "mode")  # noqa: RUF023 - as they are given
    kind: Literal["rewrite"] = "rewrite"

    def __init__(self, path: str, data: bytes, expect: str, mode: int | None = None) -> None:
        self.path = path
        self.data = data
        self.expect = expect
        self.mode = mode


class Move(_Value):
    """Another name or folder for a file, whose digest now is `expect`; refused when that name is taken."""

    __slots__ = ("path", "to", "expect")  # noqa: RUF023 - as they are given
    kind: Literal["move"] = "move"

    def __init__(self, path: str, to: str, expect: str) -> None:
        self.path = path
        self.to = to
        self.expect = expect


class Remove(_Value):
    """A file, whose digest now is `expect`, goes away; the journal keeps its bytes."""

    __slots__ = ("path", "expect")  # noqa: RUF023 - as they are given
    kind: Literal["remove"] = "remove"

    def __init__(self, path: str, expect: str) -> None:
        self.path = path
        self.expect = expect


Change = Create | Rewrite | Move | Remove


class Plan(_Value):
    """Changes in order, and why. Later ones see what earlier ones did: rewrite `a`, then move it."""

    __slots__ = ("changes", "reason")

    def __init__(self, changes: Iterable[Change], reason: str) -> None:
        self.changes = tuple(changes)
        self.reason = reason

    @property
    def paths(self) -> list[str]:
        """Every path that it touches, each once, in order."""
        found: dict[str, None] = {}
        for change in self.changes:
            found[change.path] = None
            if change.kind == "move":
                found[change.to] = None
        return list(found)


def apply(vault: Vault, plan: Plan, part_of: Entry | None = None) -> Entry | None:
    """Carry a plan out: all of it, or an exception and nothing. Returns its entry in the journal, if anything was done.

    A change too large for one plan is several, the later ones `part_of` the first; `undo` takes them back as one.

    Raises `ChangedError` before the first deed when a file is not what the plan expects or a new name is
    taken, and `OutsideError` when the disk fails; then what had been done is taken back.
    """
    return carry_out(vault.root, plan.changes, plan.reason, part_of=part_of)


def carry_out(
    root: str, changes: Iterable[Change], reason: str, undoes: Entry | None = None, part_of: Entry | None = None
) -> Entry | None:
    """`apply`, for undo too: then for the entry that is taken back."""
    changes = tuple(changes)
    if not changes and undoes is None:
        return None
    with Lock(root) as private, checked(root, changes) as ledger:
        if not ledger.steps and undoes is None:
            return None
        steps = map(_step, ledger.steps)
        undone, first = undoes.id if undoes else "", part_of.id if part_of else ""
        entry = Entry(reason, steps, ledger.records(), ledger.missing, undone, first)
        try:
            record = journal.append(private, entry)
        except OSError as error:
            raise failed("write", ".pkm/undo", error) from None
        outcome = BEGUN
        try:
            ledger.perform()
            if undoes is not None:
                _remove_made(root, undoes)
            outcome = DONE
        except OSError as error:
            outcome = _taken_back(root, entry, ledger)
            raise failed("write", ", ".join(entry.paths[:3]), error) from None
        except PkmError as error:
            outcome = _taken_back(root, entry, ledger)
            if outcome == BEGUN:
                error.hint = "It is done halfway. Take it back:  pkm undo"
            raise
        except BaseException:
            outcome = _taken_back(root, entry, ledger)
            raise
        finally:
            record.close(outcome, durable=undoes is not None)
        return entry


def checked(root: str, changes: Iterable[Change]) -> Ledger:
    """The changes, checked against the disk."""
    try:
        return Ledger(root, changes)
    except OSError as error:
        raise OutsideError("The vault cannot be read.", error.strerror or str(error)) from None


def _taken_back(root: str, entry: Entry, ledger: Ledger) -> bytes:
    """Undo the steps done so far; the state of the entry after that."""
    from pkm.vault.restore import LEAVE, inverse, remove_made

    ledger.folders.close()
    try:
        with Ledger(root, inverse(root, entry, changed=LEAVE)) as back:
            back.perform()
        remove_made(root, entry)
    except (PkmError, OSError):
        return BEGUN
    return VOID


def _remove_made(root: str, entry: Entry) -> None:
    from pkm.vault.restore import remove_made

    remove_made(root, entry)


def _step(change: Change) -> tuple[str, ...]:
    return (change.kind, change.path, change.to) if change.kind == "move" else (change.kind, change.path)


def preview(vault: Vault, plan: Plan) -> str:
    """The plan as a unified diff; what is not text is only named. Raises like `apply` when the plan is stale."""
    from pkm.vault.preview import diff

    return diff(vault, plan)
