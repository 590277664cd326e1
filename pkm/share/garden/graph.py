"""Maps: a small one around each note as a drawing in the page, and one of the whole garden as data.

Both are laid out while the site is built, by rule and not by simulation: the same garden always looks
the same, and no reader's processor has to find out how.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from pkm.share.garden.cards import shorten
from pkm.share.garden.project import maturity

if TYPE_CHECKING:
    from pkm.share.garden.cards import Card
    from pkm.share.garden.project import Site

MOST = 9


def local_graph(card: Card, site: Site) -> str:
    """Return a drawing of the page among its neighbours, each a link; "" when it stands alone."""
    near = site.neighbours(card)
    if not near:
        return ""
    near = sorted(near, key=maturity)[:MOST]
    count = len(near)
    height = max(120, 22 * count + 16)
    middle = height / 2
    rows = []
    lines = []
    for number, other in enumerate(near):
        y = round(middle + (number - (count - 1) / 2) * 22)
        # A fan: the further from the middle, the nearer to the left edge.
        x = round(92 - 34 * (abs(number - (count - 1) / 2) / max(1.0, count / 2)) ** 2)
        lines.append(f"M24 {round(middle)}Q{round(x * 0.55)} {y} {x} {y}")
        kind = "out" if other.path in card.links else "back"
        rows.append(
            f'<a href="{escape(other.href)}"><circle class="{kind}" cx="{x}" cy="{y}" r="4"/>'
            f'<text x="{x + 9}" y="{y + 4}">{escape(shorten(other.title, 24), quote=False)}</text></a>'
        )
    return (
        f'<svg viewBox="0 0 260 {height}" role="group"><path d="{"".join(lines)}"/>'
        f'<circle class="here" cx="24" cy="{round(middle)}" r="7"/>{"".join(rows)}</svg>'
    )


def flower(number: int, spacing: float) -> tuple[float, float]:
    """Return where the n-th floret of a sunflower grows (Vogel 1979)."""
    angle = number * math.pi * (3 - math.sqrt(5))
    radius = spacing * math.sqrt(number + 0.5)
    return radius * math.cos(angle), radius * math.sin(angle)
