"""One note's bytes as the rows of the index. Pure: it opens nothing and asks no clock.

`read_note` is run for every note of a first fill, so it does only what a query needs.
"""

from __future__ import annotations

from pkm.config import iso
from pkm.index.keys import link_key
from pkm.markdown import frontmatter, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pkm.config import Settings
    from pkm.errors import PkmError
    from pkm.markdown.parse import Scan
    from pkm.model.link import Link

    LinkRow = tuple[str, str, str, str, str, str, int, int, int]

# Keys that have a column or a table of their own, so that they are no properties as well.
OWN_COLUMNS = frozenset(("title", "id", "tags", "aliases", "created", "updated", "kind", "stage", "para", "audience"))


class NoteRows:
    """Rows without the note's number, which the index adds."""

    __slots__ = ("aliases", "blocks", "body", "headings", "links", "note", "problems", "properties", "tags", "tasks", "title")

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
    rows = NoteRows()
    front = frontmatter.read(data)
    values = front.values
    rows.problems = list(front.problems)
    text, undecoded = parse.decode(data)
    rows.problems += undecoded
    start = front.body if len(text) == len(data) else len(data[: front.body].decode("utf-8", "surrogateescape"))
    scan = parse.scan(text, start)
    rows.body = text[start:]
    links = scan.links
    if start and "[[" in text[:start]:
        links = parse.front_links(text[:start], 0) + links
    if undecoded:
        rows.body = rows.body.encode("utf-8", "replace").decode("utf-8")
    _body_rows(rows, text, data, scan, links)

    rows.title = _title(values, scan.headings, path)
    created, modified = _times(values, mtime_ns)
    kind = values.get("kind")
    audience = values.get("audience")
    rows.note = (
        _one(values.get("id")),
        rows.title,
        clean(kind) if isinstance(kind, str) and kind else default_kind(path, settings),
        _one(values.get("stage")),
        _one(values.get("para")),
        clean(audience) if isinstance(audience, str) and audience else "private",
        created,
        modified,
        front.body,
    )
    rows.tags = {}
    for tag in _listed(values, "tags", "tag", "keywords"):
        tag = tag.lstrip("#")
        if tag:
            rows.tags.setdefault(tag.lower(), tag)
    for name, *_ in scan.tags:
        rows.tags.setdefault(name.lower(), clean(name))
    rows.aliases = _listed(values, "aliases", "alias")
    rows.properties = [row for key, value in values.items() if key not in OWN_COLUMNS for row in _properties(clean(str(key)), value)]
    return rows


def unreadable(path: str, mtime_ns: int, settings: Settings, error: PkmError) -> NoteRows:
    """A note that could not be read is still found by its name, and says why it is empty."""
    rows = NoteRows()
    rows.body = ""
    rows.links, rows.headings, rows.blocks, rows.tasks = [], [], [], []
    rows.aliases, rows.properties, rows.tags = [], [], {}
    rows.problems = [(0, " ".join(filter(None, (error.message, error.reason))), error.hint)]
    rows.title = _title({}, [], path)
    stamp = iso(mtime_ns / 1e9)
    rows.note = (None, rows.title, default_kind(path, settings), None, None, "private", stamp, stamp, 0)
    return rows


def default_kind(path: str, settings: Settings) -> str:
    """What a note is that does not say: a fleeting thought in the inbox, else a permanent note."""
    return "fleeting" if path.startswith(settings.inbox + "/") else "permanent"


def _times(values: dict[str, Any], mtime_ns: int) -> tuple[str, str]:
    """Created and modified: what the note says, else when the file was written."""
    created = _time(values.get("created") or values.get("date"))
    modified = _time(values.get("updated") or values.get("modified"))
    if created and modified:
        return created, modified
    stamp = iso(mtime_ns / 1e9)
    return created or stamp, modified or stamp


def _body_rows(rows: NoteRows, text: str, data: bytes, scan: Scan, links: list[Link]) -> None:
    """Rows of what stands at a place; places become byte offsets."""
    if len(text) == len(data):
        rows.links = [_link_row(text[link[4] : link[5]], *link) for link in links]
        rows.headings = [(level, title, start, line) for level, title, start, _, line in scan.headings]
        rows.blocks = [(name, start, line) for name, start, _, line in scan.blocks]
        rows.tasks = list(scan.tasks)
        return
    wanted = {place for link in links for place in (link.start, link.end)}
    for found in (scan.headings, scan.blocks, scan.tasks):
        wanted.update(one.start for one in found)  # type: ignore[attr-defined]
    offsets = sorted(wanted)
    at = dict(zip(offsets, parse.byte_offsets(text, offsets), strict=True))
    rows.links = []
    for kind, target, anchor, display, start, end, line in links:
        row = (kind, clean(target), clean(anchor), clean(display), at[start], at[end], line)
        rows.links.append(_link_row(clean(text[start:end]), *row))
    rows.headings = [(h.level, clean(h.text), at[h.start], h.line) for h in scan.headings]
    rows.blocks = [(b.name, at[b.start], b.line) for b in scan.blocks]
    rows.tasks = [(clean(t.mark), clean(t.text), at[t.start], t.line) for t in scan.tasks]


def _link_row(raw: str, kind: str, target: str, anchor: str, display: str, start: int, end: int, line: int) -> LinkRow:
    goal = target.lower() if target.isascii() else link_key(target)
    if goal[-3:] == ".md":
        goal = goal[:-3]
    name_key = goal.rpartition("/")[2] if "/" in goal else goal
    return (kind, raw, goal, name_key, anchor, display, start, end, line)


def clean(text: str) -> str:
    """The text as SQLite can keep it: bytes that are no UTF-8 become question marks."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


def _title(values: dict[str, Any], headings: list[Any], path: str) -> str:
    title = values.get("title")
    if isinstance(title, (str, int, float)) and not isinstance(title, bool) and str(title).strip():
        return clean(" ".join(str(title).split()))[:300]
    for heading in headings:
        if heading.level == 1 and heading.text.strip():
            return clean(heading.text.strip())[:300]
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _one(value: object) -> str | None:
    """A value as text, or nothing when it is no single value."""
    if value is None or isinstance(value, (list, dict)):
        return None
    return clean(str(value))[:300] or None


def _listed(values: dict[str, Any], *keys: str) -> list[str]:
    return [clean(item) for key in keys if key in values for item in frontmatter.strings(values[key])]


def _time(value: object) -> str:
    """`2026-11-20` or `2026-11-20T08:30:00`, as text that sorts; empty when it is no time."""
    text = str(value) if value is not None else ""
    if len(text) < 10 or not (text[:4].isdigit() and text[4] == "-" and text[5:7].isdigit() and text[7] == "-" and text[8:10].isdigit()):
        return ""
    if len(text) >= 16 and text[10] in "T " and text[13] == ":":
        return clean(text[:10] + "T" + text[11:19])
    return text[:10]


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
        day = _time(value)
        if day and len(value) == len(day):
            return ("date" if len(value) == 10 else "datetime"), day
        return "text", clean(value)
    if value is None:
        return "empty", None
    import json

    return "json", clean(json.dumps(value, ensure_ascii=False, default=str, sort_keys=True))[:10_000]
