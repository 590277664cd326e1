"""Mermaid diagrams as drawings, made while the site is built, where the program `mmdc` is on the PATH.

A drawing stands in a file of its own, named by what it was made from, and is shown as a picture: so a
page needs neither script nor style, and a diagram that did not change is not drawn again. Where there
is no such program, or where it fails, readers see the source.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from pkm.model.digest import digest
from pkm.share.current import diagram_program

if TYPE_CHECKING:
    from pkm.share.garden.writer import Folder

_SHOWN = re.compile(r'src="(files/diagram-[0-9a-f]{24}\.svg)"')
_TITLE = re.compile(r"^\s*(?:accTitle\s*:|title:?\s)\s*(\S.*)$", re.MULTILINE)


class Drawing(NamedTuple):
    """A diagram as a page shows it."""

    name: str  # path within the site
    title: str
    width: int
    height: int


class Diagrams:
    """Draws the diagrams of one build into its folder."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._program = diagram_program()
        self._drawn: dict[str, Drawing] = {}
        self.problems: dict[str, str] = {}  # why a page shows a source, by the page's path

    def drawing(self, path: str, source: str) -> Drawing | None:
        """Return the diagram drawn for the page of this path; None when its source is to be shown."""
        if not self._program or not source.strip():
            return None
        from pkm.share.mermaid import SETTINGS, TooSlow, draw
        from pkm.share.strip import Unreadable
        from pkm.share.svg import cleaned_svg

        # The page is part of the name, so that a page's drawings go with it, whatever others show.
        made_from = f"{path}\0{source}\0{SETTINGS}".encode("utf-8", "surrogateescape")
        name = f"files/diagram-{digest(made_from)[:24]}.svg"
        if name in self._drawn:
            return self._drawn[name]
        try:
            earlier = self._earlier(name)
            clean, width, height = cleaned_svg(earlier) if earlier else draw(self._program, source)
        except (Unreadable, TooSlow) as error:
            self.problems[path] = str(error)
            if isinstance(error, TooSlow):
                self._program = ""  # or each of many diagrams would take as long
            return None
        self._folder.put(name, clean)
        title = _TITLE.search(source)
        drawing = self._drawn[name] = Drawing(name, title[1].strip() if title else "", width, height)
        return drawing

    def _earlier(self, name: str) -> bytes:
        """Return what an earlier build drew, if it is still what that build delivered."""
        known = self._folder.old.get(name)
        if not known:
            return b""
        try:
            with open(os.path.join(self._folder.root, *name.split("/")), "rb") as file:
                data = file.read()
        except OSError:
            return b""
        return data if digest(data).startswith(known) else b""


def shown_in(html: str) -> set[str]:
    """Return the drawings that a page's text shows, by their names in the site."""
    return set(_SHOWN.findall(html)) if "files/diagram-" in html else set()
