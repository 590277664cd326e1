"""The lines of one front-matter key, taken apart and put together again around a new value.

What is not the value stays: the key as it was written, the spaces after the colon, the comment at
the line's end, the line end. A list keeps its style (flow or block, indentation, separators), and an
item that stays keeps its own bytes, comment included.
"""

from __future__ import annotations

from pkm.markdown.yaml_text import scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from pkm.markdown.frontmatter import FrontMatter


class KeyLine:
    """A key's lines in parts.

    `head` is indentation, key and colon; `gap` the spaces after it; `written` the old value's text
    on that line; `tail` spaces and comment after it; `end` the line end; `rest` the further lines;
    `value` what the old text meant.
    """

    __slots__ = ("end", "gap", "head", "rest", "tail", "value", "written")

    def __init__(self, head: str, end: str) -> None:
        self.head = head
        self.end = end
        self.gap = self.written = self.tail = ""
        self.rest: list[str] = []
        self.value: object = None

    @classmethod
    def of(cls, lines: str, value: object) -> KeyLine | None:
        """The parts of an existing key's lines; None when the key is written in a way not known here."""
        first, *rest = lines.split("\n")
        end = "\r\n" if first.endswith("\r") else "\n"
        first = first.removesuffix("\r")
        colon = _colon(first)
        if colon < 0:
            return None
        line = cls(first[: colon + 1], end)
        after = first[colon + 1 :]
        written = after.lstrip(" \t")
        line.gap = after[: len(after) - len(written)]
        if written.startswith("#"):  # no value, only a comment
            line.gap, line.tail = "", after
        else:
            stop = _value_end(written)
            line.written, line.tail = written[:stop], written[stop:]
        line.rest = [one + "\n" for one in rest[:-1]]
        line.value = value
        return line

    def with_value(self, written: str) -> str:
        """The key's one line with this value."""
        gap = (self.gap or " ") if written else ""
        return f"{self.head}{gap}{written}{self.tail}{self.end}"


def _colon(line: str) -> int:
    """Where the colon after the key stands, or -1."""
    at = len(line) - len(line.lstrip(" "))
    if line[at : at + 1] in {'"', "'"}:
        at = _closing_quote(line, at)
        at = len(line) - len(line[at:].lstrip(" ")) if at > 0 else -1
        return at if line[at : at + 1] == ":" else -1
    if line[at : at + 1] in {"?", "", "-"}:
        return -1
    while True:
        at = line.find(":", at)
        if at < 0 or line[at + 1 : at + 2] in {"", " ", "\t"}:
            return at
        at += 1


def _closing_quote(text: str, start: int) -> int:
    """The offset after the quote that closes the one at `start`, or -1."""
    quote, at = text[start], start + 1
    while at < len(text):
        if text[at] == "\\" and quote == '"':
            at += 1
        elif text[at] == quote:
            if quote == '"' or text[at + 1 : at + 2] != "'":
                return at + 1
            at += 1
        at += 1
    return -1


def _value_end(written: str) -> int:
    """Where the value ends on its line: before trailing spaces and a comment."""
    stop = 0
    if written[:1] in {'"', "'"}:
        stop = _closing_quote(written, 0)
    elif written[:1] in {"[", "{"}:
        pieces = _pieces(written)
        stop = pieces[-1][1] + 1 if pieces else -1
    if stop < 0:  # goes on over the next lines
        return len(written)
    comment = min((at for mark in (" #", "\t#") if (at := written.find(mark, stop)) >= 0), default=len(written))
    return len(written[:comment].rstrip(" \t"))


def _pieces(written: str) -> list[tuple[int, int]]:
    """The spans between the commas of a flow list that ends on this line; the last ends at its bracket."""
    found: list[tuple[int, int]] = []
    depth, at, start, before = 0, 0, 1, "["
    while at < len(written):
        char = written[at]
        # A quote opens a quoted text only where a value begins; elsewhere it is an apostrophe.
        if char in "\"'" and before in "[{,:":
            at, before = _closing_quote(written, at), char
            if at < 0:
                return []
            continue
        if char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
            if depth == 0:
                return [*found, (start, at)]
        elif char == "," and depth == 1:
            found.append((start, at))
            start = at + 1
        before = before if char in " \t" else char
        at += 1
    return []


def rewritten(line: KeyLine, value: object, block_indent: str | None) -> str | None:
    """The key's lines with a new value; None when its old list cannot be told apart for certain.

    `block_indent` is how far this note's other lists are indented, None when they are flow lists.
    """
    if not isinstance(value, list):
        quote = line.written[:1] if line.written[:1] in {'"', "'"} else ""
        return line.with_value(scalar(value, quote))
    if not value:
        return line.with_value("[]")
    if isinstance(line.value, list) and not line.written and line.rest:
        return _block_list(line, line.value, value)
    if isinstance(line.value, list) and line.written[:1] == "[" and not line.rest:
        return line.with_value(_flow_list(line.written, line.value, value))
    if block_indent is not None:
        items = "".join(f"{block_indent}- {_item(one)}{line.end}" for one in value)
        return f"{line.head}{line.tail}{line.end}{items}"
    return line.with_value(f"[{', '.join(_item(one, flow=True) for one in value)}]")


def _item(value: object, quote: str = "", *, flow: bool = False) -> str:
    return "null" if value is None else scalar(value, quote, flow=flow)


def _flow_list(written: str, old: list[object], new: list[object]) -> str:
    spans = _pieces(written)
    if spans and not written[spans[-1][0] : spans[-1][1]].strip():
        spans.pop()  # nothing after the last comma
    raws = [written[start:end].strip() for start, end in spans]
    if not raws or len(raws) != len(old):
        return f"[{', '.join(_item(one, flow=True) for one in new)}]"
    inner = written[1:-1]
    lead, trail = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
    second = written[spans[1][0] : spans[1][1]] if len(spans) > 1 else " "
    comma = "," + second[: len(second) - len(second.lstrip())]
    quote = _common_quote(raws)
    return f"[{lead}{comma.join(_reused(old, raws, new, lambda one: _item(one, quote, flow=True)))}{trail}]"


def _block_list(line: KeyLine, old: list[object], new: list[object]) -> str | None:
    groups, after = _grouped(line.rest)
    if len(groups) != len(old):
        return None
    raws = [next(one for one in group if _is_item(one)) for group in groups]
    bare = raws[0].lstrip(" ")
    indent = raws[0][: len(raws[0]) - len(bare)]
    gap = bare[1 : len(bare) - len(bare[1:].lstrip(" "))].strip("\r\n") or " "
    quote = _common_quote([raw.lstrip(" ")[1:].strip() for raw in raws])
    joined = ["".join(group) for group in groups]
    items = _reused(old, joined, new, lambda one: f"{indent}-{gap}{_item(one, quote)}{line.end}")
    return f"{line.head}{line.gap}{line.tail}{line.end}{''.join(items)}{after}"


def _grouped(lines: list[str]) -> tuple[list[list[str]], str]:
    """The lines of each item, with the comments above it, and what follows the last item."""
    groups: list[list[str]] = []
    waiting: list[str] = []
    indent = -1
    for line in lines:
        bare = line.strip()
        depth = len(line) - len(line.lstrip(" "))
        if not bare or bare[0] == "#":
            waiting.append(line)
            continue
        if _is_item(line) and indent in {-1, depth}:
            indent = depth
            groups.append([*waiting, line])
        elif groups:
            groups[-1] += [*waiting, line]
        else:
            return [], ""
        waiting = []
    return groups, "".join(waiting)


def _is_item(line: str) -> bool:
    bare = line.strip()
    return bare == "-" or bare[:2] in {"- ", "-\t"}


def _common_quote(raws: list[str]) -> str:
    """The quote that every item has, or none."""
    quotes = {raw[:1] for raw in raws}
    quote = quotes.pop() if len(quotes) == 1 else ""
    return quote if quote in {'"', "'"} else ""


def _reused(old: list[object], raws: list[str], new: list[object], fresh: Callable[[object], str]) -> list[str]:
    """The items of the new list: those that were there as they were written, the others fresh."""
    there: dict[str, list[str]] = {}
    for value, raw in zip(old, raws, strict=True):
        there.setdefault(repr(value), []).append(raw)
    return [there[repr(one)].pop(0) if there.get(repr(one)) else fresh(one) for one in new]


def list_indent(data: bytes, front: FrontMatter) -> str | None:
    """How far the items of this note's first block list are indented; None when it has no such list."""
    for key, (start, end) in front.keys.items():
        if isinstance(front.values.get(key), list):
            for line in data[start:end].decode("utf-8", "surrogateescape").split("\n")[1:]:
                if _is_item(line):
                    return line[: len(line) - len(line.lstrip(" "))]
    return None
