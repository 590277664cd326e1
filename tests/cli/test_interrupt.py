"""Ctrl-C where Python cannot raise it: the process ends all the same, without a word."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

IN_A_CALLBACK = """
import _signal, weakref
from pkm.cli import interrupt

class Thing: ...

_signal.signal(_signal.SIGINT, _signal.default_int_handler)  # a shell's background would have it ignored
interrupt.end_silently()
interrupt.raise_exception()
thing = Thing()
kept = weakref.ref(thing, lambda _: [_signal.raise_signal(_signal.SIGINT)])
del thing
print("went on")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_ctrl_c_within_a_callback_ends_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", IN_A_CALLBACK], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr, done.returncode) == ("", "", -signal.SIGINT)
