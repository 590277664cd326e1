"""What a note's text means: the door to the readers of this floor.

`scan` is what the index needs of every note, `rows` the same in the form of the index where that is quicker;
`spans` and `layers` are what a person sees when distilling; `plain`, `words` and `sentence_at` the text without
its marks. None of them raises or opens anything,
and all take time in proportion to the text. The richer ones are loaded when they are first called.
"""

from __future__ import annotations

from pkm.markdown.text import byte_offsets, decode
from pkm.model.link import Scan

try:
    from pkm.markdown.scan_plain import rows
    from pkm.markdown.scan_plain import scan as scan_plain
except ImportError:  # there was nothing to compile it with: every note is read by `scan.py`

    def rows(text: str, start: int) -> Rows | None:
        """Nothing, so that the text is scanned."""

    def scan_plain(text: str, start: int) -> Scan | None:
        """Nothing, likewise."""


TYPE_CHECKING = False
if TYPE_CHECKING:
    from pkm.markdown.scan_plain import Rows
    from pkm.markdown.spans import Spans
    from pkm.model.link import Link

__all__ = [
    "Scan",
    "byte_offsets",
    "decode",
    "front_links",
    "layers",
    "plain",
    "rows",
    "scan",
    "sentence_at",
    "spans",
    "words",
]


def scan(text: str, start: int = 0) -> Scan:
    """Everything in a note's text from `start` (behind its front matter) on: `scan.scan`, of plain notes compiled."""
    found = scan_plain(text, start)
    if found is None:
        from pkm.markdown import scan as reader

        found = reader.scan(text, start)
    return found


def front_links(front: str, offset: int = 0) -> list[Link]:
    """The wikilinks in front matter's quoted strings: `front_links.front_links`."""
    from pkm.markdown import front_links as reader

    return reader.front_links(front, offset)


def spans(text: str, start: int = 0) -> Spans:
    """Bold, highlights, callouts, inline fields, comments, footnotes and formulas: `spans.Spans`."""
    from pkm.markdown import spans as reader

    return reader.spans(text, start)


def layers(text: str, start: int = 0) -> int:
    """How far the text is distilled, 0 to 4: `layers.layers`."""
    from pkm.markdown import layers as reader

    return reader.layers(text, start)


def plain(text: str, start: int = 0) -> str:
    """The text as its reader sees it, a line for each paragraph: `plain.plain`."""
    from pkm.markdown import plain as reader

    return reader.plain(text, start)


def words(text: str) -> int:
    """How many words a plain text has; of Chinese and Japanese each character: `plain.words`."""
    from pkm.markdown import plain as reader

    return reader.words(text)


def sentence_at(text: str, start: int, end: int) -> str:
    """The sentence in which `text[start:end]` stands: `sentence.sentence_at`."""
    from pkm.markdown import sentence as reader

    return reader.sentence_at(text, start, end)


def scan_all(text: str) -> None:
    """Run every reader once: what the tests of time and of hostile input call."""
    found = scan(text)
    front_links(text)
    spans(text)
    layers(text)
    words(plain(text))
    for link in found.links[:20]:
        sentence_at(text, link.start, link.end)
