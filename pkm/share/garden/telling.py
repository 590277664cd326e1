"""What a build tells of addresses: to the ledger, on signs where pages used to be, in feeds.

All of it is a function of the ledger and of how each page is called and where it is. Where that is as it was
when the ledger was told last, there is nothing to tell, and the ledger is not read.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from pkm.share.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pkm.share.garden.cards import Card

    Tombstone = tuple[str, str]  # identity of a page that was taken back, and when


class Telling:
    """The news of one build."""

    def __init__(
        self, ledger: str, now: str, cards: Mapping[str, Card], tombstones: Sequence[Tombstone] | None = None
    ) -> None:
        """`ledger`: its file, or "". `tombstones`: those of the last build, when nothing is to be told since."""
        self.is_quiet = tombstones is not None
        self._path = ledger
        self._now = now
        self._cards = cards
        self._kept = tombstones

    @cached_property
    def known(self) -> Ledger:
        """What was public until now."""
        return Ledger.read(self._path) if self._path else Ledger()

    @cached_property
    def news(self) -> list[dict[str, Any]]:
        """The lines that the ledger does not have yet."""
        return [] if self.is_quiet else self.known.news(self._cards, self._refs, self._now)

    @property
    def names(self) -> list[str]:
        """The titles that the public would see for the first time."""
        titles = {line["title"] for line in self.news if "title" in line}
        return sorted(titles - self.known.titles) if titles else []

    @property
    def tombstones(self) -> list[Tombstone]:
        """What was taken back, the latest first."""
        return list(self._kept) if self._kept is not None else self._after.tombstones(self._refs.values())

    @property
    def redirects(self) -> dict[str, str]:
        """Old address → new address."""
        return self._after.redirects(self._cards, self._refs)

    @property
    def addresses(self) -> set[str]:
        """All addresses that there ever were."""
        return set(self._after.slugs)

    @cached_property
    def _refs(self) -> dict[str, str]:
        return {path: card.ref for path, card in self._cards.items()}

    @cached_property
    def _after(self) -> Ledger:
        return self.known.with_lines(self.news)
