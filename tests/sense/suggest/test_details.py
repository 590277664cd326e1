"""Evidence about pairs."""

from __future__ import annotations

import numpy as np

from pkm.sense.suggest.details import STEPS
from pkm.sense.suggest.facts import gather
from pkm.sense.suggest.train import examples
from tests.sense.suggest.vaults import corpus, grown


def test_no_lesson_can_be_told_from_another_by_how_much_a_folder_links_to_itself() -> None:
    flat = {path.rpartition("/")[2]: text for path, text in grown(60).items()}

    taught = examples(gather(corpus(flat)))

    assert taught is not None
    share = taught.features[:, taught.names.index("folder to folder")]
    lessons = {tuple(np.unique(share[taught.lesson == lesson])) for lesson in np.unique(taught.lesson)}
    assert len(lessons) <= 2
    steps = STEPS * np.log2(share[share > 0])
    assert np.allclose(steps, np.round(steps), atol=1e-3)
