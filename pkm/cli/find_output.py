"""Hits for programs: JSON, JSON Lines, CSV, a template of one's own; and the picker.

The JSON is a promise: fields may be added, never renamed. `FIELDS` is its list.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any

from pkm.cli import find, output
from pkm.errors import UsageError
from pkm.index import columns, excerpts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkm.index.finder import Answer, Hit
    from pkm.workbench import Workbench

FIELDS = (
    *("path", "title", "id", "kind", "stage", "bucket", "audience", "created", "modified", "tags", "aliases"),
    *("words", "layer", "links", "backlinks", "score", "snippet", "properties"),
)
TABLE = FIELDS[:15]
# What a template may name besides the keys of `columns` and of the notes themselves.
MADE = ("name", "absolute", "link", "score", "snippet", "lead", "body", "tags", "aliases")
FORMS = {
    "path": "{path}",
    "link": "{link}",
    "oneline": "{title}  {path}  {created}",
    "short": "{title}  {path}\n    {snippet}",
    "full": "{title}  {path}\n{created}  {tags}\n\n{body}\n",
}
_NAME = re.compile(r"\{\{?\s*([\w-]+)\s*\}?\}")
_ESCAPES = {r"\n": "\n", r"\t": "\t", r"\0": "\0", r"\\": "\\"}


def write(bench: Workbench, found: Answer, show: find.Show) -> None:
    """Print the hits in the form that was asked for."""
    if show.form == find.FORMAT:
        _write_template(bench, found, show.template)
    elif show.form == find.JSON:
        output.show_json([row for some in find.chunks(found.hits) for row in records(bench, found, some, show)])
    elif show.form == find.JSONL:
        for some in find.chunks(found.hits):
            for row in records(bench, found, some, show):
                output.out(output.as_json(row))
    else:
        _write_csv(bench, found, show)


def records(bench: Workbench, found: Answer, hits: list[Hit], show: find.Show) -> Iterator[dict[str, Any]]:
    """Hits as JSON objects."""
    rows = _values(bench, found, hits, [name for name in FIELDS if name != "properties"])
    properties = _properties(bench, hits)
    for hit, row in zip(hits, rows, strict=True):
        row["properties"] = properties.get(hit.number, {})
        if show.explain:
            row["explain"] = excerpts.reasons(bench.db, found, hit.number)
        yield row


def _values(bench: Workbench, found: Answer, hits: list[Hit], names: list[str]) -> list[dict[str, Any]]:
    """The values of some fields, hit by hit. What no note can be asked for is looked up as a front-matter key."""
    numbers = [hit.number for hit in hits]
    keys = [name for name in names if name in columns.KEYS]
    sql = ", ".join(["n.id", *[columns.KEYS[name][0] for name in keys]])
    sql = f"SELECT {sql} FROM notes n JOIN files f ON f.id = n.id WHERE n.id IN (SELECT value FROM json_each(?))"  # noqa: S608 - a fixed table
    columns.add_functions(bench.db, sql)
    known = {row[0]: dict(zip(keys, row[1:], strict=True)) for row in bench.db.execute(sql, (str(numbers),))}
    lists = {name: _lists(bench, name, numbers) for name in names if name in columns.LISTS}
    lines = excerpts.excerpts(bench.db, found, numbers) if {"snippet", "lead"} & set(names) else {}
    rows = []
    for hit in hits:
        row = known[hit.number]
        row |= {name: lists[name].get(hit.number, []) for name in lists}
        if "score" in names:
            row["score"] = round(hit.score, 3)
        if lines:
            line = lines.get(hit.number, "")
            row["snippet"] = row["lead"] = line.replace(excerpts.BEGIN, "").replace(excerpts.END, "")
        rows.append({name: row.get(name, "") for name in names})
    return rows


def _lists(bench: Workbench, name: str, numbers: list[int]) -> dict[int, list[str]]:
    table = {"tags": "tags WHERE 1", "aliases": "names WHERE kind = 'alias'"}[name]
    sql = f"SELECT note, text FROM {table} AND note IN (SELECT value FROM json_each(?)) ORDER BY note, key"  # noqa: S608 - one of two
    found: dict[int, list[str]] = {}
    for note, text in bench.db.execute(sql, (str(numbers),)):
        found.setdefault(note, []).append(text)
    return found


def _properties(bench: Workbench, hits: list[Hit]) -> dict[int, dict[str, Any]]:
    """Front-matter keys without a field of their own; a key with several values as a list."""
    sql = """
    SELECT note, key, type, value FROM properties WHERE note IN (SELECT value FROM json_each(?)) ORDER BY note, key, n
    """
    found: dict[int, dict[str, list[Any]]] = {}
    for note, key, kind, value in bench.db.execute(sql, (str([hit.number for hit in hits]),)):
        shown = bool(value) if kind == "checkbox" else json.loads(value) if kind == "json" else value
        found.setdefault(note, {}).setdefault(key, []).append(shown)
    return {
        note: {key: values[0] if len(values) == 1 else values for key, values in keys.items()}
        for note, keys in found.items()
    }


def _write_csv(bench: Workbench, found: Answer, show: find.Show) -> None:
    import csv

    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(TABLE)
    for some in find.chunks(found.hits):
        for row in records(bench, found, some, show):
            table.writerow([_cell(row[name]) for name in TABLE])


def _cell(value: Any) -> Any:
    """A cell that a spreadsheet takes for text: what begins like a formula gets a quote before it."""
    text = ", ".join(value) if isinstance(value, list) else value
    if not isinstance(text, str):
        return text
    text = _utf8(output.one_line(text))
    return "'" + text if text.startswith(("=", "+", "-", "@")) else text


def _write_template(bench: Workbench, found: Answer, template: str) -> None:
    template = FORMS.get(template, template)
    names = list(dict.fromkeys(_NAME.findall(template)))
    if not names:
        known = ", ".join(["{" + name + "}" for name in (*columns.KEYS, *MADE)])
        reason = f"It may name {known} and every key that a note has; or be one of {', '.join(FORMS)}."
        raise UsageError(f"The template names nothing: {template}", reason, "Example:  --format '{title}  {path}'")
    keys = {name: _spelled(bench, name) for name in names if name not in columns.KEYS and name not in MADE}
    for escape, sign in _ESCAPES.items():
        template = template.replace(escape, sign)
    for some in find.chunks(found.hits):
        properties = _properties(bench, some) if keys else {}
        for hit, values in zip(some, _values(bench, found, some, [*names, "path"]), strict=True):
            own = {name: properties.get(hit.number, {}).get(key, "") for name, key in keys.items()}
            output.out(_filled(template, values | own | _made(bench, hit, names)))


def _filled(template: str, values: dict[str, Any]) -> str:
    return _NAME.sub(lambda found: _shown(values[found[1]], found[1]), template)


def _spelled(bench: Workbench, name: str) -> str:
    spelled = columns.spellings(bench.db, name)
    if not spelled:
        near = columns.similar_key(bench.db, name)
        hint = f"Did you mean {{{near}}}?" if near else "Example:  --format '{title}  {path}'"
        raise UsageError(f"No note has the key {{{name}}}.", "", hint)
    return spelled[0]


def _made(bench: Workbench, hit: Hit, names: list[str]) -> dict[str, Any]:
    """What is not in the index as such."""
    name = hit.path.rpartition("/")[2].removesuffix(".md")
    made: dict[str, Any] = {"name": name, "absolute": os.path.join(bench.root, hit.path), "link": f"[[{name}]]"}
    if "body" in names:
        (made["body"],) = bench.db.execute("SELECT body FROM texts WHERE id = ?", (hit.number,)).fetchone()
    return made


def _shown(value: Any, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return output.one_line(", ".join([str(each) for each in value]))
    return output.clean(str(value)) if name == "body" else output.one_line(str(value))


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def reasons(bench: Workbench, found: Answer, hit: Hit) -> str:
    """A hit's score in words: what each word adds, and where it stands."""
    parts = []
    for reason in excerpts.reasons(bench.db, found, hit.number):
        where = ", ".join([f"{field} {reason[field]}" for field in ("title", "body", "path") if field in reason])
        parts.append(f"{output.one_line(str(reason['word']))} {reason['score']}" + (f" ({where})" if where else ""))
    if not parts:
        return "score 0: nothing that was asked ranks notes" if not hit.score else f"score {hit.score:.2f}"
    return f"score {hit.score:.2f} = {' + '.join(parts)}"


def choose(bench: Workbench, found: Answer) -> list[Hit]:
    """The hits that a person picks."""
    from pkm.cli.pick import pick

    titles = dict(bench.db.execute("SELECT id, title FROM notes"))
    rows = [(output.one_line(titles[hit.number]), output.one_line(hit.path)) for hit in found.hits]
    return [found.hits[at] for at in pick(rows)]
