"""Links inside the bundle: each finds its page among the admitted ones, or becomes words.

A link to a note that is not there (because it is private, or because it was never written: nobody can
tell which) keeps the words its author chose. If there are none, or if they are only the note's name
again, the garden's own words stand in. An embed of such a note leaves nothing.
"""

from __future__ import annotations

import functools
import posixpath
import re
from sys import intern
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from pkm.index.keys import link_key
from pkm.index.links import Targets
from pkm.markdown.parse import scan
from pkm.markdown.render_anchors import plain
from pkm.model.digest import digest
from pkm.share.bundle import KIND_BY_SUFFIX, Finding, Page, Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_WORD = re.compile(r"\w+")
EMBEDS = frozenset(("embed", "embed-markdown"))


class Named(Protocol):
    """What a link may call a page by: its path, and what Obsidian leaves open, its aliases, title and id."""

    @property
    def path(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def title(self) -> str: ...
    @property
    def uid(self) -> str: ...


FILE, ALIAS, TITLE, UID = range(4)  # kinds of names, in the order of their claims; of one kind the first path has it


def keys_of(page: Named) -> list[tuple[str, int]]:
    """Return every key by which a link may find this page, with the kind of name it is."""
    others = [*((alias, ALIAS) for alias in page.aliases), (page.title, TITLE), (page.uid, UID)]
    return [(name_key(page.path), FILE), *((link_key(name), kind) for name, kind in others if name)]


def names_of(page: Named) -> set[str]:
    """Return every key by which a link may find this page."""
    return {key for key, _ in keys_of(page)}


def name_key(path: str) -> str:
    """Return the key of the last step of a path."""
    return link_key(path).rpartition("/")[2]


def _steps(path: str) -> tuple[str, str]:
    """Return the keys of the folder of a path and of its last step."""
    folder, _, name = link_key(path).rpartition("/")
    return folder, name


class Names:
    """Finds what a link means among the admitted pages and the vault's attachments, by the vault's own rule."""

    def __init__(self, pages: Sequence[Named], files: Iterable[str]) -> None:
        """`pages` are in the order of their paths."""
        self._pages = Targets()
        self._files = Targets()
        self._other: dict[str, str] = {}
        self._found: dict[tuple[str, str], tuple[str, str]] = {}  # (target, folder of the source) → what it means
        self._paths: list[str] = []
        for page in pages:
            self._add(page.path)
        for kind in (ALIAS, TITLE, UID):
            for page in pages:
                for name in page.aliases if kind == ALIAS else (page.title if kind == TITLE else page.uid,):
                    self._other.setdefault(link_key(name), page.path)
        self.files = [path for path in files if publishable(path)]
        for number, path in enumerate(self.files):
            self._files.add(number, path, *_steps(path))

    def _add(self, path: str) -> None:
        self._pages.add(len(self._paths), path, *_steps(path))
        self._paths.append(path)

    def find(self, target: str, source: str) -> tuple[str, str]:
        """Return (page, file) of which at most one is not empty; `source` is the path of the page that links."""
        if not target:
            return source, ""
        folder = source.rpartition("/")[0]
        found = self._found.get((target, folder))
        if found is None:
            found = self._found[target, folder] = self._find(link_key(target), link_key(folder))
        return found

    def _find(self, goal: str, folder: str) -> tuple[str, str]:
        name = goal.rpartition("/")[2]
        number, _ = self._pages.find(goal, name, -1, folder)
        if number is not None:
            return self._paths[number], ""
        if "." in name:
            found, _ = self._files.find(goal, name, -1, folder)
            if found is not None:
                return "", self.files[found]
        return self._other.get(goal, ""), ""


class KnownNames(Names):
    """The same where no name changed: of the names that are kept, those that a link asks for."""

    def __init__(self, called: Callable[[str], Iterable[tuple[int, str]]], files: Iterable[str]) -> None:
        """`called(key)` gives (kind, path) of the pages of that name, in the order of their claims."""
        super().__init__((), files)
        self._called = called
        self._asked: set[str] = set()

    def _find(self, goal: str, folder: str) -> tuple[str, str]:
        for key in (goal, name_key(posixpath.normpath(goal))):
            if key not in self._asked:
                self._asked.add(key)
                for kind, path in self._called(key):
                    if kind == FILE:
                        self._add(path)
                    else:
                        self._other.setdefault(key, path)
        return super()._find(goal, folder)


def publishable(path: str) -> bool:
    """Whether a file is of a kind that pages can show, and not hidden."""
    return path.rpartition(".")[2].lower() in KIND_BY_SUFFIX and not path.startswith(".") and "/." not in path


def close(pages: Iterable[Page], names: Names, hidden: str, findings: list[Finding]) -> set[str]:
    """Resolve every link inside the bundle, turn the others into words, return the files that are shown."""
    shown: set[str] = set()
    for page in pages:
        close_page(page, names, hidden, findings)
        shown.update(reference.asset for reference in page.references if reference.asset)
    return shown


def close_page(page: Page, names: Names, hidden: str, findings: list[Finding]) -> None:
    """Resolve the links of one page."""
    called: set[str] = set()
    missing: set[int] = set()
    # Taking a link out can make a new one of what stood around it, so look until nothing is left to take out.
    for _ in range(8):
        found: list[Reference] = []
        replaced: list[tuple[int, int, str]] = []
        for link in page.links:
            kind, target, anchor, words, start, end, line = link
            if kind == "external":
                continue
            path, asset = names.find(target, page.path)
            target, goal, name = _interned(target)
            if path or asset:
                called.add(goal)
                called.add(name)
                found.append(Reference(start, end, target, path, asset, anchor, words, kind in EMBEDS))
                continue
            missing |= {hidden_name(goal), hidden_name(name)}
            replaced.append((start, end, _instead(kind, target, anchor, words, hidden)))
            if kind in EMBEDS:
                findings.append(Finding(page.path, page.before + line, "an embed of something unpublished is left out"))
        if not replaced:
            page.references = found
            page.names, page.missing = tuple(sorted(called)), tuple(sorted(missing))
            return
        page.text = _with(page.text, replaced)
        survey(page)
    page.text, page.references, page.links = "", [], []
    survey(page)
    findings.append(
        Finding(page.path, 0, "its text stays home: its links cannot be told apart", "Look for [[ inside [[.")
    )


@functools.lru_cache(maxsize=1 << 12)
def _interned(target: str) -> tuple[str, str, str]:
    """Return a link's target, its key and the last step of that, each kept once however many pages write it."""
    goal = intern(link_key(target))
    return intern(target), goal, intern(goal.rpartition("/")[2])


def hidden_name(key: str) -> int:
    """Return a name that is not public as a number that does not give it back."""
    return int(digest(key.encode("utf-8", "surrogateescape"))[:8], 16)


def _instead(kind: str, target: str, anchor: str, words: str, hidden: str) -> str:
    """Return what stands in the text where a link led to nothing public."""
    if kind in EMBEDS:
        return ""
    if kind == "definition":
        return f"[{words}]: #-" if words else ""
    return _words(target, anchor, words) or hidden


def survey(page: Page) -> None:
    """Find links, headings, block names and tags in the page's text."""
    found = scan(page.text)
    page.links = found.links
    page.headings = [(level, plain(words), start) for level, words, start, _, _ in found.headings]
    page.blocks = [(name, start) for name, start, _, _ in found.blocks]
    page.tasks = len(found.tasks)
    if found.tags:
        known = {tag.casefold() for tag in page.tags}
        fresh = []
        for tag, _, _ in found.tags:
            name = tag.strip("/")
            if name and name.casefold() not in known:
                known.add(name.casefold())
                fresh.append(name)
        page.tags += tuple(fresh)


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
    if path.isascii() and path.replace("-", "").replace(".", "").replace("/", "").isalnum():
        return path  # nearly all of them, in a tenth of the time
    return quote(path, safe="/~!$&'()*+,;=:@-._")
