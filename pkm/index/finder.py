"""An `Ask` answered: the notes that fit, in order.

Words alone are answered by FTS5, which ranks them (BM25; a word in the title counts eight times).
Chinese text and signs need more tables: such hits are found first and scored after. Without words or
with `--sort` the order is that of a key; equal ones stand by path, so that the same vault always gives
the same answer.
"""

from __future__ import annotations

import sqlite3

from pkm.errors import UsageError
from pkm.index import search

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from pkm.index.ask import Ask
    from pkm.index.words import Leaf, Node

    Condition = tuple[str, list[Any]]

# What a title that holds a Chinese word adds to its hit; pairs of characters know no fields.
TITLE_BONUS = 4.0


class Hit:
    """A note that fits. `score` is higher for better hits, 0 when nothing ranks."""

    __slots__ = ("number", "path", "score")

    def __init__(self, number: int, path: str, score: float = 0.0) -> None:
        self.number = number
        self.path = path
        self.score = score

    def __repr__(self) -> str:
        return f"Hit({self.path!r}, {self.score:.2f})"


class Answer:
    """The hits, and the words that were looked for: what a snippet shows and `--explain` explains."""

    __slots__ = ("hits", "node")

    def __init__(self, hits: list[Hit], node: Node | None) -> None:
        self.hits = hits
        self.node = node

    @property
    def leaves(self) -> list[Leaf]:
        return search.leaves(self.node)


def find(db: sqlite3.Connection, ask: Ask, root: str, now: float) -> Answer:
    """The notes that a question asks for. Raises `UsageError` for names, dates and keys that mean nothing."""
    said = " ".join(ask.words)
    node = search.parse(said) if said else None
    if node is None and said.strip(" *"):
        return Answer([], None)
    search.look_for_glued(db, node)
    conditions: list[Condition] = []
    if ask.filters:
        from pkm.index import filters

        conditions = filters.conditions(db, ask, root, now)
    try:
        return Answer(_hits(db, ask, node, conditions, root), node)
    except sqlite3.OperationalError as error:
        if "too large" in str(error) or "overflow" in str(error) or "too many" in str(error):
            raise UsageError("That is too much to ask at once.", str(error), "Ask for less.") from None
        raise


def _hits(db: sqlite3.Connection, ask: Ask, node: Node | None, conditions: list[Condition], root: str) -> list[Hit]:
    if ask.limit == 0:
        return []
    if ask.sort or (node is None and not ask.related):
        if node is not None:
            conditions.append(search.condition(node))
        rows = _rows(db, conditions, _order(db, ask.sort), ask.limit)
        return [Hit(number, path) for number, path in rows]
    match = search.match(node) if node is not None else None
    if match is not None:
        return _with_paths(db, _ranked(db, match, conditions, ask.limit), ask.limit)
    if node is not None:
        conditions.append(search.condition(node))
    paths = dict(_rows(db, conditions, "f.path", None))
    scores = _shared(db, ask.related, root) if node is None else _scores(db, node, paths)
    hits = [Hit(number, path, scores.get(number, 0.0)) for number, path in paths.items()]
    hits.sort(key=_best_first)
    return hits[: ask.limit]


def _best_first(hit: Hit) -> tuple[float, str]:
    return -hit.score, hit.path


def _rows(db: sqlite3.Connection, conditions: list[Condition], order: str, limit: int | None) -> list[tuple[int, str]]:
    start = "notes n JOIN files f ON f.id = n.id"
    if conditions and order.startswith("n.created"):
        start, conditions, order = _by_tag(start, conditions, order)
    sql, values = _where(conditions)
    sql = f"SELECT n.id, f.path FROM {start}{sql} ORDER BY {order}"  # noqa: S608 - built of fixed texts
    if limit is not None:
        sql += f" LIMIT {limit}"
    _add_functions(db, sql)
    return db.execute(sql, values).fetchall()


def _by_tag(start: str, conditions: list[Condition], order: str) -> tuple[str, list[Condition], str]:
    """The latest notes of a tag come from the tag's own index, in order, until there are enough."""
    from pkm.index.filters import ONE_TAG

    for condition in conditions:
        if condition[0] == ONE_TAG:
            start = "tags t CROSS JOIN notes n ON n.id = t.note CROSS JOIN files f ON f.id = n.id"
            rest = [other for other in conditions if other is not condition]
            return start, [("t.key = ?", condition[1]), *rest], "t" + order[1:]
    return start, conditions, order


def _where(conditions: list[Condition]) -> Condition:
    if not conditions:
        return "", []
    sql = " WHERE " + " AND ".join([sql for sql, _ in conditions])
    return sql, [value for _, values in conditions for value in values]


def _add_functions(db: sqlite3.Connection, sql: str) -> None:
    if "_of(" in sql:
        from pkm.index.columns import add_functions

        add_functions(db, sql)


def _ranked(db: sqlite3.Connection, match: str, conditions: list[Condition], limit: int | None) -> list[Hit]:
    """Hits of one FTS5 expression, best first; with a limit, also those that are as good as the last one."""
    sql, values = _where(conditions)
    if sql:
        # The plus keeps SQLite from asking FTS5 anew for each of the notes.
        sql = f" AND +rowid IN (SELECT n.id FROM notes n JOIN files f ON f.id = n.id{sql})"  # noqa: S608 - built of fixed texts
        _add_functions(db, sql)
    # Sorting by a value of our own keeps only the best, where FTS5's own order would sort every hit.
    sql = f"SELECT rowid, {search.RANKING} AS score FROM words WHERE words MATCH ?{sql} ORDER BY score"  # noqa: S608 - built of fixed texts
    given = [match, *values]
    if limit is None:
        rows = db.execute(sql, given).fetchall()
    else:
        some = limit + 30
        rows = db.execute(f"{sql} LIMIT {some}", given).fetchall()
        while len(rows) == some and rows[-1][1] == rows[limit - 1][1]:
            some *= 4
            rows = db.execute(f"{sql} LIMIT {some}", given).fetchall()
        while len(rows) > limit and rows[-1][1] != rows[limit - 1][1]:
            rows.pop()
    return [Hit(number, "", -rank) for number, rank in rows]


def _with_paths(db: sqlite3.Connection, hits: list[Hit], limit: int | None) -> list[Hit]:
    sql = "SELECT id, path FROM files WHERE id IN (SELECT value FROM json_each(?))"
    paths = dict(db.execute(sql, (str([hit.number for hit in hits]),)))
    for hit in hits:
        hit.path = paths[hit.number]
    hits.sort(key=_best_first)
    return hits[:limit]


def _scores(db: sqlite3.Connection, node: Node, among: Iterable[int]) -> dict[int, float]:
    """How well each note fits words that no single table holds: the sum over the words."""
    scores = dict.fromkeys(among, 0.0)
    for leaf in search.leaves(node):
        if leaf.is_literal:
            continue
        for piece in search.pieces(leaf):
            for number, score in _piece_scores(db, piece):
                if number in scores:
                    scores[number] += score
    return scores


def _piece_scores(db: sqlite3.Connection, piece: Leaf) -> Iterable[tuple[int, float]]:
    if not piece.has_cjk:
        sql = f"SELECT rowid, -{search.RANKING} FROM words WHERE words MATCH ?"  # noqa: S608 - a constant
        yield from db.execute(sql, (piece.match,))
    if (piece.has_cjk or piece.glued) and piece.field != "path":
        yield from db.execute("SELECT rowid, -rank FROM pairs WHERE pairs MATCH ?", (search.pairs_match(piece),))
    if piece.has_cjk and piece.field != "body":
        sql = "SELECT n.id, ? FROM pairs JOIN notes n ON n.id = pairs.rowid WHERE pairs MATCH ? AND instr(n.title, ?)"
        yield from db.execute(sql, (TITLE_BONUS, search.pairs_match(piece), piece.text))


def _shared(db: sqlite3.Connection, names: list[str], root: str) -> dict[int, float]:
    """For `--related`: how near a note is to those that were named."""
    from pkm.index import naming, queries

    scores: dict[int, float] = {}
    for name in names:
        for number, shared in naming.related(db, queries.one(db, name, root).number).items():
            scores[number] = scores.get(number, 0.0) + shared
    return scores


def _order(db: sqlite3.Connection, sorts: list[str]) -> str:
    """SQL for `-created,title`: by each key in turn, then by path."""
    parts = [_one_order(db, name.strip()) for text in sorts for name in text.split(",") if name.strip()]
    return ", ".join([*parts, "f.path"])


def _one_order(db: sqlite3.Connection, name: str) -> str:
    down = name[0] == "-" or name[-1] == "-"
    name = name.strip("+-").lower()
    way = " DESC" if down else ""
    if name == "random":
        return "random()"
    if name in ("created", "modified"):  # by far the most asked for; no need to load the table
        return f"n.{name}{way}"
    from pkm.index import columns

    if name in columns.KEYS:
        sql, kind = columns.KEYS[name]
        return f"{sql}{' COLLATE NOCASE' if kind == columns.TEXT and name != 'path' else ''}{way}"
    keys = columns.spellings(db, name)
    if not keys:
        reason = f"One can sort by {', '.join(columns.KEYS)}, random, or any key that a note has."
        raise UsageError(f'No note has the key "{name}" to sort by.', reason, "Example:  pkm find --sort -created")
    quoted = keys[0].replace("'", "''")
    value = f"(SELECT value FROM properties WHERE note = n.id AND key = '{quoted}' ORDER BY n LIMIT 1)"  # noqa: S608 - quoted
    return f"{value} IS NULL, {value}{way}"
