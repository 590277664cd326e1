"""What begins with `<`: HTML blocks and tags, and addresses in angle brackets."""

from __future__ import annotations

import re

HTML_NAMES = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|"
    "fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|"
    "menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|"
    "track|ul"
)
OPEN_TAG = (
    r"<[A-Za-z][A-Za-z0-9-]*+(?:[ \t\n]++[A-Za-z_:][A-Za-z0-9_.:-]*+"
    r"(?:[ \t\n]*+=[ \t\n]*+(?:[^ \t\n\"'=<>`]++|'[^']*+'|\"[^\"]*+\"))?)*+[ \t\n]*+/?>"
)
CLOSE_TAG = r"</[A-Za-z][A-Za-z0-9-]*+[ \t\n]*+>"
HTML_START = re.compile(
    r"<(?:(?P<raw>(?:script|pre|style|textarea)(?=[ \t\n>]|\Z))|(?P<comment>!--)|(?P<instruction>\?)"
    rf"|(?P<cdata>!\[CDATA\[)|(?P<declaration>![A-Za-z])|(?P<block>/?(?:{HTML_NAMES})(?=[ \t\n>]|/>|\Z)))",
    re.IGNORECASE,
)
HTML_ALONE = re.compile(rf"(?:{OPEN_TAG}|{CLOSE_TAG})[ \t]*(?=\n|\Z)")
HTML_END = {"comment": "-->", "instruction": "?>", "declaration": ">", "cdata": "]]>"}
RAW_END = re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE)
EMPTY_LINE = re.compile(r"\n[ \t]*(?=\n|\Z)")
HTML = re.compile(rf"{OPEN_TAG}|{CLOSE_TAG}")
AUTOLINK = re.compile(
    r"<(?:([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>\x00-\x1f]*+)|([\w.!#$%&'*+/=?^`{|}~-]++@[A-Za-z0-9.-]++))>"
)


def block_end(source: str, start: int) -> int:
    """Where HTML ends that begins a line: at its own end mark or at an empty line, by what it begins with."""
    match = HTML_START.match(source, start)
    if match is None:
        return -1 if HTML_ALONE.match(source, start) else 0
    form = str(match.lastgroup)
    if form == "block":
        close = EMPTY_LINE.search(source, start)
        return close.start() if close else len(source)
    if form == "raw":
        close = RAW_END.search(source, start)
        end = close.end() if close else -1
    else:
        end = source.find(HTML_END[form], start + 2)
    end = source.find("\n", end) if end >= 0 else -1
    return end if end >= 0 else len(source)
