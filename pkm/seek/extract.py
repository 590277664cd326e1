"""Files from elsewhere as Markdown: a saved page, a text, a note.

Nothing here opens a connection, and what a page says is data: it becomes text, never an instruction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pkm.errors import OutsideError, UsageError

LARGEST = 20 << 20  # bytes of a page that are still read
HTML = (".html", ".htm", ".xhtml")
MARKDOWN = (".md", ".markdown")
TEXT = (".txt", ".text", "")


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a file held: its text as Markdown, its name, and the keys that it gives."""

    body: bytes
    title: str = ""
    keys: dict[str, object] = field(default_factory=dict)


def read_file(path: str) -> Extracted:
    """Turn a file into a note's text. Its kind is told by its ending, or by how it begins."""
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise OutsideError(
            f"{path} cannot be read.", error.strerror or str(error), "Check the name and its rights."
        ) from None
    if len(data) > LARGEST:
        raise UsageError(
            f"{path} is larger than {LARGEST >> 20} MB.", "A note of that size helps nobody.", "Keep a part of it."
        )
    name = path.rpartition("/")[2]
    ending = ("." + name.rpartition(".")[2].lower()) if "." in name else ""
    if ending in HTML or data[:200].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return from_html(data, path)
    if ending not in MARKDOWN + TEXT or b"\0" in data[:4000]:
        raise UsageError(
            f"{path} is no text that pkm can read.",
            f"It knows Markdown, text and HTML, not {ending or 'this'}.",
            "Convert it first.",
        )
    title = "" if ending in MARKDOWN else name.rpartition(".")[0] or name
    return Extracted(data, title)


def from_html(data: bytes, path: str) -> Extracted:
    """The article of a saved page: without navigation, with its author, date and address."""
    import trafilatura
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")  # it would be kept by a signal, which is the caller's
    text = trafilatura.extract(
        data,
        output_format="markdown",
        include_formatting=True,
        include_links=True,
        include_tables=True,
        include_images=False,
        config=config,
    )
    about = trafilatura.extract_metadata(data)
    if not text:
        raise UsageError(
            f"No article was found in {path}.",
            "The page holds navigation only, or is made by scripts.",
            "Copy the text and use:  pkm add --clipboard",
        )
    known: dict[str, Any] = about.as_dict() if about is not None else {}  # type: ignore[redundant-expr]
    keys: dict[str, object] = {"kind": "literature", "medium": "article"}
    for key, name in (("url", "url"), ("author", "author"), ("published", "date"), ("site", "sitename")):
        value = known.get(name)
        if isinstance(value, str) and value.strip():
            keys[key] = " ".join(value.split())[:500]
    if not str(keys.get("url", "http")).startswith("http"):
        del keys["url"]
    title = " ".join(str(known.get("title") or "").split())[:300]
    return Extracted(_without_title(text, title).encode(), title, keys)


def _without_title(text: str, title: str) -> str:
    """The text without a first heading that only repeats the title."""
    first, _, rest = text.partition("\n")
    return rest.lstrip("\n") + "\n" if title and first.lstrip("# ").strip() == title else text + "\n"
