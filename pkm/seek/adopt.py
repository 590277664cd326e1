"""Adopt a folder: what `pkm init` writes, and what it learns from the tool that lived there before.

Only `pkm.toml`, `.pkm/` and a line in `.gitignore` for the built garden are written; no note is touched.
"""

from __future__ import annotations

import json
import os

from pkm.config import OPTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# What of `.pkm` belongs to this machine alone. The logs beside travel by git.
PRIVATE_IGNORE = """\
# Only the log travels; the rest is this machine's and can be made again.
*
!.gitignore
!.gitattributes
!log/
!log/*.jsonl
"""
# Logs of two machines are joined line by line.
PRIVATE_ATTRIBUTES = "log/*.jsonl merge=union\n"


def settings_file(root: str) -> str:
    """The text of `pkm.toml`: every setting with its default, and those that the former tool gives."""
    return settings_text(from_obsidian(root))


def settings_text(found: Mapping[str, Any]) -> str:
    """Every setting with its meaning and its default; the `found` ones set."""
    lines = ["# Settings of this vault. Each line shows its default; remove the # to change it.", ""]
    table = ""
    for key, default, help_text in OPTIONS:
        section, _, name = key.rpartition(".")
        if section != table:
            table = section
            lines += ["", f"[{section}]"]
        lines.append(f"# {help_text}")
        value = found.get(key)
        lines.append(f"{name} = {_toml(value)}" if value is not None else f"# {name} = {_toml(default)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value) if isinstance(value, (int, float)) else json.dumps(value, ensure_ascii=False)


def from_obsidian(root: str) -> dict[str, Any]:
    """The settings of an Obsidian vault that have a counterpart here. What looks odd is left out."""
    try:
        with open(os.path.join(root, ".obsidian", "app.json"), "rb") as file:
            app = json.loads(file.read(1 << 20))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(app, dict):
        return {}
    found: dict[str, Any] = {}
    if app.get("newLinkFormat") in ("shortest", "relative", "absolute"):
        found["link_format"] = app["newLinkFormat"]
    for key, name in (("newFileFolderPath", "notes"), ("attachmentFolderPath", "attachments")):
        folder = app.get(key)
        if isinstance(folder, str) and _plain_folder(folder) and os.path.isdir(os.path.join(root, folder)):
            found[name] = folder.strip("/")
    ignored = app.get("userIgnoreFilters")
    if isinstance(ignored, list):
        found["exclude"] = [item.strip("/") for item in ignored if isinstance(item, str) and _plain_folder(item)]
    return found


def _plain_folder(text: str) -> bool:
    """A folder inside the vault; Obsidian also knows `/`, `./x` and regular expressions."""
    bare = text.strip("/")
    return (
        bool(bare)
        and not bare.startswith(".")
        and ".." not in bare.split("/")
        and bare.isprintable()
        and not set(bare) & set('\\"*?|^$()[]')
    )


def former_tool(root: str) -> str:
    """The tool whose vault this was, by the folder it keeps."""
    for folder, name in ((".obsidian", "Obsidian"), (".zk", "zk"), (".foam", "Foam"), ("logseq", "Logseq")):
        if os.path.isdir(os.path.join(root, folder)):
            return name
    return ""
