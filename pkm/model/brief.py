"""A few bytes for many: how the index sees that a folder's listing or a note's front matter is what it was.

Nobody else ever sees them, and they are made a thousand times at each look: BLAKE2, from a small module of Python's.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import blake2b
else:
    try:
        from _blake2 import blake2b
    except ImportError:  # an interpreter built without its own hashes
        from hashlib import blake2b

BRIEF = 12  # bytes


def brief(data: bytes) -> bytes:
    """Twelve bytes that other data do not have."""
    return blake2b(data, digest_size=BRIEF).digest()
