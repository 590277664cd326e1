"""What Obsidian's Markdown has beyond CommonMark, seen from the blocks: callouts, tasks, `^names`, display math.

Each function walks markdown-it's flat list of tokens once. Nothing here makes HTML.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

from pkm.markdown.render_anchors import Anchors, block_id, plain

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore

_CALLOUT = re.compile(r"\[!([\w -]{1,40})(?:\|[^\]\n]*)?\]([+-]?)[ \t]*([^\n]*)(?:\n|$)")
_TASK = re.compile(r"\[([^\[\]\n])\][ \t]+")
_BLOCK_NAME = re.compile(r"(?:^|[ \t\n])\^([A-Za-z0-9-]{1,80})[ \t]*$")
_RELATION = re.compile(r"(supports|opposes|answers|extends|applies|see)::[ \t]+")

CALLOUTS = {
    **dict.fromkeys(("abstract", "summary", "tldr"), "abstract"),
    **dict.fromkeys(("tip", "hint", "important"), "tip"),
    **dict.fromkeys(("success", "check", "done"), "success"),
    **dict.fromkeys(("question", "help", "faq"), "question"),
    **dict.fromkeys(("warning", "caution", "attention"), "warning"),
    **dict.fromkeys(("failure", "fail", "missing"), "failure"),
    **dict.fromkeys(("danger", "error"), "danger"),
    **dict.fromkeys(("quote", "cite"), "quote"),
    **{name: name for name in ("note", "info", "todo", "bug", "example")},
}


def math_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """`$$ … $$` over one or more lines."""
    begin = state.bMarks[start_line] + state.tShift[start_line]
    src = state.src
    if not src.startswith("$$", begin) or state.is_code_block(start_line):
        return False
    first = src[begin + 2 : state.eMarks[start_line]].strip()
    if first.endswith("$$") and len(first) > 2:
        content, line = first[:-2], start_line + 1
    elif "$$" in first:
        return False
    else:
        line = start_line + 1
        while line < end_line:
            text = src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
            if state.sCount[line] < state.blkIndent or not text:
                return False
            if text.endswith("$$"):
                break
            line += 1
        else:
            return False
        content = state.getLines(start_line, line + 1, state.blkIndent, False).strip()[2:-2]
        line += 1
    if silent:
        return True
    token = state.push("math_block", "math", 0)
    token.block = True
    token.content = content.strip()
    token.map = [start_line, line]
    state.line = line
    return True


def callouts(state: StateCore) -> None:
    """Turn quotes that begin with `[!type]` into callouts; runs before the words of a line are looked at."""
    tokens: list[Token] = []
    open_quotes: list[Token] = []
    for index, token in enumerate(state.tokens):
        tokens.append(token)
        if token.type == "blockquote_open":
            open_quotes.append(token)
            tokens += _callout(state.tokens, index)
        elif token.type == "blockquote_close" and (opening := open_quotes.pop()).type == "callout_open":
            token.type = "callout_close"
            token.meta = opening.meta  # whether it closes <details>
    state.tokens = tokens


def _callout(tokens: list[Token], index: int) -> list[Token]:
    """Make a callout of the quote that opens here if it is one; return the tokens of its title."""
    if index + 2 >= len(tokens) or tokens[index + 1].type != "paragraph_open" or tokens[index + 2].type != "inline":
        return []
    inline = tokens[index + 2]
    found = _CALLOUT.match(inline.content)
    if not found:
        return []
    kind = found[1].strip().lower()
    opening = tokens[index]
    opening.type = "callout_open"
    opening.meta = {"kind": CALLOUTS.get(kind, "note"), "fold": found[2]}
    inline.content = inline.content[found.end() :]
    if not inline.content.strip():
        tokens[index + 1].hidden = tokens[index + 3].hidden = True
        inline.content = ""
    title = Token("inline", "", 0, children=[], content=found[3].strip() or kind.capitalize(), level=inline.level)
    return [
        Token("callout_title_open", "", 1, meta=opening.meta),
        title,
        Token("callout_title_close", "", -1, meta=opening.meta),
    ]


def marks(state: StateCore) -> None:
    """Take tasks, relations and `^names` out of the words and give headings and blocks their ids."""
    env = state.env
    anchors: Anchors = env["anchors"]
    headings: list[tuple[int, str, str]] = env["headings"]
    tokens = state.tokens
    previous: Token | None = None  # the opening token of the block before, at the same level
    for index, token in enumerate(tokens):
        if token.type != "inline":
            if token.type == "plain":
                for heading in token.meta["headings"]:
                    words = plain(heading.words)
                    heading.name = anchors.take(words)
                    headings.append((heading.level, heading.name, words))
            if (token.nesting == 1 and token.level == 0 and token.type != "paragraph_open") or (
                token.nesting == 0 and token.level == 0
            ):
                previous = token
            continue
        opening = tokens[index - 1]
        content = token.content
        if "^" in content and (found := _BLOCK_NAME.search(content, max(0, len(content) - 100))):
            token.content = content = content[: found.start()]
            _name(tokens, index, found[1], previous, env)
        if opening.type == "heading_open":
            words = plain(content)
            opening.attrs["id"] = name = anchors.take(words)
            headings.append((int(opening.tag[1]), name, words))
        elif opening.type == "paragraph_open":
            if opening.level == 0:
                previous = opening
            if content.startswith("[") and index > 1 and tokens[index - 2].type == "list_item_open":
                if found := _TASK.match(content):
                    token.content = content[found.end() :]
                    tokens[index - 2].meta["task"] = found[1]
            elif "::" in content[:12] and (found := _RELATION.match(content)):
                token.content = content[found.end() :]
                opening.meta["relation"] = found[1]


def _name(tokens: list[Token], index: int, name: str, previous: Token | None, env: MutableMapping[str, Any]) -> None:
    """Give the block that was called `^name` its id; a name alone on its line speaks of the block above."""
    target: Token | None = tokens[index - 1]
    if not tokens[index].content.strip():
        tokens[index - 1].hidden = tokens[index + 1].hidden = True
        target = previous
    elif target and target.hidden and index > 1:
        target = tokens[index - 2]  # a tight list item
    prefix = getattr(env["anchors"], "prefix", "")
    if target and "id" not in target.attrs:
        target.attrs["id"] = prefix + block_id(name)


def sole_embeds(state: StateCore) -> None:
    """An embed that is a paragraph of its own stands as a block, so it may hold blocks."""
    tokens = state.tokens
    for index, token in enumerate(tokens):
        if token.type != "inline" or not token.children or token.children[0].type != "embed":
            continue
        if (
            all(child.type in {"embed", "softbreak"} for child in token.children)
            and tokens[index - 1].type == "paragraph_open"
        ):
            tokens[index - 1].hidden = tokens[index + 1].hidden = True
            for child in token.children:
                child.meta["block"] = True
