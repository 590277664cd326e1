"""Words that a person typed, into the question that the tables of words understand.

    compost OR sourdough     either        "small group"   in this order
    protocol -meeting        not           fragment*       beginnings
    title:feedback           one field     (a OR b) c      grouped

Whatever is typed is a question: a quotation mark that is never closed, a lonely OR, a parenthesis too
many mean as much as can be made of them, and no sign of the person's reaches the search engine as
anything but text. Chinese, Japanese and Korean are looked up as pairs of characters (`cjk`).
"""

from __future__ import annotations

from pkm.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    Condition = tuple[str, list[str]]

FIELDS = ("title", "body", "path")
# A word in the title says more about a note than one in its text.
RANKING = "bm25(words, 8.0, 1.0, 2.0)"
# The engine's own parser gives up at about twice this depth.
DEEPEST = 12
MOST_WORDS = 300

_IN_WORDS = "n.id IN (SELECT rowid FROM words WHERE words MATCH ?)"
_IN_PAIRS = "n.id IN (SELECT rowid FROM pairs WHERE pairs MATCH ?)"

_OPENING, _CLOSING = '"“„', '"”“'
_OPERATORS = {"AND": "and", "OR": "or", "NOT": "not", "|": "or"}


class Leaf:
    """One word or phrase, perhaps only its beginning, perhaps in one field."""

    __slots__ = ("field", "glued", "prefix", "text")

    def __init__(self, text: str, *, prefix: bool = False, field: str = "") -> None:
        self.text = text
        self.prefix = prefix
        self.field = field
        self.glued = False  # somewhere it touches Chinese text, which hides it from the table of words

    @property
    def has_cjk(self) -> bool:
        return has_cjk(self.text)

    @property
    def is_literal(self) -> bool:
        """Whether nothing in it is a word: arrows, emoji. Only the text itself can answer."""
        return not any(map(str.isalnum, self.text))

    @property
    def match(self) -> str:
        """The FTS5 expression over `words`."""
        field = self.field + " : " if self.field else ""
        return f'{field}"{self.text}"{" *" if self.prefix else ""}'

    def __repr__(self) -> str:
        return self.match


class Group:
    """`and`, `or` or `not` over others; a `not` has exactly one."""

    __slots__ = ("kind", "parts")

    def __init__(self, kind: str, parts: list[Node]) -> None:
        self.kind = kind
        self.parts = parts

    def __repr__(self) -> str:
        return f"({self.kind} {' '.join(map(repr, self.parts))})"


if TYPE_CHECKING:
    Node = Leaf | Group


def parse(text: str) -> Node | None:
    """What the words mean; None when they hold nothing to look for. Raises `UsageError` beyond all measure."""
    if not text.isprintable():
        text = "".join([char if char >= " " and not "\ud800" <= char <= "\udfff" else " " for char in text])
    return _Parser(list(_tokens(text))).whole()


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """(kind, text): word, phrase, prefix (either with a star), field, and, or, not, (, )."""
    at, end, depth = 0, len(text), 0
    while at < end:
        char = text[at]
        if char.isspace():
            at += 1
        elif char == "(":
            depth += 1
            yield "(", ""
            at += 1
        elif char == ")":
            depth -= 1
            yield ")", ""
            at += 1
        elif char in _OPENING:
            stop = next((i for i in range(at + 1, end) if text[i] in _CLOSING), end)
            star = text[stop + 1 : stop + 2] == "*"
            yield ("prefix" if star else "phrase"), text[at + 1 : stop]
            at = stop + 1 + star
        elif char == "-" and at + 1 < end and not text[at + 1].isspace() and text[at + 1] != "-":
            yield "not", ""
            at += 1
        else:
            stop = _end_of_word(text, at, depth > 0)
            word = text[at:stop]
            if word[-1] == ":" and word[:-1].lower() in FIELDS and stop < end and not text[stop].isspace():
                yield "field", word[:-1].lower()
            elif word in _OPERATORS:
                yield _OPERATORS[word], ""
            elif word[-1] == "*":
                yield "prefix", word.rstrip("*")
            else:
                yield "word", word
            at = stop


def _end_of_word(text: str, at: int, inside: bool) -> int:
    """Where the word ends; a field's name ends behind its colon. A parenthesis ends it only inside a group."""
    for i in range(at, len(text)):
        char = text[i]
        if char.isspace() or char in _OPENING or (char == ")" and inside):
            return max(i, at + 1)
        if char == ":" and text[at:i].lower() in FIELDS:
            return i + 1
    return len(text)


class _Parser:
    """Recursive descent that forgives: what is missing is left out."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        if len(tokens) > MOST_WORDS:
            reason = f"It has more than {MOST_WORDS:,} words."
            raise UsageError("That is too long a question.", reason, "Ask for fewer words.")

    def whole(self) -> Node | None:
        parts = []
        while self.at < len(self.tokens):
            part = self.either("")
            if part is not None:
                parts.append(part)
            self.at += 1  # a closing parenthesis that nothing opened
        return _joined("and", parts)

    def either(self, field: str) -> Node | None:
        parts = []
        while True:
            part = self.all(field)
            if part is not None:
                parts.append(part)
            if self.peek() != "or":
                return _joined("or", parts)
            self.at += 1

    def all(self, field: str) -> Node | None:
        parts = []
        while self.peek() not in ("", "or", ")"):
            part = self.one(field)
            if part is not None:
                parts.append(part)
        return _joined("and", parts)

    def one(self, field: str) -> Node | None:
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "and":
            return None
        if kind == "not":
            negate = True
            while self.peek() == "not":
                negate = not negate
                self.at += 1
            part = self.one(field) if self.peek() not in ("", "or", ")") else None
            return Group("not", [part]) if part is not None and negate else part
        if kind == "field":
            return self.one(text) if self.peek() not in ("", "or", ")") else None
        if kind == "(":
            return self.group(field)
        text = text.replace('"', " ").strip()
        return Leaf(text, prefix=kind == "prefix", field=field) if text else None

    def group(self, field: str) -> Node | None:
        self.depth += 1
        if self.depth > DEEPEST:
            reason = f"{DEEPEST} levels are read."
            raise UsageError("The parentheses are nested too deeply.", reason, "Ask in a simpler way.")
        part = self.either(field)
        self.depth -= 1
        if self.peek() == ")":
            self.at += 1
        return part

    def peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""


def _joined(kind: str, parts: list[Node]) -> Node | None:
    """The parts as one, without a group around one part or a group of the same kind inside."""
    flat: list[Node] = []
    for part in parts:
        if isinstance(part, Group) and part.kind == kind:
            flat += part.parts
        else:
            flat.append(part)
    if kind == "and" and len(flat) > 1:
        # A lonely dash or ampersand between words is not what somebody looks for.
        flat = [part for part in flat if not (isinstance(part, Leaf) and part.text.isascii() and part.is_literal)]
    return Group(kind, flat) if len(flat) > 1 else flat[0] if flat else None


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


def leaves(node: Node | None) -> list[Leaf]:
    """The words that a hit holds or may hold, without the unwanted ones."""
    if node is None:
        return []
    if isinstance(node, Leaf):
        return [node]
    return [] if node.kind == "not" else [leaf for part in node.parts for leaf in leaves(part)]


def _is_not(node: Node) -> bool:
    return isinstance(node, Group) and node.kind == "not"


def has_cjk(text: str) -> bool:
    """Whether there is Chinese, Japanese or Korean in it; most texts are told without loading a pattern."""
    if text.isascii():
        return False
    from pkm.index import cjk

    return cjk.has_cjk(text)
