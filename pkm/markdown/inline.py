"""What stands inside one paragraph or heading, exactly: links, addresses, tags, and what is none of them.

The scanner's fast path asks here only for the grammar of single links; texts that it cannot see through
come here leaf by leaf. Offsets are into the string given.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from pkm.markdown.blocks import CLOSE_TAG, OPEN_TAG

TYPE_CHECKING = False
if TYPE_CHECKING:
    Found = list[tuple[str, str, str, str, int, int]]  # Link without its line

#: After `[[`: anything on one line up to the first `]]`; another `[[` begins anew.
WIKI = r"\[\[(?!\[)([^\[\]\n]*+(?:(?:\](?!\])|\[(?!\[))[^\[\]\n]*+)*+)\]\]"
#: What Obsidian takes as a tag: all but ASCII punctuation, white space and general punctuation; we leave out
#: CJK punctuation too, and keep the joiner that emoji are built with.
NO_TAG = (
    r"\s\x00-\x2c.:-@\[-^`{-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\u2000-\u200c\u200e-\u206f\u2e00-\u2e7f"
    r"\u3000-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3e\uff40\uff5b-\uff65\udc80-\udcff"
)
TAG = re.compile(rf"#([^{NO_TAG}]+)")
#: A tag begins a line or follows white space or an opening mark; `word#x`, `/#x`, `&#x` and `##x` are none.
BEFORE_TAG = frozenset(" \n\t\r\f\v([{,;*_~>|\"'!?:。、，；：（「『【《“‘！？\u3000\u00a0")
BLOCK_ID = re.compile(r"\^([A-Za-z0-9-]+)[ \t]*(?=\n|\Z)")
ADDRESS = re.compile(r"https?://[^\s<>\x9f\"`\\^{}|\[\]]+", re.IGNORECASE)
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:|//")
WIKI_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}://|mailto:", re.IGNORECASE)
AUTOLINK = re.compile(
    r"<(?:([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>\x00-\x1f]*+)|([\w.!#$%&'*+/=?^`{|}~-]++@[A-Za-z0-9.-]++))>"
)
HTML = re.compile(rf"{OPEN_TAG}|{CLOSE_TAG}")
HTML_LONG = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">"))
MATH = re.compile(r"\$(?![\s$])(?:[^$\\\n]|\\.)*+\$(?!\d)")
DISPLAY_MATH = re.compile(r"\$\$[^$]*+(?:\$(?!\$)[^$]*+)*+\$\$")
TITLE = r"(?:\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\))"
MAX_PARENTHESES = 8  # within each other in a destination
ANGLE = re.compile(r"<((?:[^<>\n\\]|\\.)*+)>")
BARE = re.compile(r"(?:[^\\()\x00-\x20\x7f]|\\[!-/:-@\[-`{-~])++|[\\()]")
AFTER = re.compile(rf"(?:\s++{TITLE})?\s*+\)", re.DOTALL)
LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){0,999})\]", re.DOTALL)
#: Marks that mean nothing to a reader of links once they are escaped.
ESCAPED = frozenset("[]`<#!$^\\()")
PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
HEX = frozenset("0123456789abcdefABCDEF")
TOKEN = re.compile(r"[\\`<\[\]#$]")
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def wiki_link(inner: str, *, embed: bool) -> tuple[str, str, str, str] | None:
    """(kind, target, anchor, display) of what stands between `[[` and `]]`; None when that is nothing."""
    left, bar, display = inner.partition("|")
    if bar and left.endswith("\\"):  # the pipe of a link in a table is written `\|`
        left = left[:-1]
    target, _, anchor = left.partition("#")
    target, anchor = target.strip(), anchor.strip()
    if not target and not anchor:
        return None
    if ":" in target and WIKI_SCHEME.match(target):
        return "external", left.strip(), "", display.strip()
    return "embed" if embed else "wiki", target, anchor, display.strip()


def markdown_link(destination: str, display: str, *, embed: bool) -> tuple[str, str, str, str] | None:
    """(kind, target, anchor, display) of a Markdown link or image; None when it points nowhere."""
    if "\\" in destination:
        destination = ESCAPE.sub(r"\1", destination)
    if "&" in destination and ";" in destination:
        from html import unescape

        destination = ENTITY.sub(lambda match: unescape(match[0]), destination)
    if SCHEME.match(destination):
        return "external", destination, "", display
    target, _, anchor = destination.partition("#")
    if "%" in destination:
        target, anchor = percent_decode(target), percent_decode(anchor)
    target = target.strip()
    if not target and not anchor:
        return None
    return "embed-markdown" if embed else "markdown", target, anchor, display


def percent_decode(text: str) -> str:
    """`%20` and its like as characters; what is no UTF-8 or no escape stays as it is."""
    head, *parts = text.split("%")
    try:
        out = bytearray(head.encode("utf-8", "surrogateescape"))
        for part in parts:
            code = part[:2]
            if len(code) == 2 and code[0] in HEX and code[1] in HEX:
                out += bytes.fromhex(code) + part[2:].encode("utf-8", "surrogateescape")
            else:
                out += b"%" + part.encode("utf-8", "surrogateescape")
        return out.decode("utf-8")
    except UnicodeError:
        return text


def is_tag(name: str) -> bool:
    """Whether a tag has something in it that is no digit; `name` holds tag characters only."""
    return not name.isdigit() and name.strip("/") != ""


def trim_address(address: str) -> str:
    """A bare address without the sentence's punctuation behind it."""
    while address:
        last = address[-1]
        if last in ".,;:!?'\"*_~。，、；：！？）」":
            address = address.rstrip(last)
        elif last == ")" and address.count(")") > address.count("("):
            # Only what has no opening partner is the sentence's; counted once, for a run of thousands.
            surplus = address.count(")") - address.count("(")
            run = len(address) - len(address.rstrip(")"))
            address = address[: len(address) - min(surplus, run)]
        else:
            return address
    return address


def label_key(label: str) -> str:
    """How labels of reference links are compared."""
    return " ".join(label.casefold().split())


def destination_span(text: str, at: int) -> tuple[int, int, int] | None:
    """Where the destination of an inline link begins and ends whose `(` stands at `at`, and where its `)` ends.

    Angle brackets belong to the span; None when what stands there is no destination.
    """
    begin = at + 1
    while begin < len(text) and text[begin] in " \t\n":
        begin += 1
    if text.startswith("<", begin):
        match = ANGLE.match(text, begin)
        if match is None:
            return None
        end = match.end()
    else:
        depth, end = 0, begin
        for piece in BARE.finditer(text, begin):
            if piece.start() != end:
                break
            if piece[0] == "(":
                depth += 1
                if depth > MAX_PARENTHESES:
                    return None
            elif piece[0] == ")":
                if depth == 0:
                    break
                depth -= 1
            end = piece.end()
        if depth:
            return None
    after = AFTER.match(text, end)
    return (begin, end, after.end()) if after else None


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
                    address = address if SCHEME.match(address) else "mailto:" + address
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


class Taken:
    """Spans in order, which may lie in one another; `place in taken` says whether one covers it."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._starts = [span[0] for span in spans]
        self._ends: list[int] = []
        furthest = 0
        for _, end in spans:
            furthest = max(furthest, end)
            self._ends.append(furthest)

    def __contains__(self, place: int) -> bool:
        index = bisect_right(self._starts, place) - 1
        return index >= 0 and place < self._ends[index]


def _start(link: tuple[str, str, str, str, int, int]) -> int:
    return link[4]


_WIKI = re.compile(WIKI)
_RUN = re.compile("``*+")
_SKIPPED = re.compile(r"[\\`<$]")


def bare_addresses(text: str, taken: Taken) -> Found:
    """Addresses that stand in the text without any mark."""
    found: Found = []
    for match in ADDRESS.finditer(text):
        if match.start() not in taken and (match.start() == 0 or not text[match.start() - 1].isalnum()):
            address = trim_address(match[0])
            if len(address) > 8:
                found.append(("external", address, "", "", match.start(), match.start() + len(address)))
    return found
