"""Front matter beyond the plain: YAML by the library, TOML, JSON, and what is left of broken blocks.

Called by `frontmatter.read` only. Three rules: bytes that are not text are shown as U+FFFD and named;
a broken block still gives the keys that can be read line by line, and is marked broken so that
nothing writes there or publishes by it; a block in which no key can be found at all is the note's
text, not its front matter.
"""

from __future__ import annotations

import re

from pkm.markdown.frontmatter import LIMIT, FrontMatter, after_fence, closing_fence
from pkm.markdown.yaml_plain import core, plain

_MAX_DEPTH = 32
_MANY = 20  # problems of one kind; more are not read by anybody
_UTF8 = "Save the file as UTF-8."

# What YAML takes only as an escape: control characters, half pairs (here: bytes that are not UTF-8), marks.
_FORBIDDEN = re.compile(r"[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def read_yaml(data: bytes, start: int, inner: int, body: int) -> FrontMatter:
    """The block data[inner:], whose fences have been found; `body` is where the text begins."""
    from pkm.markdown.yaml_full import Unreadable, load

    text, problems = clean(data[inner:])
    try:
        block = load(text)
    except Unreadable as error:
        problems.append((error.line + 2, error.message, error.hint))
        return _salvaged(text, data, start, body, problems)
    found = FrontMatter(
        block.root or {},
        start,
        body,
        "flow" if block.flow else "lines",
        data,
        _in_bytes(data[inner:], inner, block.marks),
    )
    for line, key, _ in block.repeated[:_MANY]:
        problems.append((line + 2, f"the key {key!r} stands there twice", "Keep one of them; the last one counts."))
    found.repeated = tuple(key for _, key, top in block.repeated if top)
    found.problems = problems
    return found


def clean(block: bytes) -> tuple[str, list[tuple[int, str, str]]]:
    """The block as text that YAML allows, one character for one, with a problem for what had to be replaced."""
    text = block.decode("utf-8", "surrogateescape")
    bad = _FORBIDDEN.search(text)
    if bad is None:
        return text, []
    line = text.count("\n", 0, bad.start()) + 2
    raw = "\udc80" <= bad[0] <= "\udcff"
    problem = (line, "not valid UTF-8", _UTF8) if raw else (line, "a control character", "Delete it.")
    return _FORBIDDEN.sub("\ufffd", text), [problem]


def _in_bytes(block: bytes, inner: int, marks: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """The marks with character offsets of the block made byte offsets of the file."""
    if block.isascii():
        return [(key, inner + start, inner + end) for key, start, end in marks]
    text = block.decode("utf-8", "surrogateescape")
    found, at, char = [], inner, 0
    for key, start, end in marks:
        begin = at + len(text[char:start].encode("utf-8", "surrogateescape"))
        at, char = begin + len(text[start:end].encode("utf-8", "surrogateescape")), end
        found.append((key, begin, at))
    return found


def _salvaged(text: str, data: bytes, start: int, body: int, problems: list[tuple[int, str, str]]) -> FrontMatter:
    """What a broken block still says, key by key: its value where it can be read, else its raw text."""
    values: dict[str, object] = {}
    for key, chunk in _chunks(text.replace("\r\n", "\n").split("\n")):
        read = plain(chunk)
        values[key] = read[key] if read is not None and key in read else _raw(chunk)
    found = FrontMatter(values, start, body, "lines", data) if values else FrontMatter({}, 0, start, "none")
    found.broken = True
    found.problems = problems
    return found


def _chunks(lines: list[str]) -> list[tuple[str, str]]:
    """The lines in groups, each from a line that looks like `key: …` to the next."""
    groups: list[tuple[str, list[str]]] = []
    for line in lines:
        key, colon, _ = line.partition(": ")
        if not colon and line.rstrip().endswith(":"):
            key, colon = line.rstrip()[:-1], ":"
        if colon and key and key[0] not in " \t#-{[&*!|>%@`?" and len(key) < 100:
            groups.append((key.strip().strip("\"'"), [line]))
        elif groups:
            groups[-1][1].append(line)
    return [(key, "\n".join(group)) for key, group in groups]


def _raw(chunk: str) -> object:
    text = chunk.partition(":")[2].strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return text or None


def read_foreign(data: bytes, start: int) -> FrontMatter:
    """TOML between `+++` lines, or a JSON object at the very beginning: as other garden tools write them."""
    none = FrontMatter({}, 0, start, "none")
    if data[start : start + 1] == b"{":
        return _read_json(data, start) or none
    inner = after_fence(data, start, b"+++")
    close, body = closing_fence(data, inner, (b"+++",)) if inner else (0, 0)
    if not close:
        return none
    values, problem = _toml(data[inner:close]) if close - inner <= LIMIT else ({}, "larger than 64 KiB")
    if problem:
        none.broken = True
        none.problems.append((1, f"TOML front matter: {problem}", "Mend it, or write it as YAML between --- lines."))
        return none
    return FrontMatter(values, start, body, "toml")


def _toml(block: bytes) -> tuple[dict[str, object], str]:
    import tomllib

    try:
        values = _tame(tomllib.loads(block.decode()))
    except (ValueError, RecursionError) as error:
        return {}, " ".join(str(error).split())[:200]
    return (values, "") if isinstance(values, dict) else ({}, "nested too deeply")


def _read_json(data: bytes, start: int) -> FrontMatter | None:
    """A JSON object alone on its first lines, with text after it; any other brace is the note's text."""
    import json

    text = data[start : start + LIMIT].decode("utf-8", "ignore")
    try:
        values, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    rest = text[end:].lstrip(" \t\r")
    tamed = _tame(values)
    if not isinstance(tamed, dict) or not tamed or rest[:1] != "\n" or not rest.strip():
        return None
    body = start + len(text[: len(text) - len(rest) + 1].encode())
    return FrontMatter(tamed, start, body, "json") if data[:body].endswith(b"\n") else None


def _tame(value: object, depth: int = 0) -> object:
    """The value with types that notes have: dates as ISO text, no number that SQLite or JSON cannot hold."""
    if depth > _MAX_DEPTH:
        raise RecursionError("nested too deeply")
    if isinstance(value, dict):
        return {str(key): _tame(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_tame(one, depth + 1) for one in value]
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return value if -(1 << 63) < value < 1 << 63 else _digits(value)
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat is not None else core(str(value))


def _digits(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # more digits than Python converts
        return hex(value)
