"""What a note's text means: the door to the readers of this floor.

`scan` is what the index needs of every note; `spans` and `layers` what a person sees when distilling;
`plain`, `words` and `sentence_at` are the text without its marks. None of them raises or opens anything,
and all take time in proportion to the text. The richer ones are loaded when they are first called.
"""

from __future__ import annotations

from pkm.markdown.scan import Scan, scan
from pkm.markdown.text import byte_offsets, decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pkm.markdown.spans import Spans
    from pkm.model.link import Link

__all__ = ["Scan", "byte_offsets", "decode", "front_links", "layers", "plain", "scan", "sentence_at", "spans", "words"]


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
