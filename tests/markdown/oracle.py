"""markdown-it-py as a second opinion on what our scanner finds.

CommonMark with tables and strikethrough, formulas between dollar signs, and wikilinks as one more inline rule.
What Obsidian sees otherwise is set right here: a footnote's label is no link definition.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_block import reference
from mdit_py_plugins.dollarmath import dollarmath_plugin

from pkm.markdown.blocks import blocks
from pkm.markdown.destinations import percent_decode
from pkm.markdown.scan import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    from pkm.model.link import Scan

type_of = {True: "embed", False: "wiki"}


#: Where markdown-it reads other than CommonMark's own reader, which we follow.
QUIRKS = [
    re.compile(r"\]\s*\[[^\]]*\["),  # `[label][x [y]]`: it takes the brackets behind for a label that is not defined
    re.compile(r"\]\([ \t]*$", re.MULTILINE),  # `[label](` at the end of a paragraph: it looks for no definition
    re.compile(r"\|[^\n]*\n[ \t>]*[|:-]"),  # a list item that might be the head of a table
    re.compile(r"\[\[\["),  # the outer brackets are tried before the wikilink inside
    # A paragraph in a list goes on in a line that is indented by four, whatever that line begins with.
    re.compile(r"^[ \t>]*(?:[-+*]|[0-9]+[.)])[^\n]*(?:\n[^\n]+)*\n(?: {4}|\t)[ \t]*(?:[`~]{3}|[<>#*_-])", re.MULTILINE),
]


def has_quirk(text: str) -> bool:
    """Whether markdown-it is no judge of the text."""
    return any(quirk.search(text) for quirk in QUIRKS)


class Opinion:
    """What one reader found: headings as (level, text, line), links as (form, address), lines of code."""

    def __init__(self, headings: list[tuple[int, str, int]], links: list[tuple[str, str]], code: set[int]) -> None:
        self.headings = headings
        self.links = links
        self.code = code

    def differences(self, other: Opinion) -> list[str]:
        found = []
        for name in ("headings", "links"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                ours = [item for item in mine if item not in theirs]
                missing = [item for item in theirs if item not in mine]
                found.append(f"{name}: only ours {ours[:4]}, only theirs {missing[:4]} ({len(mine)} and {len(theirs)})")
        if self.code != other.code:
            found.append(
                f"code: only ours {sorted(self.code - other.code)[:5]}, theirs {sorted(other.code - self.code)[:5]}"
            )
        return found


def _wiki(state: StateInline, silent: bool) -> bool:
    start = state.pos
    embed = state.src.startswith("![[", start)
    begin = start + embed + 2
    if not embed and not state.src.startswith("[[", start):
        return False
    end = state.src.find("]]", begin)
    inner = state.src[begin:end]
    if end < 0 or "\n" in inner or "[[" in "[" * state.src.startswith("[", begin) + inner or not inner.strip(" |"):
        return False
    # Code, HTML and escapes bind closer than brackets.
    state.pos = begin
    while state.pos < end:
        state.md.inline.skipToken(state)
    beyond = state.pos > end
    state.pos = start
    if beyond:
        return False
    if not silent:
        token = state.push("wiki", "", 0)
        token.content = inner
        token.meta = {"embed": embed}
    state.pos = end + 2
    return True


def _reference(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Link definitions, but no footnotes."""
    begin = state.bMarks[first] + state.tShift[first]
    return not state.src.startswith("[^", begin) and reference(state, first, last, silent)


def _make() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"maxNesting": 200}).enable(["table", "strikethrough"])
    md.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    md.inline.ruler.before("link", "wiki", _wiki)
    md.block.ruler.at("reference", _reference, {"alt": []})
    md.normalizeLink = lambda url: url  # type: ignore[method-assign]
    md.validateLink = lambda url: True  # type: ignore[method-assign] # noqa: ARG005
    return md


MD = _make()


def _leaves(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _leaves(token.children or [])


def _address(form: str, url: str) -> tuple[str, str]:
    target, _, anchor = url.partition("#")
    if form not in type_of.values():
        target, anchor = percent_decode(target), percent_decode(anchor)
    return form, target.strip() + ("#" + anchor if anchor else "")


def ask(text: str) -> Opinion:
    """What markdown-it finds in a text."""
    headings: list[tuple[int, str, int]] = []
    links: list[tuple[str, str]] = []
    code: set[int] = set()
    tokens = MD.parse(text)
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            words = " ".join(line.strip() for line in tokens[index + 1].content.split("\n"))
            headings.append((int(token.tag[1]), words.strip(), (token.map or [0])[0] + 1))
        elif token.type in ("fence", "code_block"):
            code.update(range((token.map or [0, 0])[0] + 1, (token.map or [0, 0])[1] + 1))
    for token in _leaves(tokens):
        if token.type == "wiki":
            target, _, anchor = token.content.split("|")[0].removesuffix("\\").partition("#")
            links.append(_address(type_of[token.meta["embed"]], target.strip() + "#" + anchor.strip()))
        elif token.type == "link_open":
            links.append(_address("link", str(token.attrs["href"])))
        elif token.type == "image":
            links.append(_address("image", str(token.attrs["src"])))
    return Opinion(headings, [link for link in links if link[1]], _filled(text, code))


def bold(text: str) -> list[str]:
    """The words that markdown-it makes bold, without bold within bold."""
    found: list[str] = []
    for block in MD.parse(text):
        depth = 0
        for token in block.children or []:
            if token.type == "strong_open":
                depth += 1
                if depth == 1:
                    found.append("")
            elif token.type == "strong_close":
                depth -= 1
            elif depth:
                found[-1] += token.content if token.type not in ("softbreak", "hardbreak") else "\n"
    joined = [re.sub(r"(?<=[中。])\s*\n\s*(?=中)", "", words) for words in found]
    return [" ".join(words.split()) for words in joined]


def _filled(text: str, lines: set[int]) -> set[int]:
    """Without blank lines: where code ends among them is nobody's business."""
    source = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return {line for line in lines if line <= len(source) and source[line - 1].strip(" \t>")}


def ours(text: str, scan: Scan) -> Opinion:
    """What our scanner found, put into the same form."""
    links = []
    for link in sorted(scan.links + scan.urls, key=lambda link: (link.start, -link.end)):
        raw = text[link.start : link.end]
        address = link.target + "#" + link.anchor if link.kind != "external" else link.target
        if raw.startswith(("[[", "![[")) and raw.endswith("]]"):
            links.append(_address("embed" if raw.startswith("!") else "wiki", address))
        elif raw.startswith(("[", "![", "<")):
            links.append(_address("image" if raw.startswith("!") else "link", address))
    source, _ = prepare(text, 0)
    code: set[int] = set()
    for leaf in blocks(source):
        if leaf.kind == "code":
            first = source.count("\n", 0, leaf.start)
            code.update(range(first, first + source.count("\n", leaf.start, leaf.end) + 1))
    headings = [(heading.level, heading.text, heading.line) for heading in scan.headings]
    return Opinion(headings, links, _filled(text, code))
