"""What stands inside one paragraph or heading, exactly: links, addresses, tags, and what is none of them.

The scanner's fast path asks here only for the grammar of single links; texts that it cannot see through
come here leaf by leaf. Offsets are into the string given.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from pkm.markdown.destinations import ESCAPE, destination_span
from pkm.markdown.html import AUTOLINK, HTML
from pkm.markdown.inert import DISPLAY_MATH, ESCAPED, MATH
from pkm.markdown.link_patterns import TAG, WIKI
from pkm.markdown.links import BEFORE_TAG, has_scheme, is_tag, markdown_link, wiki_link
from pkm.markdown.taken import Taken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pkm.markdown.links import Found

HTML_LONG = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">"))
LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){0,999})\]", re.DOTALL)
PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
TOKEN = re.compile(r"[\\`<\[\]#$]")


def label_key(label: str) -> str:
    """How labels of reference links are compared."""
    return " ".join(label.casefold().split())


class Inline:
    """What one leaf holds. `found` has the links, `tags` and `inert` (start, end) spans."""

    __slots__ = ("_missing", "_runs", "found", "inert", "notes", "references", "tags", "text")

    def __init__(self, text: str, references: dict[str, str] | None = None) -> None:
        self.text = text
        self.references = references or {}
        self.found: Found = []
        self.tags: list[tuple[str, int]] = []
        self.inert: list[tuple[str, int, int]] = []  # (code, html or math, start, end), what counts as no text
        self.notes: list[tuple[int, int]] = []  # footnotes written in place: ^[text]
        self._runs: dict[int, list[int]] | None = None
        self._missing: set[str] = set()

    def read(self) -> Inline:
        text = self.text
        openers: list[tuple[int, bool]] = []  # (where the bracket stands, is an image)
        dead = 0  # openers below this place in the stack cannot become links any more: links do not nest
        at = 0
        closed = -1  # where code, HTML or an escape has just ended: no tag begins there
        while match := TOKEN.search(text, at):
            place = match.start()
            char = text[place]
            if char == "[":
                image = place > at and text[place - 1] == "!"
                if text.startswith("[[", place) and (wiki := _WIKI.match(text, place)) and self._whole(wiki):
                    parts = wiki_link(wiki[1], embed=image)
                    if parts is not None:
                        self.found.append((*parts, place - image, wiki.end()))
                        if not image:
                            dead = len(openers)
                        at = wiki.end()
                        continue
                openers.append((place, image))
                at = place + 1
            elif char == "]":
                at = place + 1
                if openers:
                    begin, image = openers.pop()
                    if begin and not image and text[begin - 1] == "^":
                        self.notes.append((begin - 1, at))
                    alive = image or len(openers) >= dead
                    dead = min(dead, len(openers))
                    if alive and (end := self._close(begin, place, image)):
                        at = end
                        if not image:
                            dead = len(openers)
            elif char == "#":
                at = place + 1
                free = place == 0 or (place != closed and text[place - 1] in BEFORE_TAG)
                if free and (tag := TAG.match(text, place)):
                    at = tag.end()
                    if is_tag(tag[1]):
                        self.tags.append((tag[1].rstrip("/"), place))
            else:
                kind, at = self._skip(char, place)
                if kind == "address":
                    address = text[place + 1 : at - 1]
                    address = address if has_scheme(address) else "mailto:" + address
                    self.found.append(("external", address, "", "", place, at))
                elif kind:
                    self.inert.append((kind, place, at))
                if kind or (char == "\\" and text[place + 1 : at] in ESCAPED):
                    closed = at
        self._inside_links()
        return self

    def _whole(self, wiki: re.Match[str]) -> bool:
        """Whether no code, HTML or escape begins inside the link and ends behind its text."""
        at, end = wiki.span(1)
        while token := _SKIPPED.search(self.text, at, end):
            at = self._skip(token[0], token.start())[1]
        return at <= end

    def _close(self, begin: int, place: int, image: bool) -> int:
        """Where the link ends whose bracket closes at `place`, 0 when it is none."""
        text = self.text
        following = text[place + 1 : place + 2]
        if following == "(" and (span := destination_span(text, place + 1)):
            destination, end = text[span[0] : span[1]], span[2]
            if destination.startswith("<"):
                destination = destination[1:-1]
        elif self.references and place - begin <= 1000:
            label, end = text[begin + 1 : place], place + 1
            if following == "[" and (match := LABEL.match(text, place + 1)):
                label, end = match[1] if match[1].strip() else label, match.end()
            if "[" in ESCAPE.sub("", label):
                return 0
            known = self.references.get(label_key(label))
            if known is None:
                return 0
            destination = known
        else:
            return 0
        parts = markdown_link(destination, text[begin + 1 : place], embed=image)
        if parts is not None:
            self.found.append((*parts, begin - image, end))
        else:
            self.inert.append(("empty-link", begin - image, end))
        return end

    def _skip(self, char: str, place: int) -> tuple[str, int]:
        """What code, HTML, address or formula begins here, and its end; `""` for an escape or a mere character."""
        text = self.text
        if char == "\\":
            return "", place + (2 if text[place + 1 : place + 2] in PUNCTUATION else 1)
        if char == "`":
            run = _RUN.match(text, place).end() - place  # type: ignore[union-attr]
            end = self._code_end(place, run)
            return ("code", end) if end else ("", place + run)
        if char == "$":
            display = text.startswith("$$", place)
            math = (DISPLAY_MATH if display else MATH).match(text, place)
            if math and (display or not text[math.end() - 2].isspace()):
                return "math", math.end()
            return "", place + (2 if display else 1)
        if match := AUTOLINK.match(text, place):
            return "address", match.end()
        if match := HTML.match(text, place):
            return "html", match.end()
        end = self._html_long_end(place)
        return ("html", end) if end else ("", place + 1)

    def _html_long_end(self, place: int) -> int:
        for opening, closing in HTML_LONG:
            if self.text.startswith(opening, place):
                if opening == "<!" and not self.text[place + 2 : place + 3].isalpha():
                    return 0
                if opening == "<!--":
                    for short in ("<!-->", "<!--->"):
                        if self.text.startswith(short, place):
                            return place + len(short)
                if closing in self._missing:
                    return 0
                end = self.text.find(closing, place + len(opening))
                if end < 0:
                    self._missing.add(closing)
                    return 0
                return end + len(closing)
        return 0

    def _code_end(self, place: int, run: int) -> int:
        """Where the code ends that `run` backticks open: at the next run of the same length."""
        if self._runs is None:
            self._runs = {}
            for match in _RUN.finditer(self.text):
                self._runs.setdefault(match.end() - match.start(), []).append(match.start())
        places = self._runs.get(run, [])
        index = bisect_right(places, place)
        return places[index] + run if index < len(places) else 0

    def _inside_links(self) -> None:
        """Put links in order, and drop tags that are part of a link's text."""
        self.found.sort(key=_start)
        if self.tags and self.found:
            links = Taken([(link[4], link[5]) for link in self.found])
            self.tags = [tag for tag in self.tags if tag[1] not in links]

    def taken(self) -> Taken:
        """The places that belong to a link, code, HTML or a formula."""
        return Taken(sorted([(link[4], link[5]) for link in self.found] + [span[1:] for span in self.inert]))


def _start(link: tuple[str, str, str, str, int, int]) -> int:
    return link[4]


_WIKI = re.compile(WIKI)
_RUN = re.compile("``*+")
_SKIPPED = re.compile(r"[\\`<$]")
