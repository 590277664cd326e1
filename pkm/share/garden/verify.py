"""The last look at a finished site, before anybody else may see it.

Two things are checked of every file that is about to be delivered: each address within the site leads
to a file that is there, and no page says a word that only notes that stay home say, or the whole name
of one that nobody else says. Neither can happen while the gate and the renderer are right; this is for
the day on which they are not.
"""

from __future__ import annotations

import functools
import json
import os
import posixpath
import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pkm.errors import RefusedError
from pkm.share.garden.search import terms

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    Words = tuple[str, ...]

_ADDRESS = re.compile(rb' (?:href|src)="([^"]*)')
# What stands before a mark that is one of a tag and not of text.
_TAG = re.compile(rb'<(?:a|img|link|script|audio|video)(?: [a-z-]+="[^"<>]*")*\Z')
_PAGES = re.compile(r"[.:]\S*")
_BETWEEN = re.compile(r"<[^>]*>|[\"\n]")  # words on two sides of a tag or a quotation mark are no name
_IDENTITY = re.compile(r"urn:uuid:[0-9a-f-]+")
_WITHIN = re.compile(rb"[#?]")
_ELSEWHERE = (b"http:", b"https:", b"mailto:")
LEAST_NAME = 8  # letters of a name that is looked for as a whole
_TOLD = 5  # of what is wrong; more would not help


def addresses(data: bytes, known: set[bytes]) -> list[tuple[int, bytes]]:
    """Return the addresses in a page that are not known, each behind the place of its attribute."""
    return [(found.start(), found[1]) for found in _ADDRESS.finditer(data) if found[1] not in known]


try:
    from pkm.share.garden.addresses_fast import new_addresses
except ImportError:  # it was not compiled here
    new_addresses = addresses


class Verifier:
    """What was seen of the files of one delivery."""

    def __init__(
        self, home: Iterable[str], is_public: Callable[[Words], bool], templates: Sequence[str] = (), root: str = ""
    ) -> None:
        """Take what may be said.

        `home`: paths, titles and other names of notes that stay home. `is_public`: whether an admitted page says
        these words one after another.
        `templates`: folders of templates, whose words are on every page too. `root`: the site's path on its host.
        """
        self._addresses: dict[str, set[bytes]] = {}
        self._home = home
        self._words: set[str] | None = None
        self._names: dict[str, list[Words]] = {}  # by the longest word, which few pages say
        self._is_public = is_public
        self._templates = tuple(templates)
        self._root = root.encode()
        self.problems: list[str] = []

    def see(self, name: str, data: bytes) -> None:
        """Look at a file of the site."""
        if name.endswith(".html"):
            _add_addresses(data, self._addresses.setdefault(name.rpartition("/")[0], set()))
        if self._words is None:
            self._words = self._learned()
        if self._words and not name.startswith(("theme/", "files/")):
            text = _text(name, data)
            said = terms(text)
            for word in sorted(self._words.intersection(said)):
                if word in _own_words(self._templates) or self._is_public((word,)):
                    self._words.discard(word)
                else:
                    self.problems.append(f"{name} says {word!r}, and only notes that stay home do.")
            if keys := self._names.keys() & said:
                self._look_for_names(name, keys, f" {' '.join(said)} ", text)

    def _learned(self) -> set[str]:
        """Return the words of the notes that stay home, and keep their names of several words."""
        words: set[str] = set()
        for home in self._home:
            words.update(terms(home))
            called = tuple(terms(home.rpartition("/")[2].removesuffix(".md")))
            if len(called) > 1 and len("".join(called)) >= LEAST_NAME:
                self._names.setdefault(max(called, key=len), []).append(called)
        return {word for word in words if len(word) > 2 and not word.isdigit()}

    def _look_for_names(self, name: str, keys: set[str], said: str, text: str) -> None:
        """Look for names, by their keys, in what a file says: first in its words, then in the parts that stand together."""
        for key in sorted(keys):
            for called in list(self._names[key]):
                words = f" {' '.join(called)} "
                if words not in said or not any(words in part for part in _parts(text)):
                    continue
                if words in _own_text(self._templates) or self._is_public(called):
                    self._names[key].remove(called)
                else:
                    self.problems.append(f"{name} says {' '.join(called)!r}, as only a note that stays home is called.")

    def refuse_if_wrong(self, files: Container[str]) -> None:
        """Raise when something was found; `files` are the names of all files of the site."""
        for folder in sorted(self._addresses):
            for address in sorted({_WITHIN.split(address, 1)[0] for address in self._addresses[folder]}):
                if address and not address.startswith(_ELSEWHERE) and self._target(folder, address) not in files:
                    self.problems.append(f"{address.decode('utf-8', 'replace')} leads nowhere.")
        if self.problems:
            told = "\n".join(self.problems[:_TOLD])
            raise RefusedError("Nothing was published.", told, "This is a mistake in pkm; please report it.")

    def _target(self, folder: str, address: bytes) -> str:
        """Return the name of the file at an address on a page in this folder."""
        if self._root and address.startswith(self._root):
            folder, address = "", address.removeprefix(self._root)
        return posixpath.normpath(posixpath.join(folder, unquote(unescape(address.decode("utf-8", "replace")))))


def _add_addresses(data: bytes, known: set[bytes]) -> None:
    """Add the addresses in a page to those that are known. Only where one is new, what stands before it is looked at."""
    last = 0
    for place, address in new_addresses(data, known):
        begin = data.rfind(b"<", last, place)
        is_linked = begin >= 0 and _TAG.match(data, begin, place) is not None
        if is_linked:
            known.add(address)
        last = begin if is_linked else place


def _parts(text: str) -> Iterator[str]:
    return (f" {' '.join(terms(part))} " for part in _BETWEEN.split(unescape(text)))


def _text(name: str, data: bytes) -> str:
    """Return what of a file is made of words: not the characters that stand for pages, and no identities."""
    text = data.decode("utf-8", "replace")
    if name.startswith(("s/w", "s/d")):
        found = json.loads(text[text.index(",") + 1 : text.rindex(")")])
        if isinstance(found, str):
            return _PAGES.sub("", found).replace(" ", "\n")  # words beside each other by their letters are no name
        return "\n".join(field for row in found.values() for field in row[:3])
    if name.startswith("s/"):
        return ""
    return _IDENTITY.sub("", text) if "urn:uuid:" in text else text


@functools.cache
def _own_words(templates: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_own_text(templates).split())


@functools.cache
def _own_text(templates: tuple[str, ...]) -> str:
    """Return the words that the program and its templates may put on a page: those of their source."""
    import pkm
    from pkm.templates import templates_dir

    package = os.path.dirname(os.path.abspath(pkm.__file__))
    own: list[str] = []
    ours = (os.path.join(package, *name.split("/")) for name in ("share/garden", "share", "markdown"))
    for folder in (*ours, os.path.join(templates_dir(), "garden"), *templates):
        for entry in os.scandir(folder):
            if entry.is_file() and entry.name.endswith((".py", ".html")):
                with open(entry.path, encoding="utf-8", errors="replace") as file:
                    own += terms(file.read())
    return f" {' '.join(own)} "
