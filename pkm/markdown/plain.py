"""The text as its reader sees it: for search excerpts, for counting words, for the sentence around a link."""

from __future__ import annotations

import re

from pkm.markdown.blocks import Leaf, blocks
from pkm.markdown.destinations import ENTITY
from pkm.markdown.emphasis import Emphasis, emphasis
from pkm.markdown.inline import Inline
from pkm.markdown.leaves import TASK, Joined
from pkm.markdown.link_patterns import BLOCK_ID
from pkm.markdown.scan import prepare

#: Scripts written without spaces: each character counts as a word.
CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
UNSPACED = re.compile(f"[{CJK}]")
MARKS = re.compile(
    "[\u00a1-\u00a9\u00ab-\u00b1\u00b6-\u00b8\u00bb\u00bf\u2010-\u205e\u3000-\u303f\uff01-\uff0f\uff1a-\uff20]"
)
PUNCTUATION = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
CALLOUT = re.compile(r"\[!([^\]\n]+)\]([+-]?)[ \t]*")
FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:?")
SIZE = re.compile(r"[0-9]+(?:x[0-9]+)?")
NOTE_NAME = re.compile(r"(?:.*/)?([^/]*?)(?:\.md)?", re.IGNORECASE | re.DOTALL)
TABLE_RULE = re.compile(r"(?=[^\n]*-)[ \t|:-]*\|[ \t|:-]*\Z")
STRUCK = re.compile("~~")
ESCAPED = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
SOFT_BREAK = re.compile(rf"(?<=[{CJK}，。、；：！？）」])\s*\n\s*(?=[{CJK}（「])")
TAG = re.compile(r"<[^<>]*>")


def words(text: str) -> int:
    """How many words a plain text has: what stands between spaces and has a letter or digit.

    Each character of a script without spaces counts as one.
    """
    count = 0
    if not text.isascii():
        text, count = UNSPACED.subn(" ", text)
        text = MARKS.sub("", text)
    # Bytes lose their punctuation and are split many times faster than a pattern finds words.
    return count + len(text.encode("utf-8", "replace").translate(None, PUNCTUATION).split())


def plain(text: str, start: int = 0) -> str:
    """The text from `start` on without marks, one line for each paragraph, heading, row or line of code.

    Links stand as what they show. Comments, HTML tags, footnote marks and block ids are left out.
    """
    source, _ = prepare(text, start)
    leaves = blocks(source)
    toggles = sum(source.count("%%", leaf.start, leaf.end) for leaf in leaves if leaf.kind in ("text", "heading"))
    comments = _Comments(toggles - toggles % 2)
    lines: list[str] = []
    for leaf in leaves:
        if leaf.kind == "code":
            if not comments.open:
                lines += _code(source[leaf.start : leaf.end])
        elif leaf.kind == "html":
            if not comments.open:
                lines.append(without_html(source[leaf.start : leaf.end]))
        elif leaf.kind == "math":
            if not comments.open:
                lines.append(" ".join(source[leaf.start : leaf.end].replace("$$", " ").split()))
        else:
            lines.append(comments.strip(_leaf_text(source, leaf)))
    return "\n".join([line for line in lines if line])


class _Comments:
    """Takes what stands between `%%` and `%%` out, over the borders of paragraphs too."""

    __slots__ = ("left", "open")

    def __init__(self, toggles: int) -> None:
        self.left = toggles  # a last one without a partner is text
        self.open = False

    def strip(self, text: str) -> str:
        if "%%" not in text:
            return "" if self.open else text
        kept: list[str] = []
        for index, part in enumerate(text.split("%%")):
            if index:
                if self.left:
                    self.left -= 1
                    self.open = not self.open
                else:
                    kept.append("%%")
            if not self.open:
                kept.append(part)
        return "\n".join(" ".join(line.split()) for line in "".join(kept).split("\n")).strip()


def _leaf_text(source: str, leaf: Leaf) -> str:
    text = Joined(source, leaf.pieces).text
    if leaf.kind == "text":
        if leaf.item and (task := TASK.match(text)):
            text = text[task.end() :]
        elif leaf.quoted and (callout := CALLOUT.match(text)):
            title, _, text = text[callout.end() :].partition("\n")
            return f"{visible(title)}\n{visible(text)}".strip("\n")
        rows = text.split("\n", 2)
        if len(rows) > 1 and "|" in rows[0] and TABLE_RULE.match(rows[1]):
            return "\n".join([row(line) for line in (rows[0], *(rows[2].split("\n") if len(rows) > 2 else []))])
    return visible(text)


def row(line: str) -> str:
    """A table's row with spaces for its borders."""
    return " ".join(visible(line).replace("|", " ").split())


def _code(block: str) -> list[str]:
    lines = [line.strip() for line in block.split("\n")]
    if lines and lines[0].lstrip("> \t-*+0123456789.)").startswith(("```", "~~~")):
        lines = lines[1:-1] if len(lines) > 1 and lines[-1].startswith(("```", "~~~")) else lines[1:]
    return lines


def without_html(block: str) -> str:
    """The words of a block of HTML: no tags, no comments."""
    parts: list[str] = []
    at = 0
    while (begin := block.find("<!--", at)) >= 0:
        parts.append(block[at:begin])
        end = block.find("-->", begin)
        at = end + 3 if end >= 0 else len(block)
    parts.append(block[at:])
    return " ".join(_entities(TAG.sub(" ", " ".join(parts))).split())


def _entities(text: str) -> str:
    if "&" not in text:
        return text
    from html import unescape

    return ENTITY.sub(lambda match: unescape(match[0]), text)


def visible(text: str) -> str:
    """One paragraph's text without marks, on one line."""
    inline = Inline(text).read()
    edits = _edits(inline, emphasis(inline))
    if edits:
        edits.sort()
        parts: list[str] = []
        at = 0
        for begin, end, instead in edits:
            if begin >= at:
                parts += (text[at:begin], instead)
                at = end
        parts.append(text[at:])
        text = "".join(parts)
    if "\n" in text:
        text = SOFT_BREAK.sub("", text)
    return " ".join(_entities(text).split())


def _edits(inline: Inline, marks: Emphasis) -> list[tuple[int, int, str]]:
    """What to cut out of a text, and what to put there."""
    text = inline.text
    edits: list[tuple[int, int, str]] = [(begin, end, "") for begin, end in marks.marks]
    for kind, target, anchor, display, begin, end in inline.found:
        inner = begin + text.startswith("!", begin) + 1
        if text.startswith("<", begin):
            edits += ((begin, begin + 1, ""), (end - 1, end, ""))
        elif text.startswith("[[", inner - 1) and text.endswith("]]", begin, end):
            edits.append((begin, end, shown(kind, target, anchor, display)))
        else:
            edits += ((begin, inner, ""), (inner + len(display), end, ""))
    for kind, begin, end in inline.inert:
        if kind == "code":
            width = len(text[begin:end]) - len(text[begin:end].lstrip("`"))
            edits += ((begin, begin + width, ""), (end - width, end, ""))
        elif kind == "math":
            width = 2 if text.startswith("$$", begin) else 1
            edits += ((begin, begin + width, ""), (end - width, end, ""))
        elif kind == "html":
            edits.append((begin, end, " " if text[begin + 1 : begin + 3].lower() == "br" else ""))
    taken = inline.taken()
    patterns = [(STRUCK, "~~"), (ESCAPED, "\\"), (FOOTNOTE, "[^"), (BLOCK_ID, "^")]
    for pattern, hint in patterns:
        if hint in text:
            for match in pattern.finditer(text):
                begin, end = match.span()
                if begin in taken or (hint == "^" and begin and not text[begin - 1].isspace()):
                    continue
                edits.append((begin, end, ""))
    return edits


def shown(kind: str, target: str, anchor: str, display: str) -> str:
    """What a reader sees of a wikilink; an embedded picture has no words."""
    if display and not (kind == "embed" and SIZE.fullmatch(display)):
        return display
    match = NOTE_NAME.fullmatch(target)
    name = match[1] if match else target
    if kind == "embed" and "." in name:
        return ""
    return " > ".join(part for part in (name, *anchor.lstrip("^").split("#")) if part)
