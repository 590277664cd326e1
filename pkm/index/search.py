"""A question about words, put to the tables of words: FTS5 expressions and SQL.

No sign of the person's reaches the search engine as anything but text. Chinese, Japanese and Korean are
looked up as pairs of characters (`cjk`); signs that are no words at all, in the text itself.
"""

from __future__ import annotations

from pkm.index.words import FIELDS, Group, Leaf, has_cjk, leaves, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from pkm.index.words import Node

    Condition = tuple[str, list[str]]

__all__ = [
    "FIELDS",
    "RANKING",
    "Group",
    "Leaf",
    "condition",
    "has_cjk",
    "leaves",
    "look_for_glued",
    "match",
    "pairs_match",
    "parse",
    "pieces",
]

# A word in the title says more about a note than one in its text.
RANKING = "bm25(words, 8.0, 1.0, 2.0)"
_IN_WORDS = "n.id IN (SELECT rowid FROM words WHERE words MATCH ?)"
_IN_PAIRS = "n.id IN (SELECT rowid FROM pairs WHERE pairs MATCH ?)"


def match(node: Node) -> str | None:
    """The whole question as one FTS5 expression; None when the table of words cannot answer it alone."""
    if isinstance(node, Leaf):
        return None if node.glued or node.is_literal or node.has_cjk else node.match
    if node.kind == "not":
        return None
    if node.kind == "or":
        every = [match(part) for part in node.parts]
        return "(" + " OR ".join(filter(None, every)) + ")" if all(every) else None
    wanted = [match(part) for part in node.parts if not _is_not(part)]
    unwanted = [match(part.parts[0]) for part in node.parts if isinstance(part, Group) and part.kind == "not"]
    if not wanted or not all(wanted) or not all(unwanted):
        return None
    text = " AND ".join(filter(None, wanted))
    for part in unwanted:
        text = f"({text}) NOT {part}"
    return f"({text})"


def condition(node: Node) -> Condition:
    """The question as SQL over `n.id`, for what one FTS5 expression cannot say."""
    text = match(node)
    if text is not None:
        return _IN_WORDS, [text]
    if isinstance(node, Leaf):
        return _leaf_condition(node)
    if node.kind == "not":
        sql, values = condition(node.parts[0])
        return f"NOT {sql}", values
    every = [condition(part) for part in node.parts]
    joined = f" {node.kind.upper()} ".join([sql for sql, _ in every])
    return f"({joined})", [value for _, values in every for value in values]


def _leaf_condition(leaf: Leaf) -> Condition:
    if leaf.is_literal:
        return contains(leaf.text, leaf.field)
    if not leaf.has_cjk:
        return _glued_condition(leaf)
    sqls, values = [], []
    for piece in pieces(leaf):
        sql, given = _cjk_condition(piece) if piece.has_cjk else _glued_condition(piece)
        sqls.append(sql)
        values += given
    return f"({' AND '.join(sqls)})", values


def contains(text: str, field: str = "") -> Condition:
    """The letters themselves, wherever they stand: slow, but it finds what has no words."""
    columns = (field,) if field else FIELDS
    found = " OR ".join([f"instr(lower({column}), ?)" for column in columns])
    return f"n.id IN (SELECT id FROM texts WHERE {found})", [text.lower()] * len(columns)  # noqa: S608 - names of columns


def _cjk_condition(leaf: Leaf) -> Condition:
    if leaf.field == "path":  # paths have no pairs
        return contains(leaf.text, "path")
    if leaf.field:
        sql, values = contains(leaf.text, leaf.field)
        return f"({_IN_PAIRS} AND {sql})", [pairs_match(leaf), *values]
    return f"({_IN_PAIRS} OR {_IN_WORDS})", [pairs_match(leaf), f'path : "{leaf.text}" *']


def _glued_condition(leaf: Leaf) -> Condition:
    if leaf.field == "path":
        return _IN_WORDS, [leaf.match]
    if leaf.field:
        sql, values = contains(leaf.text, leaf.field)
        return f"({_IN_WORDS} OR {_IN_PAIRS} AND {sql})", [leaf.match, pairs_match(leaf), *values]
    return f"({_IN_WORDS} OR {_IN_PAIRS})", [leaf.match, pairs_match(leaf)]


def pairs_match(leaf: Leaf) -> str:
    """The FTS5 expression over `pairs`, for a word in one script."""
    if not leaf.has_cjk:
        return f'"{leaf.text}"{" *" if leaf.prefix else ""}'
    from pkm.index import cjk

    return cjk.phrase(leaf.text, prefix=leaf.prefix)


def look_for_glued(db: sqlite3.Connection, node: Node | None) -> None:
    """Mark the words that stand somewhere without a space beside Chinese, Japanese or Korean text."""
    if isinstance(node, Group):
        for part in node.parts:
            look_for_glued(db, part)
    elif node is not None and not node.is_literal and not node.has_cjk:
        sql = "SELECT 1 FROM pairs WHERE pairs MATCH ? LIMIT 1"
        node.glued = db.execute(sql, (pairs_match(node),)).fetchone() is not None


def pieces(leaf: Leaf) -> list[Leaf]:
    """A word in two scripts, cut where the script changes: `GTD方法` is `GTD` and `方法`."""
    if not leaf.has_cjk:
        return [leaf]
    from pkm.index import cjk

    found = [Leaf(text, field=leaf.field) for text in cjk.split(leaf.text) if any(map(str.isalnum, text))]
    found[-1].prefix = leaf.prefix
    return found


def _is_not(node: Node) -> bool:
    return isinstance(node, Group) and node.kind == "not"
