"""From markdown-it's tokens to HTML, in one walk.

`Host` is what a page knows about the world around its text: where a link leads, what an embed shows.
The renderer asks it and knows no vault, no index and no garden itself.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from pkm.markdown.render_anchors import plain
from pkm.markdown.render_code import highlighted
from pkm.markdown.render_math import mathml
from pkm.markdown.render_plain_blocks import Heading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from markdown_it.token import Token

EXTERNAL = ("http://", "https://", "mailto:")


class Link(NamedTuple):
    """Where a link leads and what it says; without `href` it is words."""

    href: str | None
    text: str


class Host:
    """The world around a text. As it stands nothing is known: links are words, pictures are named."""

    def link(self, target: str, anchor: str, words: str) -> Link:
        """Answer a wikilink, or a Markdown link to a file (`words` is empty then)."""
        return Link(None, words or target or anchor)

    def wikilink(self, target: str, anchor: str, words: str) -> str:
        """Return the HTML of `[[target#anchor|words]]`."""
        return _link_html(self.link(target, anchor, words))

    def embed(self, target: str, anchor: str, words: str, *, block: bool) -> str:  # noqa: ARG002
        """Return the HTML of `![[target#anchor|words]]`."""
        return _link_html(self.link(target, anchor, words))

    def image(self, source: str, alt: str) -> str:
        """Return the HTML of `![alt](source)`; a picture elsewhere is a link, because loading it tells on the reader."""
        if source.startswith(("http://", "https://")):
            return f'<a class="away" href="{escape(source)}">{escape(alt or source)}</a>'
        return f'<span class="absent">{escape(alt)}</span>'

    def diagram(self, source: str) -> str:  # noqa: ARG002
        """Return the HTML of a diagram, "" when its source is to be shown as code."""
        return ""

    def tag(self, name: str) -> str | None:  # noqa: ARG002
        """Return where a tag's page is."""
        return None

    def piece(self, make: Callable[[str, str], str], source: str, kind: str) -> str:
        """Return code or a formula as HTML: slow to make, and the same whatever stands around it."""
        return make(source, kind)


def _link_html(link: Link) -> str:
    if link.href is None:
        return f'<span class="absent">{escape(link.text)}</span>'
    return f'<a href="{escape(link.href)}">{escape(link.text)}</a>'


BOX = {
    " ": ("☐", "open"),
    "x": ("☑", "done"),
    "X": ("☑", "done"),
    "-": ("☒", "dropped"),
    "/": ("◪", "begun"),
    ">": ("▷", "moved"),
}

_SIMPLE = {
    "paragraph_open": "<p>", "paragraph_close": "</p>\n", "blockquote_open": "<blockquote>\n", "blockquote_close": "</blockquote>\n",
    "bullet_list_open": "<ul>\n", "bullet_list_close": "</ul>\n", "ordered_list_close": "</ol>\n", "list_item_open": "<li>",
    "list_item_close": "</li>\n", "hr": "<hr>\n", "table_open": '<div class="wide"><table>\n', "table_close": "</table></div>\n",
    "thead_open": "<thead>", "thead_close": "</thead>\n", "tbody_open": "<tbody>", "tbody_close": "</tbody>\n",
    "tr_open": "<tr>", "tr_close": "</tr>\n", "th_close": "</th>", "td_close": "</td>", "em_open": "<em>", "em_close": "</em>",
    "strong_open": "<strong>", "strong_close": "</strong>", "s_open": "<s>", "s_close": "</s>", "mark_open": "<mark>",
    "mark_close": "</mark>", "softbreak": "\n", "hardbreak": "<br>\n", "footnote_close": "</li>\n", "footnote_block_close": "</ol></section>\n",
}  # fmt: skip


class Walk:
    """One walk over the tokens of one text."""

    __slots__ = ("host", "images_in_text", "parts", "prefix", "shift", "stack")

    def __init__(self, host: Host, *, shift: int = 0, prefix: str = "") -> None:
        self.host = host
        self.shift = shift  # how many levels headings go down, so that the page's title stays the only first one
        self.prefix = prefix  # of ids, when this text stands inside another
        self.parts: list[str] = []
        self.stack: list[str] = []  # how each open link closes

    def html(self, tokens: Sequence[Token]) -> str:
        self.walk(tokens)
        return "".join(self.parts)

    def walk(self, tokens: Sequence[Token]) -> None:
        add = self.parts.append
        for index, token in enumerate(tokens):
            kind = token.type
            if kind == "inline":
                self.walk(token.children or ())
            elif kind == "text":
                add(escape(token.content, quote=False))
            elif token.hidden:
                if (
                    kind == "paragraph_close"
                    and index + 1 < len(tokens)
                    and tokens[index + 1].type != "list_item_close"
                ):
                    add("\n")
            elif kind in _SIMPLE and not token.attrs and not token.meta:
                add(_SIMPLE[kind])
            else:
                OTHERS.get(kind, _unknown)(self, token)


def _with_attributes(walk: Walk, token: Token) -> None:
    """Blocks that carry an id, a task or a relation."""
    html = _SIMPLE[token.type]
    if name := token.attrs.get("id"):
        at = html.index(">")
        html = f'{html[:at]} id="{escape(str(name))}"{html[at:]}'
    if token.type == "list_item_open" and "task" in token.meta:
        glyph, state = BOX.get(token.meta["task"], ("☐", "other"))
        html = f'{html[:-1]} class="task {state}"><span class="box">{glyph}</span> '
    if relation := token.meta.get("relation"):
        html += f'<span class="relation">{relation}</span> '
    walk.parts.append(html)


def _heading(walk: Walk, token: Token) -> None:
    level = min(6, int(token.tag[1]) + walk.shift)
    walk.parts.append(f'<h{level} id="{escape(str(token.attrs["id"]))}">' if token.nesting == 1 else f"</h{level}>\n")


def _ordered(walk: Walk, token: Token) -> None:
    start = token.attrs.get("start")
    name = token.attrs.get("id")
    walk.parts.append(
        "<ol"
        + (f' start="{int(start)}"' if start is not None else "")
        + (f' id="{escape(str(name))}"' if name else "")
        + ">\n"
    )


def _cell(walk: Walk, token: Token) -> None:
    style = str(token.attrs.get("style", ""))
    align = f' class="{style.rpartition(":")[2]}"' if style else ""
    walk.parts.append(f"<{token.tag}{align}>")


def _code(walk: Walk, token: Token) -> None:
    walk.parts.append(f"<code>{escape(token.content, quote=False)}</code>")


def _fence(walk: Walk, token: Token) -> None:
    words = token.info.split(maxsplit=1)
    language = "".join(c for c in (words[0] if words else "").lower() if c.isalnum() or c in "+-#._")[:30]
    name = f' id="{escape(str(token.attrs["id"]))}"' if "id" in token.attrs else ""
    drawn = walk.host.diagram(token.content) if language == "mermaid" else ""
    code = f"<pre{name}><code>{walk.host.piece(highlighted, token.content, language)}</code></pre>\n"
    walk.parts.append(f"<figure{name}>{drawn}</figure>\n" if drawn else code)


def _math(walk: Walk, token: Token) -> None:
    kind = "block" if token.type == "math_block" else "inline"
    walk.parts.append(walk.host.piece(mathml, token.content, kind) + ("\n" if token.block else ""))


def _wikilink(walk: Walk, token: Token) -> None:
    meta = token.meta
    walk.parts.append(walk.host.wikilink(meta["target"], meta["anchor"], meta["words"]))


def _embed(walk: Walk, token: Token) -> None:
    meta = token.meta
    walk.parts.append(walk.host.embed(meta["target"], meta["anchor"], meta["words"], block=bool(meta.get("block"))))


def _image(walk: Walk, token: Token) -> None:
    walk.parts.append(walk.host.image(str(token.attrs.get("src", "")), plain(token.content)))


def _plain(walk: Walk, token: Token) -> None:
    """Plain blocks or a plain sentence: HTML, links, headings, code, and sentences that are not plain."""
    add, wikilink = walk.parts.append, walk.host.wikilink
    start = len(walk.parts)
    for piece in token.meta["pieces"]:
        if isinstance(piece, str):
            add(piece)
        elif isinstance(piece, tuple):
            add(wikilink(*piece))
        elif isinstance(piece, Heading):
            level = min(6, piece.level + walk.shift)
            add(f'<h{level} id="{escape(piece.name)}">' if piece.words else f"</h{level}>\n")
        elif piece.type == "inline":
            walk.walk(piece.children)
        else:
            OTHERS[piece.type](walk, piece)
    if name := token.attrs.get("id"):
        opening, end, rest = walk.parts[start].partition(">")
        walk.parts[start] = f'{opening} id="{escape(str(name))}"{end}{rest}'


def _link_open(walk: Walk, token: Token) -> None:
    href = str(token.attrs.get("href", ""))
    if href.lower().startswith(EXTERNAL):
        walk.parts.append(f'<a class="away" href="{escape(href)}">')
        walk.stack.append("</a>")
        return
    path, _, anchor = href.partition("#")
    link = walk.host.link(path, anchor, "") if path or anchor else Link(None, "")
    walk.parts.append(f'<a href="{escape(link.href)}">' if link.href else '<span class="absent">')
    walk.stack.append("</a>" if link.href else "</span>")


def _link_close(walk: Walk, token: Token) -> None:  # noqa: ARG001
    walk.parts.append(walk.stack.pop() if walk.stack else "")


def _hashtag(walk: Walk, token: Token) -> None:
    href = walk.host.tag(token.content)
    name = "#" + escape(token.content)
    walk.parts.append(
        f'<a class="tag" href="{escape(href)}">{name}</a>' if href else f'<span class="tag">{name}</span>'
    )


def _safe_tag(walk: Walk, token: Token) -> None:
    walk.parts.append(token.content)


def _callout_open(walk: Walk, token: Token) -> None:
    meta = token.meta
    name = f' id="{escape(str(token.attrs["id"]))}"' if "id" in token.attrs else ""
    if meta["fold"]:
        is_open = " open" if meta["fold"] == "+" else ""
        walk.parts.append(f'<details{name} class="callout {meta["kind"]}"{is_open}>')
    else:
        walk.parts.append(f'<div{name} class="callout {meta["kind"]}">')


def _callout_title(walk: Walk, token: Token) -> None:
    opens, closes = ("<summary>", "</summary>\n") if token.meta["fold"] else ('<p class="callout-title">', "</p>\n")
    walk.parts.append(opens if token.nesting == 1 else closes)


def _callout_close(walk: Walk, token: Token) -> None:
    walk.parts.append("</details>\n" if token.meta.get("fold") else "</div>\n")


def _footnote_ref(walk: Walk, token: Token) -> None:
    number, again = token.meta["id"] + 1, token.meta.get("subId", 0)
    back = f"{number}-{again}" if again else str(number)
    walk.parts.append(
        f'<sup><a class="note" id="{walk.prefix}fnref{back}" href="#{walk.prefix}fn{number}">{number}</a></sup>'
    )


def _footnotes_open(walk: Walk, token: Token) -> None:  # noqa: ARG001
    walk.parts.append('<section class="footnotes"><ol>\n')


def _footnote_open(walk: Walk, token: Token) -> None:
    walk.parts.append(f'<li id="{walk.prefix}fn{token.meta["id"] + 1}">')


def _footnote_anchor(walk: Walk, token: Token) -> None:
    number, again = token.meta["id"] + 1, token.meta.get("subId", 0)
    back = f"{number}-{again}" if again else str(number)
    walk.parts.append(f' <a class="back" href="#{walk.prefix}fnref{back}">↩</a>')


def _unknown(walk: Walk, token: Token) -> None:
    """Whatever a later markdown-it may invent is shown as text."""
    walk.parts.append(escape(token.content, quote=False))


OTHERS: dict[str, Callable[[Walk, Any], None]] = {
    **dict.fromkeys(("paragraph_open", "blockquote_open", "bullet_list_open", "list_item_open", "table_open", "hr"), _with_attributes),
    **dict.fromkeys(("heading_open", "heading_close"), _heading),
    **dict.fromkeys(("th_open", "td_open"), _cell),
    **dict.fromkeys(("fence", "code_block"), _fence),
    **dict.fromkeys(("math_inline", "math_block"), _math),
    "ordered_list_open": _ordered, "code_inline": _code, "wikilink": _wikilink, "embed": _embed, "image": _image,
    "plain": _plain,
    "link_open": _link_open, "link_close": _link_close, "hashtag": _hashtag, "safe_tag": _safe_tag,
    "callout_open": _callout_open, "callout_close": _callout_close, **dict.fromkeys(("callout_title_open", "callout_title_close"), _callout_title), "footnote_ref": _footnote_ref,
    "footnote_block_open": _footnotes_open, "footnote_open": _footnote_open, "footnote_anchor": _footnote_anchor,
}  # fmt: skip
