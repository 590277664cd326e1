"""The block structure of one text, exactly as CommonMark has it: quotes, lists, code, HTML, paragraphs.

One pass over the lines with a stack of open containers. Used by the scanner for the few notes whose
structure its fast path cannot see through, and by everything that needs paragraphs (`spans`, `plain`).
A leaf's `pieces` are the spans of its lines without indentation and container marks.
"""

from __future__ import annotations

import re

from pkm.markdown.definitions import definitions_end
from pkm.markdown.html import HTML_ALONE, HTML_END, HTML_START, RAW_END

#: Containers nest to this depth; deeper marks are text. Keeps one line of 100,000 `>` linear.
MAX_DEPTH = 64

ATX = re.compile(r"(#{1,6})(?:[ \t]+([^\n]*)|(?=\n|\Z))")
CLOSING_HASHES = re.compile(r"(?:^|[ \t]+)#+[ \t]*\Z")
FENCE = re.compile(r"(```+)[^`\n]*(?=\n|\Z)|(~~~+)")
RULE = re.compile(r"(?:(?:\*[ \t]*+){3,}|(?:-[ \t]*+){3,}|(?:_[ \t]*+){3,})(?=\n|\Z)")
UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*(?=\n|\Z)")
MARKER = re.compile(r"(?:[-+*]|([0-9]{1,9})[.)])(?=[ \t\n]|\Z)")
WHITE = re.compile(r"[ \t]*")
MATH_END = re.compile(r"\$\$[ \t]*(?=\n|\Z)")


class Leaf:
    """A block without blocks in it. `kind`: text, heading, code, math or html; `level` of a heading.

    `start` and `end` span it: from its first character, for code from its first line's beginning and with its fences.
    `item`: the first text of a list item. `quoted`: how many quotes it stands in.
    """

    __slots__ = ("end", "item", "kind", "level", "pieces", "quoted", "start")

    def __init__(self, kind: str, start: int, end: int, *, item: bool = False, quoted: int = 0) -> None:
        self.kind = kind
        self.level = 0
        self.start = start
        self.end = end
        self.pieces: list[tuple[int, int]] = []
        self.item = item
        self.quoted = quoted


class _Line:
    """How far a line has been read: `column` of what is used up, and the next character that is not white."""

    __slots__ = ("blank", "column", "end", "indent", "next", "next_column", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.end = end
        self.look(start, 0)

    def look(self, position: int, column: int) -> None:
        """Find the next character that is not white, and its column: tabs reach to the next multiple of four."""
        self.column = column
        match = WHITE.match(self.text, position, self.end)
        self.next = position = match.end() if match else position
        if match and "\t" in match[0]:
            for char in match[0]:
                column += 4 - column % 4 if char == "\t" else 1
            self.next_column = column
        else:
            self.next_column = column + position - (match.start() if match else position)
        self.indent = self.next_column - self.column
        self.blank = position >= self.end

    def skip(self, columns: int) -> None:
        """Use up white space ahead; a tab may be used up in part."""
        self.column = min(self.column + columns, self.next_column)
        self.indent = self.next_column - self.column

    def enter(self, width: int) -> None:
        """Move behind a container's mark of that width."""
        self.look(self.next + width, self.next_column + width)


class _Reader:
    """The state between lines. A container is 0 for a quote, else the columns a list item's text is indented by."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.leaves: list[Leaf] = []
        self.containers: list[int] = []
        self.leaf: Leaf | None = None  # the open one
        self.form = ""  # of the open leaf: text, indented, or what ends it
        self.fence = ("", 0)
        self.empty_item = -1  # depth of an item that began with an empty line and has nothing yet

    def line(self, start: int, end: int) -> None:
        line = _Line(self.text, start, end)
        matched = self._continue(line)
        whole = matched == len(self.containers)
        if self.leaf is not None and self.form != "text":
            # A formula goes on to its `$$` even where a quote's mark was forgotten on one of its lines.
            if (whole or self.form == "math") and self._inside(line, start, end):
                return
            self.leaf = None
        opened = item = False
        while not line.blank:
            text_open = self.leaf is not None and not opened
            if line.indent >= 4:
                if text_open:
                    break
                self._cut(matched)
                self._open("code", "indented", start, end)
                return
            char = self.text[line.next]
            if char in "#`~<*_=-$" and self._leaf(line, start, end, matched, interrupts=text_open, whole=whole):
                return
            if len(self.containers) >= MAX_DEPTH and matched >= MAX_DEPTH:
                break
            if char == ">":
                self._cut(matched)
                self.containers.append(0)
                line.enter(1)
                if line.indent:
                    line.skip(1)
                item = False
            elif char in "-+*0123456789" and self._item(line, matched, interrupts=text_open and whole):
                item = True
            else:
                break
            matched = len(self.containers)
            opened, whole = True, True
        if line.blank:
            self._cut(matched)
        elif self.leaf is not None and not opened:
            self.leaf.pieces.append((line.next, end))
            self.leaf.end = end
        else:
            self._cut(matched)
            leaf = self._open("text", "text", line.next, end)
            leaf.item = item
            leaf.pieces.append((line.next, end))

    def words(self, start: int, end: int) -> None:
        """A line outside of containers that can only be a paragraph's."""
        leaf = self.leaf or self._open("text", "text", start, end)
        leaf.pieces.append((start, end))
        leaf.end = end

    def _continue(self, line: _Line) -> int:
        """Match the open containers against the line's beginning; how many go on."""
        matched = 0
        for container in self.containers:
            if container == 0:
                if line.blank or line.indent > 3 or self.text[line.next] != ">":
                    break
                line.enter(1)
                if line.indent:
                    line.skip(1)
            elif line.blank:
                if self.empty_item == matched:
                    break
            elif line.indent >= container:
                line.skip(container)
            else:
                break
            matched += 1
        return matched

    def _cut(self, matched: int) -> None:
        """Close the open leaf, and the containers that did not go on."""
        self.leaf = None
        del self.containers[matched:]
        if self.empty_item >= matched:
            self.empty_item = -1

    def _open(self, kind: str, form: str, start: int, end: int) -> Leaf:
        self.leaf = Leaf(kind, start, end, quoted=self.containers.count(0) if self.containers else 0)
        self.form = form
        self.empty_item = -1
        self.leaves.append(self.leaf)
        return self.leaf

    def _inside(self, line: _Line, start: int, end: int) -> bool:
        """Whether the line belongs to the open code or HTML; closes what it ends."""
        leaf, form = self.leaf, self.form
        assert leaf is not None
        if form == "indented":
            if line.indent < 4 and not line.blank:
                return False
            if not line.blank:
                leaf.end = end
            return True
        if form == "fence":
            mark, length = self.fence
            if line.indent < 4 and self.text.startswith(mark * length, line.next):
                rest = self.text[line.next : end].rstrip(" \t")
                if rest.strip(mark) == "":
                    self.leaf = None
        elif form == "blank":
            if line.blank:
                return False
        elif self._html_ends(form, start, end):
            self.leaf = None
        leaf.end = end
        return True

    def _html_ends(self, form: str, start: int, end: int) -> bool:
        if form == "math":
            return MATH_END.search(self.text, start, end) is not None
        if form == "raw":
            return RAW_END.search(self.text, start, end) is not None
        return self.text.find(HTML_END[form], start, end) >= 0

    def _leaf(self, line: _Line, start: int, end: int, matched: int, *, interrupts: bool, whole: bool) -> bool:
        """Open a heading, rule, fence or HTML block if one begins here."""
        text, at = self.text, line.next
        char = text[at]
        if char == "#":
            if match := ATX.match(text, at, end):
                self._cut(matched)
                leaf = self._open("heading", "", at, end)
                leaf.level = len(match[1])
                begin, finish = match.span(2) if match[2] is not None else (match.end(), match.end())
                finish = begin + len(CLOSING_HASHES.sub("", text[begin:finish]).rstrip(" \t"))
                leaf.pieces.append((begin, finish))
                self.leaf = None
                return True
            return False
        if char == "$":
            if not text.startswith("$$", at) or text.find("$$", at + 2, end) >= 0 or not MATH_END.search(text, end):
                return False
            if interrupts and self.leaf is not None and text.count("$$", self.leaf.start, at) % 2:
                return False  # it closes a formula that began inside the paragraph
            self._cut(matched)
            self._open("math", "math", start, end)
            return True
        if char in "`~":
            if match := FENCE.match(text, at, end):
                self._cut(matched)
                self._open("code", "fence", start, end)
                self.fence = (char, len(match[1] or match[2]))
                return True
            return False
        if char == "<":
            match = HTML_START.match(text, at, end)
            form = str(match.lastgroup) if match else ""
            if not form and not interrupts and HTML_ALONE.match(text, at, end):
                form = "blank"
            if not form:
                return False
            self._cut(matched)
            form = "blank" if form == "block" else form
            self._open("html", form, start, end)
            if form != "blank" and self._html_ends(form, at + 2, end):
                self.leaf = None
            return True
        if char in "=-" and interrupts and whole and UNDERLINE.match(text, at, end):
            title = self.leaf
            assert title is not None
            if definitions_end(text, title)[1] < len(title.pieces):
                title.kind, title.level, title.end = "heading", 1 if char == "=" else 2, end
                self.leaf = None
                return True
        if char in "*-_" and text[at:end].rstrip(" \t").endswith(char) and RULE.match(text, at, end):
            self._cut(matched)
            self.empty_item = -1
            return True
        return False

    def _item(self, line: _Line, matched: int, *, interrupts: bool) -> bool:
        """Open a list item if one begins here."""
        match = MARKER.match(self.text, line.next, line.end)
        if match is None:
            return False
        before, width = line.indent, match.end() - match.start()
        empty = WHITE.match(self.text, match.end(), line.end).end() >= line.end  # type: ignore[union-attr]
        if interrupts and (empty or (match[1] is not None and int(match[1]) != 1)):
            return False
        self._cut(matched)
        line.enter(width)
        gap = 1 if empty or line.indent > 4 else line.indent
        if not empty:
            line.skip(gap)
        self.containers.append(before + width + gap)
        self.empty_item = len(self.containers) - 1 if empty else -1
        return True


def blocks(text: str, start: int = 0) -> list[Leaf]:
    """The leaves of a text in order. Lines end with a line feed; offsets are into the whole text."""
    reader = _Reader(text)
    at, length = start, len(text)
    find = text.find
    while at < length:
        end = find("\n", at)
        if end < 0:
            end = length
        # Most lines are empty or begin with a letter; outside of containers nothing can be said about them but that.
        if reader.containers or (reader.leaf is not None and reader.form != "text"):
            reader.line(at, end)
        elif at == end:
            reader.leaf = None
        elif text[at].isalpha():
            reader.words(at, end)
        else:
            reader.line(at, end)
        at = end + 1
    return reader.leaves
