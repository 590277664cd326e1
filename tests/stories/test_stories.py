"""Every console block of the stories, the README and the docs prints what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stories import runner

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("story", runner.stories(), ids=lambda path: str(path.relative_to(runner.ROOT)))
def test_story_prints_what_it_tells(story: Path) -> None:
    difference = runner.report(story)

    assert not difference, difference
