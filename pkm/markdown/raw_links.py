"""Links that an author wrote as raw HTML, as Markdown: `<a href="x">words</a>` is `[words](x)`.

Raw HTML never reaches a page. A link is worth keeping all the same, and as Markdown it takes the way of
all links: within the vault it is resolved or becomes words, and elsewhere only safe schemes are linked.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

_LINK = re.compile(r"<a\s(?:[^<>]*?\s)?href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.IGNORECASE)
_SAFE = re.compile(r"(?:https?://|mailto:|(?!//)[^:/?#]*(?:[/?#]|\Z))", re.IGNORECASE)
LONGEST = 2_000


class RawLinks:
    """Watches the tags of a text as they are taken out, and puts a Markdown link where one was."""

    def __init__(self) -> None:
        self._open = -1  # where in the kept pieces the words of a link begin
        self._target = ""

    def see(self, tag: str, kept: list[str]) -> None:
        """Take notice of a tag whose text goes; `kept` is what was kept before it."""
        if tag[1] != "/":
            if found := _LINK.match(tag):
                self._open, self._target = len(kept), _address(found[1] or found[2] or found[3] or "")
                kept.append("")
        elif tag[2:].rstrip("> \t").lower() == "a" and self._open >= 0:
            words = "".join(kept[self._open + 1 :])
            # What holds brackets may be a link already.
            plain = words.strip() and not set("[]`") & set(words) and "\n\n" not in words
            if self._target and plain and not self._behind(kept).endswith(("!", "\\")):
                kept[self._open] = "["
                kept.append(f"]({self._target})")
            self._open = -1

    def _behind(self, kept: list[str]) -> str:
        """Return what the link stands behind: after `!` it would be a picture, after a backslash none."""
        at = self._open - 1
        while at > 0 and not kept[at]:
            at -= 1
        return kept[at] if at >= 0 else ""


def _address(written: str) -> str:
    """Return the address as Markdown has it, "" when it is not one to link."""
    address = unescape(written).strip()
    if not address.isprintable() or len(address) > LONGEST or not _SAFE.match(address) or "%%" in address:
        return ""  # `%%` would begin a comment
    return quote(address, safe="/?#:@!$&'*+,;=%~-._")
