"""What the pages of a garden have to do with each other, computed from their cards alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pkm.model.digest import digest
from pkm.share.garden.shelf import FIELDS, Ways
from pkm.vault.names import slug

try:
    from pkm.share.garden.close_fast import closest
except ImportError:  # it was not compiled here

    def closest(around: list[list[int]], weights: list[float], least: float, most: int) -> list[tuple[int, ...]]:  # noqa: ARG001
        """Return nothing, so that pages are asked one by one."""
        return []


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, MutableMapping

    from pkm.share.garden.cards import Card

STAGE_RANK = {"evergreen": 3, "bud": 2, "seed": 1}
LEAST_SHARED = 0.6
MOST = 3  # related pages
MAX_DEGREE = 40  # a page that leads everywhere says little about what belongs together


class Site:
    """All cards by path, and the ways between them."""

    def __init__(
        self,
        cards: MutableMapping[str, Card],
        ways: Iterable[Ways] = (),
        slugs: tuple[dict[str, str], dict[str, str]] | None = None,
    ) -> None:
        """Without `ways` they are found; `slugs` of tags and of folders by key, when they are what they were."""
        self._slugs = slugs
        self.cards = cards
        self.ways = tuple(ways) or tuple(Ways(field, cards.values()) for field in FIELDS)
        self.inbound, self.embedding, self.mentioned = self.ways
        self._tags: dict[str, Group] | None = None
        self._folders: dict[str, Group] | None = None
        self._ranks: dict[str, tuple[int, int, str, str]] = {}
        self._near: dict[str, tuple[float, list[str]]] = {}
        self._maturity = _Maturity(cards)

    def rank(self, card: Card) -> tuple[int, int, str, str]:
        """Sort key for lists of the whole garden: mature and well-linked pages first."""
        path = card.path
        found = self._ranks.get(path)
        if found is None:
            inbound = self.inbound.count(path)
            found = self._ranks[path] = (-STAGE_RANK.get(card.stage, 0), -inbound, card.title.casefold(), path)
        return found

    @property
    def tags(self) -> dict[str, Group]:
        """Tags by key; a page with `a/b` is in `a` too."""
        if self._tags is None:
            self._tags = _groups(
                (name, card) for card in self.cards.values() for tag in card.tags for name in parents(tag)
            )
        return self._tags

    @property
    def folders(self) -> dict[str, Group]:
        """Folders by key, each with the pages directly in it."""
        if self._folders is None:
            below = ((card.path.rpartition("/")[0], card) for card in self.cards.values())
            groups = _groups((folder, card) for folder, card in below if folder)
            # A folder with nothing of its own but folders is still a step on the way.
            for name in [group.name for group in groups.values()]:
                for parent in parents(name)[:-1]:
                    if parent.casefold() not in groups:
                        groups[parent.casefold()] = Group(parent)
            self._folders = _with_slugs(groups)
        return self._folders

    @property
    def slugs(self) -> tuple[dict[str, str], dict[str, str]]:
        """The addresses of tags and of folders, by key."""
        if self._slugs is None:
            tags, folders = self.tags, self.folders
            self._slugs = ({key: tags[key].slug for key in tags}, {key: folders[key].slug for key in folders})
        return self._slugs

    def replace(self, card: Card) -> None:
        """Put a card in place of the one of the same path that differs in what it says or calls close."""
        self.mentioned.move(card.path, self.cards[card.path].says, card.says)
        self.cards[card.path] = card

    def backlinks(self, path: str) -> list[str]:
        """The pages that link here, the most telling first."""
        return self.by_maturity(self.inbound.get(path))

    def neighbours(self, path: str) -> list[str]:
        """The pages one link away: those that this one links, then those that link it."""
        return self._around(path)[1]

    def by_maturity(self, paths: Iterable[str]) -> list[str]:
        """These pages as lists on a page have them. Knows nothing of links, or each new one would reorder lists far away."""
        return sorted(paths, key=self._maturity.__getitem__)

    def degree(self, path: str) -> int:
        """How many pages this one is linked with."""
        card = self.cards.get(path)
        return len({*(card.links if card else ()), *self.inbound.get(path)})

    def related(self, card: Card) -> tuple[str, ...]:
        """Pages not linked with this one that share neighbours with it (Adamic and Adar 2003): rare company counts more."""
        near = self.neighbours(card.path)
        scores: dict[str, float] = {}
        for path in near:
            weight, around = self._around(path)
            if weight:
                for third in around:
                    scores[third] = scores.get(third, 0.0) + weight
        for path in near:
            scores.pop(path, None)
        scores.pop(card.path, None)
        best = sorted((-round(score, 9), path) for path, score in scores.items() if score > LEAST_SHARED)
        return tuple(path for _, path in best[:MOST])

    def all_related(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each page's path and the pages related to it."""
        paths = list(self.cards)
        number = {path: at for at, path in enumerate(paths)}
        near = [self._around(path) for path in paths]
        around = [[number[path] for path in found] for _, found in near]
        found = closest(around, [weight for weight, _ in near], LEAST_SHARED, MOST)
        for at, path in enumerate(paths):
            yield path, tuple(paths[other] for other in found[at]) if found else self.related(self.cards[path])

    def _around(self, path: str) -> tuple[float, list[str]]:
        """How much it says to have this page as a neighbour, and its neighbours."""
        found = self._near.get(path)
        if found is None:
            around = list(dict.fromkeys((*self.cards[path].links, *self.inbound.get(path))))
            weight = 1 / math.log(1 + len(around)) if 1 < len(around) <= MAX_DEGREE else 0.0
            found = self._near[path] = (weight, around)
        return found


class _Maturity(dict[str, tuple[int, str, str]]):
    """Sort keys by path, each made once: a page stands in ten lists."""

    def __init__(self, cards: Mapping[str, Card]) -> None:
        self._cards = cards

    def __missing__(self, path: str) -> tuple[int, str, str]:
        card = self._cards[path]
        found = self[path] = (-STAGE_RANK.get(card.stage, 0), card.title.casefold(), path)
        return found


class Group:
    """Pages that have a tag or a folder in common."""

    __slots__ = ("name", "pages", "slug")

    def __init__(self, name: str) -> None:
        self.name = name
        self.slug = ""
        self.pages: list[Card] = []


def _groups(pairs: Iterable[tuple[str, Card]]) -> dict[str, Group]:
    groups: dict[str, Group] = {}
    for name, card in pairs:
        key = name.casefold()
        group = groups.get(key)
        if group is None:
            group = groups[key] = Group(name)
        if not group.pages or group.pages[-1] is not card:
            group.pages.append(card)
    return _with_slugs(groups)


def _with_slugs(groups: dict[str, Group]) -> dict[str, Group]:
    taken: set[str] = set()
    for key in sorted(groups):
        name = slug(groups[key].name.replace("/", " "))
        if name in taken or name == "index":
            name = f"{name}-{digest(key.encode())[:6]}"
        taken.add(name)
        groups[key].slug = name
    return {key: groups[key] for key in sorted(groups)}


def parents(name: str) -> list[str]:
    """`a/b/c` → `a`, `a/b`, `a/b/c`; nothing for an empty name."""
    if "/" not in name:
        return [name] if name else []
    parts = name.split("/")
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]
