"""The same comparison on several machines: blocks of notes go to the workers of a Dask cluster, and come back in order.

Every worker is given the evidence once, without the notes' texts. A block is judged there by the same code as here, so
the outcome is the same bytes. Only for `--scheduler`; who names a scheduler trusts it, because what travels there is
code, and what was counted in the notes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pkm.errors import OutsideError, UsageError
from pkm.sense.suggest.corpus import Corpus
from pkm.sense.suggest.judge import judged
from pkm.sense.suggest.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pkm.sense.suggest.evidence import Evidence
    from pkm.sense.suggest.judge import Judged
    from pkm.sense.suggest.learn import Ranker


def judged_there(
    scheduler: str, evidence: Evidence, ranker: Ranker, blocks: list[NDArray[np.int64]], refused: NDArray[np.int64]
) -> Iterator[Judged]:
    """What `judged` gives for each block of notes, in the order of the blocks."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "--scheduler needs Dask.",
            "The package distributed is not installed.",
            "Install it:  pip install 'pkm[cluster]'",
        ) from None
    try:
        client = Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise OutsideError(f"No scheduler answers at {scheduler}.", str(error), "Start one:  dask scheduler") from None
    with client:
        known = client.scatter((portable(evidence), ranker, refused), broadcast=True, hash=False)
        tasks = [client.submit(_judged, known, block, pure=False) for block in blocks]
        yield from client.gather(tasks)


def portable(evidence: Evidence) -> Evidence:
    """The evidence without what only this machine can read, and without the run of words, which nobody compares."""
    nothing = np.zeros(0, np.int32)
    run = replace(evidence.facts.encoded, token=nothing, spelled=[])
    facts = replace(evidence.facts, corpus=Corpus.of(()), encoded=run, shortest=[])
    return replace(evidence, facts=facts, view=View.whole(facts))


def _judged(known: tuple[Evidence, Ranker, NDArray[np.int64]], rows: NDArray[np.int64]) -> Judged:
    evidence, ranker, refused = known
    return judged(evidence, ranker, rows, refused)
