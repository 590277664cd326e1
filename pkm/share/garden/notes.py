"""The pages of notes: their texts as HTML, that in templates, those on disk.

Each step is done for some hundred pages before the next one begins: what a step needs of program and tables is
then near the processor (decision 15).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkm.share.garden.diagrams import shown_in
from pkm.share.garden.mentions import MOST_SHOWN, quote
from pkm.share.garden.pages import Body, bodies_of
from pkm.share.garden.sentences import sentence_about

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from pkm.share.bundle import Page
    from pkm.share.garden.cards import Card
    from pkm.share.garden.changes import Stale
    from pkm.share.garden.host import World
    from pkm.share.garden.pages import Pages
    from pkm.share.garden.shelf import Shelf
    from pkm.share.garden.state import Store
    from pkm.share.garden.writer import Folder

AT_ONCE = 200


class Notes:
    """Writes the pages of one build's notes, and keeps their texts for the next."""

    def __init__(
        self, pages: Pages, world: World, folder: Folder, store: Store, before: Shelf, fresh: Mapping[str, Page]
    ) -> None:
        self.problems: dict[str, str] = {}  # why a text is shown as it was written
        self.progress: Callable[[int, int], None] | None = None  # told of how many pages how many are written
        self._site = world.site
        self._pages = pages
        self._world = world
        self._folder = folder
        self._store = store
        self._before = before
        self._fresh = fresh
        self._bodies: dict[str, Body] = {}

    def body(self, path: str) -> Body:
        """A page's text as HTML: just made, or as it was."""
        found = self._bodies.get(path)
        return found or Body(*self._store.body(path))

    def write(self, stale: Stale, kept: Container[str]) -> None:
        """Write the pages of notes that are stale. `kept`: those whose texts are wanted again in this build."""
        paths = [path for path in self._site.cards if path in stale.pages] if not self._before else sorted(stale.pages)
        for first in range(0, len(paths), AT_ONCE):
            if self.progress:
                self.progress(first, len(paths))
            self._write_some(paths[first : first + AT_ONCE], stale.bodies, kept)
        if self.progress:
            self.progress(len(paths), len(paths))
        # What only they needed makes room for the lists.
        self._world.links.clear()

    def _write_some(self, paths: list[str], stale: Container[str], kept: Container[str]) -> None:
        bodies = self._made([path for path in paths if path in stale])
        for path in paths:
            body = bodies.get(path) or bodies.setdefault(path, self.body(path))
            self._keep(path, body, again=path in stale)
            if path in kept:
                self._bodies[path] = body
        cards = [card for path in paths if (card := self._site.cards[path]).slug != "index"]
        pages = self._pages.notes([(card, bodies[card.path], self._quotes(card)) for card in cards], self._said)
        encoded = [page.encode("utf-8", "replace") for page in pages]
        self._folder.put_all([(card.slug + ".html", page) for card, page in zip(cards, encoded, strict=True)])

    def _made(self, paths: list[str]) -> dict[str, Body]:
        """Return the texts of these pages as HTML, made again."""
        old = {path: self.body(path) for path in paths if path in self._before}
        known = [(self._world.page(path), old[path].pieces if path in old else None) for path in paths]
        made = dict(zip(paths, bodies_of(known, self._world), strict=True))
        for path, body in old.items():
            self._undraw(body, made[path])
        return made

    def _keep(self, path: str, body: Body, *, again: bool) -> None:
        """Keep a text for the next build."""
        page = self._fresh.get(path)
        if page:
            if body.problem:
                self.problems[path] = body.problem
            self._store.put_page(page, body)
        elif again:
            self._store.put_body(path, body)

    def drop(self, path: str) -> None:
        """Forget the text of a page that went."""
        self._undraw(self.body(path))
        self._store.drop_page(path)

    def _undraw(self, old: Body, new: Body | None = None) -> None:
        """Take out the drawings that a page showed and does not show any more."""
        for name in shown_in(old.html) - shown_in(new.html if new else ""):
            self._folder.forget(name)

    def _said(self, path: str, about: str) -> str:
        """The sentence in which a page links another."""
        return sentence_about(self._world.page(path), about)

    def _quotes(self, card: Card) -> list[tuple[str, str]]:
        sources = self._site.mentioned.get(card.path)[:MOST_SHOWN]
        return [(source, quote(self._world.page(source), card)) for source in sources]
