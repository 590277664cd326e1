"""Source code in colour, decided while the page is built: class names here, colours in the garden's CSS."""

from __future__ import annotations

import functools
from html import escape
from typing import Any

from pkm.markdown.render_lexers import Lexer

MAX_LENGTH = 12_000

# Only what a reader's eye needs: a name or a bracket stays plain, which keeps pages small.
CLASSES = (("Comment", "c"), ("Keyword", "k"), ("Operator.Word", "k"), ("Literal.String", "s"), ("Literal.Number", "n"),
           ("Name.Function", "f"), ("Name.Class", "f"), ("Name.Tag", "k"), ("Name.Attribute", "f"), ("Name.Decorator", "f"),
           ("Name.Builtin", "b"), ("Generic.Deleted", "d"), ("Generic.Inserted", "i"), ("Generic.Heading", "k"))  # fmt: skip


@functools.lru_cache(maxsize=2048)
def highlighted(code: str, language: str) -> str:
    """Return the code as HTML; plain when the language is unknown or the code is very long."""
    lexer = _lexer(language) if language and len(code) <= MAX_LENGTH else None
    if lexer is None:
        return escape(code, quote=False)
    parts: list[str] = []
    last = ""
    run: list[str] = []
    for kind, text in lexer.tokens(code):
        name = _class(kind)
        if name != last:
            parts.append(_span(last, "".join(run)))
            last, run = name, []
        run.append(text)
    parts.append(_span(last, "".join(run)))
    return "".join(parts)


def _span(name: str, text: str) -> str:
    text = escape(text, quote=False)
    return f'<span class="h-{name}">{text}</span>' if name and text else text


@functools.lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return Lexer(get_lexer_by_name(language, stripnl=False, ensurenl=False))
    except ClassNotFound:
        return None


@functools.lru_cache(maxsize=512)
def _class(kind: Any) -> str:
    name = str(kind).removeprefix("Token.")
    return next((short for long, short in CLASSES if name == long or name.startswith(long + ".")), "")
