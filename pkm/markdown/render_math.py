"""TeX → MathML while the page is built, so that readers load neither a script nor a font."""

from __future__ import annotations

import functools
import re
from html import escape

MAX_LENGTH = 2_000
MAX_DEPTH = 40

# What stands in for environments that the library does not know; "" for those that only say how a page is set.
_INSTEAD = {
    "aligned": "split", "alignedat": "split", "gather": "matrix", "gathered": "matrix", "multline": "matrix", "eqnarray": "align*",
    "dcases": "cases", "equation": "", "displaymath": "", "math": "",
}  # fmt: skip
_KNOWN = frozenset("matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix array cases smallmatrix split align align*".split())
_ENVIRONMENT = re.compile(r"\\(begin|end)\{([A-Za-z]+\*?)\}")
_MEASURE = re.compile(r"(\\begin\{alignedat\})\{\d+\}")


@functools.lru_cache(maxsize=4096)
def mathml(tex: str, display: str) -> str:
    """Return the formula as MathML, or as its source when it cannot be read. `display`: `block` or `inline`."""
    if len(tex) <= MAX_LENGTH and _depth(tex) <= MAX_DEPTH:
        try:
            from latex2mathml.converter import convert

            return str(convert(_in_known_words(tex), display=display)).replace(
                ' xmlns="http://www.w3.org/1998/Math/MathML"', ""
            )
        except Exception:  # noqa: BLE001, S110
            pass
    source = f'<code class="math">{escape(tex)}</code>'
    return f"<p>{source}</p>" if display == "block" else source


def _in_known_words(tex: str) -> str:
    """Return the formula in environments that the library sets. Raises `ValueError` for others, which it would mangle."""
    if "\\begin" in tex:
        tex = _ENVIRONMENT.sub(_known, _MEASURE.sub(r"\1", tex))
    if "\\\\" in tex and "\\begin" not in tex:
        kind = "split" if "&" in tex else "matrix"  # lines that stand in no environment
        tex = rf"\begin{{{kind}}}{tex}\end{{{kind}}}"
    return tex


def _known(found: re.Match[str]) -> str:
    name = found[2]
    name = _INSTEAD.get(name.rstrip("*"), name)
    if name and name not in _KNOWN:
        raise ValueError(name)
    return rf"\{found[1]}{{{name}}}" if name else ""


def _depth(tex: str) -> int:
    deepest = depth = 0
    for char in tex:
        depth += (char == "{") - (char == "}")
        deepest = max(deepest, depth)
    return max(deepest, tex.count("\\left"))
