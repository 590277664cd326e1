from __future__ import annotations

import pytest

from pkm.markdown.render_anchors import plain


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("*a* **b** __c__ _d_ ~~e~~ ==f==", "a b c d e f"),
        ("[[Compost]] and [[Soil#Worms|worms]] and [a page](https://a.example)", "Compost and worms and a page"),
        ("CMake PROJECT_IS_TOP_LEVEL", "CMake PROJECT_IS_TOP_LEVEL"),
        ("`__init__` and _this_", "__init__ and this"),
        ("__syncthreads", "__syncthreads"),
        ("2 * 3 and a == b", "2 * 3 and a == b"),
        (r"if $A^T = -A$ or $\alpha_{n}$", r"if A^T = -A or \alpha_{n}"),
        ("it costs $5, or $6", "it costs $5, or $6"),
        (r"\*as it is\*", "*as it is*"),
    ],
)
def test_a_line_is_read_as_its_reader_sees_it(written: str, seen: str) -> None:
    assert plain(written) == seen


@pytest.mark.parametrize("piece", ["_", "*", "`a", "$a ", "_a", "== ", "`a``b", "\\"])
def test_a_long_line_of_marks_is_read_at_once(piece: str) -> None:
    """A pattern that goes over the line again for each mark would not come to an end here."""
    assert plain(piece * 200_000 + "a") is not None
