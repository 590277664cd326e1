"""The short form of `make campaign-crashes`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.campaigns.crashes import Campaign

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs processes that can be killed")
def test_killed_commands_lose_nothing_and_undo_mends_what_is_half_done(tmp_path: Path) -> None:
    campaign = Campaign(tmp_path / "campaign", seed=5)

    for _ in range(30):
        campaign.run()

    assert campaign.problems == []
    assert campaign.kills > 10
