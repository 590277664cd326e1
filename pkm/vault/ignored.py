"""What a vault keeps out of git: what systems and editors leave about, and the garden, which is built again at will."""

from __future__ import annotations

FILE = ".gitignore"
_LEFT_ABOUT = (".DS_Store", ".trash/", "/.obsidian/workspace*.json")


def new_file(garden: str) -> str:
    """The text of a .gitignore where there is none. `garden` is the folder that `pkm publish` writes."""
    return "".join(f"{line}\n" for line in (*_LEFT_ABOUT, f"/{garden}/"))


def addition(existing: str, garden: str) -> str:
    """What a .gitignore that somebody wrote still needs: the garden alone, unless it is in it."""
    if {f"/{garden}/", f"/{garden}", f"{garden}/", garden} & set(existing.split()):
        return ""
    start = "" if not existing or existing.endswith("\n") else "\n"
    return f"{start}/{garden}/\n"
