"""One note's bytes as the rows of the index. Pure: it opens nothing and asks no clock.

`read_note` is run for every note of a first fill, so it does only what a query needs.
"""

from __future__ import annotations

from pkm.index.body_rows import body_rows
from pkm.index.keys import fold
from pkm.index.times import created_and_modified, said, written
from pkm.markdown import frontmatter
from pkm.markdown.text import decode
from pkm.model.brief import brief

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pkm.config import Settings
    from pkm.errors import PkmError, TooLargeError
    from pkm.index.body_rows import LinkRow

# Keys that have a column or a table of their own, so that they are no properties as well.
OWN_COLUMNS = frozenset(("title", "id", "tags", "aliases", "created", "updated", "kind", "stage", "para", "audience"))


class NoteRows:
    """Rows without the note's number, which the index adds."""

    __slots__ = (
        "aliases",
        "blocks",
        "body",
        "headings",
        "links",
        "note",
        "problems",
        "properties",
        "tags",
        "tasks",
        "title",
    )

    title: str
    body: str
    note: tuple[Any, ...]
    links: list[LinkRow]
    headings: list[tuple[Any, ...]]
    blocks: list[tuple[Any, ...]]
    tags: dict[str, str]
    aliases: list[str]
    properties: list[tuple[Any, ...]]
    tasks: list[tuple[Any, ...]]
    problems: list[tuple[int, str, str]]


def read_note(path: str, data: bytes, mtime_ns: int, settings: Settings) -> NoteRows:
    """All that a note says, as rows. `mtime_ns` stands in for dates that it does not give."""
    rows = NoteRows()
    front = frontmatter.read(data)
    values = front.values
    text, undecoded = decode(data)
    bytewise = len(text) == len(data)  # then places in the text are places in the file
    start = front.body if bytewise else len(data[: front.body].decode("utf-8", "surrogateescape"))
    rows.body = text[start:]
    rows.links, rows.headings, tags, rows.blocks, rows.tasks = body_rows(path, text, start, bytewise=bytewise)
    if undecoded:
        _clean_all(rows)
    rows.title = _title(values, rows.headings, path)
    problems = dict.fromkeys(front.problems + undecoded)  # each once
    rows.problems = [(line, clean(message), clean(hint)) for line, message, hint in problems]
    created, modified = created_and_modified(values, mtime_ns)
    kind = values.get("kind")
    audience = values.get("audience")
    rows.note = (
        (clean(front.text("id"))[:300] or None) if "id" in values else None,
        rows.title,
        clean(kind) if isinstance(kind, str) and kind else default_kind(path, settings),
        _one(values.get("stage")),
        _one(values.get("para")),
        clean(audience) if isinstance(audience, str) and audience else "private",
        created,
        modified,
        front.body,
        brief(data[: front.body]),
    )
    written = [tag.strip("#/") for tag in _listed(values, ("tags", "tag", "keywords"), ", ")]
    rows.tags = {}
    for tag in written + [clean(name) for name in tags]:
        if tag:
            rows.tags.setdefault(fold(tag), tag)
    rows.aliases = list(dict.fromkeys(_listed(values, ("aliases", "alias"), ",")))
    rows.properties = [
        row for key, value in values.items() if key not in OWN_COLUMNS for row in _properties(clean(str(key)), value)
    ]
    return rows


def unreadable(path: str, mtime_ns: int, settings: Settings, error: PkmError) -> NoteRows:
    """A note that could not be read is still found by its name, and says why it is empty."""
    rows = NoteRows()
    rows.body = ""
    rows.links, rows.headings, rows.blocks, rows.tasks = [], [], [], []
    rows.aliases, rows.properties, rows.tags = [], [], {}
    rows.problems = [_told(error)]
    rows.title = _title({}, [], path)
    stamp = written(mtime_ns)
    rows.note = (None, rows.title, default_kind(path, settings), None, None, "private", stamp, stamp, 0, brief(b""))
    return rows


def read_start(path: str, mtime_ns: int, settings: Settings, error: TooLargeError) -> NoteRows:
    """A note that is too large to be read whole is found by its name and by what its front matter says."""
    rows = read_note(path, error.start[: frontmatter.read(error.start).body], mtime_ns, settings)
    rows.problems.append(_told(error))
    return rows


def _told(error: PkmError) -> tuple[int, str, str]:
    return 0, " ".join(filter(None, (error.message, error.reason))), error.hint


def default_kind(path: str, settings: Settings) -> str:
    """What a note is that does not say: a fleeting thought in the inbox, else a permanent note."""
    return "fleeting" if path.startswith(settings.inbox + "/") else "permanent"


def _clean_all(rows: NoteRows) -> None:
    """Make the rows of a text that is not all UTF-8 fit for SQLite."""
    rows.body = clean(rows.body)
    rows.links = [_clean_row(row) for row in rows.links]
    rows.headings = [_clean_row(row) for row in rows.headings]
    rows.tasks = [_clean_row(row) for row in rows.tasks]


def _clean_row(row: Any) -> Any:
    return tuple([clean(cell) if isinstance(cell, str) else cell for cell in row])


def clean(text: str) -> str:
    """The text as SQLite can keep it: bytes that are no UTF-8 become question marks."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


def _title(values: dict[str, Any], headings: list[tuple[Any, ...]], path: str) -> str:
    title = values.get("title")
    if isinstance(title, (str, int, float)) and not isinstance(title, bool) and str(title).strip():
        return clean(" ".join(str(title).split()))[:300]
    for heading in headings:
        if heading[0] == 1 and heading[1].strip():
            return clean(heading[1].strip())[:300]
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _one(value: object) -> str | None:
    """A value as text, or nothing when it is no single value."""
    if value is None or isinstance(value, (list, dict)):
        return None
    return clean(str(value))[:300] or None


def _listed(values: dict[str, Any], keys: tuple[str, ...], separators: str) -> list[str]:
    return [clean(item) for key in keys if key in values for item in frontmatter.strings(values[key], separators)]


def _properties(key: str, value: object) -> list[tuple[Any, ...]]:
    """Rows (key, position, type, value) of one front-matter key."""
    if isinstance(value, list):
        return [(key, n, *_typed(item)) for n, item in enumerate(value[:1000])]
    return [(key, 0, *_typed(value))]


def _typed(value: object) -> tuple[str, Any]:
    if isinstance(value, bool):
        return "checkbox", int(value)
    if isinstance(value, int):
        return ("number", value) if -(2**63) <= value < 2**63 else ("text", str(value)[:300])
    if isinstance(value, float):
        return ("number", value) if value - value == 0 else ("text", str(value))
    if isinstance(value, str):
        day = said(value)
        if day and len(value) in (10, 16, 19):
            return ("date" if len(day) == 10 else "datetime"), day
        return "text", clean(value)
    if value is None:
        return "empty", None
    import json

    return "json", clean(json.dumps(value, ensure_ascii=False, default=str, sort_keys=True))[:10_000]
