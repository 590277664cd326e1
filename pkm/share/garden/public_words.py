"""What the admitted pages say, asked by the last look at a site before it tells of a leak."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pkm.share.garden import search
from pkm.share.garden.cards import words_of

if TYPE_CHECKING:
    from pkm.share.garden.build import Build


class PublicWords:
    """The words of one build's pages. Nothing is gathered before it is asked for."""

    def __init__(self, build: Build) -> None:
        self._build = build

    def __call__(self, words: tuple[str, ...]) -> bool:
        """Whether a page says these words one after another: in its text, or in what its front matter and place tell."""
        return self._word(*words) if len(words) == 1 else self._name(words)

    def _word(self, word: str) -> bool:
        build = self._build
        if word in build.weights or word in build.store.terms(search.group_of(word)):
            return True
        if not build.everything and any(word in search.weights(page) for page in build.fresh.values()):
            return True
        return f" {word} " in self._told

    def _name(self, words: tuple[str, ...]) -> bool:
        build = self._build
        name = f" {' '.join(words)} "
        if name in self._told:
            return True
        paths = build.weights.with_all(list(words)) if build.everything else [*build.holding(list(words)), *build.fresh]
        for path in paths:
            if path in build.site.cards:
                text = build.page(path).text
                # As it was written, and as sentences show it, without marks and addresses.
                if any(name in f" {' '.join(search.terms(shown))} " for shown in (text, words_of(text))):
                    return True
        return False

    @cached_property
    def _told(self) -> str:
        """The words of the settings, of the pages' front matter and places, and of their earlier addresses, in order."""
        garden = self._build.garden
        parts = [f"{garden.title} {garden.url} {garden.author} {garden.licence} {garden.language}"]
        parts += [" ".join(map(str, card)) for card in self._build.site.cards.values()]
        parts += self._build.telling.redirects
        return f" {' '.join(' '.join(search.terms(part)) for part in parts)} "
