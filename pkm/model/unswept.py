"""Work that makes a great many values, none of which refers to itself."""

from __future__ import annotations

import gc
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def unswept() -> Iterator[None]:
    """Let no garbage collector look through all of them again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.freeze()  # or the first thing the collector did were to look through all of it after all
            gc.enable()
