"""Text → safe HTML: the one way in which a note's words become a page.

Raw HTML is shown as text (a few harmless tags aside), addresses are http, https, mailto or relative,
and whatever comes out goes through nh3 once more. Text that is built to be slow, or very long, becomes
a plain page that can still be read; `Rendered.problem` says so.
"""

from __future__ import annotations

import functools
import re
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import nh3
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from pkm.markdown import render_plain_blocks
from pkm.markdown.render_anchors import Anchors, plain
from pkm.markdown.render_blocks import callouts, marks, math_block, sole_embeds
from pkm.markdown.render_comments import without_comments
from pkm.markdown.render_dispatch import BlockRules, InlineParser, TooHard, steps_for
from pkm.markdown.render_html import Host, Link, Walk
from pkm.markdown.render_rules import highlights

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_LENGTH = 1 << 20
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?:[^\n]*\n)*?---[ \t]*(?:\r?\n|\Z)")

_MATHML = ("math", "mrow", "mi", "mn", "mo", "mtext", "ms", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "merror", "mpadded",
           "mphantom", "menclose", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd")  # fmt: skip
_TAGS = {
    "a", "audio", "blockquote", "br", "code", "del", "details", "div", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "s", "section", "small", "span", "strong", "sub", "summary", "sup",
    "table", "tbody", "td", "th", "thead", "tr", "u", "ul", "video", *_MATHML,
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"id", "class"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "loading", "decoding"},
    "audio": {"src", "controls", "preload"},
    "video": {"src", "controls", "preload", "width", "height"},
    "details": {"open"},
    "ol": {"start"},
    "math": {"display"},
    **{name: {"mathvariant", "stretchy", "fence", "form", "width", "height", "depth", "linethickness", "displaystyle", "scriptlevel",
              "columnalign", "columnspacing", "rowspacing", "accent", "accentunder", "movablelimits", "largeop", "lspace", "rspace",
              "minsize", "maxsize", "notation"} for name in _MATHML if name != "math"},
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto"}


class Rendered:
    """A text as HTML, with what a page around it needs to know."""

    __slots__ = ("headings", "html", "problem")

    def __init__(self, html: str, headings: list[tuple[int, str, str]], problem: str = "") -> None:
        self.html = html
        self.headings = headings  # (level, id, words)
        self.problem = problem


def to_html(text: str, resolve: Callable[[str, str], str | None] | None = None) -> str:
    """Return safe HTML; `resolve(target, anchor)` says where a link leads, or None."""
    front = _FRONT_MATTER.match(text)
    host = _Resolving(resolve) if resolve else Host()
    return render(without_comments(text[front.end() :] if front else text), host).html


class Text(NamedTuple):
    """A text without front matter and comments, and what is around it.

    `title`: a first heading that repeats it is left out, and headings make room for it above them.
    `prefix` goes before every id, for a text that stands inside another page.
    """

    words: str
    host: Host
    title: str = ""
    prefix: str = ""


class _Parsed(NamedTuple):
    """A text as markdown-it's tokens, and its headings: (level, id, words)."""

    tokens: list[Any]
    headings: list[tuple[int, str, str]]


def render(text: str, host: Host, *, title: str = "", prefix: str = "") -> Rendered:
    """Return the HTML of one text, see `Text`."""
    return render_all([Text(text, host, title, prefix)])[0]


def render_all(texts: Sequence[Text]) -> list[Rendered]:
    """Return the HTML of some texts, one step after the other for all of them, which is faster than text by text."""
    parsed = [_parsed(text) for text in texts]
    done = [
        found if isinstance(found, Rendered) else _walked(*found, text)
        for found, text in zip(parsed, texts, strict=True)
    ]
    for rendered in done:
        if not rendered.problem:
            rendered.html = clean(rendered.html)
    return done


def _parsed(text: Text) -> _Parsed | Rendered:
    """Return what a text is made of, or the text as it was written if that cannot be told."""
    if len(text.words) > MAX_LENGTH:
        return _as_written(text.words, "too long to be set as a page")
    headings: list[tuple[int, str, str]] = []
    env: dict[str, Any] = {"anchors": Anchors(text.prefix), "headings": headings, "steps": steps_for(text.words)}
    try:
        tokens = _parser().parse(text.words, env)
    except (TooHard, RecursionError):
        return _as_written(text.words, "too entangled to be set as a page")
    return _Parsed(_without_title(tokens, headings, text.title) if text.title else tokens, headings)


def _walked(tokens: list[Any], headings: list[tuple[int, str, str]], text: Text) -> Rendered:
    shift = 1 if text.title and any(level == 1 for level, _, _ in headings) else 0
    html = Walk(text.host, shift=shift, prefix=text.prefix).html(tokens)
    return Rendered(html, [(level + shift, name, words) for level, name, words in headings])


def clean(html: str) -> str:
    """Return the HTML with nothing in it that could act: the last guard, whatever the others did."""
    return _cleaner()(html)


@functools.cache
def _cleaner() -> Callable[[str], str]:
    rules: dict[str, Any] = {"tags": _TAGS, "attributes": _ATTRIBUTES, "url_schemes": _SCHEMES, "link_rel": None}
    # Older nh3 has no Cleaner and reads the rules anew for every text, which takes five times as long.
    return nh3.Cleaner(**rules).clean if hasattr(nh3, "Cleaner") else functools.partial(nh3.clean, **rules)


def _as_written(text: str, problem: str) -> Rendered:
    return Rendered(f'<pre class="as-written">{escape(text, quote=False)}</pre>', [], problem)


def _without_title(tokens: list[Any], headings: list[tuple[int, str, str]], title: str) -> list[Any]:
    begins = len(tokens) > 2 and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    if begins and plain(tokens[1].content).casefold() == title.casefold():
        del headings[0]
        return tokens[3:]
    return tokens


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 60})
    parser.enable(["table", "strikethrough"])
    parser.disable(["html_block"])
    footnote_plugin(parser)
    parser.block.ruler.before(
        "fence", "math_block", math_block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    parser.core.ruler.at("normalize", render_plain_blocks.normalize)
    parser.core.ruler.at("block", render_plain_blocks.blocks)
    parser.core.ruler.at("inline", render_plain_blocks.inlines)
    parser.core.ruler.disable("text_join")  # pieces of text give the same HTML, joined or not
    parser.core.ruler.after("block", "callouts", callouts)
    parser.core.ruler.after("callouts", "marks", marks)
    parser.core.ruler.after("inline", "sole_embeds", sole_embeds)
    parser.block.ruler = BlockRules(parser.block.ruler)
    inline = InlineParser()
    inline.ruler2 = parser.inline.ruler2
    parser.inline = inline
    parser.inline.ruler2.after("strikethrough", "highlights", highlights)
    return parser


class _Resolving(Host):
    def __init__(self, resolve: Callable[[str, str], str | None]) -> None:
        self.resolve = resolve

    def link(self, target: str, anchor: str, words: str) -> Link:
        return Link(
            self.resolve(target, anchor), words or (f"{target} > {anchor}" if target and anchor else target or anchor)
        )
