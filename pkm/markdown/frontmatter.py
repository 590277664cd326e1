"""Front matter: the keys at the top of a note, read without ever failing.

`read` answers for any bytes. What it cannot understand becomes a problem with a line and a hint,
and what it can still make out of a broken block it gives all the same: one bad line must not hide
a note's title. Text that is no front matter stays in the body, so nothing is ever lost.

Nearly every note is plain enough for `yaml_plain.py`. The others go through `frontmatter_full.py`,
which loads python-frontmatter. Writing is `frontmatter_write.py`: it touches the bytes of one key,
because no library writes a person's YAML back the way it was.
"""

from __future__ import annotations

from pkm.markdown.yaml_plain import plain

# Front matter longer than this is not read: a note's keys fit in a page, a bomb does not.
LIMIT = 1 << 16

_BOM = b"\xef\xbb\xbf"

# First bytes that may begin front matter: a fence of YAML or TOML, JSON, a byte order mark.
_OPENERS = frozenset((b"-", b"+", b"{", _BOM[:1]))


class FrontMatter:
    """What stands at the top of a note.

    `values` are the keys in their order. `start` and `end` span the whole block with its fences,
    both 0 when there is none; `body` is where the text begins. `problems` are (line, message, hint),
    lines counted from 1 in the file. `form` is "none", "lines" (keys on lines of their own, which can
    be changed one by one), "flow" (one `{…}`), "toml" or "json". `broken`: nobody can say for certain
    what is meant, so no program should write here. `repeated` are keys that stand there twice.
    """

    __slots__ = ("_data", "_keys", "_marks", "body", "broken", "end", "form", "problems", "repeated", "start", "values")

    def __init__(
        self,
        values: dict[str, object],
        start: int,
        body: int,
        form: str,
        data: bytes = b"",
        marks: list[tuple[str, int, int]] | None = None,
    ) -> None:
        self.values = values
        self.start = start
        self.end = 0 if form == "none" else body
        self.body = body
        self.form = form
        self.broken = False
        self.problems: list[tuple[int, str, str]] = []
        self.repeated: tuple[str, ...] = ()
        self._data = data
        self._marks = marks
        self._keys: dict[str, tuple[int, int]] | None = None

    @property
    def keys(self) -> dict[str, tuple[int, int]]:
        """The byte span of each top-level key's lines, comments and blank lines after them left out.

        Worked out when first asked for: an index of 100,000 notes wants the values alone.
        """
        if self._keys is None:
            from pkm.markdown.frontmatter_spans import spans

            self._keys = spans(self._data, self._marks) if self.form == "lines" else {}
        return self._keys

    def text(self, key: str) -> str:
        """The value as text, a number just as it was written: the id 12.10 is not 12.1. No text: ""."""
        value = self.values.get(key)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)) and key in self.keys:
            from pkm.markdown.frontmatter_lines import KeyLine

            start, end = self.keys[key]
            line = KeyLine.of(self._data[start:end].decode("utf-8", "replace"), value)
            return line.written if line is not None and line.written else str(value)
        return str(value) if isinstance(value, (str, int, float)) else ""

    @property
    def close(self) -> int:
        """Where the line of the closing fence begins, in a block that is written in lines."""
        return len(self._data)

    def __repr__(self) -> str:
        return f"FrontMatter({self.values!r}, {self.start}, {self.end}, problems={self.problems!r})"


def read(data: bytes) -> FrontMatter:
    """The front matter of a note. Never raises."""
    # The common case by hand, in a few microseconds: "---", LF, plain YAML, "---", LF.
    if data[:4] == b"---\n":
        close = data.find(b"\n---", 3, LIMIT + 7)
        if close > 0 and data[close + 4 : close + 5] == b"\n":
            block = data[4:close]
            if b"\n..." not in block and block[:3] != b"...":
                try:
                    values = plain(block.decode())
                except UnicodeDecodeError:
                    values = None
                if values is not None:
                    return FrontMatter(values, 0, close + 5, "lines", data[: close + 1])
    elif data[:1] not in _OPENERS:
        return FrontMatter({}, 0, 0, "none")
    return _read(data)


def _read(data: bytes) -> FrontMatter:
    """Every other way to begin a file."""
    start = 3 if data.startswith(_BOM) else 0
    fence = data[start : start + 3]
    if fence == b"---":
        return _read_block(data, start)
    if fence == b"+++" or data[start : start + 1] == b"{":
        from pkm.markdown.frontmatter_full import read_foreign

        return read_foreign(data, start)
    return FrontMatter({}, 0, start, "none")


def _read_block(data: bytes, start: int) -> FrontMatter:
    inner = after_fence(data, start, b"---")
    if not inner:
        return FrontMatter({}, 0, 3 if start else 0, "none")
    close, body = closing_fence(data, inner, (b"---", b"..."))
    if not close or close - inner > LIMIT:
        return _unread(data, start, inner, closed=bool(close))
    try:
        values = plain(data[inner:close].decode().replace("\r\n", "\n"))
    except UnicodeDecodeError:
        values = None
    if values is not None:
        return FrontMatter(values, start, body, "lines", data[:close])
    from pkm.markdown.frontmatter_full import read_yaml

    return read_yaml(data[:close], start, inner, body)


def _unread(data: bytes, start: int, inner: int, *, closed: bool) -> FrontMatter:
    """A block that never ends, or ends too late: its text is the note's text."""
    found = FrontMatter({}, 0, start, "none")
    # A rule on the first line is good Markdown; only a rule followed by keys looks like a mistake.
    if not _begins_with_keys(data[inner : inner + LIMIT]):
        return found
    found.broken = True
    if closed:
        found.problems.append((1, "front matter is larger than 64 KiB", "Move the long values into the text."))
    else:
        found.problems.append((1, "front matter is not closed", "Put a line with --- after the last key."))
    return found


def _begins_with_keys(text: bytes) -> bool:
    for line in text.splitlines()[:100]:
        bare = line.strip()
        if not bare:
            return False
        if line[:1] not in b" \t#-" and (b": " in line or bare.endswith(b":")):
            return True
    return False


def after_fence(data: bytes, start: int, fence: bytes) -> int:
    """The offset after the fence line at `start`, 0 when that line is more than a fence."""
    end = data.find(b"\n", start, start + 1024)
    return end + 1 if end > 0 and data[start:end].rstrip() == fence else 0


def closing_fence(data: bytes, inner: int, fences: tuple[bytes, ...]) -> tuple[int, int]:
    """Where the closing fence begins and where its line ends; (0, 0) when there is none."""
    best, limit = (0, 0), len(data)
    for fence in fences:
        at = data.find(b"\n" + fence, inner - 1, limit)
        while at >= 0:
            end = data.find(b"\n", at + 1, at + 1024)
            line = data[at + 1 : end if end > 0 else at + 1024]
            if line.rstrip() == fence and (end > 0 or at + 1024 > len(data)):
                best, limit = (at + 1, end + 1 if end > 0 else len(data)), at
                break
            at = data.find(b"\n" + fence, at + 1, limit)
    return best


def strings(value: object, separators: str = ", ") -> list[str]:
    """A value as a list of texts, whichever way it was written: a list, or one text with separators.

    Tags separate by comma or space; for aliases give "," and for titles "". Text with a wikilink in it
    is one piece. Nothing, and keys within keys, give no text. Never raises.
    """
    if isinstance(value, str) and separators and "[[" not in value:
        for separator in separators[1:]:
            value = value.replace(separator, separators[0])
        return [bare for piece in value.split(separators[0]) if (bare := piece.strip())]
    found: list[str] = []
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, (list, tuple)):
            pending.extend(reversed(one))
        elif isinstance(one, bool):
            found.append("true" if one else "false")
        elif isinstance(one, (str, int, float)) and (bare := str(one).strip()):
            found.append(bare)
    return found


def set_key(data: bytes, key: str, value: object) -> bytes:
    """The note with `key` set, every other byte as it was. See `frontmatter_write.py`."""
    from pkm.markdown import frontmatter_write

    return frontmatter_write.set_key(data, key, value)


def remove_key(data: bytes, key: str) -> bytes:
    """The note without `key`, every other byte as it was. See `frontmatter_write.py`."""
    from pkm.markdown import frontmatter_write

    return frontmatter_write.remove_key(data, key)
