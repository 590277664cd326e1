"""Versions that are kept beside a note: their names, their mark, and how other tools' markers become one.

A copy is named by its content, so every machine that meets the same conflict chooses the
same name and the copies do not multiply. It carries `conflict-of` and no `id`: two notes
with one address would be a new conflict.
"""

from __future__ import annotations

import re

from pkm.errors import PkmError
from pkm.markdown.frontmatter import read, remove_key, set_key
from pkm.model.digest import digest

_NAMED = re.compile(r" \(conflict [0-9a-f]{8}\)\Z")
_FENCED = re.compile(rb"[ ]{0,3}(`{3,}|~{3,})")


def copy_path(path: str, data: bytes) -> str:
    """`Title (conflict 1a2b3c4d).md` beside the note; the copy of a copy has one such ending too."""
    return _named(path, f"conflict {digest(data)[:8]}")


def other_path(path: str, tag: bytes) -> str:
    """`Title (1a2b3c4d).md`: where a note goes whose place another note has."""
    return _named(path, digest(tag)[:8])


def is_copy(path: str) -> bool:
    """Whether a file is named as a conflict copy."""
    return bool(_NAMED.search(_stem(path)[1]))


def original_path(path: str) -> str:
    """The path that the note of a conflict copy had."""
    folder, stem, ending = _stem(path)
    return folder + _NAMED.sub("", stem) + ending


def marked(data: bytes, of: str) -> bytes:
    """The text of a kept version: `conflict-of` in place of its `id`; unchanged when its front matter is broken."""
    front = read(data)
    start, _ = front.keys.get("id", (0, 0))
    try:
        if "conflict-of" in front.values:
            return remove_key(data, "id")
        if start and data[start : start + 2] == b"id" and str(front.values["id"]) == of:
            return data[:start] + b"conflict-of" + data[start + 2 :]
        return set_key(remove_key(data, "id"), "conflict-of", of)
    except PkmError:
        return data


def unmarked(data: bytes, ident: str) -> bytes:
    """A kept version as it was, for the note with this id; "" for a note of its own."""
    front = read(data)
    start, _ = front.keys.get("conflict-of", (0, 0))
    if ident and start and str(front.values["conflict-of"]) == ident and data[start : start + 11] == b"conflict-of":
        return data[:start] + b"id" + data[start + 11 :]
    try:
        return remove_key(data, "conflict-of")
    except PkmError:
        return data


def versions(data: bytes) -> tuple[bytes, bytes] | None:
    """Both sides of a text in which another tool left conflict markers; None without any.

    Markers inside a fenced code block are someone writing about markers.
    """
    if b"\n>>>>>>>" not in data:
        return None
    sides: tuple[list[bytes], list[bytes]] = ([], [])
    block: tuple[list[bytes], list[bytes]] = ([], [])
    fence, state, found = b"", "", False
    for line in data.splitlines(keepends=True):
        bare = line.rstrip(b"\r\n")
        if not state:
            fence = _fence(bare, fence)
        if not state and not fence and _marker(bare, b"<<<<<<<"):
            state, block = "ours", ([], [])
        elif state == "ours" and _marker(bare, b"|||||||"):
            state = "base"
        elif state in ("ours", "base") and bare == b"=======":
            state = "theirs"
        elif state == "theirs" and _marker(bare, b">>>>>>>"):
            state, found = "", True
            sides[0].extend(block[0])
            sides[1].extend(block[1])
        elif state:
            if state != "base":
                block[state == "theirs"].append(line)
        else:
            sides[0].append(line)
            sides[1].append(line)
    if state or not found:  # a marker that never ends is text
        return None
    return b"".join(sides[0]), b"".join(sides[1])


def _marker(line: bytes, sign: bytes) -> bool:
    return line == sign or line.startswith(sign + b" ")


def _fence(line: bytes, fence: bytes) -> bytes:
    """The code fence that is open after this line."""
    found = _FENCED.match(line)
    if not found:
        return fence
    if not fence:
        return found[1]
    closes = found[1].startswith(fence) and not line.strip().strip(fence[:1])
    return b"" if closes else fence


def _stem(path: str) -> tuple[str, str, str]:
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    return (folder + slash, stem, dot + ending) if stem else (folder + slash, name, "")


def _named(path: str, tag: str) -> str:
    folder, stem, ending = _stem(path)
    stem = _NAMED.sub("", stem)
    room = 250 - len(f" ({tag}){ending}".encode(errors="surrogateescape"))
    while len(stem.encode(errors="surrogateescape")) > room:
        stem = stem[:-1]
    return f"{folder}{stem} ({tag}){ending}"
