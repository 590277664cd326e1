"""What single links and tags mean, once they are found. Free of patterns: a refresh after one change loads none."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Found = list[tuple[str, str, str, str, int, int]]  # Link without its line

#: A tag begins a line or follows white space or an opening mark; `word#x`, `/#x`, `&#x` and `##x` are none.
BEFORE_TAG = frozenset(" \n\t\r\f\v([{,;*_~>|\"'!?:。、，；：（「『【《“‘！？\u3000\u00a0")


def wiki_link(inner: str, *, embed: bool) -> tuple[str, str, str, str] | None:
    """(kind, target, anchor, display) of what stands between `[[` and `]]`; None when that is nothing."""
    left, bar, display = inner.partition("|")
    if bar and left.endswith("\\"):  # the pipe of a link in a table is written `\|`
        left = left[:-1]
    target, _, anchor = left.partition("#")
    target, anchor = target.strip(), anchor.strip()
    if not target and not anchor:
        return None
    if ":" in target:
        from pkm.markdown.addresses import is_address

        if is_address(target):
            return "external", left.strip(), "", display.strip()
    return "embed" if embed else "wiki", target, anchor, display.strip()


def markdown_link(destination: str, display: str, *, embed: bool) -> tuple[str, str, str, str] | None:
    """(kind, target, anchor, display) of a Markdown link or image; None when it points nowhere."""
    if "\\" in destination or "&" in destination:
        from pkm.markdown.destinations import unescaped

        destination = unescaped(destination)
    if has_scheme(destination):
        return "external", destination, "", display
    target, _, anchor = destination.partition("#")
    if "%" in destination:
        from pkm.markdown.destinations import percent_decode

        target, anchor = percent_decode(target), percent_decode(anchor)
    target = target.strip()
    if not target and not anchor:
        return None
    return "embed-markdown" if embed else "markdown", target, anchor, display


def is_tag(name: str) -> bool:
    """Whether a tag has something in it that is no digit; `name` holds tag characters only."""
    return not name.isdigit() and name.strip("/") != ""


def has_scheme(address: str) -> bool:
    """Whether an address leads out of the vault: it begins with a scheme (`https:`, `mailto:`) or with `//`."""
    scheme, colon, _ = address[:34].partition(":")
    if not colon:
        return address.startswith("//")
    if not (2 <= len(scheme) <= 32 and scheme.isascii() and scheme[0].isalpha()):
        return address.startswith("//")
    return scheme.replace("+", "a").replace(".", "a").replace("-", "a").isalnum()
