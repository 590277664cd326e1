"""What every test stands on: a home of its own, no settings of the person who runs it, repeatable luck."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# No deadline anywhere: a test never asserts seconds, and machines are shared. CI draws the same examples each time.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nobody's own vault, configuration, git identity or clock takes part in a test."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        _keep_pip(patch)
        for name in [n for n in os.environ if n.startswith(("PKM_", "XDG_", "GIT_"))]:
            patch.delenv(name)
        for name in ("EDITOR", "VISUAL", "PAGER", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            patch.delenv(name, raising=False)
        patch.setenv("HOME", str(home))
        patch.setenv("USERPROFILE", str(home))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Test")
            patch.setenv(f"GIT_{role}_EMAIL", "test@example.org")
        yield


def _keep_pip(patch: pytest.MonkeyPatch) -> None:
    """Let pip go on finding its index and its cache, which may be set under the real home."""
    for config in ("~/.config/pip/pip.conf", "~/.pip/pip.conf"):
        if "PIP_CONFIG_FILE" not in os.environ and os.path.isfile(os.path.expanduser(config)):
            patch.setenv("PIP_CONFIG_FILE", os.path.expanduser(config))
    if "PIP_CACHE_DIR" not in os.environ:
        patch.setenv("PIP_CACHE_DIR", os.path.expanduser("~/.cache/pip"))
