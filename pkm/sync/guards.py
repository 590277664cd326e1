"""When it is safer to stop and ask: much is gone at once, and absence is not yet deletion.

A disk that is not mounted, a folder that a cloud service emptied, a remote that was made
anew: each looks like somebody deleted everything. Sync then does nothing and says what to type.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pkm.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

#: This many deletions at once are always asked about.
MANY = 50
#: From this many on, a fifth of the vault is asked about.
SOME = 10
SHARE = 0.2


def check_here(root: str, gone: Sequence[str], total: int, away: Sequence[str]) -> None:
    """Refuse when notes of this folder seem gone rather than deleted."""
    if away:
        raise RefusedError(
            f"{_notes(len(away))} {'is' if len(away) == 1 else 'are'} not on this machine: {_some(away)}",
            "A cloud service keeps them elsewhere for now; that must not look like a deletion.",
            "Let it download them. To sync the others now:  pkm sync --yes",
        )
    folder = _emptied(root, gone)
    if folder:
        raise RefusedError(
            f"The folder {folder} is suddenly empty.",
            f"{_notes(len(gone))} would be deleted everywhere. Is a disk not mounted?",
            "If you emptied it yourself:  pkm sync --yes",
        )
    if too_many(len(gone), total):
        raise RefusedError(
            f"{_notes(len(gone))} of {total} are gone from this vault: {_some(gone)}",
            "They would be deleted on every machine.",
            "If you deleted them:  pkm sync --yes      To have them back:  pkm sync --restore",
        )


def check_incoming(gone: Sequence[str], total: int) -> None:
    """Refuse when another machine, or the remote, seems to have lost its notes."""
    if too_many(len(gone), total):
        raise RefusedError(
            f"{_notes(len(gone))} of {total} were deleted on another machine: {_some(gone)}",
            "They would be deleted here too.",
            "If that is right:  pkm sync --yes",
        )


def too_many(gone: int, total: int) -> bool:
    """Whether so much is gone at once that it may be a mistake."""
    return gone > MANY or (gone >= SOME and gone > SHARE * total) or (gone == total > 1)


def _emptied(root: str, gone: Iterable[str]) -> str:
    """A folder that is still there but lost all of its many files."""
    counts: dict[str, int] = {}
    for path in gone:
        top = path.partition("/")[0] if "/" in path else ""
        counts[top] = counts.get(top, 0) + 1
    for folder, count in sorted(counts.items()):
        if folder and count >= SOME and _is_empty(os.path.join(root, folder)):
            return folder
    return ""


def _is_empty(folder: str) -> bool:
    try:
        return not os.listdir(folder)
    except OSError:
        return False


def _notes(count: int) -> str:
    return "1 note" if count == 1 else f"{count} notes"


def _some(paths: Collection[str]) -> str:
    shown = sorted(paths)[:3]
    more = len(paths) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
