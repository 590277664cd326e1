"""The destination of a Markdown link: where it stands, and what its escapes mean."""

from __future__ import annotations

import re

TITLE = r"(?:\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\))"
MAX_PARENTHESES = 8  # within each other in a destination
ANGLE = re.compile(r"<((?:[^<>\n\\]|\\.)*+)>")
BARE = re.compile(r"(?:[^\\()\x00-\x20\x7f]|\\[!-/:-@\[-`{-~])++|[\\()]")
AFTER = re.compile(rf"(?:\s++{TITLE})?\s*+\)", re.DOTALL)
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
HEX = frozenset("0123456789abcdefABCDEF")


def destination_span(text: str, at: int) -> tuple[int, int, int] | None:
    """Where the destination of an inline link begins and ends whose `(` stands at `at`, and where its `)` ends.

    Angle brackets belong to the span; None when what stands there is no destination.
    """
    begin = at + 1
    while begin < len(text) and text[begin] in " \t\n":
        begin += 1
    if text.startswith("<", begin):
        match = ANGLE.match(text, begin)
        if match is None:
            return None
        end = match.end()
    else:
        depth, end = 0, begin
        for piece in BARE.finditer(text, begin):
            if piece.start() != end:
                break
            if piece[0] == "(":
                depth += 1
                if depth > MAX_PARENTHESES:
                    return None
            elif piece[0] == ")":
                if depth == 0:
                    break
                depth -= 1
            end = piece.end()
        if depth:
            return None
    after = AFTER.match(text, end)
    return (begin, end, after.end()) if after else None


def unescaped(destination: str) -> str:
    """A destination without its backslashes, and with the characters that its entities name."""
    if "\\" in destination:
        destination = ESCAPE.sub(r"\1", destination)
    if "&" in destination and ";" in destination:
        from html import unescape

        destination = ENTITY.sub(lambda match: unescape(match[0]), destination)
    return destination


def percent_decode(text: str) -> str:
    """`%20` and its like as characters; what is no UTF-8 or no escape stays as it is."""
    head, *parts = text.split("%")
    try:
        out = bytearray(head.encode("utf-8", "surrogateescape"))
        for part in parts:
            code = part[:2]
            if len(code) == 2 and code[0] in HEX and code[1] in HEX:
                out += bytes.fromhex(code) + part[2:].encode("utf-8", "surrogateescape")
            else:
                out += b"%" + part.encode("utf-8", "surrogateescape")
        return out.decode("utf-8")
    except UnicodeError:
        return text
