"""The same blocks on a cluster: two local workers give what one process gives."""

from __future__ import annotations

import pytest

from pkm.errors import UsageError
from pkm.sense.suggest.rank import suggest
from tests.sense.suggest.vaults import corpus, grown

try:
    import distributed
except ImportError:
    distributed = None


@pytest.mark.skipif(distributed is not None, reason="Dask is installed")
def test_without_dask_the_command_says_what_to_install() -> None:
    with pytest.raises(UsageError, match="needs Dask"):
        suggest(corpus(grown(24, links=2)), limit=2, scheduler="tcp://127.0.0.1:1")


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
