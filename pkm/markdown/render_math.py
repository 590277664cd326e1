"""TeX → MathML while the page is built, so that readers load neither a script nor a font."""

from __future__ import annotations

import functools
from html import escape

MAX_LENGTH = 2_000
MAX_DEPTH = 40


@functools.lru_cache(maxsize=4096)
def mathml(tex: str, *, block: bool) -> str:
    """Return the formula as MathML, or as its source when it cannot be read."""
    if len(tex) <= MAX_LENGTH and _depth(tex) <= MAX_DEPTH:
        try:
            from latex2mathml.converter import convert

            return str(convert(tex, display="block" if block else "inline")).replace(
                ' xmlns="http://www.w3.org/1998/Math/MathML"', ""
            )
        except Exception:  # noqa: BLE001, S110
            pass
    source = f'<code class="math">{escape(tex)}</code>'
    return f"<p>{source}</p>" if block else source


def _depth(tex: str) -> int:
    deepest = depth = 0
    for char in tex:
        depth += (char == "{") - (char == "}")
        deepest = max(deepest, depth)
    return max(deepest, tex.count("\\left"))
