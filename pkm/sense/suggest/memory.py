"""What was learned in a vault, kept for the next time, so that a morning or a quiet night need not learn again.

A file of plain numbers in the vault's private folder; nothing in it is ever run. Losing it costs one lesson.
"""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.calibrate import Curve
from pkm.sense.suggest.learn import Ranker, shipped
from pkm.sense.suggest.trees import Forest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from pkm.sense.suggest.corpus import Corpus, Head
    from pkm.sense.suggest.decisions import Decisions

LESSON = "11"  # goes up when the evidence or the way of learning changes
PARTS = ("roots", "feature", "threshold", "left", "right", "value")


@dataclass(frozen=True, slots=True)
class Memory:
    """A file to remember a ranker in. It is used again when at most a share `drift` of the notes has changed since.

    With a drift of 0 the outcome is that of learning anew, bit for bit.
    """

    path: str
    drift: float = 0.0

    def recall(self, corpus: Corpus, decisions: Decisions | None) -> Ranker | None:
        """The ranker learned from this corpus, or from one close to it."""
        try:
            with open(self.path, "rb") as file, np.load(file, allow_pickle=False) as kept:
                data = {name: kept[name] for name in kept.files}
            if str(data["lesson"]) != LESSON or not self._close(data, corpus, decisions):
                return None
            return _ranker(data)
        except (OSError, KeyError, ValueError, IndexError, EOFError, zipfile.BadZipFile):
            return None

    def _close(self, data: dict[str, Any], corpus: Corpus, decisions: Decisions | None) -> bool:
        known, now = data["notes"], _marks(corpus.heads)
        if not self.drift:
            return np.array_equal(known, now) and data["answers"] == _answers(decisions)
        changed = len(np.setdiff1d(now, known)) + len(np.setdiff1d(known, now))
        return changed <= 2 * self.drift * len(now)

    def keep(self, corpus: Corpus, decisions: Decisions | None, ranker: Ranker) -> None:
        """Remember, or not, when the folder cannot be written."""
        data: dict[str, Any] = {
            "lesson": np.array(LESSON),
            "notes": _marks(corpus.heads),
            "answers": _answers(decisions),
            "large": np.array(ranker.large),
            "borrowed": np.array(ranker.borrowed),
            "weights": ranker.curve.weights,
            "usual": ranker.curve.usual,
            "biases": np.array([forest.bias for forest in ranker.forests]),
        }
        for number, forest in enumerate(ranker.forests):
            data |= {f"{part}{number}": getattr(forest, part) for part in PARTS}
        fresh = f"{self.path}.{os.getpid()}.tmp"
        try:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            with open(fresh, "wb") as file:
                np.savez(file, **data)
            os.replace(fresh, self.path)
        except OSError:
            return


def _ranker(data: dict[str, Any]) -> Ranker:
    forests = [
        Forest(**{part: data[f"{part}{number}"] for part in PARTS}, bias=bias)
        for number, bias in enumerate(data["biases"].tolist())
    ]
    large = bool(data["large"])
    curve = Curve(data["weights"], data["usual"])
    return Ranker(tuple(forests), shipped(large).general, float(data["borrowed"]), curve, large)


def _marks(heads: Iterable[Head]) -> NDArray[np.uint64]:
    """A number for each note as it is, in order of size."""
    return np.sort(np.frombuffer(b"".join(head.mark for head in heads), np.uint64))


def _answers(decisions: Decisions | None) -> NDArray[np.uint64]:
    told = "\n".join(each.line() for each in decisions.all) if decisions else ""
    return np.array(int.from_bytes(blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).digest()), np.uint64)
