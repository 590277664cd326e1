"""Front matter that is more than plain: read by python-frontmatter, on PyYAML's C parser.

The loader builds values from the parser's events, one by one and without recursion, so that it can
refuse what has no business in a note (anchors, aliases, tags, towers of brackets) before it is
built, keep every key as the text that was written, tell where each top-level key stands, and give
plain scalars the same types as the fast reader does (`yaml_plain.core`).

Loads PyYAML: 20 ms. Only for the notes that `yaml_plain.plain` leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from frontmatter.default_handlers import YAMLHandler
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from pkm.markdown.yaml_plain import core

if TYPE_CHECKING:
    from yaml import SafeLoader
else:
    from yaml import SafeLoader

    SafeLoader = getattr(yaml, "CSafeLoader", SafeLoader)

DEPTH = 32

_PLAIN_VALUES = 'Write the value out, or put it in quotes: key: "…"'
_QUOTES = 'If a value holds a colon, a quote or a bracket, put it in quotes: key: "…"'
_NO_KEYS = "Front matter is lines of `key: value`. For a rule at the top of a note, leave a blank line above it."
_TABS = "Indent with spaces: YAML does not take tabs."


class Unreadable(Exception):
    """The block is not what front matter may be. `line` counts from 0 within the block."""

    def __init__(self, line: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message
        self.hint = hint


class Block:
    """What a block says: its root, and where the keys of a root written in lines stand.

    `root` is a mapping or None. `marks` are (key, offset of its line, offset where its value surely
    still goes on), in characters. `repeated` are (line, key, whether it is a top-level key) of keys that came again.
    """

    __slots__ = ("flow", "marks", "repeated", "root")

    def __init__(self) -> None:
        self.root: Any = None
        self.flow = False
        self.marks: list[tuple[str, int, int]] = []
        self.repeated: list[tuple[int, str, bool]] = []


class _Open:
    """A list or mapping whose end has not come yet; `key` waits for its value."""

    __slots__ = ("flow", "key", "values")

    def __init__(self, values: list[object] | dict[str, object], flow: bool) -> None:
        self.values = values
        self.flow = flow
        self.key: str | None = None


class CoreLoader(SafeLoader):
    """A loader whose data is a `Block`."""

    def get_single_data(self) -> Block:
        self._block = Block()
        self._open: list[_Open] = []
        seen = False
        while True:
            event: Any = self.get_event()  # type: ignore[no-untyped-call]
            if isinstance(event, StreamEndEvent):
                return self._block
            if isinstance(event, DocumentStartEvent):
                if seen:
                    line = event.start_mark.line if event.start_mark else 0
                    raise Unreadable(line, "a second YAML document begins here", _QUOTES)
                seen = True
            elif not isinstance(event, (StreamStartEvent, DocumentEndEvent)):
                self._take(event)

    def _take(self, event: Any) -> None:
        if isinstance(event, CollectionEndEvent):
            ended = self._open.pop()
            if ended.flow:
                self._reaches(event)
            return
        if isinstance(event, NodeEvent):
            _refuse(event)
        if isinstance(event, CollectionStartEvent):
            self._enter(event)
        elif isinstance(event, ScalarEvent):
            self._scalar(event)

    def _enter(self, event: Any) -> None:
        if len(self._open) >= DEPTH:
            raise Unreadable(event.start_mark.line, f"values are nested deeper than {DEPTH} levels", _PLAIN_VALUES)
        values: list[object] | dict[str, object] = {} if isinstance(event, MappingStartEvent) else []
        if not self._open:
            self._block.flow = bool(event.flow_style)
        self._place(values, event)
        self._open.append(_Open(values, bool(event.flow_style)))

    def _scalar(self, event: Any) -> None:
        holder = self._open[-1] if self._open else None
        if holder is not None and isinstance(holder.values, dict) and holder.key is None:
            self._key(holder, event)
            return
        plain = event.implicit[0] and not event.style
        self._place(core(event.value) if plain else event.value, event)
        if event.style not in {"|", ">"}:
            self._reaches(event)

    def _key(self, holder: _Open, event: Any) -> None:
        key, mark = event.value, event.start_mark
        holder.key = key
        if key in holder.values:
            self._block.repeated.append((mark.line, key, len(self._open) == 1))
        if len(self._open) == 1:
            self._block.marks.append((key, mark.index - mark.column, event.end_mark.index))

    def _place(self, value: object, event: Any) -> None:
        if not self._open:
            self._block.root = value
            return
        holder = self._open[-1]
        if isinstance(holder.values, list):
            holder.values.append(value)
        elif holder.key is None:
            raise Unreadable(event.start_mark.line, "a key is a list or has keys of its own", _QUOTES)
        else:
            holder.values[holder.key] = value
            holder.key = None

    def _reaches(self, event: Any) -> None:
        """Note that the value of the last top-level key goes on at least to the end of this event."""
        if self._block.marks:
            key, start, _ = self._block.marks[-1]
            self._block.marks[-1] = (key, start, event.end_mark.index)


def _refuse(event: Any) -> None:
    if isinstance(event, AliasEvent) or event.anchor is not None:
        raise Unreadable(event.start_mark.line, "anchors and aliases (& and *) are not read", _PLAIN_VALUES)
    if event.tag is not None:
        raise Unreadable(event.start_mark.line, "YAML tags (!) are not read", _PLAIN_VALUES)


def load(text: str) -> Block:
    """Read a block of YAML; raises Unreadable and nothing else. The text is printable (`clean`)."""
    try:
        block: Block = YAMLHandler().load(text, Loader=CoreLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(mark.line if mark else 0, _sentence(error), _hint(error, text)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(0, "the YAML cannot be read", _QUOTES) from error
    if block.root is not None and not isinstance(block.root, dict):
        raise Unreadable(0, "front matter has no keys", _NO_KEYS)
    return block


def _sentence(error: yaml.MarkedYAMLError) -> str:
    said = " ".join(f"{error.problem or error.context or 'cannot be read'}".split())
    return f"not valid YAML: {said}"


def _hint(error: yaml.MarkedYAMLError, text: str) -> str:
    mark = error.problem_mark
    at = text[mark.index : mark.index + 1] if mark else ""
    return _TABS if at == "\t" else _QUOTES
