"""Link definitions, `[label]: destination "title"`, at the beginning of a paragraph."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pkm.markdown.blocks import Leaf

PARENTHESIS = re.compile(r"\\.|[()]")
DEFINITION = re.compile(
    r"\[(?P<label>(?:[^\[\]\\]|\\.){1,999}+)\]:\s*+(?:<(?P<angle>(?:[^<>\n\\]|\\.)*+)>|(?P<bare>[^\s<]\S*+))"
    r"(?:(?P<title>\s++(?:\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\)))(?=[ \t]*(?:\n|\Z)))?"
    r"(?P<rest>[ \t]*)(?=\n|\Z)",
    re.DOTALL,
)


def definitions_end(text: str, leaf: Leaf) -> tuple[list[re.Match[str]], int]:
    """The link definitions that a text begins with, and how many of its lines they take.

    The matches are on the leaf's lines joined by newlines. A label that starts with `^` is a footnote.
    """
    first = leaf.pieces[0][0]
    if not text.startswith("[", first) or text.startswith("[^", first):
        return [], 0
    joined = "\n".join([text[a:b] for a, b in leaf.pieces])
    found: list[re.Match[str]] = []
    at = 0
    while (match := DEFINITION.match(joined, at)) and match["label"].strip() and _balanced(match["bare"] or ""):
        found.append(match)
        at = match.end() + 1
    return found, joined.count("\n", 0, at) if at <= len(joined) else len(leaf.pieces)


def _balanced(destination: str) -> bool:
    """Whether parentheses in a destination are in pairs."""
    depth = 0
    for char in PARENTHESIS.findall(destination):
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return depth == 0
