"""Names that stay when titles and addresses change, and say nothing about what they stand for."""

from __future__ import annotations

from hashlib import sha256


def uuid(*parts: str) -> str:
    """Return the same `urn:uuid:…` for the same parts."""
    found = sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
    return f"urn:uuid:{found[:8]}-{found[8:12]}-8{found[13:16]}-a{found[17:20]}-{found[20:32]}"
