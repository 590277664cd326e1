from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from pkm.share.svg_style import styled_within

SVG = "http://www.w3.org/2000/svg"


def style_of(sheet: str, inside: str, own: str = "") -> dict[str, str]:
    """What the element with the id `x` is styled with."""
    root = ET.fromstring(
        f'<svg xmlns="{SVG}" id="top" class="all"><style>{sheet}</style>{inside.replace("$", own)}</svg>'
    )
    styled_within(root)
    [element] = [element for element in root.iter() if element.get("id") == "x"]
    return dict(part.split(":") for part in element.get("style", "").split(";") if part)


DEEP = '<g class="a b"><g class="c"><rect id="x" class="shape" $/></g></g>'


@pytest.mark.parametrize(
    "selector",
    ["rect", "*", ".shape", "#x", "rect.shape", "rect#x.shape", "#top rect", "#top .a.b rect", ".a > .c > rect", "svg .c>rect", "circle, .shape", ".all .a .c .shape"],
)  # fmt: skip
def test_a_rule_styles_what_it_means(selector: str) -> None:
    assert style_of(f"{selector}{{fill:red}}", DEEP) == {"fill": "red"}


@pytest.mark.parametrize(
    "selector",
    ["circle", ".other", "#top > rect", ".a > rect", ".c .a rect", "rect:hover", "rect[width]", ".c + rect", ".a.c rect", "rect .shape", ":root rect"],
)  # fmt: skip
def test_a_rule_styles_nothing_else(selector: str) -> None:
    assert style_of(f"{selector}{{fill:red}}", DEEP) == {}


@pytest.mark.parametrize(
    ("sheet", "fill"),
    [
        ("rect{fill:red} rect{fill:blue}", "blue"),
        (".shape{fill:red} rect{fill:blue}", "red"),
        ("#x{fill:red} .a .c .shape{fill:blue}", "red"),
        ("rect{fill:red!important} #x{fill:blue}", "red"),
        ("/* rect{fill:blue} */ rect{fill:red}", "red"),
        ("@media print{rect{fill:blue}} rect{fill:red} @keyframes k{from{fill:blue} to{fill:blue}}", "red"),
        ("rect{fill:red} @import url(a.css);", "red"),
    ],
)
def test_the_heavier_rule_wins(sheet: str, fill: str) -> None:
    assert style_of(sheet, DEEP) == {"fill": fill}


def test_what_an_element_says_itself_wins_over_a_sheet() -> None:
    assert style_of("#x{fill:red;stroke:blue}", DEEP, 'style="fill: green"') == {"fill": "green", "stroke": "blue"}


def test_a_sheet_built_to_be_slow_is_left_out() -> None:
    sheet = "".join(f".a{n} .b .c .d .e rect{{fill:red}}" for n in range(3_000))

    assert style_of(sheet + "rect{fill:red}", DEEP.replace("<rect", "<g/>" * 1_000 + "<rect")) == {}
