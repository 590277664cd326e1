from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.vault.kit import adopted

if TYPE_CHECKING:
    from pathlib import Path

    from pkm.vault.vault import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """An adopted vault with nothing in it."""
    return adopted(tmp_path / "vault")
