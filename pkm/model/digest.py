"""Digests: how a plan says which bytes it expects, and how the index sees that nothing changed.

SHA-256, as lower-case hex, wherever anybody else may look. Python's own small C module does it without loading OpenSSL,
which matters to a capture that lasts a dozen milliseconds; who hashes a whole vault asks for `bulk`,
which is five times faster per byte once OpenSSL is there.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from hashlib import sha256
else:
    try:
        if sys.version_info >= (3, 12):
            from _sha2 import sha256
        else:
            from _sha256 import sha256
    except ImportError:  # an interpreter built without its own hashes
        from hashlib import sha256

# From about this size on, loading OpenSSL pays for itself within one digest.
_LARGE = 1 << 20


def digest(data: bytes) -> str:
    """SHA-256 of the bytes, as hex."""
    if len(data) > _LARGE:
        return bulk()(data)
    return sha256(data).hexdigest()


def digest_pieces(pieces: Iterable[bytes]) -> str:
    """The same of bytes that come piece by piece."""
    whole = sha256()
    for piece in pieces:
        whole.update(piece)
    return whole.hexdigest()


def bulk() -> Callable[[bytes], str]:
    """The same function for many files: loads OpenSSL first."""
    import hashlib

    fast = hashlib.sha256
    return lambda data: fast(data).hexdigest()
