"""The line of a note that shows why it was found, and why it stands where it does.

`BEGIN` and `END` stand around each word that was looked for; whoever prints turns them into bold or
takes them out. They are control characters, so text that holds some by itself does no harm.
"""

from __future__ import annotations

from pkm.index import search
from pkm.index.queries import as_list, one

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from pkm.index.finder import Answer
    from pkm.index.words import Leaf

BEGIN, END = "\x02", "\x03"
LONGEST = 160
TOKENS = 16
# Above this many hits one pass over all of them is cheaper than asking for each.
FEW = 200
_NO_TEXT = ("#", "```", "~~~", "---", "***", "___", "|", "%%", "> [!", "![", "<")


def excerpts(db: sqlite3.Connection, answer: Answer, numbers: list[int]) -> dict[int, str]:
    """For each note the place with the words, else its first sentence; empty when it has no text."""
    match = search.match(answer.node) if answer.node is not None else None
    if match is not None:
        only = "rowid" if len(numbers) <= FEW else "+rowid"
        sql = (
            f"SELECT rowid, snippet(words, 1, char(2), char(3), '…', {TOKENS}) FROM words"  # noqa: S608 - fixed names
            f" WHERE words MATCH ? AND {only} IN (SELECT value FROM json_each(?))"
        )
        rows = db.execute(sql, (match, as_list(numbers)))
        found = {number: _trimmed(_without_title(text)) for number, text in rows}
        return {number: text if BEGIN in text else "" for number, text in found.items()} | _beginnings(
            db, [number for number, text in found.items() if BEGIN not in text]
        )
    if answer.node is None:
        return _beginnings(db, numbers)
    pieces = [piece.text for leaf in answer.leaves for piece in search.pieces(leaf)]
    sql = "SELECT id, body FROM texts WHERE id IN (SELECT value FROM json_each(?))"
    return {number: _around(body, pieces) or beginning(body) for number, body in db.execute(sql, (as_list(numbers),))}


def _without_title(text: str) -> str:
    """An excerpt from the beginning of a note, without the heading that stands above it as title already."""
    return text.partition("\n")[2] if text.startswith("# ") else text


def _beginnings(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, str]:
    # The first page is enough to find a first sentence in.
    sql = "SELECT id, substr(body, 1, 3000) FROM texts WHERE id IN (SELECT value FROM json_each(?))"
    return {number: beginning(body) for number, body in db.execute(sql, (as_list(numbers),))}


def beginning(body: str) -> str:
    """The first lines of text that are no heading, rule, fence or field."""
    lines: list[str] = []
    for line in body.split("\n"):
        text = line.strip().lstrip(">*-+ \t")
        if not text or line.lstrip().startswith(_NO_TEXT):
            if lines:
                break
        else:
            lines.append(text)
            if len(lines) > 5:
                break
    return _trimmed(" ".join(lines))


def _around(body: str, words: list[str]) -> str:
    """The text around the first of the words that stands in it, each of them marked."""
    lowered = body.lower()
    if len(lowered) != len(body):  # some letters are longer in lower case; then only equal case is found
        lowered = body
    # The title says itself; what stands behind it says more.
    after = lowered.find("\n") if lowered.startswith("# ") else 0
    places = [(at, word) for word in words if (at := lowered.find(word.lower(), max(after, 0))) >= 0]
    if not places:
        return ""
    first, word = min(places)
    start = max(body.rfind("\n", 0, first) + 1, first - LONGEST // 3)
    stop = body.find("\n", first)
    stop = min(len(body) if stop < 0 else stop, start + LONGEST)
    text, lowered = body[start:stop], lowered[start:stop]
    marked, at = "", 0
    while (found := lowered.find(word.lower(), at)) >= 0:
        marked += text[at:found] + BEGIN + text[found : found + len(word)] + END
        at = found + len(word)
    marked += text[at:]
    before = "…" if start > 0 and body[start - 1] != "\n" else ""
    return _trimmed(before + marked)


def _trimmed(text: str) -> str:
    """On one line, without the signs that a list or a heading begins with, around its first mark."""
    text = " ".join(text.lstrip("#>*-+ \t\n").split())
    if len(text) <= LONGEST + 2 * text.count(BEGIN):
        return text
    first = max(text.find(BEGIN), 0)
    start = max(0, min(first - LONGEST // 3, len(text) - LONGEST))
    cut = text[start : start + LONGEST]
    if cut.count(BEGIN) > cut.count(END):
        cut += END
    return ("…" if start else "") + cut.strip() + ("…" if start + LONGEST < len(text) else "")


def of_links(db: sqlite3.Connection, names: list[str], numbers: list[int], root: str) -> dict[int, str]:
    """For each note the sentence with its first link to one of the notes that are named."""
    targets = as_list([one(db, name, root).number for name in names])
    sql = """
    SELECT source, min(start), "end", raw FROM links
    WHERE target IN (SELECT value FROM json_each(?)) AND source IN (SELECT value FROM json_each(?))
    GROUP BY source
    """
    found = {
        source: sentence(db, source, start, end, raw)
        for source, start, end, raw in db.execute(sql, (targets, as_list(numbers)))
    }
    return {**_beginnings(db, [number for number in numbers if number not in found]), **found}


def sentence(db: sqlite3.Connection, note: int, start: int, end: int, raw: str) -> str:
    """The sentence around a link, by the link's byte offsets in its file; in front matter its key and what it says."""
    row = db.execute("SELECT t.body, n.body FROM texts t JOIN notes n USING (id) WHERE t.id = ?", (note,)).fetchone()
    if row is None or start < row[1]:
        inner = raw.removeprefix("[[").removesuffix("]]")
        sql = "SELECT key FROM properties WHERE note = ? AND instr(value, ?) LIMIT 1"
        key = db.execute(sql, (note, inner)).fetchone()
        return f"{key[0]}: {inner}" if key else raw
    from pkm.markdown.parse import sentence_at

    body, before = row
    if body.isascii():
        return sentence_at(body, start - before, end - before)
    data = body.encode()
    first = len(data[: start - before].decode("utf-8", "ignore"))
    return sentence_at(body, first, first + len(data[start - before : end - before].decode("utf-8", "ignore")))


def reasons(db: sqlite3.Connection, answer: Answer, number: int) -> list[dict[str, object]]:
    """What each word adds to the hit's score, and how often it stands in title, body and path."""
    found: list[dict[str, object]] = []
    for leaf in answer.leaves:
        if leaf.is_literal:
            continue
        for piece in search.pieces(leaf):
            found += _reasons_of(db, piece, number)
    return found


def _reasons_of(db: sqlite3.Connection, piece: Leaf, number: int) -> list[dict[str, object]]:
    word = piece.text + ("*" if piece.prefix else "")
    found: list[dict[str, object]] = []
    if not piece.has_cjk:
        columns = ", ".join([f"highlight(words, {i}, char(2), '')" for i in range(3)])
        sql = f"SELECT -{search.RANKING}, {columns} FROM words WHERE words MATCH ? AND rowid = ?"  # noqa: S608 - fixed names
        for score, *texts in db.execute(sql, (piece.match, number)):
            times = {field: text.count(BEGIN) for field, text in zip(search.FIELDS, texts, strict=True)}
            found.append({"word": word, "score": round(score, 2), **{k: n for k, n in times.items() if n}})
    if (piece.has_cjk or piece.glued) and piece.field != "path":
        from pkm.index.finder import TITLE_BONUS

        sql = (
            "SELECT -rank, n.title, t.body FROM pairs JOIN notes n ON n.id = pairs.rowid JOIN texts t ON t.id = n.id"
            " WHERE pairs MATCH ? AND pairs.rowid = ?"
        )
        for score, title, body in db.execute(sql, (search.pairs_match(piece), number)):
            bonus = TITLE_BONUS if piece.has_cjk and piece.field != "body" and piece.text in title else 0.0
            times = {"title": title.count(piece.text), "body": body.count(piece.text)}
            found.append({"word": word, "score": round(score + bonus, 2), **{k: n for k, n in times.items() if n}})
    return found
