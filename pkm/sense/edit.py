"""Changes to one note from a script: its text replaced or added to, its keys set. Pure: bytes in, bytes out.

Front matter is never touched by a change of the text, nor the text by a change of a key.
"""

from __future__ import annotations

from pkm.errors import RefusedError, UsageError
from pkm.markdown import frontmatter
from pkm.markdown.yaml_plain import core, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Keys that hold a list, so that one value is a list of one: every reader of this vault expects that.
LISTS = frozenset(("aliases", "brought", "cssclasses", "for", "present", "source", "tags", "up", "via"))


def replaced(data: bytes, text: bytes) -> bytes:
    """The note with another text; its front matter stays. It gets a last line end if it has none."""
    return _changed(data, lambda _: _ended(text, _newline(data)))


def appended(data: bytes, text: bytes) -> bytes:
    """The note with a text behind its own, on a new line."""
    newline = _newline(data)

    def join(body: bytes) -> bytes:
        start = _ended(body, newline) if body else body
        return start + _ended(_like(text, newline), newline)

    return _changed(data, join)


def prepended(data: bytes, text: bytes) -> bytes:
    """The note with a text before its own, behind its front matter."""
    newline = _newline(data)
    return _changed(data, lambda body: _ended(_like(text, newline), newline) + body)


def with_keys(data: bytes, set_: Iterable[str], unset: Iterable[str]) -> bytes:
    """The note with keys set as in `key=value` and others taken away."""
    for pair in set_:
        key, equals, written = pair.partition("=")
        key = key.strip()
        if not equals or not key:
            raise UsageError(
                f"{pair!r} sets nothing.", "A key and a value belong there.", "Write it as:  --set status=done"
            )
        data = frontmatter.set_key(data, key, value_of(key, written.strip()))
    for key in unset:
        data = frontmatter.remove_key(data, key.strip())
    return data


def value_of(key: str, written: str) -> object:
    """What a value on the command line means: a number, yes or no, a list `[a, b]`, else text.

    A key that holds a list takes `a, b` too. A wikilink is text.
    """
    value: object = written
    if written.startswith("[") and not written.startswith("[["):
        read = plain(f"{key}: {written}\n")
        value = read[key] if read and key in read else written
    elif key in LISTS:
        value = frontmatter.strings(written, ",") if "[[" not in written else [written]
    elif not written.startswith("[["):
        value = core(written)
    if value is None:
        return None
    return value


def _changed(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The note with another text behind its front matter, which must come out the same."""
    front = frontmatter.read(data)
    result = data[: front.body] + change(data[front.body :])
    again = frontmatter.read(result)
    if again.body != front.body or again.form != front.form:
        raise RefusedError(
            "The note is left as it is.",
            "The text begins as front matter does, and would become some.",
            "Begin it with a blank line.",
        )
    return result


def _newline(data: bytes) -> bytes:
    at = data.find(b"\n")
    return b"\r\n" if at > 0 and data[at - 1 : at] == b"\r" else b"\n"


def _like(text: bytes, newline: bytes) -> bytes:
    """The text with the line ends of the note it goes into."""
    return text.replace(b"\r\n", b"\n").replace(b"\n", newline)


def _ended(text: bytes, newline: bytes) -> bytes:
    return text if not text or text.endswith(b"\n") else text + newline
