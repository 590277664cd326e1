"""Memory between tables: held for the next one of that size, or given back to the system.

Only the C library of Linux needs to be told; elsewhere nothing happens.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

HELD = 32 << 20  # bytes of the largest table whose memory is held
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # as in malloc.h


def hold() -> None:
    """Keep freed memory until `give_back`.

    Thousands of tables of some megabytes are made and dropped. Asking the system for each anew, as the C library does
    by itself, is a twentieth of all work.
    """
    with suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, HELD)
        library.mallopt(_TRIM_THRESHOLD, 4 * HELD)


def give_back() -> None:
    """Let the system have freed memory again."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
