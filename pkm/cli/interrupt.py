"""Ctrl-C at any moment: without a word while the program loads and leaves, as an exception while a command runs.

Python's own answer, a KeyboardInterrupt wherever it stands, would show people the inside of an import. So the
system's answer holds, which ends the process, but for the time of a command, which can tidy up. `_signal` is
the part of `signal` that needs no import.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # a built-in module without stubs
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sys import UnraisableHookArgs


def end_silently() -> None:
    """Let Ctrl-C end the process; unless it is ignored, as in a shell's background."""
    _exchange(_signal.default_int_handler, _signal.SIG_DFL)


def raise_exception() -> None:
    """Let Ctrl-C raise KeyboardInterrupt."""
    sys.unraisablehook = _end_all_the_same
    _exchange(_signal.SIG_DFL, _signal.default_int_handler)


class LeftToTheChild:
    """While an editor runs, Ctrl-C is its own: the terminal sends it to both, and we go on waiting."""

    def __enter__(self) -> None:
        # A handler, and not SIG_IGN, which the editor would inherit.
        self._before = _signal.signal(_signal.SIGINT, lambda *_: None)

    def __exit__(self, *_: object) -> None:
        _signal.signal(_signal.SIGINT, self._before)


def _end_all_the_same(what: UnraisableHookArgs) -> None:
    """Where Python cannot raise, in a callback of its own while it imports, it would show the inside and go on."""
    if what.exc_type is KeyboardInterrupt:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
        _signal.raise_signal(_signal.SIGINT)
    sys.__unraisablehook__(what)


def _exchange(old: object, new: object) -> None:
    try:
        if _signal.getsignal(_signal.SIGINT) == old:
            _signal.signal(_signal.SIGINT, new)
    except ValueError:
        return  # in a thread, where signals never arrive
