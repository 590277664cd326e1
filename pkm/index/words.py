"""Words that a person typed, read: what is to be looked for, as a tree.

    compost OR sourdough     either        "small group"   in this order
    protocol -meeting        not           fragment*       beginnings
    title:feedback           one field     (a OR b) c      grouped

Whatever is typed is a question: a quotation mark that is never closed, a lonely OR, a parenthesis too
many mean as much as can be made of them.
"""

from __future__ import annotations

from pkm.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS = ("title", "body", "path")
# The engine's own parser gives up at about twice this depth.
DEEPEST = 12
MOST_WORDS = 300

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


def leaves(node: Node | None) -> list[Leaf]:
    """The words that a hit holds or may hold, without the unwanted ones."""
    if node is None:
        return []
    if isinstance(node, Leaf):
        return [node]
    return [] if node.kind == "not" else [leaf for part in node.parts for leaf in leaves(part)]


def has_cjk(text: str) -> bool:
    """Whether there is Chinese, Japanese or Korean in it; most texts are told without loading a pattern."""
    if text.isascii():
        return False
    from pkm.index import cjk

    return cjk.has_cjk(text)
