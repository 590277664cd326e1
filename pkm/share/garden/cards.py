"""A card is what other pages say about a page: its title, its address, where it leads.

Cards are tuples, because ten thousand of them are loaded whenever one note changes. The words of a
page are not on its card; they are fetched one by one where they are shown.
"""

from __future__ import annotations

import re
from hashlib import sha256
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from pkm.markdown.render_anchors import Anchors, block_id, plain
from pkm.share.garden.identity import uuid
from pkm.share.garden.search import name_of
from pkm.share.references import address
from pkm.share.slugs import wanted_slug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkm.share.bundle import Page

FIELDS = (
    "path", "slug", "title", "uid", "aliases", "tags", "kind", "stage", "confidence", "strand", "created", "updated", "excerpt",
    "language", "author", "licence", "sources", "wanted", "links", "embeds", "anchored", "anchors", "names", "missing", "doc", "tasks",
    "assets", "digest", "href", "related", "says", "ref", "name",
)  # fmt: skip
_AT = {name: index for index, name in enumerate(FIELDS)}


def _field(name: str) -> Any:
    return property(itemgetter(_AT[name]))


class Card(tuple[Any, ...]):
    """One page in short.

    `links` and `embeds` are paths of pages, each once, in the order of the text; `anchored` those of
    them that are linked at a heading or block. `anchors` maps what may stand behind a `#` to an id.
    `doc` is the page's number in the search index, `digest` that of its text and of what its links mean.
    `ref` is its identity in feeds, `name` its title as other texts would say it.
    `related` are the paths that the page calls close, `says` those whose titles it mentions without a link.
    """

    __slots__ = ()
    path: str = _field("path")
    slug: str = _field("slug")
    title: str = _field("title")
    uid: str = _field("uid")
    aliases: tuple[str, ...] = _field("aliases")
    tags: tuple[str, ...] = _field("tags")
    kind: str = _field("kind")
    stage: str = _field("stage")
    confidence: str = _field("confidence")
    strand: str = _field("strand")
    created: str = _field("created")
    updated: str = _field("updated")
    excerpt: str = _field("excerpt")
    language: str = _field("language")
    author: str = _field("author")
    licence: str = _field("licence")
    sources: tuple[str, ...] = _field("sources")
    wanted: str = _field("wanted")
    links: tuple[str, ...] = _field("links")
    embeds: tuple[str, ...] = _field("embeds")
    anchored: tuple[str, ...] = _field("anchored")
    anchors: dict[str, str] = _field("anchors")
    names: tuple[str, ...] = _field("names")
    missing: tuple[int, ...] = _field("missing")
    doc: str = _field("doc")
    tasks: int = _field("tasks")
    assets: tuple[str, ...] = _field("assets")
    digest: str = _field("digest")
    href: str = _field("href")
    related: tuple[str, ...] = _field("related")
    says: tuple[str, ...] = _field("says")
    ref: str = _field("ref")
    name: str = _field("name")

    def placed(self, slug: str, doc: str) -> Card:
        """Return the card with its address and its number in the search index."""
        return self.with_fields(slug=slug, doc=doc, href=address(slug) + ".html", ref=uuid("note", self.uid or slug))

    def with_fields(self, **changes: object) -> Card:
        values = list(self)
        for name, value in changes.items():
            values[_AT[name]] = value
        return Card(values)


def card_of(page: Page) -> Card:
    """Return the card of a page whose references are closed; its address is found when all pages are known."""
    pages = [reference for reference in page.references if reference.page]
    links = dict.fromkeys([r.page for r in pages])
    links.pop(page.path, None)
    embeds = dict.fromkeys([r.page for r in pages if r.embed])
    anchored = dict.fromkeys([r.page for r in pages if r.anchor])
    values = {
        "path": page.path, "slug": "", "title": page.title, "uid": page.uid, "aliases": page.aliases, "tags": page.tags,
        "kind": page.kind, "stage": page.stage, "confidence": page.confidence, "strand": page.strand, "created": page.created,
        "updated": page.updated, "excerpt": page.description or excerpt(page.text, page.title), "language": page.language,
        "author": page.author, "licence": page.licence, "sources": page.sources, "wanted": wanted_slug(page.path, page.title, page.permalink),
        "links": tuple(links), "embeds": tuple(embeds), "anchored": tuple(anchored),
        "anchors": anchors_of(page), "names": page.names, "missing": page.missing, "doc": "", "tasks": page.tasks,
        "assets": tuple(dict.fromkeys([r.asset for r in page.references if r.asset])), "digest": _digest(page),
        "href": "", "related": (), "says": (), "ref": "", "name": name_of(page.title),
    }  # fmt: skip
    return Card(map(values.__getitem__, FIELDS))


def _digest(page: Page) -> str:
    meant = "\n".join([f"{r.start} {r.page or r.asset}" for r in page.references])
    return sha256(f"{page.title}\0{page.text}\0{meant}".encode("utf-8", "surrogateescape")).hexdigest()[:24]


def anchors_of(page: Page) -> dict[str, str]:
    """Return the id for each `#Heading` and `#^block` of a page, by what may be written behind the `#`."""
    ids: dict[str, str] = {}
    anchors = Anchors()
    for number, (level, words, _) in enumerate(page.headings):
        name = anchors.take(words)
        if number == 0 and level == 1 and words.casefold() == page.title.casefold():
            name = ""  # the page's own title; the page is where it is
        ids.setdefault(anchor_key(words), name)
    for name, _ in page.blocks:
        ids.setdefault("^" + name.casefold(), block_id(name))
    return ids


def anchor_key(anchor: str) -> str:
    """Return what stands behind a `#`, so that all ways to write it are one; of `A#B` the last counts."""
    last = anchor.rpartition("#")[2].strip()
    return last.casefold() if last.startswith("^") else " ".join(_WORDS.findall(plain(last).casefold()))


_WORDS = re.compile(r"\w+")
_SKIP = re.compile(
    r"^(?:#{1,6}\s|[-*+]\s|\d+[.)]\s|>|\||```|~~~|\$\$|!\[|---|===|\[\^|\w+::|#[^\s#]+(?:\s+#[^\s#]+)*$)"
)


def excerpt(text: str, title: str, longest: int = 96) -> str:
    """Return the beginning of the first paragraph, in plain words."""
    at = 0
    fenced = False
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end].strip()
        at = end + 1
        if line.startswith(("```", "~~~")):
            fenced = not fenced
        elif line and not fenced and not _SKIP.match(line) and line.casefold() != title.casefold():
            return shorten(words_of(" ".join([line, *_rest(text, at, at + longest * 3)])), longest)
    return ""


def _rest(text: str, at: int, most: int) -> Iterator[str]:
    """Yield the lines of a paragraph from there on: to a blank one, or to one that begins something else."""
    while at < min(len(text), most):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = " ".join(text[at : min(end, most)].split())
        if not line or _SKIP.match(line):
            return
        yield line
        at = end + 1


_BLOCK_NAME = re.compile(r"\s\^[\w-]+$")
_TAG = re.compile(r"</?(?:br|kbd|sub|sup|mark|u|small|ins|del)\s*/?>", re.IGNORECASE)  # all that the gate leaves
_LINKED = re.compile(r"\[\^[^\]\s]+\]|<(https?://[^>]*)>")


def words_of(markdown: str) -> str:
    """Return a line of Markdown as plain words."""
    if "[^" in markdown or "<http" in markdown:
        markdown = _LINKED.sub(r"\1", markdown)
    if "<" in markdown:
        markdown = _TAG.sub("", markdown)
    words = plain(markdown)
    return _BLOCK_NAME.sub("", words).strip() if "^" in words else words


def shorten(text: str, longest: int) -> str:
    """Return the text, cut at a word when it is longer."""
    if len(text) <= longest:
        return text
    cut = text[:longest]
    at = cut.rfind(" ")
    return (cut[:at] if at > longest * 2 // 3 else cut).rstrip(" .,;:–—-") + "…"
