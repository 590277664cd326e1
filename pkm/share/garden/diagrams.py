"""Mermaid diagrams as drawings, made while the site is built, where the program `mmdc` is on the PATH.

A drawing stands in a file of its own, named by what it was made from, and is shown as a picture: so a
page needs neither script nor style, and a diagram that did not change is not drawn again. What comes
from the program is cleaned like any drawing (`svg.py`). Where there is no such program, where it
fails, takes too long, or could be led to fetch something, readers see the source.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from typing import TYPE_CHECKING, NamedTuple

from pkm.model.digest import digest
from pkm.share.strip import Unreadable
from pkm.share.svg import cleaned_svg

if TYPE_CHECKING:
    from pkm.share.garden.writer import Folder

PROGRAM = "mmdc"
LIMIT = 30.0  # seconds for one diagram; the program starts a browser
LONGEST = 50_000
_FOLDER = "files/"
_NAME = "files/diagram-{}.svg"
_SHOWN = re.compile(r'src="(files/diagram-[0-9a-f]{24}\.svg)"')
# The program draws in a browser, which would fetch what a diagram names.
_FETCHING = re.compile(r"//|\\|themecss|\burl\s*\(|\bimg\s*:", re.IGNORECASE)
_TITLE = re.compile(r"^\s*(?:accTitle\s*:|title:?\s)\s*(\S.*)$", re.MULTILINE)
_SETTINGS = {
    "deterministicIds": True,
    "deterministicIDSeed": "garden",
    "securityLevel": "strict",
    "htmlLabels": False,  # words as text of the drawing; as HTML in it they would be cleaned away
    "flowchart": {"htmlLabels": False},
    "theme": "base",
    "fontFamily": "sans-serif",
    "themeVariables": {
        "primaryColor": "#f2eee4",
        "primaryTextColor": "#25231e",
        "primaryBorderColor": "#a89f8b",
        "secondaryColor": "#e2ece0",
        "tertiaryColor": "#fbf9f4",
        "lineColor": "#67635a",
        "noteBkgColor": "#f8e7a0",
        "noteTextColor": "#25231e",
    },
}


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
        self._program = shutil.which(PROGRAM)
        self.problems: dict[str, str] = {}  # why a page shows a source, by the page's address

    def drawing(self, slug: str, source: str) -> Drawing | None:
        """Return the diagram drawn for the page at this address; None when its source is to be shown."""
        if self._program is None or not source.strip():
            return None
        if len(source) > LONGEST or _FETCHING.search(source):
            self.problems[slug] = "it is very long" if len(source) > LONGEST else "it names what would be fetched"
            return None
        # The page is part of the name, so that a page's drawings go with it, whatever others show.
        name = _NAME.format(digest(f"{slug}\0{source}\0{json.dumps(_SETTINGS)}".encode("utf-8", "replace"))[:24])
        try:
            clean, width, height = cleaned_svg(self._earlier(name) or self._run(source))
        except (OSError, subprocess.SubprocessError, Unreadable) as error:
            self.problems[slug] = _told(error)
            if isinstance(error, subprocess.TimeoutExpired):
                self._program = None  # or each of many diagrams would take as long
            return None
        self._folder.put(name, clean)
        found = _TITLE.search(source)
        return Drawing(name, found[1].strip() if found else "", width, height)

    def _earlier(self, name: str) -> bytes | None:
        """Return what an earlier build drew, if it is still what that build delivered."""
        if name not in self._folder.old:
            return None
        try:
            with open(os.path.join(self._folder.root, *name.split("/")), "rb") as file:
                data = file.read()
        except OSError:
            return None
        return data if digest(data).startswith(self._folder.old[name] or " ") else None

    def _run(self, source: str) -> bytes:
        assert self._program
        with tempfile.TemporaryDirectory(prefix="pkm-diagram-") as work:
            for name, text in (("in.mmd", source), ("settings.json", json.dumps(_SETTINGS))):
                with open(os.path.join(work, name), "w", encoding="utf-8", errors="replace") as file:
                    file.write(text)
            words = [self._program, "--quiet", "-i", "in.mmd", "-o", "out.svg", "-c", "settings.json"]
            _finish(
                subprocess.Popen(
                    words,
                    cwd=work,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                )
            )
            with open(os.path.join(work, "out.svg"), "rb") as file:
                return file.read()


def shown_in(html: str) -> set[str]:
    """Return the drawings that a page's text shows, by their names in the site."""
    return set(_SHOWN.findall(html)) if _FOLDER in html else set()


def _finish(process: subprocess.Popen[bytes]) -> None:
    """Wait for the program; at the end of its time, end it with the browser that it started."""
    try:
        said = process.communicate(timeout=LIMIT)[1]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, PROGRAM, stderr=said)


def _told(error: Exception) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"{PROGRAM} took longer than {LIMIT:.0f} seconds"
    if isinstance(error, subprocess.CalledProcessError):
        lines = [line.strip() for line in (error.stderr or b"").decode("utf-8", "replace").splitlines()]
        said = next((line for line in lines if "rror" in line), "")[:200]
        return f"{PROGRAM} cannot draw it" + (f": {said}" if said else "")
    return str(error)
