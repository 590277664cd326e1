"""The evening's record: which parts of the night are done, so that a run that was killed goes on where it was.

One small file of this machine, `.pkm/tend.json`, gone when the night was whole. An unfinished night is taken up again
within twelve hours; after that a new night begins.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

RECORD = ".pkm/tend.json"
TAKEN_UP = 12 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Done:
    """What one part of a night did."""

    part: str
    result: str
    seconds: float
    failed: bool = False


def unfinished(root: str, now: float) -> dict[str, Done]:
    """The parts that a run which did not end had done."""
    try:
        with open(os.path.join(root, RECORD), encoding="utf-8") as file:
            record = json.load(file)
        if not 0 <= now - float(record["began"]) < TAKEN_UP:
            return {}
        parts = [Done(str(row["part"]), str(row["result"]), float(row["seconds"])) for row in record["done"]]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {each.part: each for each in parts}


def remember(root: str, now: float, done: list[Done]) -> None:
    """Write down what is done; a night whose record cannot be written is run anew, which does no harm."""
    path = os.path.join(root, RECORD)
    fresh = f"{path}.{os.getpid()}.tmp"
    try:
        with open(fresh, "w", encoding="utf-8") as file:
            json.dump({"began": now, "done": [asdict(each) for each in done if not each.failed]}, file)
        os.replace(fresh, path)
    except OSError:
        return


def finish(root: str) -> None:
    """The night was whole."""
    try:
        os.unlink(os.path.join(root, RECORD))
    except OSError:
        return
