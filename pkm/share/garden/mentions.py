"""Pages that say another page's title without linking it.

A title of one short word is no name, so only longer ones count. The text of both is compared without
case and accents, whole words only.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from pkm.share.garden import search
from pkm.share.garden.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from pkm.share.bundle import Page
    from pkm.share.garden.cards import Card

MOST_SHOWN = 8


def is_said(name: str, text: str) -> bool:
    """Whether the folded text says the name as words of its own."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        # Chinese and Japanese have no spaces, so there a name may stand within a run.
        if (name[0] >= "\u3040" or not text[at - 1 : at].isalnum()) and (
            name[-1] >= "\u3040" or not text[end : end + 1].isalnum()
        ):
            return True
        at = text.find(name, at + 1)
    return False


def says(page: Page, linked: Iterable[str], named: Callable[[Collection[str]], Mapping[str, str]]) -> tuple[str, ...]:
    """Return which pages the text names without linking them; `named(words)` has path → name by the names' first words."""
    known = {page.path, *linked}
    text = folded(page)
    words = search.weights(page).keys()
    return tuple(
        sorted(
            path
            for path, name in named(words).items()
            if path not in known and is_said(name, text) and words >= set(search.terms(name))
        )
    )


def folded(page: Page) -> str:
    """Return the text without case, accents and links."""
    parts, done = [], 0
    for reference in sorted(page.references, key=lambda r: r.start):
        if reference.start >= done:
            parts += [page.text[done : reference.start], " "]
            done = reference.end
    parts.append(page.text[done:])
    return search.fold("".join(parts))


def quote(page: Page, card: Card) -> str:
    """Return the sentence in which a page names another, as HTML."""
    pattern = re.compile(re.escape(card.title), re.IGNORECASE)
    text = page.text
    spans = [(reference.start, reference.end) for reference in page.references]
    for found in pattern.finditer(text):
        start, end = found.span()
        if not any(begin < end and start < stop for begin, stop in spans):
            return sentence(text, start, end) or f"<b>{escape(found.group(), quote=False)}</b>"
    return f"<b>{escape(card.title, quote=False)}</b>"


def all_mentions(
    cards: Mapping[str, Card],
    pages: Callable[[str], Page],
    with_all: Callable[[list[str]], list[str]],
    linking: Callable[[str], Iterable[str]],
) -> dict[str, tuple[str, ...]]:
    """Return for each page whom it names without linking it.

    `with_all(terms)` knows which pages hold all the terms of a name, `linking(path)` which link a page.
    """
    found: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for path, card in cards.items():
        if not card.name:
            continue
        for source in sorted({*with_all(search.terms(card.name))}.difference(linking(path), (path,))):
            text = texts.get(source)
            if text is None:
                text = texts[source] = folded(pages(source))
                if len(texts) > 500:
                    texts.pop(next(iter(texts)))
            if is_said(card.name, text):
                found.setdefault(source, []).append(path)
    return {source: tuple(sorted(paths)) for source, paths in found.items()}


def new_mentions(
    changed: Mapping[str, tuple[Card | None, Card | None]],
    cards: Mapping[str, Card],
    pages: Callable[[str], Page],
    named: Callable[[Collection[str]], Mapping[str, str]],
    holding: Callable[[list[str]], list[str]],
) -> dict[str, tuple[str, ...]]:
    """Return whom the changed pages name, and for the other pages what new or changed titles make different.

    `named(words)` has path → name of the pages whose names begin so, `holding(terms)` knows which of the
    pages that did not change hold all the terms of a name.
    """
    found = {path: says(pages(path), cards[path].links, named) for path in changed if path in cards}
    renamed = {path for path, (old, new) in changed.items() if (old and old.title) != (new and new.title)}
    if not renamed:
        return found
    for path, card in cards.items():
        if path not in found and not renamed.isdisjoint(card.says):
            found[path] = tuple(target for target in card.says if target not in renamed)
    for target in renamed:
        name = cards[target].name if target in cards else ""
        for source in holding(search.terms(name)) if name else ():
            if source in changed or source not in cards:
                continue
            if more := says(pages(source), cards[source].links, lambda _, only={target: name}: only):  # type: ignore[misc]
                found[source] = tuple(sorted({*found.get(source, cards[source].says), *more}))
    return found
