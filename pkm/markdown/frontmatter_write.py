"""Setting and removing one key of a note's front matter: its bytes change, no others.

Order, quotes, comments, line ends, the byte order mark, spaces at line ends and unknown keys stay.
A list keeps its style, and its items keep theirs. Every result is read again before it is given
back: if any other key or the text came out different, or the key is not what it was set to, nothing
is written and the person is told. No library writes YAML here; none leaves the rest alone.
"""

from __future__ import annotations

from pkm.errors import RefusedError
from pkm.markdown.frontmatter import FrontMatter, read
from pkm.markdown.frontmatter_lines import KeyLine, list_indent, rewritten
from pkm.markdown.yaml_text import text


def set_key(data: bytes, key: str, value: object) -> bytes:
    """The note with `key` set to text, a number, true or false, None (empty) or a list of those.

    A key that has this value already leaves the note as it is. A new key goes after the last one; a
    note without front matter gets a block. Raises RefusedError where it would have to guess.
    """
    front = read(data)
    if isinstance(value, tuple):
        value = list(value)
    if key in front.values and same(front.values[key], value):
        return data
    _refuse_unsafe(front, key)
    if front.form == "none":
        result = _with_block(data, front, key, value)
    elif key in front.values:
        result = _with_value(data, front, key, value)
    else:
        result = _with_key(data, front, key, value)
    _verify(data, front, result, {**front.values, key: value})
    return result


def remove_key(data: bytes, key: str) -> bytes:
    """The note without `key`; its comments at the margin stay. A block left with nothing in it goes too."""
    front = read(data)
    if key not in front.values:
        if front.broken:
            _refuse_unsafe(front, key)
        return data
    _refuse_unsafe(front, key)
    start, end = _span(front, key)
    result = _without(data, front, start, end)
    _verify(data, front, result, {name: value for name, value in front.values.items() if name != key})
    return result


def same(one: object, other: object) -> bool:
    """Equal and of the same type, all the way down: 1 is not 1.0, and true is not 1."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


def _refuse_unsafe(front: FrontMatter, key: str) -> None:
    message = "The front matter is left as it is."
    if front.broken:
        line, what, hint = front.problems[0]
        raise RefusedError(message, f"Line {line}: {what}.", hint)
    if key in front.repeated:
        raise RefusedError(message, f"The key {key!r} stands there twice.", "Keep one of them, then try again.")
    if front.form in {"flow", "json", "toml"}:
        form = {"flow": "one { } block", "json": "JSON", "toml": "TOML"}[front.form]
        raise RefusedError(message, f"It is written as {form}.", "Write it as lines of `key: value` between --- lines.")


def _span(front: FrontMatter, key: str) -> tuple[int, int]:
    if key not in front.keys:
        raise _not_certain(key)
    return front.keys[key]


def _not_certain(key: str) -> RefusedError:
    return RefusedError(
        "The front matter is left as it is.",
        f"{key!r} cannot be changed there without touching something else.",
        "Change it in an editor.",
    )


def _with_block(data: bytes, front: FrontMatter, key: str, value: object) -> bytes:
    """A note that had none gets a block, with the line ends of its text."""
    first = data.find(b"\n")
    end = "\r\n" if first > 0 and data[first - 1 : first] == b"\r" else "\n"
    block = f"---{end}{_new_lines(key, value, '', end, None)}---{end}"
    return data[: front.body] + block.encode() + data[front.body :]


def _with_key(data: bytes, front: FrontMatter, key: str, value: object) -> bytes:
    inner = data.index(b"\n", front.start) + 1
    end = "\r\n" if data[inner - 2 : inner - 1] == b"\r" else "\n"
    lines = _new_lines(key, value, _indent(data, front), end, list_indent(data, front))
    # An empty block that was there before gets a blank line, so that taking the key away leaves it there.
    blank = end if front.close == inner else ""
    return data[: front.close] + f"{lines}{blank}".encode() + data[front.close :]


def _indent(data: bytes, front: FrontMatter) -> str:
    """How far the keys of this block are indented: hardly ever at all."""
    start = next(iter(front.keys.values()), (front.close, 0))[0]
    line = data[start : start + 256]
    return " " * (len(line) - len(line.lstrip(b" ")))


def _new_lines(key: str, value: object, indent: str, end: str, block_indent: str | None) -> str:
    # A key that is a number or a date to some reader would not be this key any more.
    name = text(key, '"' if key[:1].isdigit() else "", flow=True)
    lines = rewritten(KeyLine(f"{indent}{name}:", end), value, block_indent)
    if lines is None:
        raise _not_certain(key)
    return lines


def _with_value(data: bytes, front: FrontMatter, key: str, value: object) -> bytes:
    start, end = _span(front, key)
    line = KeyLine.of(data[start:end].decode("utf-8", "surrogateescape"), front.values[key])
    lines = rewritten(line, value, list_indent(data, front)) if line is not None else None
    if lines is None:
        raise _not_certain(key)
    return data[:start] + lines.encode("utf-8", "surrogateescape") + data[end:]


def _without(data: bytes, front: FrontMatter, start: int, end: int) -> bytes:
    inner = data.index(b"\n", front.start) + 1
    left = data[inner:start] + data[end : front.close]
    if not left:
        return data[: front.start] + data[front.body :]
    if start == inner and left in {b"\n", b"\r\n"}:  # the blank line that `_with_key` gave an empty block
        end = front.close
    return data[:start] + data[end:]


def _verify(data: bytes, front: FrontMatter, result: bytes, values: dict[str, object]) -> None:
    again = read(result)
    if again.broken or not same(again.values, values) or result[again.body :] != data[front.body :]:
        changed = [key for key in values if key not in again.values or not same(again.values[key], values[key])]
        raise _not_certain(changed[0] if changed else "the key")
