"""`pkm add` for plain thoughts. Loads nothing that a thought does not need."""

from __future__ import annotations

import os
import sys

from pkm import config
from pkm.cli import state
from pkm.cli.output import one_line, say
from pkm.errors import UsageError
from pkm.seek import capture
from pkm.vault.lock import Lock
from pkm.vault.plan import Plan, apply
from pkm.vault.vault import Vault


def keep_thought(words: list[str], *, title: str = "", tags: list[str] | None = None) -> int:
    """Keep the words (or what stands on stdin, for `-`) as one note in the inbox."""
    root = config.find_vault(state.vault_flag)
    if not config.is_vault(root):
        raise UsageError(f"{root} is not a vault yet.", "It has no pkm.toml.", f"Adopt it:  pkm init {root}")
    body = sys.stdin.buffer.read() if words == ["-"] else os.fsencode(" ".join(words))
    vault, settings, now = Vault(root), config.load(root), config.now()
    with Lock(vault.root):
        note = capture.thought(
            body,
            now,
            capture.next_id(vault.root, now),
            settings,
            vault.exists,
            title=title,
            keys={"tags": tags} if tags else None,
        )
        apply(vault, Plan([note], f"add {note.path}"))
    say(f"kept {one_line(note.path)}")
    return 0
