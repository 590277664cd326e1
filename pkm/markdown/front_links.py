"""Links that stand in the quoted strings of front matter."""

from __future__ import annotations

import re

from pkm.markdown.link_patterns import WIKI
from pkm.markdown.links import wiki_link
from pkm.model.link import Link

FRONT_STRING = re.compile(
    r"(?m:^[ \t]*|[:?,\[{-][ \t]*)(?:\"((?:[^\"\\]|\\.)*+)\"|'((?:[^']|'')*+)')|(?m:^|(?<=[ \t]))#[^\n]*", re.DOTALL
)
FRONT_WIKI = re.compile(WIKI)


def front_links(front: str, offset: int = 0) -> list[Link]:
    """The wikilinks in the quoted strings of front matter, in order; kind front.

    `front` is the block's text and `offset` where it begins in the note; lines are counted from its own first.
    """
    links: list[Link] = []
    if "[[" not in front:
        return links
    for string in FRONT_STRING.finditer(front):
        group = string.lastindex
        if group is None:
            continue
        for match in FRONT_WIKI.finditer(front, *string.span(group)):
            inner = match[1].replace('\\"', '"') if group == 1 else match[1].replace("''", "'")
            parts = wiki_link(inner, embed=False)
            if parts is not None and parts[0] != "external":
                line = 1 + front.count("\n", 0, match.start())
                links.append(Link("front", *parts[1:], match.start() + offset, match.end() + offset, line))
    return links
