"""Clones for the tests of this floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sync.clones import Clone, Hub

if TYPE_CHECKING:
    from pathlib import Path

NOTE = "---\nid: n1\ntags: [a]\n---\n\none\ntwo\nthree\n"


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path)


@pytest.fixture
def pair(hub: Hub) -> tuple[Clone, Clone]:
    """Two clones that are equal, with notes in them."""
    one = hub.clone("one")
    one.write("n.md", NOTE)
    one.write("in/other.md", "other\n")
    one.sync()
    return one, hub.clone("two")
