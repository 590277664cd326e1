"""Links inside the bundle: each finds its page among the admitted ones, or becomes words.

A link to a note that is not there (because it is private, or because it was never written: nobody can
tell which) keeps the words its author chose. If there are none, or if they are only the note's name
again, the garden's own words stand in. An embed of such a note leaves nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from pkm.index.links import Targets
from pkm.index.rows import link_key
from pkm.markdown.scan import scan
from pkm.share.bundle import KIND_BY_SUFFIX, Finding, Page, Reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pkm.model.link import Link

_WORD = re.compile(r"\w+")
EMBEDS = frozenset(("embed", "embed-markdown"))


class Names:
    """Finds what a link means among the admitted pages and the vault's attachments, by the vault's own rule."""

    def __init__(self, pages: Sequence[Page], files: Sequence[str]) -> None:
        self.paths = [page.path for page in pages]
        self._pages = Targets()
        self._files = Targets()
        self._other: dict[str, int] = {}
        for number, page in enumerate(pages):
            key = link_key(page.path)
            self._pages.add(number, page.path, key, key.rpartition("/")[2])
        # What Obsidian leaves open: an alias, a title, an id; the first page in the order of paths has it.
        for name in ("aliases", "title", "uid"):
            for number, page in enumerate(pages):
                values = page.aliases if name == "aliases" else (getattr(page, name),)
                for value in values:
                    if value:
                        self._other.setdefault(link_key(value), number)
        self.files = [path for path in files if publishable(path)]
        for number, path in enumerate(self.files):
            key = link_key(path)
            self._files.add(number, path, key, key.rpartition("/")[2])

    def find(self, target: str, source: int) -> tuple[str, str]:
        """Return (page, file) of which at most one is not empty."""
        goal = link_key(target)
        name = goal.rpartition("/")[2]
        folder = link_key(self.paths[source].rpartition("/")[0])
        number, _ = self._pages.find(goal, name, source, folder)
        if number is None and "." in name:
            found, _ = self._files.find(goal, name, -1, folder)
            if found is not None:
                return "", self.files[found]
        if number is None:
            number = self._other.get(goal)
        return ("", "") if number is None else (self.paths[number], "")


def publishable(path: str) -> bool:
    """Whether a file is of a kind that pages can show, and not hidden."""
    return path.rpartition(".")[2].lower() in KIND_BY_SUFFIX and not path.startswith(".") and "/." not in path


def close(pages: Sequence[Page], files: Sequence[str], hidden: str, findings: list[Finding]) -> set[str]:
    """Resolve every link inside these pages, turn the others into words, return the files that are shown."""
    names = Names(pages, files)
    shown: set[str] = set()
    for number, page in enumerate(pages):
        close_page(page, number, names, hidden, findings)
        shown.update(reference.asset for reference in page.references if reference.asset)
    return shown


def close_page(page: Page, number: int, names: Names, hidden: str, findings: list[Finding]) -> None:
    """Resolve the links of one page."""
    # Taking a link out can make a new one of what stood around it, so look until nothing is left to take out.
    for _ in range(8):
        found: list[Reference] = []
        replaced: list[tuple[int, int, str]] = []
        for link in scan(page.text).links:
            _one(page, number, link, names, hidden, found, replaced, findings)
        if not replaced:
            page.references = found
            return
        page.text = _with(page.text, replaced)
        from pkm.share.gate import survey

        survey(page)
    page.text, page.references = "", []
    findings.append(Finding(page.path, 0, "stays home: its links cannot be told apart", "Look for [[ inside [[."))


def _one(
    page: Page,
    number: int,
    link: Link,
    names: Names,
    hidden: str,
    found: list[Reference],
    replaced: list[tuple[int, int, str]],
    findings: list[Finding],
) -> None:
    kind, target, anchor, words, start, end, line = link
    if kind == "external":
        return
    path, asset = names.find(target, number)
    if path or asset:
        found.append(Reference(start, end, target, path, asset, anchor, words, kind in EMBEDS))
        return
    if kind == "definition":
        replaced.append((start, end, f"[{words}]: #-") if words else (start, end, ""))
    elif kind in EMBEDS:
        replaced.append((start, end, ""))
        findings.append(Finding(page.path, line, "an embed of something unpublished is left out"))
    else:
        replaced.append((start, end, _words(target, anchor, words) or hidden))


def _words(target: str, anchor: str, words: str) -> str:
    """Return the author's own words for a link, "" when they only repeat what it points at."""
    said = _WORD.findall(words.casefold())
    name = _WORD.findall(link_key(target).rpartition("/")[2])
    own = said and said not in (name, _WORD.findall(link_key(target)), name + _WORD.findall(anchor.casefold()))
    return words.replace("[[", "[").replace("]]", "]") if own else ""


def _with(text: str, replaced: Iterable[tuple[int, int, str]]) -> str:
    parts, done = [], 0
    for start, end, words in sorted(replaced):
        if start < done:
            continue  # inside one that is replaced already
        parts += [text[done:start], words]
        done = end
    parts.append(text[done:])
    return "".join(parts)


def address(path: str) -> str:
    """Return a path as it stands in an address."""
    return quote(path, safe="/~!$&'()*+,;=:@-._")
