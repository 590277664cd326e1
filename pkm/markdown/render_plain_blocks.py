"""Plain blocks, which most of any note is, taken apart without markdown-it: paragraphs, headings, fences, flat lists.

Text is cut at blank lines. A run of lines that begins at the margin with a letter (or something as
harmless) is a paragraph whatever stands around it, because nothing that was open before a blank line
can go on there. All other runs go to markdown-it, neighbours together, since lists reach across blank
lines. Both ways give the same tokens; a test compares what comes of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.rules_core import StateCore

# How a line begins that can be nothing but the words of a paragraph.
_WORDS = r"(?:[^\W\d_]|\d+[^\s\d.)|]|\[\[|\*{1,2}[^\W_]|`[^`\s]|[(\"“„«'’])"
_PARAGRAPH = re.compile(rf"(?:{_WORDS}[^\n]*(?:\n|\Z))+\Z")
_HEADING = re.compile(r"#{1,6} +[^\n]*?[^\s#][ \t]*\Z")
_ITEM = rf"- (?:\[[ xX]\] )?{_WORDS}[^\n]*(?:\n|\Z)"
_LIST = re.compile(rf"{_ITEM}(?:(?: {{2}}| {{4}})?{_ITEM})*\Z")
_QUOTE = re.compile(rf"> (?:{_WORDS}|\[![\w-]+\][+-]?(?=[ \n]|\Z))[^\n]*(?:\n> {_WORDS}[^\n]*)*\Z")
_FENCE = re.compile(r"(`{3,})([^`\n]*)\Z")
# A fence that is not at the margin, or of another kind, holds blank lines where nobody looks for them; formulas hold fences.
_STRANGE = re.compile(r"^(?:[ \t>*+\-\d.)]+`{3}|[ \t>*+\-\d.)]*(?:~{3}|\$\$(?![^\n]*\$\$))|\t)", re.MULTILINE)


def blocks(state: StateCore) -> None:
    """Stand in for markdown-it's rule of that name."""
    if state.inlineMode or _STRANGE.search(state.src):
        state.md.block.parse(state.src, state.md, state.env, state.tokens)
        return
    lines = state.src.split("\n")
    spans = _spans(lines)
    runs = ["\n".join(lines[start:end]) for start, end in spans]
    tokens = state.tokens
    first = -1  # of the runs that wait for markdown-it
    for number, run in enumerate(runs):
        build = _plain(runs, number, alone=first < 0)
        if build is None:
            first = number if first < 0 else first
            continue
        if first >= 0:
            _hard(state, lines, spans[first][0], spans[number - 1][1])
            first = -1
        build(tokens, run)
    if first >= 0:
        _hard(state, lines, spans[first][0], spans[-1][1])


def _plain(runs: list[str], number: int, *, alone: bool) -> Callable[[list[Token], str], None] | None:
    """Return what makes tokens of a plain run. A list or quote is only plain when no hard run waits before it."""
    run = runs[number]
    start = run[0]
    if start == "#":
        return _heading if _HEADING.match(run) else None
    if start == "`" and run[:3] == "```":
        return _fence if _is_fence(run) else None
    if start == "-":
        return _list if alone and _ends_list(runs, number) and _LIST.match(run) and _is_even(run) else None
    if start == ">":
        return _quote if alone and _QUOTE.match(run) else None
    return _paragraph if _PARAGRAPH.match(run) else None


def _spans(lines: list[str]) -> list[tuple[int, int]]:
    """Return the runs of lines between blank lines; a fence at the margin is one run, with what it holds."""
    spans: list[tuple[int, int]] = []
    start = -1
    fence = ""
    for number, line in enumerate(lines):
        if fence:
            bare = line.strip(" ")
            if bare.startswith(fence) and not bare.strip("`") and len(line) - len(line.lstrip(" ")) < 4:
                spans.append((start, number + 1))
                start, fence = -1, ""
        elif line[:3] == "```" and (found := _FENCE.match(line)):
            if start >= 0:
                spans.append((start, number))
            start, fence = number, found[1]
        elif not line.strip(" \t"):
            if start >= 0:
                spans.append((start, number))
            start = -1
        elif start < 0:
            start = number
    if start >= 0:
        spans.append((start, len(lines)))
    return spans


def _ends_list(runs: list[str], number: int) -> bool:
    """Whether a list can neither go on in the next run nor have begun in the one before."""
    after = runs[number + 1] if number + 1 < len(runs) else ""
    before = runs[number - 1] if number else ""
    return not after or (after[0] not in " \t-" and before[:2] != "- ")


def _is_even(run: str) -> bool:
    """Whether all lines that stand in do so by as much: two and four would be lists at two depths."""
    return "\n  - " not in run or "\n    - " not in run


def _hard(state: StateCore, lines: list[str], start: int, end: int) -> None:
    state.md.block.parse("\n".join(lines[start:end]), state.md, state.env, state.tokens)


def _inline(content: str, level: int) -> Token:
    token = Token("inline", "", 0, content=content, level=level, block=True)
    token.children = []
    return token


def _paragraph(tokens: list[Token], run: str) -> None:
    tokens.append(Token("paragraph_open", "p", 1, block=True))
    tokens.append(_inline(run.strip(), 1))
    tokens.append(Token("paragraph_close", "p", -1, block=True))


def _heading(tokens: list[Token], run: str) -> None:
    marks = len(run) - len(run.lstrip("#"))
    tag = f"h{marks}"
    tokens.append(Token("heading_open", tag, 1, block=True))
    tokens.append(_inline(run[marks:].strip(" \t"), 1))
    tokens.append(Token("heading_close", tag, -1, block=True))


def _quote(tokens: list[Token], run: str) -> None:
    tokens.append(Token("blockquote_open", "blockquote", 1, block=True))
    tokens.append(Token("paragraph_open", "p", 1, level=1, block=True))
    tokens.append(_inline("\n".join(line[2:] for line in run.split("\n")).strip(), 2))
    tokens.append(Token("paragraph_close", "p", -1, level=1, block=True))
    tokens.append(Token("blockquote_close", "blockquote", -1, block=True))


def _list(tokens: list[Token], run: str) -> None:
    """A list with at most one list below its items; how far that one stands in may change only between items."""
    add = tokens.append
    add(Token("bullet_list_open", "ul", 1, block=True))
    below = is_open = False
    for line in run.split("\n"):
        if not line:
            continue
        deep = line[0] == " "
        if deep and not below:
            add(Token("bullet_list_open", "ul", 1, level=2, block=True))
        elif below and not deep:
            add(Token("list_item_close", "li", -1, level=3, block=True))
            add(Token("bullet_list_close", "ul", -1, level=2, block=True))
        if (deep and below) or (not deep and is_open):
            add(Token("list_item_close", "li", -1, level=3 if deep else 1, block=True))
        below, is_open = deep, True
        level = 4 if deep else 2
        add(Token("list_item_open", "li", 1, level=level - 1, block=True))
        add(Token("paragraph_open", "p", 1, level=level, block=True, hidden=True))
        add(_inline(line.lstrip(" ")[2:].strip(), level + 1))
        add(Token("paragraph_close", "p", -1, level=level, block=True, hidden=True))
    if below:
        add(Token("list_item_close", "li", -1, level=3, block=True))
        add(Token("bullet_list_close", "ul", -1, level=2, block=True))
    add(Token("list_item_close", "li", -1, level=1, block=True))
    add(Token("bullet_list_close", "ul", -1, block=True))


def _is_fence(run: str) -> bool:
    """Whether the fence is closed, and all of the run."""
    opening = _FENCE.match(run.partition("\n")[0])
    last = run.rpartition("\n")[2].strip(" ")
    return opening is not None and "\n" in run and last.startswith(opening[1]) and not last.strip("`")


def _fence(tokens: list[Token], run: str) -> None:
    lines = run.split("\n")
    content = "".join(line + "\n" for line in lines[1:-1])
    tokens.append(Token("fence", "code", 0, info=lines[0].lstrip("`"), content=content, block=True))
