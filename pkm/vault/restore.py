"""The way back: which changes restore what was there before an entry of the journal.

It looks at the files as they are, not at how far the entry had come, so it works from every state: done,
broken off in the middle, undone halfway. Each path is at one of the digests that the entry led it through,
or somebody else has changed it since.
"""

from __future__ import annotations

from pkm.errors import ChangedError
from pkm.model.digest import digest
from pkm.vault.alter import remove_folder
from pkm.vault.folder import MissingError, open_folder
from pkm.vault.plan import Create, Move, Remove, Rewrite
from pkm.vault.vault import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pkm.vault.journal import Entry, FileRecord
    from pkm.vault.plan import Change

REFUSE, FORCE, LEAVE = "refuse", "force", "leave"


def inverse(root: str, entry: Entry, *, changed: str = REFUSE) -> list[Change]:
    """The changes that bring every path of the entry back to where it was before.

    A path that somebody changed since makes it raise `ChangedError`, which names it (REFUSE); is restored
    all the same (FORCE); or stays as it is (LEAVE).
    """
    back = _Back(root, entry, changed)
    back.move()
    back.refill()
    return back.changes


def remove_made(root: str, entry: Entry) -> None:
    """Take away the folders that an entry had made, the ones that are empty now."""
    known = {state for file in entry.files for state in file.states if state}
    for path in sorted(entry.made, key=len, reverse=True):
        above, _, name = path.rpartition("/")
        try:
            with open_folder(root, above) as folder:
                remove_folder(folder, name, known)
                folder.sync()
        except MissingError:
            continue


class _Back:
    def __init__(self, root: str, entry: Entry, changed: str) -> None:
        self.entry = entry
        self.changes: list[Change] = []
        self.found: dict[str, bytes | None] = {}  # what was on the disk when we looked
        with Reader(root) as read:
            for file in entry.files:
                try:
                    self.found[file.path] = read(file.path)
                except MissingError:
                    self.found[file.path] = None
        self.now = {path: "" if data is None else digest(data) for path, data in self.found.items()}
        self.known = {state: path for path, state in self.now.items() if state}
        strange = [file.path for file in entry.files if self.now[file.path] not in file.states]
        if strange and changed == REFUSE:
            raise ChangedError(
                f"{', '.join(strange[:3])}{' and others' if len(strange) > 3 else ''} changed since.",
                f"Undoing “{entry.reason}” would lose that.",
                "Undo it all the same with --force; `pkm undo --redo` brings the bytes of now back.",
            )
        left = strange if changed == LEAVE else ()
        self.todo = [f for f in entry.files if self.now[f.path] != f.states[0] and f.path not in left]

    def move(self) -> None:
        """Files that only lie elsewhere go back as they are, with their rights and dates."""
        wanted = {file.path: file.states[0] for file in self.entry.files}
        for file in self.todo:
            if not file.states[0] or self.now[file.path]:
                continue
            stages = self._moved_to(file.path)
            lies_at = [path for path in stages if self.now[path] == file.states[0] != wanted[path]]
            if not lies_at and file.blob() is None:
                # Moved and then edited by somebody: forced, the edited file goes back.
                lies_at = [path for path in stages[-1:] if self.now[path] and not wanted[path]]
            if lies_at:
                self._move(lies_at[-1], file.path)

    def refill(self) -> None:
        """The others get their old bytes back, or go."""
        rest = [file for file in self.todo if self.now[file.path] != file.states[0]]
        for file in rest:
            if not file.states[0] and self.now[file.path]:
                self.changes.append(Remove(file.path, self.now[file.path]))
        for file in rest:
            if not file.states[0] or file.path in self._arrived():
                continue
            data = self._bytes_of(file)
            if self.now[file.path]:
                self.changes.append(Rewrite(file.path, data, self.now[file.path], file.mode))
            else:
                self.changes.append(Create(file.path, data, file.mode))

    def _move(self, path: str, to: str) -> None:
        self.changes.append(Move(path, to, self.now[path]))
        self.now[to], self.now[path] = self.now[path], ""

    def _arrived(self) -> set[str]:
        return {change.to for change in self.changes if change.kind == "move"}

    def _moved_to(self, path: str) -> list[str]:
        """Where the entry moved the file, stage by stage."""
        stages: list[str] = []
        for step in self.entry.steps:
            if step[0] == "move" and step[1] == path:
                path = step[2]
                stages.append(path)
        return stages

    def _bytes_of(self, file: FileRecord) -> bytes:
        data = file.blob()
        if data is not None:
            return data
        data = self.found.get(self.known.get(file.states[0], ""))
        if data is not None:
            return data
        raise ChangedError(
            f"The bytes of {file.path} are gone.", "It was moved, and what was moved is not there any more."
        )
