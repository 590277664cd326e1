"""What an author wrote for nobody's eyes but their own: comments and private callouts.

`without_comments` drops `%%…%%` and `<!--…-->`, `without_private` drops `> [!private]` blocks. The
gate calls both before anything else sees the text, so both fail closed: where it is unclear whether
something is a comment or code, it is a comment; what is never closed is a comment to the end.
"""

from __future__ import annotations

import re

from pkm.markdown.raw_links import RawLinks

# One left-to-right pass: whichever begins first swallows the others.
_TOKEN = re.compile(
    r"^(?P<lead>[ \t>*+\-\d.)]*?)(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*$"
    r"|(?P<ticks>`+)|(?P<comment>%%)|(?P<html><!--)"
    r"|(?P<tag></?(?!(?:br|kbd|sub|sup|mark|u|small|ins|del)\s*/?>)[A-Za-z][A-Za-z0-9-]*(?:[\s/][^<>]*)?>)",
    re.MULTILINE,
)


def has_comments(text: str) -> bool:
    """Whether something in the text may begin a comment."""
    # To look for one character takes a tenth of the time of looking for two, and most texts have few of these.
    return ("%" in text and "%%" in text) or ("<" in text and "<!--" in text)


def without_comments(text: str, *, tags: bool = False) -> str:
    """Return the text with every comment outside code removed, and with `tags` the tags of raw HTML, but for links."""
    if not (tags and "<" in text) and not has_comments(text):
        return text
    kept: list[str] = []
    unclosed: set[tuple[int, int]] = set()  # (end of line, number of backticks): so that one line is searched once
    links = RawLinks()
    done = at = 0
    while token := _TOKEN.search(text, at):
        start = token.start()
        if token["fence"]:
            at = _end_of_fence(text, token)
        elif token["ticks"]:
            at = _end_of_code_span(text, token, unclosed)
        elif token["tag"]:
            at = token.end() if tags else start + 1
            if tags:
                kept.append(text[done:start])
                links.see(token["tag"], kept)
                done = at
        else:
            mark = "%%" if token["comment"] else "-->"
            end = text.find(mark, token.end() if token["comment"] else start + 2)
            kept.append(text[done:start])
            if end < 0:
                return "".join(kept)
            done = at = end + len(mark)
    kept.append(text[done:])
    return "".join(kept)


_HTML = re.compile(
    r" {0,3}</?(?:article|aside|center|details|div|dl|figure|footer|form|header|main|nav|ol|p|section|table|ul)\b",
    re.IGNORECASE,
)
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")


def flat_html(text: str) -> str:
    """Return the text with blocks of raw HTML at the left: once their tags are gone, what was indented would be code."""
    if "<" not in text or "</" not in text:
        return text
    lines = text.split("\n")
    fence = ""
    inside = False
    for number, line in enumerate(lines):
        if found := _FENCE.match(line):
            fence = "" if fence and found[1].startswith(fence) else fence or found[1]
        elif not fence:
            inside = bool(line.strip()) and (inside or bool(_HTML.match(line)))
            if inside:
                lines[number] = line.lstrip(" \t")
    return "\n".join(lines)


def is_closed(text: str) -> bool:
    """Whether every comment ends before the text does."""
    return not has_comments(text) or without_comments(text + "\n\nx")[-1:] == "x"


def _end_of_fence(text: str, opening: re.Match[str]) -> int:
    """Return where code that starts with this fence ends, or earlier when the block around it may have ended."""
    lead, fence = opening["lead"], opening["fence"]
    quoted = ">" in lead
    at = opening.end() + 1
    while at <= len(text):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        line = text[at:stop]
        bare = line.strip(" \t>") if quoted else line.strip()
        if bare.startswith(fence) and not bare.strip(fence[0]):
            return stop
        if quoted and not line.lstrip().startswith(">"):
            return at
        if lead and not quoted and bare and len(line) - len(line.lstrip()) < len(lead):
            return at
        at = stop + 1
    return len(text)


def _end_of_code_span(text: str, opening: re.Match[str], unclosed: set[tuple[int, int]]) -> int:
    """Return where `code` ends, or just after the backticks when they open nothing on this line."""
    start, ticks = opening.start(), opening["ticks"]
    before = text[max(0, start - 64) : start]
    if (len(before) - len(before.rstrip("\\"))) % 2:
        return start + 1
    stop = text.find("\n", start)
    stop = len(text) if stop < 0 else stop
    if (stop, len(ticks)) in unclosed:
        return opening.end()
    at = opening.end()
    while (end := text.find(ticks, at, stop)) >= 0:
        after = end + len(ticks)
        if text[after : after + 1] != "`":
            # A pipe may cut the span in a table, and then the code is none.
            return opening.end() if "|" in text[start:end] else after
        at = after
        while text[at : at + 1] == "`":
            at += 1
    unclosed.add((stop, len(ticks)))
    return opening.end()


def private_callout(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a callout's first line that only some may read."""
    words = "|".join(re.escape(name) for name in names)
    return re.compile(rf"^[ \t>*+\-\d.)]*>[ \t]*\[![ \t]*(?:{words})[ \t]*[\]|]", re.IGNORECASE | re.MULTILINE)


PRIVATE = private_callout(("private",))


def without_private(text: str, pattern: re.Pattern[str] = PRIVATE) -> str:
    """Return the text without callouts such as `> [!private]`, with all that continues them."""
    if "!" not in text or "[!" not in text or not pattern.search(text):
        return text
    kept: list[str] = []
    depth = 0  # of the private callout that is being left out
    for line in text.split("\n"):
        marks = _quote_depth(line)
        if depth:
            # A line without its quote mark still continues the paragraph above it, unless it is blank.
            if marks >= depth or line.strip(" \t>"):
                continue
            depth = 0
        if pattern.match(line):
            depth = max(1, marks)
            continue
        kept.append(line)
    return "\n".join(kept)


def _quote_depth(line: str) -> int:
    found = re.match(r"[ \t>*+\-\d.)]*", line)
    return found.group().count(">") if found else 0
