"""The projection as plain data: all that a garden, or whoever takes it over, will ever know.

A `Bundle` holds what the gate let through and nothing that leads back: no vault, no index, no open
file. Everything public (links, counts, search, feeds) is computed from it alone, which is why a
private note cannot change a public byte.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pkm.model.link import Link

KINDS_OF_ASSET = {
    "image": ("png", "jpg", "jpeg", "gif", "webp", "svg"),
    "audio": ("mp3", "ogg", "wav", "flac", "m4a"),
    "video": ("mp4", "webm", "ogv", "mov"),
    "file": ("pdf",),
}
KIND_BY_SUFFIX = {suffix: kind for kind, suffixes in KINDS_OF_ASSET.items() for suffix in suffixes}


class Reference(NamedTuple):
    """A link or embed that leads to another part of the bundle; `text[start:end]` is how it was written."""

    start: int
    end: int
    target: str  # as written, which is what the renderer will ask for
    page: str  # path of the page it means, or "" for a file
    asset: str  # path of the file it means, or ""
    anchor: str
    words: str
    embed: bool


@dataclass(slots=True)
class Page:
    """One admitted note. `text` is its Markdown without front matter, comments and words for others."""

    path: str
    title: str
    text: str
    uid: str = ""
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kind: str = ""
    stage: str = ""
    confidence: str = ""
    strand: str = ""
    created: str = ""
    updated: str = ""
    description: str = ""
    language: str = ""
    author: str = ""
    licence: str = ""
    permalink: str = ""
    sources: tuple[str, ...] = ()  # web addresses
    references: list[Reference] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)  # as written; the gate closes them
    headings: list[tuple[int, str, int]] = field(default_factory=list)  # level, words, offset
    blocks: list[tuple[str, int]] = field(default_factory=list)  # name, offset
    tasks: int = 0
    before: int = 0  # lines above the text in its file, so that a finding can name the line there
    names: tuple[str, ...] = ()  # what its links are called; a page of such a name may take one over
    missing: tuple[int, ...] = ()  # the same of links that became words, as digests: their names stay home


@dataclass(slots=True)
class Asset:
    """A file that an admitted note shows, without what cameras and editors wrote into it."""

    path: str
    kind: str
    data: bytes
    width: int = 0
    height: int = 0


@dataclass(slots=True)
class Finding:
    """Something the author should know before it goes out; a blocking one stops the delivery."""

    path: str
    line: int
    message: str
    hint: str = ""
    blocks: bool = False


@dataclass(slots=True)
class Bundle:
    """The pages by path and the files by path, both in the order of their paths."""

    pages: dict[str, Page] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def as_vault(bundle: Bundle) -> dict[str, bytes]:
    """Return the bundle as files of a vault that holds nothing else: what one would have, had there never been more."""
    files = {path: _as_note(page) for path, page in bundle.pages.items()}
    files.update((path, asset.data) for path, asset in bundle.assets.items())
    return files


def _as_note(page: Page) -> bytes:
    keys: dict[str, object] = {
        "id": page.uid, "title": page.title, "aliases": list(page.aliases), "tags": list(page.tags),
        "kind": page.kind, "stage": page.stage,
        "confidence": page.confidence, "strand": page.strand, "created": page.created, "updated": page.updated,
        "description": page.description, "lang": page.language, "author": page.author, "licence": page.licence,
        "permalink": page.permalink, "source": list(page.sources),
    }  # fmt: skip
    # JSON is YAML, and needs no guessing what must be quoted.
    front = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items() if value)
    return f"---\n{front}audience: public\n---\n{page.text}".encode("utf-8", "surrogateescape")
