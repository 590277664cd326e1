"""Plain sentences, which most of any note is, without markdown-it's machinery for hard ones.

A sentence is plain when its marks can be read in one way only: wikilinks, `code` and *emphasis* that
stand apart from each other, and nothing else that means anything. All others return None and go to
markdown-it. Both ways give the same HTML; a test compares them over sentences of every kind.
"""

from __future__ import annotations

import re

# A `#` where a tag may begin, and what ends or joins lines in a way of its own.
_TAG = re.compile(r"(?:^|[\s(\[{])#")
_PIECE = re.compile(
    r"(?P<text>[^`*\[]+)"
    r"|\[\[(?P<wikilink>[^\[\]\n]+)\]\]"
    r"|`(?P<code>[^`\s](?:[^`\n]*[^`\s])?)`"
    # Marks with a space or an end outside and a letter inside can only open and close.
    r"|(?<![^\s(])(?:\*\*(?P<strong>[^\W_](?:[^*`\[\n]*[^\W_])?)\*\*|\*(?P<em>[^\W_](?:[^*`\[\n]*[^\W_])?)\*)(?![^\s.,;:!?)])"
)

Pieces = list[tuple[str, str]]


def plain_pieces(source: str) -> Pieces | None:
    """Return what a plain sentence is made of: (text, wikilink, code, strong or em; what it says)."""
    if _is_hard(source):
        return None
    if "[" not in source and "*" not in source and "`" not in source:
        return [("text", source)]
    pieces: Pieces = []
    done = 0
    for found in _PIECE.finditer(source):
        if found.start() != done:
            return None
        kind = found.lastgroup
        if kind is None:
            return None
        pieces.append((kind, found[kind]))
        done = found.end()
    return pieces if done == len(source) else None


def _is_hard(source: str) -> bool:
    # Looking for single characters one by one is ten times as fast as one pattern for all of them.
    return (
        "_" in source
        or "\\" in source
        or "<" in source
        or "&" in source
        or "$" in source
        or ("=" in source and "==" in source)
        or ("~" in source and "~~" in source)
        or ("%" in source and "%%" in source)
        or (":" in source and "://" in source)
        or ("[" in source and ("![" in source or "^[" in source))
        or ("`" in source and "``" in source)
        or ("\n" in source and (" \n" in source or "\n " in source or "\n\t" in source))
        or ("#" in source and _TAG.search(source) is not None)
    )
