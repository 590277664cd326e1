"""Everything about a note that is not its words: tags, links, dates, keys. Each filter is SQL over a note `n`.

A filter that is given twice asks for both. In one value, `a OR b`, `a | b` and for tags `a, b` (both) can
be said; a leading `-` or `NOT` turns a value round; `*` and `?` stand for any letters. A tag asks for
those below it as well: `book` fits `book/novel`.
"""

from __future__ import annotations

from pkm.errors import UsageError
from pkm.index import naming, queries
from pkm.index.keys import fold

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable
    from typing import Any

    from pkm.index.ask import Ask

    Condition = tuple[str, list[Any]]

# A note that names itself in a link counts, `[[#Heading]]` does not.
_TO = "n.id IN (SELECT source FROM links WHERE target = ? AND (source <> target OR via <> 'self'))"
_FROM = "n.id IN (SELECT target FROM links WHERE source = ? AND (source <> target OR via <> 'self'))"
# A plain tag; the finder knows that its notes are kept in the order of their creation.
ONE_TAG = "n.id IN (SELECT note FROM tags WHERE key = ?)"
_ORPHAN = "NOT EXISTS (SELECT 1 FROM links WHERE target = n.id AND source <> n.id)"
_TAGLESS = "NOT EXISTS (SELECT 1 FROM tags WHERE note = n.id)"
# Somebody links here and gets no link back.
_MISSING_BACKLINK = """EXISTS (
  SELECT 1 FROM links l WHERE l.target = n.id AND l.source <> n.id
  AND NOT EXISTS (SELECT 1 FROM links b WHERE b.source = n.id AND b.target = l.source))"""


def conditions(db: sqlite3.Connection, ask: Ask, root: str, now: float) -> list[Condition]:
    """What a note must fulfil, one condition for each filter."""

    def number(name: str) -> int:
        return queries.one(db, name, root).number

    found = [tag(db, text) for text in ask.tag]
    found += _links(db, ask, number)
    for text in ask.mention:
        found.append(naming.saying(db, number(text)))
    for text in ask.mentioned_by:
        found.append(_any_of(naming.named_in(db, number(text))))
    for flag, sql in ((ask.orphan, _ORPHAN), (ask.tagless, _TAGLESS), (ask.missing_backlink, _MISSING_BACKLINK)):
        if flag:
            found.append((sql, []))
    for column, texts in (("n.kind", ask.kind), ("n.stage", ask.stage), ("n.audience", ask.audience)):
        found += [_one_of(column, text) for text in texts]
    found += [_one_of("bucket_of(n.id)", text) for text in ask.bucket]
    found += [_layer(text) for text in ask.layer]
    for column, moments in (("n.created", ask.created), ("n.modified", ask.modified)):
        found += [_moment(column, sign, text, now) for sign, texts in moments.items() for text in texts]
    if ask.where:
        from pkm.index import where

        found += [where.condition(db, text, now) for text in ask.where]
    return found


def _links(db: sqlite3.Connection, ask: Ask, number: Callable[[str], int]) -> list[Condition]:
    found: list[Condition] = []
    deep = ask.recursive or ask.max_distance is not None
    for names, sql, forward in ((ask.link_to, _TO, False), (ask.linked_by, _FROM, True)):
        for name in names:
            if deep:
                found.append(_any_of(queries.reachable(db, [number(name)], forward=forward, farthest=ask.max_distance)))
            else:
                found.append((sql, [number(name)]))
    for names, sql, forward in ((ask.no_link_to, _TO, False), (ask.no_linked_by, _FROM, True)):
        for name in names:
            note = number(name)
            if deep:
                there, values = _any_of(queries.reachable(db, [note], forward=forward, farthest=ask.max_distance))
                found.append((f"NOT {there}", values))
            else:
                found.append((f"NOT {sql}", [note]))
            # The note itself is not what somebody looks for here.
            found.append(("n.id <> ?", [note]))
    return found + [_any_of(naming.related(db, number(name))) for name in ask.related]


def _any_of(numbers: Iterable[int]) -> Condition:
    return "n.id IN (SELECT value FROM json_each(?))", [queries.as_list(numbers)]


def tag(db: sqlite3.Connection, text: str) -> Condition:
    """`a`, `a/b`, `a OR b`, `-a`, `proj*`; several words or commas ask for all."""
    groups: list[list[Condition]] = []
    negate = joined = False
    for word in text.replace(",", " ").replace("|", " OR ").split():
        if word in ("OR", "AND", "NOT"):
            joined, negate = joined or word == "OR", negate or word == "NOT"
            continue
        name = word.lstrip("-!").lstrip("#")
        sql, values = _one_tag(db, fold(name))
        if negate != word.startswith(("-", "!")):
            sql = f"NOT {sql}"
        if joined and groups:
            groups[-1].append((sql, values))
        else:
            groups.append([(sql, values)])
        negate = joined = False
    if not groups:
        raise UsageError("--tag needs the name of a tag.", "", "Example:  pkm find --tag 'book OR article'")
    return _all([_either(group) for group in groups])


def _one_tag(db: sqlite3.Connection, name: str) -> Condition:
    if any(sign in name for sign in "*?"):
        return "n.id IN (SELECT note FROM tags WHERE key GLOB ?)", [name.replace("[", "[[]")]
    below = (name + "/", name + "0")  # `0` is the sign after `/`
    if db.execute("SELECT 1 FROM tags WHERE key > ? AND key < ? LIMIT 1", below).fetchone():
        return "n.id IN (SELECT note FROM tags WHERE key = ? OR key > ? AND key < ?)", [name, *below]
    return ONE_TAG, [name]


def _one_of(column: str, text: str) -> Condition:
    """`a`, `a,b` or `a OR b`: any of them; `-a`: not it. Case does not matter."""
    wanted, unwanted = [], []
    for part in text.replace(" OR ", ",").replace("|", ",").split(","):
        value = part.strip()
        if value.startswith(("-", "!", "NOT ")):
            unwanted.append(value.removeprefix("NOT").lstrip("-! ").lower())
        elif value:
            wanted.append(value.lower())
    parts: list[Condition] = []
    for values, sign in ((wanted, "IN"), (unwanted, "NOT IN")):
        if values:
            parts.append((f"coalesce(lower({column}), '') {sign} ({', '.join('?' * len(values))})", values))
    if not parts:
        reason = f'"{text}" names nothing to look for.'
        raise UsageError("A filter is empty.", reason, "Example:  pkm find --kind literature")
    return _all(parts)


def _layer(text: str) -> Condition:
    """`3`, `2,3`, `2-4`, `2+`, `>=2`."""
    said = text.replace(" ", "")
    for sign in (">=", "<=", ">", "<", "="):
        if said.startswith(sign) and said[len(sign) :].isdigit():
            return f"layer_of(n.id) {sign} ?", [int(said[len(sign) :])]
    if said.endswith("+") and said[:-1].isdigit():
        return "layer_of(n.id) >= ?", [int(said[:-1])]
    low, dash, high = said.partition("-")
    if dash and low.isdigit() and high.isdigit():
        return "layer_of(n.id) BETWEEN ? AND ?", [int(low), int(high)]
    numbers = said.split(",")
    if all(number.isdigit() and len(number) < 3 for number in numbers):
        return f"layer_of(n.id) IN ({', '.join('?' * len(numbers))})", [int(number) for number in numbers]
    raise UsageError(f'"{text}" is no layer.', "Layers are 0 to 5.", "Example:  pkm find --layer 2+")


def _moment(column: str, sign: str, text: str, now: float) -> Condition:
    """On that day (month, year), before it, or from it on."""
    from pkm import dates

    start, end = dates.iso_span(text, now)
    if sign == "before":
        return f"{column} < ?", [start]
    if sign == "after":
        return f"{column} >= ?", [start]
    return f"({column} >= ? AND {column} < ?)", [start, end]


def _either(parts: list[Condition]) -> Condition:
    return _joined(parts, " OR ")


def _all(parts: list[Condition]) -> Condition:
    return _joined(parts, " AND ")


def _joined(parts: list[Condition], word: str) -> Condition:
    if len(parts) == 1:
        return parts[0]
    return f"({word.join([sql for sql, _ in parts])})", [value for _, values in parts for value in values]
