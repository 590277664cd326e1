"""Work that makes a great many values, none of which refers to itself."""

from __future__ import annotations

import gc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


class unswept:  # noqa: N801 - reads as a statement
    """Let no garbage collector look through all of them again and again."""

    __slots__ = ("_was",)

    def __enter__(self) -> None:
        self._was = gc.isenabled()
        gc.disable()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._was:
            gc.freeze()  # or the first thing the collector did were to look through all of it after all
            gc.enable()
