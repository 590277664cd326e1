"""Drawings without scripts, references to the outside and the paths of the program that drew them.

An SVG is a document that can act. Only elements and attributes that draw are kept, written anew.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from pkm.share.strip import Unreadable
from pkm.share.svg_style import styled_within

MAX_DEPTH = 200
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_ELEMENTS = frozenset(
    """
    svg g defs symbol use path rect circle ellipse line polyline polygon text tspan textPath title desc
    clipPath mask marker pattern linearGradient radialGradient stop filter feGaussianBlur feOffset
    feMerge feMergeNode feBlend feColorMatrix feFlood feComposite
    """.split()
)
_SPEAKING = re.compile(
    r"^(?:on|data-|xmlns)|^(?:style|class|href|src|from|to|by|values|begin|attributeName)$", re.IGNORECASE
)
_OUTSIDE = re.compile(r"url\((?!\s*[\"']?#)|javascript:|expression\(|@import|\\", re.IGNORECASE)
_STYLE = re.compile(
    r"^(?:fill|stroke|stroke-[a-z]+|fill-[a-z]+|opacity|font-[a-z]+|text-[a-z]+|stop-[a-z]+|color|display|visibility"
    r"|marker-[a-z]+|clip-path|mask|filter|(?:dominant|alignment)-baseline|letter-spacing|paint-order)$"
)


def cleaned_svg(data: bytes) -> tuple[bytes, int, int]:
    """Return a drawing that only draws, with width and height. Raises `Unreadable`."""
    head = data[:4096].lower()
    if b"<!entity" in data.lower() or (
        b"<!doctype" in head and b"[" in head.partition(b"<!doctype")[2].partition(b">")[0]
    ):
        raise Unreadable("an SVG with entities of its own")
    try:
        root = ET.fromstring(data)  # noqa: S314 - no entities are left to expand
    except (ET.ParseError, ValueError, RecursionError) as error:
        raise Unreadable(f"not a whole SVG: {error}") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise Unreadable("not an SVG")
    _refuse_if_deep(root)
    styled_within(root)
    _clean(root)
    width, height = _measures(root)
    if width and height:
        root.attrib.update(width=str(width), height=str(height))  # or a small drawing is as wide as a page
    ET.register_namespace("", _SVG)
    return ET.tostring(root, encoding="utf-8"), width, height


def _refuse_if_deep(root: ET.Element) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise Unreadable("an SVG nested very deeply")
        level = [child for element in level for child in element]


def _clean(element: ET.Element) -> None:
    kept = {}
    for name, value in element.attrib.items():
        if name in ("href", _XLINK):
            if re.fullmatch(r"#[\w.-]+", value):
                kept["href"] = value
        elif name == "style":
            for rule in value.split(";"):
                key, _, what = rule.partition(":")
                if _STYLE.match(key.strip()) and what.strip() and not _OUTSIDE.search(what):
                    kept[key.strip()] = what.strip()
        elif not name.startswith("{") and not _SPEAKING.search(name) and not _OUTSIDE.search(value):
            kept[name] = value
    element.attrib.clear()
    element.attrib.update(kept)
    for child in list(element):
        # Comments and processing instructions have a function for a tag, whatever the types say.
        tag = str(child.tag)
        if tag.removeprefix(f"{{{_SVG}}}") not in _ELEMENTS or not tag.startswith(f"{{{_SVG}}}"):
            element.remove(child)
        else:
            _clean(child)


def _measures(root: ET.Element) -> tuple[int, int]:
    """Return width and height as the drawing says them, else those of the part that it shows."""
    width, height = _length(root.get("width")), _length(root.get("height"))
    if not (width and height):
        box = re.findall(r"-?\d+(?:\.\d+)?", root.get("viewBox", ""))
        if len(box) == 4:
            width, height = (min(99_999, round(float(number))) for number in box[2:])
    return width, height


def _length(value: str | None) -> int:
    found = re.fullmatch(r"(\d{1,5})(?:\.\d+)?(?:px)?", (value or "").strip())
    return int(found[1]) if found else 0
