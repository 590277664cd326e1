"""Pygments' lexers asked what can be at a place say what they say when asked everything."""

from __future__ import annotations

from pathlib import Path

import pytest
from pygments.lexers import get_lexer_by_name

from pkm.markdown.render_lexers import Lexer

CHECKOUT = Path(__file__).parents[2]
TEXTS = [
    Path(__file__).read_text(encoding="utf-8"),
    (CHECKOUT / "templates/garden/theme/garden.js").read_text(encoding="utf-8")[:4000],
    (CHECKOUT / "templates/garden/note.html").read_text(encoding="utf-8"),
    (
        '#!/bin/sh\ncat <<EOF\na $x\nEOF\necho "a${b}" `ls`\nselect * from "x" where a=\'b\' -- c\n\tfoo: bar\n'
        '{"a": [1, 2.5e3]}\né 漢字 RB"x" f"{a!r:>{3}}" """never closed\n'
    ),
]
LANGUAGES = (
    "python js ts bash sql rust c cpp java go ruby perl html css json yaml toml ini diff make docker tex r lua php"
)


@pytest.mark.parametrize("language", LANGUAGES.split())
def test_the_parts_of_code_are_those_of_the_lexer_itself(language: str) -> None:
    own = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    lexer = Lexer(own)

    for text in TEXTS:
        assert list(lexer.tokens(text)) == [(kind, part) for _, kind, part in own.get_tokens_unprocessed(text)]
