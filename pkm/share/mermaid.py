"""The program `mmdc`, which draws Mermaid diagrams: called with care, for it starts a browser.

It is given one diagram in a folder of its own and a limited time. Diagrams that could lead its browser
to fetch something are not given to it. What it draws is cleaned by `svg.py` like any other drawing.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile

from pkm.share.strip import Unreadable
from pkm.share.svg import cleaned_svg

LIMIT = 30.0  # seconds for one diagram
LONGEST = 50_000
_FETCHING = re.compile(r"//|\\[0-9a-fux]|themecss|\burl\s*\(|\bimg[\"']?\s*:", re.IGNORECASE)
SETTINGS = json.dumps(
    {
        "deterministicIds": True,
        "deterministicIDSeed": "garden",
        "securityLevel": "strict",
        "htmlLabels": False,  # words as text of the drawing; as HTML in it they would be cleaned away
        "flowchart": {"htmlLabels": False},
        "fontFamily": "sans-serif",
        "theme": "base",
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
)


class TooSlow(Exception):
    """The program did not come to an end in time."""


def draw(program: str, source: str) -> tuple[bytes, int, int]:
    """Return the diagram as a clean drawing, with width and height. Raises `Unreadable` or `TooSlow`."""
    if len(source) > LONGEST:
        raise Unreadable("it is very long")
    if _FETCHING.search(source):
        raise Unreadable("it names what would be fetched")
    try:
        return cleaned_svg(_drawn(program, source))
    except subprocess.TimeoutExpired:
        raise TooSlow(f"mmdc took longer than {LIMIT:.0f} seconds") from None
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or b"").decode("utf-8", "replace").splitlines()
        said = next((line.strip() for line in lines if "rror" in line), "")[:200]
        raise Unreadable("mmdc cannot draw it" + (f": {said}" if said else "")) from None
    except OSError as error:
        raise Unreadable(f"mmdc cannot draw it: {error.strerror}") from None


def _drawn(program: str, source: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="pkm-diagram-") as work:
        for name, text in (("in.mmd", source), ("settings.json", SETTINGS)):
            with open(os.path.join(work, name), "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
        process = subprocess.Popen(
            [program, "--quiet", "-i", "in.mmd", "-o", "out.svg", "-c", "settings.json"],
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            said = process.communicate(timeout=LIMIT)[1]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # with the browser that it started
            process.communicate()
            raise
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, program, stderr=said)
        with open(os.path.join(work, "out.svg"), "rb") as file:
            return file.read()
