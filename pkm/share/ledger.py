"""What was ever public: one line for each address, kept with the vault, because it must outlive any cache.

From it come the redirects from old addresses, the signs on pages that were taken back, and the
question before a name is seen in public for the first time. It says only what was public anyway.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from pkm.errors import OutsideError
from pkm.share.slugs import RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pkm.share.garden.cards import Card

MOST_TOMBSTONES = 50


class Ledger:
    """The lines of the ledger: {"at", "slug", "path", "ref", "title"}, or {"at", "gone", "ref"} for one taken back."""

    def __init__(self, lines: Iterable[dict[str, Any]] = ()) -> None:
        self.slugs: dict[str, dict[str, Any]] = {}  # the last page at each address
        self.gone: dict[str, str] = {}  # identity → when it was taken back
        self.titles: set[str] = set()  # all that were ever seen
        for line in lines:
            self._take(line)

    def _take(self, line: dict[str, Any]) -> None:
        ref, at = str(line.get("ref", "")), str(line.get("at", ""))
        if isinstance(line.get("slug"), str):
            self.slugs[line["slug"]] = line
            self.titles.add(str(line.get("title", "")))
            self.gone.pop(ref, None)
        elif isinstance(line.get("gone"), str):
            self.gone[ref] = at

    @classmethod
    def read(cls, path: str) -> Ledger:
        """Read a ledger; a line that is none (a merge may leave one) says nothing."""
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                rows = [row for row in file.read().split("\n") if row]
        except OSError:
            rows = []
        try:
            lines = json.loads(f"[{','.join(rows)}]")  # all at once is six times as fast
        except ValueError:
            lines = [line for row in rows for line in _lines_of(row)]
        return cls(line for line in lines if isinstance(line, dict))

    def news(self, cards: Mapping[str, Card], refs: Mapping[str, str], at: str) -> list[dict[str, Any]]:
        """Return the lines that this delivery adds. `refs`: identity of each page by path."""
        lines: list[dict[str, Any]] = []
        current = set(refs.values())
        for path, card in cards.items():
            known = self.slugs.get(card.slug)
            ref = refs[path]
            if (
                known is None
                or known.get("ref") != ref
                or known.get("title") != card.title
                or known.get("path") != path
                or ref in self.gone
            ):
                lines.append({"at": at, "slug": card.slug, "path": path, "title": card.title, "ref": ref})
        told = set()
        for line in self.slugs.values():
            ref = str(line.get("ref", ""))
            if ref not in current and ref not in self.gone and ref not in told:
                told.add(ref)
                lines.append({"at": at, "gone": line["slug"], "ref": ref})
        return lines

    def with_lines(self, lines: Iterable[dict[str, Any]]) -> Ledger:
        """Return the ledger as it will be."""
        after = Ledger()
        after.slugs, after.gone, after.titles = dict(self.slugs), dict(self.gone), set(self.titles)
        for line in lines:
            after._take(line)
        return after

    def redirects(self, cards: Mapping[str, Card], refs: Mapping[str, str]) -> dict[str, str]:
        """Return old address → new address, for pages that have another now."""
        by_ref = {ref: cards[path].slug for path, ref in refs.items()}
        taken = {card.slug for card in cards.values()}
        found = {}
        for slug, line in self.slugs.items():
            if slug in taken or slug in RESERVED or "/" in slug or slug.startswith("."):
                continue
            path = str(line.get("path", ""))
            target = by_ref.get(str(line.get("ref", ""))) or (cards[path].slug if path in cards else "")
            if target and target != slug:
                found[slug] = target
        return dict(sorted(found.items()))

    def tombstones(self, refs: Iterable[str]) -> list[tuple[str, str]]:
        """Return (identity, when) of what was taken back, the latest first."""
        current = set(refs)
        gone = [(ref, at) for ref, at in self.gone.items() if ref not in current]
        return sorted(sorted(gone), key=lambda item: item[1], reverse=True)[:MOST_TOMBSTONES]


def _lines_of(row: str) -> list[Any]:
    try:
        return [json.loads(row)]
    except ValueError:
        return []


def append(path: str, lines: Iterable[dict[str, Any]]) -> None:
    """Add lines to the ledger on disk."""
    text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines)
    if not text:
        return
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o644)
        try:
            os.write(fd, text.encode("utf-8", "surrogateescape"))
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        raise OutsideError(f"{path} cannot be written.", error.strerror or str(error)) from None
