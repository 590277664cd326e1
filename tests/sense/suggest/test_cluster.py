"""The same blocks on a cluster: two local workers give what one process gives."""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pkm.errors import UsageError
from pkm.sense.suggest.cluster import portable
from pkm.sense.suggest.evidence import collect
from pkm.sense.suggest.facts import gather
from pkm.sense.suggest.judge import judged
from pkm.sense.suggest.learn import shipped
from pkm.sense.suggest.rank import suggest
from pkm.sense.suggest.source import from_index
from pkm.sense.suggest.view import View
from pkm.workbench import Workbench
from tests.sense.suggest.vaults import corpus, grown

if TYPE_CHECKING:
    from pathlib import Path

try:
    import distributed
except ImportError:
    distributed = None


def test_without_dask_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="needs Dask"):
        suggest(corpus(grown(24, links=2)), limit=2, scheduler="tcp://127.0.0.1:1")


def test_what_travels_to_a_worker_says_the_same_there_and_holds_no_text(tmp_path: Path) -> None:
    for number in range(24):
        text = f"# Note {number}\n\nsecretword and [[Note {number // 2}]], {'keel' if number % 2 else 'soil'}\n"
        (tmp_path / f"Note {number}.md").write_text(text)
    (tmp_path / "pkm.toml").touch()
    bench = Workbench(str(tmp_path))
    with bench.vault.reader() as read:
        evidence = collect(View.whole(gather(from_index(bench.db, read))))
    bench.close()
    rows, nobody = np.arange(24), np.zeros(0, np.int64)

    travelled = pickle.dumps((portable(evidence), shipped()))

    known, ranker = pickle.loads(travelled)
    there, here = judged(known, ranker, rows, nobody), judged(evidence, shipped(), rows, nobody)
    assert np.array_equal(there.target, here.target)
    assert np.array_equal(there.scored.score, here.scored.score)
    assert len(here.target)
    assert b"secretword" not in travelled


@pytest.mark.skipif(distributed is None, reason="Dask is not installed: pip install 'pkm[cluster]'")
@pytest.mark.filterwarnings("default")
def test_two_workers_give_what_one_process_gives() -> None:
    vault = corpus(grown(60, links=2))
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        there = suggest(vault, limit=5, scheduler=cluster.scheduler_address)

    assert there == suggest(vault, limit=5)


@pytest.mark.skipif(distributed is None, reason="Dask is not installed: pip install 'pkm[cluster]'")
@pytest.mark.filterwarnings("default")
def test_a_scheduler_that_does_not_answer_is_named() -> None:
    from pkm.errors import OutsideError

    with pytest.raises(OutsideError, match="No scheduler answers at tcp"):
        suggest(corpus(grown(24, links=2)), limit=2, scheduler="tcp://127.0.0.1:1")
