"""Plain sentences, which most of any note is, set without markdown-it: the same HTML in a tenth of the time.

A sentence is plain when none of its characters can mean two things: words, `[[links]]`, `code`, and
emphasis whose marks can only open here and only close there. Anything else is left to markdown-it,
which has rules for every case; a test compares both ways on sentences of every kind.
"""

from __future__ import annotations

import re

__all__ = ["Pieces", "Wikilink", "is_hard", "pieces_of", "plain_pieces", "wikilink"]

# A `#` where a tag may begin.
_TAG = re.compile(r"(?:^|[\s(\[{])#")
_PIECE = re.compile(
    r"(?P<text>[^`*\[]+)"
    r"|\[\[(?P<wikilink>[^\[\]\n]+)\]\]"
    r"|`(?P<code>[^`\s](?:[^`\n]*[^`\s])?)`"
    # Marks with a space or an end outside and a letter inside can only open and close.
    r"|(?<![^\s(])(?:\*\*(?P<strong>[^\W_](?:[^*`\[\n]*[^\W_])?)\*\*|\*(?P<em>[^\W_](?:[^*`\[\n]*[^\W_])?)\*)(?![^\s.,;:!?)])"
)

Wikilink = tuple[str, str, str]  # target, anchor, words
Pieces = list[str | Wikilink]  # HTML, and links that only the page around can answer


def pieces_of(source: str, *, easy: bool = False) -> Pieces | None:
    """Return what a plain sentence is made of, None when it is not plain. `easy`: the text around it is known not to be hard."""
    if (
        (not easy and is_hard(source))
        or ("\n" in source and _is_broken(source))
        or ("#" in source and _TAG.search(source))
    ):
        return None
    if "*" not in source and "`" not in source:
        return _linked(source)
    pieces: Pieces = []
    add = pieces.append
    done = 0
    for found in _PIECE.finditer(source):
        if found.start() != done:
            return None
        done = found.end()
        kind = found.lastgroup or ""
        said = found[kind]
        if kind == "wikilink":
            add(wikilink(said))
        else:
            said = _text(said)
            add(said if kind == "text" else f"<{kind}>{said}</{kind}>")
    return pieces if done == len(source) else None


def _linked(source: str) -> Pieces | None:
    """Return the pieces of a sentence with links and no marks."""
    first, *parts = source.split("[[")
    if "[" in first:
        return None
    pieces: Pieces = [_text(first)] if first or not parts else []
    for part in parts:
        inside, closed, after = part.partition("]]")
        if not closed or not inside or "[" in part or "]" in inside or "\n" in inside:
            return None
        pieces.append(wikilink(inside))
        if after:
            pieces.append(_text(after))
    return pieces


def _text(words: str) -> str:
    return words.replace(">", "&gt;") if ">" in words else words


def wikilink(inside: str) -> Wikilink:
    """Return what stands between the brackets of `[[target#anchor|words]]` in its parts."""
    path, _, words = inside.partition("|")
    target, _, anchor = path.partition("#")
    return target.strip(), anchor.strip(), words.strip()


def is_hard(source: str) -> bool:
    """Whether there are characters that only markdown-it should judge."""
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
        or ("!" in source and "![" in source)
        or ("^" in source and "^[" in source)
        or ("`" in source and "``" in source)
    )


def _is_broken(source: str) -> bool:
    """Whether there are spaces where a line ends or begins, which may mean a break."""
    return " \n" in source or "\n " in source or "\n\t" in source


try:
    from pkm.markdown.render_plain_fast import plain_pieces
except ImportError:  # it was not compiled here
    plain_pieces = pieces_of
