"""What the text of a page finds in the garden around it: links, embeds, pictures, tags.

Every answer comes from the page's own closed references. What is not among them is not there: the
renderer then gets words, never an address.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from pkm.markdown.render import render
from pkm.markdown.render_html import Host, Link
from pkm.share.garden.cards import anchor_key
from pkm.share.references import address

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pkm.share.bundle import Page, Reference
    from pkm.share.garden.assets import Shown
    from pkm.share.garden.diagrams import Diagrams
    from pkm.share.garden.project import Site

    Pieces = dict[tuple[str, str], str]  # (language or kind of formula, source) → HTML

MAX_DEPTH = 5
MAX_EMBEDS = 60
_SIZE = re.compile(r"(\d{1,4})(?:x(\d{1,4}))?")
_CODED = re.compile(r"^[\w.-]*[\d-][\w.-]*$")


class World:
    """What all pages share while they are rendered."""

    __slots__ = ("diagrams", "hidden", "links", "page", "shown", "site", "words")

    def __init__(
        self,
        site: Site,
        page: Callable[[str], Page],
        shown: Mapping[str, Shown],
        words: Mapping[str, str],
        hidden: str,
        diagrams: Diagrams,
    ) -> None:
        self.site = site
        self.page = page
        self.shown = shown
        self.words = words
        self.hidden = hidden
        self.diagrams = diagrams
        # Most links to a page are written alike, and look the same wherever they stand.
        self.links: dict[tuple[str, str, str], str] = {}  # (page, target, words) → HTML


class PageHost(Host):
    """The world as one page sees it."""

    __slots__ = ("budget", "by_target", "known", "path", "pieces", "root", "trail", "world")

    def __init__(
        self, world: World, page: Page, outer: PageHost | None = None, mark: str = "", known: Pieces | None = None
    ) -> None:
        """`known`: the pieces that the last build made for this page."""
        self.world = world
        self.known: Pieces = outer.known if outer else known or {}
        self.pieces: Pieces = outer.pieces if outer else {}
        self.path = page.path
        self.root: str = outer.root if outer else page.path  # the page that all this ends up on
        self.trail: tuple[str, ...] = (
            (*outer.trail, mark) if outer else (page.path,)
        )  # what is open, so that no text holds itself
        self.budget: list[int] = outer.budget if outer else [MAX_EMBEDS]
        self.by_target: dict[str, Reference] = {reference.target: reference for reference in page.references}

    def link(self, target: str, anchor: str, words: str) -> Link:
        if not target:
            here = self.world.site.cards[self.path].anchors.get(anchor_key(anchor))
            return Link(self._href(self.path, anchor) if here else None, words or anchor.lstrip("^"))
        found = self._find(target)
        if found is None:
            return Link(None, words or self.world.hidden)
        if found.asset:
            shown = self.world.shown.get(found.asset)
            return Link(shown.href if shown else None, words or target.rpartition("/")[2])
        card = self.world.site.cards[found.page]
        return Link(self._href(found.page, anchor), words or named(target, anchor, card.title))

    def wikilink(self, target: str, anchor: str, words: str) -> str:
        found = None if anchor else self.by_target.get(target)
        if found is None or not found.page:
            return super().wikilink(target, anchor, words)
        key = (found.page, target, words)
        links = self.world.links
        html = links.get(key)
        if html is None:
            html = links[key] = super().wikilink(target, anchor, words)
        return html

    def _find(self, target: str) -> Reference | None:
        found = self.by_target.get(target)
        if found is None and "%" in target:
            from urllib.parse import unquote

            found = self.by_target.get(unquote(target))
        return found

    def _href(self, path: str, anchor: str) -> str:
        card = self.world.site.cards[path]
        name = card.anchors.get(anchor_key(anchor), "") if anchor else ""
        if path == self.root and name:
            return "#" + name
        return card.href + (f"#{name}" if name else "")

    def image(self, source: str, alt: str) -> str:
        if source.startswith(("http://", "https://", "//")):
            return super().image(source, alt)
        found = self._find(source.partition("#")[0])
        if found is None or not found.asset:
            return ""
        # `![alt|100x80](picture.png)` gives the size behind a bar.
        words, bar, size = alt.rpartition("|")
        fits = _SIZE.fullmatch(size.strip())
        return self._asset(found.asset, words if bar and fits else alt if not fits else "", size if fits else "")

    def embed(self, target: str, anchor: str, words: str, *, block: bool) -> str:
        found = self._find(target) if target else None
        if target and found is None:
            return ""
        if found and found.asset:
            return self._asset(found.asset, "" if _SIZE.fullmatch(words) else words, words)
        path = found.page if found else self.path
        if not block:
            link = self.link(target, anchor, words)
            return f'<a href="{escape(link.href)}">{escape(link.text)}</a>' if link.href else escape(link.text)
        return self._transclude(path, anchor)

    def _transclude(self, path: str, anchor: str) -> str:
        world = self.world
        card = world.site.cards[path]
        mark = f"{path}#{anchor_key(anchor)}" if anchor else path
        link = f'<a href="{escape(self._href(path, anchor))}">{escape(card.title)}</a>'
        page = world.page(path)
        text = part(page, anchor)
        if text is None or mark in self.trail or len(self.trail) > MAX_DEPTH or not self.budget[0]:
            return f"<p>{link}</p>"
        self.budget[0] -= 1
        prefix = f"e{MAX_EMBEDS - self.budget[0]}-"
        inner = render(text, PageHost(world, page, self, mark), title="" if anchor else page.title, prefix=prefix).html
        return f'<div class="embed"><p class="embed-from">{link}</p>{inner}</div>'

    def _asset(self, path: str, alt: str, size: str) -> str:
        shown = self.world.shown.get(path)
        if shown is None:
            return ""
        name = alt or path.rpartition("/")[2].rpartition(".")[0]
        if shown.kind == "image":
            found = _SIZE.fullmatch(size)
            width, height = (int(found[1]), int(found[2] or 0)) if found else (shown.width, shown.height)
            if found and not height and shown.width:
                height = max(1, round(shown.height * width / shown.width))
            measure = (f' width="{width}"' if width else "") + (f' height="{height}"' if height else "")
            return f'<img src="{escape(shown.href)}" alt="{escape(alt)}"{measure} loading="lazy">'
        if shown.kind in {"audio", "video"}:
            return f'<{shown.kind} src="{escape(shown.href)}" controls preload="none"></{shown.kind}>'
        return f'<a class="file" href="{escape(shown.href)}">{escape(name)}</a>'

    def piece(self, make: Callable[[str, str], str], source: str, kind: str) -> str:
        key = (kind, source)
        found = self.pieces[key] = self.known.get(key) or make(source, kind)
        return found

    def diagram(self, source: str) -> str:
        found = self.world.diagrams.drawing(self.root, source)
        if found is None:
            return ""
        words = self.world.words
        measure = f' width="{found.width}" height="{found.height}"' if found.width and found.height else ""
        return (
            f'<img class="diagram" src="{found.name}" alt="{escape(found.title or words["diagram"])}"{measure} loading="lazy">'
            f"<details><summary>{escape(words['as_text'])}</summary><pre><code>{escape(source, quote=False)}</code></pre></details>"
        )

    def tag(self, name: str) -> str | None:
        slug = self.world.site.slugs[0].get(name.casefold())
        return f"tags/{address(slug)}.html" if slug else None


def named(target: str, anchor: str, title: str) -> str:
    """Return what a link says that has no words of its own: what was written, or the title when that is a code."""
    last = target.rpartition("/")[2].removesuffix(".md").strip()
    text = title if _CODED.match(last) else last
    return f"{text} › {anchor.lstrip('^#')}" if anchor and not anchor.startswith("^") else text


def part(page: Page, anchor: str) -> str | None:
    """Return the words under a heading or of a block; None when there is no such part, and then nothing is shown."""
    text = page.text
    if not anchor:
        return text
    key = anchor_key(anchor)
    if key.startswith("^"):
        for name, at in page.blocks:
            if "^" + name.casefold() == key:
                return _block(text, at)
        return None
    for number, (level, words, start) in enumerate(page.headings):
        if anchor_key(words) == key:
            after = (begin for other, _, begin in page.headings[number + 1 :] if other <= level)
            return text[start : next(after, len(text))]
    return None


def _block(text: str, at: int) -> str:
    line_start = text.rfind("\n", 0, at) + 1
    line_end = text.find("\n", at)
    line_end = len(text) if line_end < 0 else line_end
    if not text[line_start:at].strip():
        # The name stands alone: it means the block above.
        above = text[:line_start].rstrip("\n")
        return above[above.rfind("\n\n") + 1 :].lstrip("\n")
    line = text[line_start:line_end]
    if re.match(r"\s*(?:[-*+]|\d+[.)])\s", line):
        indent = len(line) - len(line.lstrip())
        end = line_end
        for found in re.finditer(r"\n([ \t]*)\S[^\n]*", text[line_end:]):
            if len(found[1]) <= indent:
                break
            end = line_end + found.end()
        return "\n".join(row[min(indent, len(row) - len(row.lstrip())) :] for row in text[line_start:end].split("\n"))
    start = text.rfind("\n\n", 0, line_start)
    return text[0 if start < 0 else start + 2 : line_end]
