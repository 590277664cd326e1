"""The queue: suggestions of the last nightly run that wait for an answer, and the answers.

The queue itself is this machine's and can be made again (`.pkm/suggestions.jsonl`); answers are the
vault's and travel by git (`.pkm/log/decisions.jsonl`, only ever appended to).
"""

from __future__ import annotations

import json
import os
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

QUEUE = ".pkm/suggestions.jsonl"
LOG = ".pkm/log/decisions.jsonl"


def pair_id(source: str, target: str) -> str:
    """A short name for a pair of notes, the same on every machine."""
    return blake2b(f"{source}\0{target}".encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def read(root: str) -> list[dict[str, Any]]:
    """The waiting suggestions, best first; none when no night has been."""
    rows = []
    for line in _lines(os.path.join(root, QUEUE)):
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(row.get("source"), str) and isinstance(row.get("target"), str):
            rows.append(row)
    return rows


def write(root: str, rows: Iterable[dict[str, Any]]) -> None:
    """Put a new queue in place of the old one, whole or not at all."""
    path = os.path.join(root, QUEUE)
    fresh = f"{path}.{os.getpid()}.tmp"
    with open(fresh, "w", encoding="utf-8", errors="replace") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    os.replace(fresh, path)


def answers(root: str) -> list[str]:
    """The lines of the log of decisions."""
    return _lines(os.path.join(root, LOG))


def answer(root: str, line: str) -> None:
    """Append one decision, on the disk before anybody says it was heard."""
    folder = os.path.join(root, ".pkm", "log")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(root, LOG)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
    try:
        os.write(file, line.encode("utf-8", "replace") + b"\n")
        os.fsync(file)
    finally:
        os.close(file)


def take_back(root: str, line: str) -> None:
    """Remove the last decision again, when it is the one given: the undo of a walk."""
    lines = answers(root)
    if lines and lines[-1] == line:
        path = os.path.join(root, LOG)
        size = os.path.getsize(path)
        os.truncate(path, size - len(line.encode("utf-8", "replace")) - 1)


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []
