"""A link's source text with another target and nothing else changed.

Display text, anchor, embed mark, sizes, title, angle brackets and the habit of writing or leaving out
`.md` stay as the author has them; so does the style of path, as far as it can be told.
"""

from __future__ import annotations

import posixpath
import re

from pkm.markdown.destinations import destination_span, percent_decode
from pkm.markdown.resolve import Files, key, link_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

WIKI = re.compile(r"(!?)\[\[([^|#]*?)(#[^|]*?)?((?:\\?\|.*)?)\]\]", re.DOTALL)
DEFINITION = re.compile(r"(\[(?:[^\[\]\\]|\\.)+\]:\s*)(<[^<>\n]*>|\S+)(.*)", re.DOTALL)
#: What a wikilink cannot say in its path; such a link is written as a Markdown link.
UNSPEAKABLE = re.compile(r"[#|^\n]|\A\[|\[\[|\]\]|\]\Z|\\\Z")
BRACKET = re.compile(r"[\[\]\\]")
SCHEME_LIKE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:")


def rewrite(
    raw: str,
    target: str,
    source: str,
    files: Files | Iterable[str],
    *,
    old: str | None = None,
    before: str | None = None,
    style: str | None = None,
    anchor: str | None = None,
    quote: str = "",
) -> str:
    """The link `raw` of the note `source`, now leading to the file `target`.

    `files` are the vault's paths as they will be. The style of path is told from where the link led (`old`) and
    where its note stood (`before`), if they are given, unless `style` names one. `anchor` replaces what follows
    the `#`; `quote` is the mark around a link in front matter. Uses of a reference (`[text][label]`) come back
    as they are: it is their definition that changes.
    """
    if not isinstance(files, Files):
        files = Files(files)
    before = before or source
    if match := WIKI.fullmatch(raw):
        embed, path, hash_, rest = match.groups("")
        path = path.strip()
        form = style or _style(path, before, old, markdown=False)
        new = _path(path, target, source, files, form, ending=path.lower().endswith(".md"))
        if anchor is not None:
            hash_ = "#" + anchor if anchor else ""
        if UNSPEAKABLE.search(new):
            name = target.rpartition("/")[2].removesuffix(".md")
            shown = rest.lstrip("\\|") or BRACKET.sub(r"\\\g<0>", name)
            address = _encoded(_path(path, target, source, files, form, ending=True)) + hash_.replace(" ", "%20")
            return _quoted(f"{embed}[{shown}]({address})", quote)
        return f"{embed}[[{_quoted(new, quote)}{hash_}{rest}]]"
    span = _destination(raw)
    if span is None:
        return raw
    written = raw[span[0] : span[1]]
    angle = written.startswith("<")
    path, mark, tail = (written[1:-1] if angle else written).partition("#")
    path = percent_decode(path)
    form = style or _style(path, before, old, markdown=True)
    new = _path(path, target, source, files, form, ending=not path or path.lower().endswith(".md"))
    if anchor is not None:
        mark, tail = ("#", anchor if angle else anchor.replace(" ", "%20")) if anchor else ("", "")
    address = f"<{_encoded(new, angle=True)}{mark}{tail}>" if angle else _encoded(new) + mark + tail
    return raw[: span[0]] + address + raw[span[1] :]


def _destination(raw: str) -> tuple[int, int] | None:
    """Where the destination stands in a Markdown link or a link definition."""
    if match := DEFINITION.fullmatch(raw):
        return match.span(2)
    at = raw.find("](")
    while at >= 0:
        span = destination_span(raw, at + 1)
        if span and span[2] == len(raw):
            return span[0], span[1]
        at = raw.find("](", at + 1)
    return None


def _path(written: str, target: str, source: str, files: Files, style: str, *, ending: bool) -> str:
    """The new path. A link into its own note stays without one, a leading `/` or `./` stays where it can."""
    if not written and target == source:
        return ""
    new = link_text(target, source, files, style, ending=ending)
    if written.startswith("/"):
        return "/" + new
    return "./" + new if written.startswith("./") and not new.startswith(".") else new


def _style(written: str, source: str, old: str | None, *, markdown: bool) -> str:
    """The style in which a path was written.

    What a Markdown link names beside itself counts as relative: other programs read it so, and Obsidian too.
    """
    if written.startswith("/"):
        return "absolute"
    if written.startswith(("./", "../")):
        return "relative"
    if old is not None and ("/" in written or markdown):
        if "/" in written and key(written) == key(old):
            return "absolute"
        beside = posixpath.normpath(posixpath.join(source.rpartition("/")[0], written))
        return "relative" if key(beside) == key(old) else "shortest"
    return "absolute" if "/" in written else "shortest"


def _encoded(path: str, *, angle: bool = False) -> str:
    """A path as a Markdown destination: spaces, and only what would end it or mean something else."""
    path = path.replace("%", "%25") if re.search("%[0-9A-Fa-f]{2}", path) else path
    path = path.replace("#", "%23").replace("<", "%3C").replace(">", "%3E").replace("\n", "%0A")
    if not angle:
        path = path.replace(" ", "%20").replace("\t", "%09").replace("\\", "%5C")
        if path.count("(") != path.count(")") or re.search(r"\)[^(]*\(|^[^(]*\)", path):
            path = path.replace("(", "%28").replace(")", "%29")
    if SCHEME_LIKE.match(path):
        path = path.replace(":", "%3A", 1)
    return path


def _quoted(text: str, quote: str) -> str:
    """The text as it stands between the quotes of a YAML string."""
    if quote == '"':
        return text.replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("'", "''") if quote == "'" else text
