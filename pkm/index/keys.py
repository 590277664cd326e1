"""How names are compared. Apart, so that a look at an unchanged vault loads no parser."""

from __future__ import annotations

NOTE_ENDINGS = (".md", ".markdown")


def is_note(name: str) -> bool:
    """Whether a file of this name is read as a note."""
    return name.endswith(NOTE_ENDINGS) or name.lower().endswith(NOTE_ENDINGS)


def fold(text: str) -> str:
    """Text as tags and names are compared: NFC, lower case."""
    return text.lower() if text.isascii() else _folded(text)


def link_key(path: str) -> str:
    """A path as links are compared: folded, without the ending of a note."""
    path = path.lower() if path.isascii() else _folded(path)
    return path[:-3] if path.endswith(".md") and path != ".md" else path


def folder_key(folder: str) -> str:
    """A folder as links are compared. One that is called `x.md` is no note, so it keeps its name."""
    return fold(folder)


def _folded(text: str) -> str:
    from unicodedata import normalize

    # A sigma at the end of a word has a form of its own, but not before `.md`.
    return normalize("NFC", text).lower().replace("ς", "σ")
