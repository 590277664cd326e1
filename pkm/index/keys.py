"""How names are compared. Apart, so that a look at an unchanged vault loads no parser."""

from __future__ import annotations

NOTE_ENDINGS = (".md", ".markdown")


def is_note(name: str) -> bool:
    return name.endswith(NOTE_ENDINGS) or name.lower().endswith(NOTE_ENDINGS)


def link_key(path: str) -> str:
    """A path as links are compared: NFC, lower case, without the ending of a note."""
    path = path.lower() if path.isascii() else _nfc(path).lower()
    return path[:-3] if path.endswith(".md") else path


def _nfc(path: str) -> str:
    from unicodedata import normalize

    return normalize("NFC", path)
