"""Bytes to text and offsets back to bytes. Nothing is lost: what is no UTF-8 survives as surrogates."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def decode(data: bytes) -> tuple[str, list[tuple[int, str, str]]]:
    """The text of a file and what is wrong with its bytes, as (line, message, hint).

    Bytes that are no UTF-8 become lone surrogates, so that encoding gives them back. A byte order mark stays.
    """
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = data.decode("utf-8", "surrogateescape")
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return text, [(1, "The file is UTF-16, not UTF-8.", "Save it as UTF-8 in an editor, or with `iconv`.")]
        bad = sum("\udc80" <= char <= "\udcff" for char in text) if len(text) < 1_000_000 else 0
        count = f"{bad} bytes are" if bad > 1 else "Some bytes are" if bad == 0 else "1 byte is"
        return text, [(line, f"{count} not UTF-8.", "Save the file as UTF-8; until then the text is kept as it is.")]


def byte_offsets(text: str, offsets: Sequence[int]) -> list[int]:
    """Where characters stand in the text's bytes. Any order; offsets beyond the end count as the end."""
    if text.isascii():
        return list(offsets)
    known: dict[int, int] = {}
    at = size = 0
    for offset in sorted(set(offsets)):
        size += _size(text[at:offset])
        at = offset
        known[offset] = size
    return [known[offset] for offset in offsets]


def _size(part: str) -> int:
    try:
        return len(part.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # a surrogate that stands for no byte: this text was never in a file
        return len(part.encode("utf-8", "surrogatepass"))
