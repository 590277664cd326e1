"""Who names whom, and who is near whom: the surest of what suggestions weigh, asked of the index alone.

`pkm find --mention`, `--mentioned-by` and `--related`, the walk through one note's mentions and the rule about missing
backlinks ask here. A note is called by its title, its aliases and its file's name, as in `sense/suggest`, which also
hears other endings and the words that people link with, and says how likely a link is.
"""

from __future__ import annotations

from math import log

from pkm.index import search

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from typing import Any

    from pkm.index.words import Node

    Condition = tuple[str, list[Any]]


def names_of(db: sqlite3.Connection, note: int) -> list[str]:
    """What the note is called, the longest first; what also stands in texts that do not mean it is left out."""
    sql = """
    SELECT title FROM notes WHERE id = :note
    UNION SELECT text FROM names WHERE note = :note AND kind = 'alias'
    UNION SELECT path FROM files WHERE id = :note
    """
    names = {_bare(name).strip() for (name,) in db.execute(sql, {"note": note})}
    return sorted(filter(is_name, names), key=lambda name: (-len(name), name))


def is_name(name: str) -> bool:
    """Whether a text that holds it means it: one letter or a bare number stands in many."""
    return len(name) > 1 and not name.isdigit() and any(map(str.isalnum, name))


def saying(db: sqlite3.Connection, note: int) -> Condition:
    """Of a note `n`, that its text holds one of this note's names, linked or not."""
    names = [name.replace('"', " ") for name in names_of(db, note)]
    leaves: list[Node] = [search.Leaf(name, field="body") for name in names]
    if not leaves:
        return "0", []
    node = search.Group("or", leaves) if len(leaves) > 1 else leaves[0]
    search.look_for_glued(db, node)
    sql, values = search.condition(node)
    return f"({sql} AND n.id <> ?)", [*values, note]


def said_in(db: sqlite3.Connection, note: int) -> list[tuple[int, str]]:
    """The notes whose text names this one, linked or not: number and path, by path."""
    sql, values = saying(db, note)
    sql = f"SELECT n.id, f.path FROM notes n JOIN files f USING (id) WHERE {sql} ORDER BY f.path"  # noqa: S608 - built of fixed texts
    return db.execute(sql, values).fetchall()


def named_in(db: sqlite3.Connection, note: int) -> list[int]:
    """The notes whose title, alias or file's name stands in this note's text, linked or not."""
    row = db.execute("SELECT lower(body) FROM texts WHERE id = ?", (note,)).fetchone()
    body = row[0].lower() if row else ""
    names = """
    SELECT n.id, n.title FROM notes n
    UNION ALL SELECT note, text FROM names WHERE kind = 'alias'
    UNION ALL SELECT id, path FROM files WHERE is_note
    """
    found = set()
    for number, name in db.execute(names):
        if number not in found and number != note and stands_in(_bare(name.lower()), body):
            found.add(number)
    return sorted(found)


def related(db: sqlite3.Connection, note: int) -> dict[int, float]:
    """Notes that share a neighbour with this one without a link between them, with how near that brings them.

    A neighbour that few notes link with tells more (Adamic & Adar 2003), as in suggestions.
    """
    sql = """
    WITH pair(id, other) AS (
      SELECT source, target FROM links WHERE target <> source
      UNION SELECT target, source FROM links WHERE target <> source
    ), near(id) AS (SELECT other FROM pair WHERE id = :note),
    weight(id, links) AS (SELECT id, count(*) FROM pair WHERE id IN (SELECT id FROM near) GROUP BY id)
    SELECT pair.other, weight.links FROM weight JOIN pair ON pair.id = weight.id JOIN notes ON notes.id = pair.other
    WHERE pair.other <> :note AND pair.other NOT IN (SELECT id FROM near)
    ORDER BY pair.other, weight.id
    """
    found: dict[int, float] = {}
    for other, links in db.execute(sql, {"note": note}):
        found[other] = found.get(other, 0.0) + 1 / log(2 + links)
    return found


def stands_in(name: str, text: str) -> bool:
    """Whether the words stand there as words; both are in small letters."""
    if name not in text or not is_name(name):
        return False
    at = text.find(name)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(name) : at + len(name) + 1]
        if not _goes_on(before, name[0]) and not _goes_on(name[-1], after):
            return True
        at = text.find(name, at + 1)
    return False


def _bare(name: str) -> str:
    """A path's own name; a title as it is."""
    return name.rpartition("/")[2].removesuffix(".md") if name.endswith(".md") else name


def _goes_on(left: str, right: str) -> bool:
    """Whether two neighbouring letters belong to one word; scripts without spaces have no such thing."""
    return left.isalnum() and right.isalnum() and not search.has_cjk(left + right)
