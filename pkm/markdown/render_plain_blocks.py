"""Plain blocks, which most of any note is, set without markdown-it: paragraphs, headings, fences, quotes, flat lists.

Text is cut at blank lines. A run of lines that begins at the margin with a letter (or something as
harmless) is a paragraph whatever stands around it, because nothing that was open before a blank line
can go on there. All other runs go to markdown-it, neighbours together, since lists reach across blank
lines. Plain runs become one token, `plain`, made of HTML and links (`render_plain.Pieces`); a sentence
in it that is not plain stays an `inline` token among them, as code stays a `fence`. Both ways give the same HTML; a
test compares what comes of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

from pkm.markdown.render_dispatch import charge
from pkm.markdown.render_plain import is_hard, plain_pieces
from pkm.markdown.render_plain_special import add_callout, add_formula, add_table, is_callout, is_formula, is_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from markdown_it.rules_core import StateCore

    Build = Callable[["_Made", str], None]

# How a line begins that can be nothing but the words of a paragraph.
_WORDS = r"(?:[^\W\d_]|\d+[^\s\d.)|]|\[\[|\*{1,2}[^\W_]|`[^`\s]|[(\"“„«'’])"
_PARAGRAPH = re.compile(rf"(?:{_WORDS}[^\n]*(?:\n|\Z))+\Z")
_HEADING = re.compile(r"#{1,6} +[^\n]*?[^\s#][ \t]*\Z")
_ITEM = rf"- (?:\[[ xX]\] )?{_WORDS}[^\n]*(?:\n|\Z)"
_LIST = re.compile(rf"{_ITEM}(?:(?: {{2}}| {{4}})?{_ITEM})*\Z")
_QUOTE = re.compile(rf"> {_WORDS}[^\n]*(?:\n> {_WORDS}[^\n]*)*\Z")
_FENCE = re.compile(r"(`{3,})([^`\n]*)\Z")
# A fence that is not at the margin, or of another kind, holds blank lines where nobody looks for them; formulas hold fences.
_MARKS = ("```", "~~~", "$$")
_CONTAINERS = re.compile(r"[ \t>*+\-\d.)]*")  # what may stand before one in its line
# What `render_blocks.marks` takes out of the words: the name of a block.
_NAMED = re.compile(r"[ \t]\^[A-Za-z0-9-]{1,80}[ \t]*$", re.MULTILINE)


def blocks(state: StateCore) -> None:
    """Stand in for markdown-it's rule of that name."""
    src = state.src
    if state.inlineMode or _is_strange(src):
        _parse(state, src)
        return
    lines = src.split("\n")
    spans = _spans(lines)
    runs = ["\n".join(lines[start:end]) for start, end in spans]
    # A name (`^name`) may speak of the block before it, so where there are any each block is a token of its own.
    named = "^" in src
    easy = not is_hard(src)
    made = _Made(easy=easy)
    first = -1  # of the runs that wait for markdown-it
    for number, run in enumerate(runs):
        build = _plain(runs, number, alone=first < 0) or (None if named else _special(run, alone=first < 0))
        if build is None:
            first = number if first < 0 else first
            continue
        if first >= 0:
            made = made.end(state.tokens)
            _hard(state, lines, spans[first][0], spans[number - 1][1])
            first = -1
        if build is _heading and (named or not number):
            made = made.end(state.tokens)
            state.tokens += _heading_tokens(run)
            continue
        build(made, run)
        if named:
            made = made.end(state.tokens)
    made.end(state.tokens)
    if first >= 0:
        _hard(state, lines, spans[first][0], spans[-1][1])


def _is_strange(src: str) -> bool:
    """Whether a line begins in a way that only markdown-it should judge."""
    if "\t" in src and (src[0] == "\t" or "\n\t" in src):
        return True
    # A single character is found in a fraction of the time that three take.
    return any(_is_begun(src, mark) for mark in _MARKS if mark[0] in src and mark in src)


def _is_begun(src: str, mark: str) -> bool:
    """Whether something begins with a mark that holds what nobody looks for."""
    at = src.find(mark)
    while at >= 0:
        line, end = src.rfind("\n", 0, at) + 1, src.find("\n", at)
        end = len(src) if end < 0 else end
        if (
            (line < at or mark != "```")
            and _CONTAINERS.fullmatch(src, line, at)
            and (mark != "$$" or src.find(mark, at + 2, end) < 0)
        ):
            return True
        at = src.find(mark, end)
    return False


def inlines(state: StateCore) -> None:
    """Stand in for markdown-it's rule `inline`, which knows nothing of sentences inside of plain blocks."""
    parse, md, env = state.md.inline.parse, state.md, state.env
    for token in state.tokens:
        if token.type == "inline":
            token.children = token.children or []
            parse(token.content, md, env, token.children)
        elif token.type == "plain":
            for piece in token.children or ():
                piece.children = []
                parse(piece.content, md, env, piece.children)


def normalize(state: StateCore) -> None:
    """Stand in for markdown-it's rule of that name, which rewrites texts that are normal already."""
    if "\r" in state.src:
        state.src = state.src.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in state.src:
        state.src = state.src.replace("\0", "\ufffd")


def _plain(runs: list[str], number: int, *, alone: bool) -> Build | None:
    """Return what makes a token of a plain run. A list or quote is only plain when no hard run waits before it."""
    run = runs[number]
    start = run[0]
    if start == "#":
        return _heading if _HEADING.match(run) else None
    if start == "`" and run[:3] == "```":
        return _fence if _is_fence(run) else None
    if "::" in run or ("^" in run and _NAMED.search(run)):
        return None  # relations and names of blocks are markdown-it's business
    if start == "-":
        return _list if alone and _ends_list(runs, number) and _LIST.match(run) and _is_even(run) else None
    if start == ">":
        return _quote if alone and _QUOTE.match(run) else None
    return _paragraph if _PARAGRAPH.match(run) else None


def _special(run: str, *, alone: bool) -> Build | None:
    """Return what makes a token of a run that is more than words; a name would stand elsewhere in it."""
    start = run[0]
    if start == "|":
        return _table if is_table(run) else None
    if start == ">":
        return _callout if alone and "::" not in run and is_callout(run, _QUOTE) else None
    return _formula if start == "$" and is_formula(run) else None


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
        elif not line or line.isspace():
            # Not all that Python calls a space is blank to Markdown.
            if line.strip(" \t"):
                start = number if start < 0 else start
            elif start >= 0:
                spans.append((start, number))
                start = -1
        elif line[:3] == "```" and (found := _FENCE.match(line)):
            if start >= 0:
                spans.append((start, number))
            start, fence = number, found[1]
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
    _parse(state, "\n".join(lines[start:end]))


def _parse(state: StateCore, text: str) -> None:
    charge(state.env, len(text))
    state.md.block.parse(text, state.md, state.env, state.tokens)


class Heading:
    """Where a heading begins, or ends when it has no words; its name on the page is found by `render_blocks.marks`."""

    __slots__ = ("level", "name", "words")

    def __init__(self, level: int, words: str = "") -> None:
        self.level = level
        self.words = words
        self.name = ""


class _Made:
    """Plain blocks in the making: one token of them all."""

    __slots__ = ("easy", "headings", "pieces", "sentences")

    def __init__(self, *, easy: bool) -> None:
        self.easy = easy  # whether the whole text is
        self.pieces: list[Any] = []
        self.sentences: list[Token] = []  # those that are not plain
        self.headings: list[Heading] = []

    def say(self, content: str) -> None:
        pieces = plain_pieces(content, easy=self.easy)
        if pieces is None:
            sentence = Token("inline", "", 0, content=content)
            self.sentences.append(sentence)
            self.pieces.append(sentence)
        else:
            self.pieces += pieces

    def end(self, tokens: list[Token]) -> _Made:
        """Add the token, if there is anything to it, and begin another."""
        if not self.pieces:
            return self
        meta = {"pieces": self.pieces, "headings": self.headings}
        tokens.append(Token("plain", "", 0, meta=meta, children=self.sentences, block=True))
        return _Made(easy=self.easy)


def _paragraph(made: _Made, run: str) -> None:
    made.pieces.append("<p>")
    made.say(run.strip())
    made.pieces.append("</p>\n")


def _quote(made: _Made, run: str) -> None:
    made.pieces.append("<blockquote>\n<p>")
    made.say(run[2:].replace("\n> ", "\n").strip())
    made.pieces.append("</p>\n</blockquote>\n")


def _table(made: _Made, run: str) -> None:
    add_table(made.pieces, made.say, run)


def _callout(made: _Made, run: str) -> None:
    add_callout(made.pieces, made.say, run)


def _formula(made: _Made, run: str) -> None:
    add_formula(made.pieces, run)


_BOXES = {
    "[ ] ": '<li class="task open"><span class="box">☐</span> ',
    "[x] ": '<li class="task done"><span class="box">☑</span> ',
    "[X] ": '<li class="task done"><span class="box">☑</span> ',
}


def _list(made: _Made, run: str) -> None:
    """A list with at most one list below its items."""
    add = made.pieces.append
    add("<ul>\n")
    below = is_open = False
    for line in run.split("\n"):
        if not line:
            continue
        deep = line[0] == " "
        if deep and not below:
            add("\n<ul>\n")
        elif below and not deep:
            add("</li>\n</ul>\n")
        if (deep and below) or (not deep and is_open):
            add("</li>\n")
        below, is_open = deep, True
        content = line.lstrip(" ")[2:].strip()
        box = _BOXES.get(content[:4])
        add(box or "<li>")
        made.say(content[4:].lstrip(" \t") if box else content)
    add("</li>\n</ul>\n</li>\n</ul>\n" if below else "</li>\n</ul>\n")


def _heading(made: _Made, run: str) -> None:
    words = run.lstrip("#")
    heading = Heading(len(run) - len(words), words.strip(" \t"))
    made.headings.append(heading)
    made.pieces.append(heading)
    made.say(heading.words)
    made.pieces.append(Heading(heading.level))


def _heading_tokens(run: str) -> list[Token]:
    words = run.lstrip("#")
    tag = f"h{len(run) - len(words)}"
    sentence = Token("inline", "", 0, content=words.strip(" \t"), level=1, block=True)
    return [Token("heading_open", tag, 1, block=True), sentence, Token("heading_close", tag, -1, block=True)]


def _is_fence(run: str) -> bool:
    """Whether the fence is closed, and all of the run."""
    opening = _FENCE.match(run.partition("\n")[0])
    last = run.rpartition("\n")[2].strip(" ")
    return opening is not None and "\n" in run and last.startswith(opening[1]) and not last.strip("`")


def _fence(made: _Made, run: str) -> None:
    opening, _, rest = run.partition("\n")
    content = rest[: rest.rfind("\n") + 1]
    made.pieces.append(Token("fence", "code", 0, info=opening.lstrip("`"), content=content, block=True))
