"""Link suggestions for a vault: `suggest`, the one door into this room.

Learn from the vault's own links, gather candidates for the asked notes, score them, say how sure that is, and why.
Pure: the same corpus and decisions give the same suggestions, whatever order the notes came in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.arrays import found
from pkm.sense.suggest.calibrate import SHOWN, places
from pkm.sense.suggest.candidates import pairs
from pkm.sense.suggest.corpus import FEWEST
from pkm.sense.suggest.evidence import block_size, collect
from pkm.sense.suggest.facts import gather
from pkm.sense.suggest.heap import give_back, hold
from pkm.sense.suggest.judge import Judged, judged, refused_keys
from pkm.sense.suggest.kept import read
from pkm.sense.suggest.learn import Ranker, learn, shipped
from pkm.sense.suggest.reasons import explain
from pkm.sense.suggest.scale import scale_of
from pkm.sense.suggest.suggestion import Suggestion
from pkm.sense.suggest.train import examples
from pkm.sense.suggest.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from pkm.sense.suggest.corpus import Corpus
    from pkm.sense.suggest.decisions import Decisions
    from pkm.sense.suggest.facts import Facts
    from pkm.sense.suggest.memory import Memory

    Progress = Callable[[str], None]


def suggest(
    corpus: Corpus,
    *,
    sources: Iterable[str] | None = None,
    limit: int = 10,
    least: float = 0.0,
    decisions: Decisions | None = None,
    memory: Memory | None = None,
    kept: str = "",
    meaning: NDArray[np.float32] | None = None,
    progress: Progress | None = None,
    scheduler: str = "",
) -> list[Suggestion]:
    """The links that a person would likely make from each source note, best first, source by source.

    At most `limit` for a note, each with a claim of `least` or more.
    `sources` are paths; None asks for all notes, and unknown paths are ignored. A vault of fewer than ten notes gives
    no suggestions. One with few links is judged by weights learned on other vaults. `memory` is asked for what was
    learned before, the file `kept` for what was read; `meaning` is a vector for each note, where a sentence model was
    asked. `progress` is told what is being done. `scheduler` is the address of a Dask cluster that compares.
    """
    if len(corpus) < FEWEST:
        return []
    hold()
    tell = progress or (lambda _: None)
    tell("reading")
    reading = read(corpus, kept, lambda done: tell(f"reading: {done:,} notes"))
    if not len(reading.token):
        return []
    facts = gather(corpus, reading)
    del reading
    give_back()
    ranker = memory.recall(corpus, decisions) if memory else None
    if ranker is None:
        tell("learning from your links")
        ranker = _learned(facts, decisions)
        if memory and ranker.forests:
            memory.keep(corpus, decisions, ranker)
    tell("comparing")
    # After the lessons, each of which has evidence of its own: two at a time would need twice the memory.
    evidence = collect(View.whole(facts))
    evidence.meaning = meaning
    numbers = corpus.numbers
    wanted = range(len(corpus)) if sources is None else sorted({numbers[path] for path in sources if path in numbers})
    asked = np.array(list(wanted), np.int64)
    if not len(asked):
        return []
    refused = refused_keys(corpus, decisions, still=True)
    step = block_size(len(corpus))
    blocks = [asked[start : start + step] for start in range(0, len(asked), step)]
    most = max(limit, SHOWN)  # what stands further down changes no claim above
    if scheduler:
        from pkm.sense.suggest.cluster import judged_there

        every = Judged.joined([each.best(most) for each in judged_there(scheduler, evidence, ranker, blocks, refused)])
    else:
        parts = []
        for number, block in enumerate(blocks):
            tell(f"comparing: {number * step:,} of {len(asked):,} notes")
            parts.append(judged(evidence, ranker, block, refused).best(most))
        every = Judged.joined(parts)
        del parts
    give_back()
    claim = ranker.curve.probability(every.scored)
    place = places(every.source, every.scored.score)
    best = np.lexsort((place, every.source))
    best = best[(place[best] < limit) & (claim[best] >= least)]
    rows = (every.source, every.target, every.scored.score, claim)
    return [
        Suggestion(
            corpus.heads[source].path,
            corpus.heads[target].path,
            round(score, 4),
            round(sure, 4),
            explain(evidence, source, target),
        )
        for source, target, score, sure in zip(*(values[best].tolist() for values in rows), strict=True)
    ]


def _learned(facts: Facts, decisions: Decisions | None) -> Ranker:
    """What the vault's own links teach, and what was refused; a young vault has what other vaults taught."""
    scale = scale_of(facts.notes)
    young = shipped(scale.large)
    taught = examples(facts, look=young)
    return young if taught is None else learn(taught, scale, _refused(facts, decisions))


def _refused(facts: Facts, decisions: Decisions | None) -> NDArray[np.float32] | None:
    """The features of pairs that a person refused, seen as they are today."""
    wanted = refused_keys(facts.corpus, decisions)
    if not len(wanted):
        return None
    count = facts.notes
    features = [
        block.features[found(block.source * count + block.target, wanted)[1]]
        for block in pairs(collect(View.whole(facts)), np.unique(wanted // count), block=block_size(count))
    ]
    return np.concatenate(features)
