"""What Obsidian's Markdown has beyond CommonMark, as rules for markdown-it that work inside a line.

Each rule is tried only where its first character stands (`render_dispatch.py`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.rules_inline import autolink, backtick, emphasis, entity, escape, image, link, newline, strikethrough
from markdown_it.rules_inline.state_inline import Delimiter
from mdit_py_plugins.footnote.index import footnote_inline, footnote_ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.rules_inline import StateInline

    Rule = Callable[[StateInline, bool], bool]


_URL = re.compile(r"://[^\s<>\[\]`\"'|\\^{}]+")
_SCHEME = re.compile(r"(?:^|(?<=[\s(\[<>*_~=\"']))https?$", re.IGNORECASE)
_TAG = re.compile(r"#((?:[\w/\-]|[^\x00-\x7f\s\u2000-\u206f\u3000-\u303f\uff00-\uffef])+)")
_SAFE_TAG = re.compile(r"</?(?:br|kbd|sub|sup|mark|u|small|ins|del)\s*/?>", re.IGNORECASE)


def wikilink(state: StateInline, silent: bool) -> bool:
    """`[[target#anchor|words]]`, and with a `!` before it the embedded thing itself."""
    src, pos = state.src, state.pos
    embed = src[pos] == "!"
    start = pos + 1 if embed else pos
    if not src.startswith("[[", start):
        return False
    start += 2
    end = src.find("]]", start, min(state.posMax, start + 1000))
    # `[[a [[b]] c]]` links b alone, so an opening inside takes over.
    if end <= start or src.find("\n", start, end) >= 0 or src.find("[[", start, end) >= 0:
        return False
    if not silent:
        body = src[start:end].replace("\\|", "|")
        path, _, words = body.partition("|")
        target, _, anchor = path.partition("#")
        token = state.push("embed" if embed else "wikilink", "", 0)
        token.meta = {"target": target.strip(), "anchor": anchor.strip(), "words": words.strip()}
        token.content = words.strip() or path.strip()
    state.pos = end + 2
    return True


def highlight(state: StateInline, silent: bool) -> bool:
    """`==marked==`: leave delimiters, which `highlights` turns into <mark> once all pairs are known."""
    if silent:
        return False
    scanned = state.scanDelims(state.pos, True)
    if scanned.length < 2:
        return False
    count = scanned.length
    if count % 2:
        state.push("text", "", 0).content = "="
        count -= 1
    for _ in range(0, count, 2):
        state.push("text", "", 0).content = "=="
        state.delimiters.append(
            Delimiter(
                marker=ord("="),
                length=0,
                token=len(state.tokens) - 1,
                end=-1,
                open=scanned.can_open,
                close=scanned.can_close,
            )
        )
    state.pos += scanned.length
    return True


def highlights(state: StateInline) -> None:
    """Turn paired `==` delimiters into <mark>."""
    groups = [state.delimiters, *(meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta)]
    for delimiters in groups:
        for opening in delimiters:
            if opening.marker != ord("=") or opening.end == -1:
                continue
            for index, kind, nesting in (
                (opening.token, "mark_open", 1),
                (delimiters[opening.end].token, "mark_close", -1),
            ):
                token = state.tokens[index]
                token.type, token.tag, token.nesting, token.content = kind, "mark", nesting, ""


def math(state: StateInline, silent: bool) -> bool:
    """`$x$` and `$$x$$` in a line; a dollar before a space or after a digit is money."""
    src, pos, limit = state.src, state.pos, state.posMax
    mark = "$$" if src.startswith("$$", pos) else "$"
    start = pos + len(mark)
    if start >= limit or (mark == "$" and src[start].isspace()):
        return False
    # Where no dollar closes, no later one needs to look again: without this, many lone dollars cost their square.
    dead: dict[tuple[str, int, str], int] = state.env.setdefault("no_dollar", {})
    if dead.get((src, limit, mark), limit) <= start:
        return False
    end = src.find(mark, start, limit)
    while end > 0 and not _closes_math(src, end, mark):
        end = src.find(mark, end + 1, limit)
    if end < 0:
        dead[src, limit, mark] = start
        return False
    if end == start:
        return False
    if not silent:
        token = state.push("math_block" if mark == "$$" else "math_inline", "math", 0)
        token.content = src[start:end]
    state.pos = end + len(mark)
    return True


def _closes_math(src: str, at: int, mark: str) -> bool:
    if src[at - 1] == "\\":
        return False
    before, after = src[at - 1], src[at + 1 : at + 2]
    return mark == "$$" or not (before.isspace() or before == "$" or after == "$" or after.isdigit())


def address(state: StateInline, silent: bool) -> bool:
    """A bare `https://…` becomes a link."""
    scheme = _SCHEME.search(state.pending[-6:])
    if not scheme or state.linkLevel > 0:
        return False
    found = _URL.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    rest = found.group().rstrip("?!.,:;*_~=")
    while rest.endswith(")") and rest.count(")") > rest.count("("):
        rest = rest[:-1].rstrip("?!.,:;*_~=")
    url = scheme.group() + rest
    href = state.md.normalizeLink(url)
    if len(rest) < 6 or not state.md.validateLink(href):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme.group())]
        state.push("link_open", "a", 1).attrs = {"href": href}
        state.push("text", "", 0).content = state.md.normalizeLinkText(url)
        state.push("link_close", "a", -1)
    state.pos += len(rest)
    return True


def tag(state: StateInline, silent: bool) -> bool:
    """`#tag` after a space or at the beginning; at least one character is no digit."""
    pos = state.pos
    if pos and not (state.src[pos - 1].isspace() or state.src[pos - 1] in "([{"):
        return False
    found = _TAG.match(state.src, pos, min(state.posMax, pos + 200))
    name = found[1].strip("/") if found else ""
    if not found or not name or name.isdigit():
        return False
    if not silent:
        state.push("hashtag", "", 0).content = name
    state.pos = found.end()
    return True


def comment(state: StateInline, silent: bool) -> bool:  # noqa: ARG001
    """Drop a comment that somehow came this far; what is not closed is dropped to the end of the paragraph."""
    src, pos = state.src, state.pos
    opening, closing = ("%%", "%%") if src[pos] == "%" else ("<!--", "-->")
    if not src.startswith(opening, pos):
        return False
    end = src.find(closing, pos + 2, state.posMax)
    state.pos = state.posMax if end < 0 else end + len(closing)
    return True


def safe_tag(state: StateInline, silent: bool) -> bool:
    """A few HTML tags without attributes are a way of writing; all others are shown as text."""
    found = _SAFE_TAG.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        state.push("safe_tag", "", 0).content = re.sub(r"[\s/]*>$", ">", found.group().lower())
    state.pos = found.end()
    return True


RULES: dict[str, tuple[Rule, ...]] = {
    "\n": (newline,),
    "\\": (escape,),
    "`": (backtick,),
    "~": (strikethrough.tokenize,),
    "=": (highlight,),
    "*": (emphasis.tokenize,),
    "_": (emphasis.tokenize,),
    "[": (wikilink, link, footnote_ref),
    "!": (wikilink, image),
    "^": (footnote_inline,),
    "<": (comment, autolink, safe_tag),
    "&": (entity,),
    "$": (math,),
    "%": (comment,),
    "#": (tag,),
    ":": (address,),
    "]": (),  # no rule begins here, but the end of a link's words must be seen
}
