"""The richer, slower reader: what an author emphasised, summarised and noted, and what nobody is to see.

For distilling, relations and exports; the index uses `scan`. Offsets and lines are as there. Nothing in code counts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from operator import attrgetter

from pkm.markdown.blocks import Leaf, blocks
from pkm.markdown.emphasis import emphasis
from pkm.markdown.inline import Inline
from pkm.markdown.leaves import Joined
from pkm.markdown.plain import CALLOUT, visible, words
from pkm.markdown.scan import prepare
from pkm.markdown.taken import Taken

#: What Obsidian takes a callout's name for; an unknown one is a note.
CALLOUTS = {
    **{kind: kind for kind in ("note", "abstract", "info", "todo", "tip", "success", "question", "warning", "failure")},
    **{kind: kind for kind in ("danger", "bug", "example", "quote")},
    **dict.fromkeys(("summary", "tldr"), "abstract"),
    **dict.fromkeys(("hint", "important"), "tip"),
    **dict.fromkeys(("check", "done"), "success"),
    **dict.fromkeys(("help", "faq"), "question"),
    **dict.fromkeys(("caution", "attention"), "warning"),
    **dict.fromkeys(("fail", "missing"), "failure"),
    "error": "danger",
    "cite": "quote",
}
FIELD_LINE = re.compile(
    r"(?P<open>\*\*|__|)(?P<key>[^\W\d_][\w /-]{0,39}?)(?<! )(?P=open)::(?=[ \t\n]|\Z)[ \t]*(?P<value>[^\n]*)"
)
FIELD_INSIDE = re.compile(
    r"[\[(](?P<key>[^\W\d_][\w /-]{0,39}?)(?<! )::[ \t]+"
    r"(?P<value>[^\[\]()\n]*+(?:\[\[[^\[\]\n]*+\]\][^\[\]()\n]*+)*+)[\])]"
)
FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\](:?)")
SPECIAL = re.compile(r"\*\*|__|==|::|%%|<!--|\[\^|\^\[|\$")
LEAD_END = ".:!?。：！？"
LEAD_WORDS = 6


@dataclass(frozen=True, slots=True)
class Span:
    """A marked stretch: its text as a reader sees it, and where it stands with its marks.

    `lead` is true for a bold run-in heading: a few words at a line's beginning that name what follows.
    """

    text: str
    start: int
    end: int
    line: int = 0
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Callout:
    """`> [!name]± title` and the quoted lines below. `kind` is what the name stands for, `body` where they begin."""

    kind: str
    name: str
    title: str
    fold: str
    start: int
    body: int
    end: int
    line: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """An inline field `key:: value`, on a line of its own or in brackets; `value_start` is where its value begins."""

    key: str
    value: str
    start: int
    value_start: int
    end: int
    line: int = 0


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote's mark `[^name]`, its definition `[^name]:`, or one written in place `^[text]` (without a name)."""

    name: str
    start: int
    end: int
    definition: bool = False
    line: int = 0


@dataclass(slots=True)
class Spans:
    """What was found, in the order of the text. `comments` are those between `%%` and those of HTML."""

    bold: list[Span] = field(default_factory=list)
    highlights: list[Span] = field(default_factory=list)
    callouts: list[Callout] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    comments: list[Span] = field(default_factory=list)
    footnotes: list[Footnote] = field(default_factory=list)
    math: list[Span] = field(default_factory=list)


def spans(text: str, start: int = 0) -> Spans:
    """Find all marked stretches of a note's text from `start` (behind its front matter) on."""
    source, shift = prepare(text, start)
    reader = _Reader(source, shift, text.count("\n", 0, start))
    for leaf in blocks(source):
        reader.read(leaf)
    return reader.finish()


class _Reader:
    def __init__(self, source: str, shift: int, line: int) -> None:
        self.source = source
        self.shift = shift
        self.line = line
        self.feeds = [match.start() for match in re.finditer("\n", source)]
        self.found = Spans()
        self.toggles: list[int] = []  # where `%%` stands outside code

    def at(self, place: int) -> int:
        return self.line + bisect_left(self.feeds, place)

    def read(self, leaf: Leaf) -> None:
        source = self.source
        if leaf.kind == "math":
            self.found.math.append(self._span(source[leaf.start : leaf.end].strip("$\n "), leaf.start, leaf.end))
        elif leaf.kind == "html":
            self._html(leaf.start, leaf.end)
        elif leaf.kind != "code":
            self._inline(leaf)

    def finish(self) -> Spans:
        found = self.found
        for begin, end in zip(self.toggles[::2], self.toggles[1::2], strict=False):
            found.comments.append(self._span(self.source[begin + 2 : end].strip(), begin, end + 2))
        for items in (found.bold, found.highlights, found.comments, found.footnotes, found.math, found.fields):
            items.sort(key=attrgetter("start"))
        return found

    def _span(self, text: str, begin: int, end: int, *, lead: bool = False) -> Span:
        return Span(text, begin + self.shift, end + self.shift, self.at(begin), lead)

    def _html(self, begin: int, end: int) -> None:
        source = self.source
        while (start := source.find("<!--", begin, end)) >= 0:
            stop = source.find("-->", start + 4, end)
            begin = stop + 3 if stop >= 0 else end
            self.found.comments.append(self._span(source[start + 4 : begin].removesuffix("-->").strip(), start, begin))

    def _inline(self, leaf: Leaf) -> None:
        joined = Joined(self.source, leaf.pieces)
        text, found = joined.text, self.found
        if leaf.quoted and leaf.kind == "text" and (match := CALLOUT.match(text)):
            self._callout(leaf, match)
        if not SPECIAL.search(text):
            return
        inline = Inline(text).read()
        marks = emphasis(inline)
        outer = 0
        for begin, end in marks.strong:
            if begin < outer:
                continue  # bold within bold is no bolder
            outer = end
            lead = leaf.kind == "text" and _is_lead(text, begin, end)
            found.bold.append(self._mapped(joined, visible(text[begin + 2 : end - 2]), begin, end, lead=lead))
        for begin, end in marks.highlights:
            found.highlights.append(self._mapped(joined, visible(text[begin + 2 : end - 2]), begin, end))
        for kind, begin, end in inline.inert:
            if kind == "math":
                found.math.append(self._mapped(joined, text[begin:end].strip("$"), begin, end))
            elif kind == "html" and text.startswith("<!--", begin):
                found.comments.append(self._mapped(joined, text[begin + 4 : end - 3].strip(), begin, end))
        closed = Taken(sorted(span[1:] for span in inline.inert))
        self._fields(joined, closed)
        self._footnotes(joined, closed, inline)
        if "%%" in text:
            self.toggles += [joined.place(m.start()) for m in re.finditer("%%", text) if m.start() not in closed]

    def _mapped(self, joined: Joined, text: str, begin: int, end: int, *, lead: bool = False) -> Span:
        return self._span(text, joined.place(begin), joined.end(end), lead=lead)

    def _callout(self, leaf: Leaf, match: re.Match[str]) -> None:
        """A callout begins its quote and lasts as long as lines have as many quote marks."""
        source = self.source
        begin, end = leaf.pieces[0]
        line = source.rfind("\n", 0, begin) + 1
        marks = source[line:begin]
        depth = marks.count(">")
        above = source[source.rfind("\n", 0, max(line - 1, 0)) + 1 : max(line - 1, 0)]
        if _depth(above) >= depth or not depth:
            return
        stop = end
        while stop < len(source):
            below = source.find("\n", stop + 1)
            below = len(source) if below < 0 else below
            if _depth(source[stop + 1 : below]) < depth:
                break
            stop = below
        name = match[1].strip().lower()
        title = visible(source[begin + match.end() : end])
        body = min(end + 1, stop)
        kind = CALLOUTS.get(name.partition("|")[0].strip(), "note")
        place = line + marks.index(">")
        self.found.callouts.append(
            Callout(
                kind, name, title, match[2], place + self.shift, body + self.shift, stop + self.shift, self.at(place)
            )
        )

    def _fields(self, joined: Joined, closed: Taken) -> None:
        text = joined.text
        if "::" not in text:
            return
        at = 0
        while at <= len(text):
            if at not in closed and (match := FIELD_LINE.match(text, at)):
                self._field(joined, match, match.start("key"), match.end("value"))
            else:
                stop = text.find("\n", at)
                for match in FIELD_INSIDE.finditer(text, at, stop if stop >= 0 else len(text)):
                    if match.start() not in closed:
                        self._field(joined, match, match.start(), match.end())
            at = text.find("\n", at) + 1 or len(text) + 1

    def _field(self, joined: Joined, match: re.Match[str], begin: int, end: int) -> None:
        value = match["value"].strip()
        at = match.start("value")
        start, stop = joined.place(begin), joined.end(end)
        value_at = joined.place(at) if value else stop
        self.found.fields.append(
            Field(
                match["key"].strip(),
                value,
                start + self.shift,
                value_at + self.shift,
                stop + self.shift,
                self.at(start),
            )
        )

    def _footnotes(self, joined: Joined, closed: Taken, inline: Inline) -> None:
        text = joined.text
        for match in FOOTNOTE.finditer(text):
            if match.start() not in closed:
                first = match.start() == 0 or text[match.start() - 1] == "\n"
                definition = bool(match[2]) and first
                end = match.end() if definition else match.end(1) + 1
                self._note(match[1], joined.place(match.start()), joined.end(end), definition=definition)
        for begin, end in inline.notes:
            self._note("", joined.place(begin), joined.end(end))

    def _note(self, name: str, begin: int, end: int, *, definition: bool = False) -> None:
        footnote = Footnote(name, begin + self.shift, end + self.shift, definition, self.at(begin))
        self.found.footnotes.append(footnote)


def _depth(line: str) -> int:
    """How many quote marks a line begins with."""
    return line[: len(line) - len(line.lstrip("> \t"))].count(">")


def _is_lead(text: str, begin: int, end: int) -> bool:
    """Whether a bold span only names what follows it."""
    if begin and text[begin - 1] != "\n":
        return False
    inner = text[begin + 2 : end - 2]
    if words(visible(inner)) > LEAD_WORDS:
        return False
    following = text[end : end + 1]
    return following in ("", "\n", ":", "：") or inner.rstrip()[-1:] in LEAD_END
