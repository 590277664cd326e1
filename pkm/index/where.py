"""`--where 'due < 2026-12-01 and status != done'`: conditions on any key of a note.

    key = value   !=   <   <=   >   >=      compared as what the note holds: number, date, yes or no, text
    key ~ text    !~                        contains, whatever the case
    key in (a, b)                           any of them
    key           not key                   has it, has it not
    and   or   not   ( )                    joined

A key that is a list fits when one of its values does. `!=` and `!~` also fit notes without the key. A
value needs quotation marks only when it holds a word of this grammar. Dates may be said as people do.
"""

from __future__ import annotations

import re

from pkm import dates
from pkm.errors import UsageError
from pkm.index import columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from typing import Any

    Condition = tuple[str, list[Any]]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<op><=|>=|==|!=|<>|!~|[=<>~])
    | (?P<mark>[(),])
    | (?P<link>\[\[[^\]]*\]\])
    | (?P<word>[^\s()<>=!~,"']+|[!"'])
    )""",
    re.VERBOSE | re.DOTALL,
)
_SAME = {"==": "=", "<>": "!="}
_YES, _NO = ("true", "yes", "on"), ("false", "no", "off")
DEEPEST = 12
LONGEST = 300  # words and signs
EXAMPLE = "pkm find --where 'due < next fri and status != done'"


def condition(db: sqlite3.Connection, text: str, now: float) -> Condition:
    """SQL over a note `n` and its file `f`, and its values. Raises `UsageError` that shows what is not understood."""
    tokens = []
    at, text = 0, "".join([char if char.isprintable() else " " for char in text]).strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            break
        kind = found.lastgroup or ""
        tokens.append((kind, found[kind], found.start(kind)))
        at = found.end()
    if len(tokens) > LONGEST:
        raise UsageError("--where is too long.", f"It has more than {LONGEST} words.", "Ask for less.")
    return _Parser(db, text, tokens, now).whole()


class _Parser:
    def __init__(self, db: sqlite3.Connection, text: str, tokens: list[tuple[str, str, int]], now: float) -> None:
        self.db = db
        self.text = text
        self.tokens = tokens
        self.now = now
        self.at = 0
        self.depth = 0

    def whole(self) -> Condition:
        found = self.either()
        if self.at < len(self.tokens):
            raise self.wrong("This is one too many")
        return found

    def either(self) -> Condition:
        return self.chain("or", self.all)

    def all(self) -> Condition:
        return self.chain("and", self.one)

    def chain(self, word: str, part: Callable[[], Condition]) -> Condition:
        sqls, values = [], []
        while True:
            sql, given = part()
            sqls.append(sql)
            values += given
            if self.keyword() != word:
                return (sqls[0] if len(sqls) == 1 else f"({f' {word.upper()} '.join(sqls)})"), values
            self.at += 1

    def one(self) -> Condition:
        if self.keyword() == "not":
            self.at += 1
            sql, values = self.nested(self.one)
            return f"NOT {sql}", values
        if self.peek("mark") == "(":
            self.at += 1
            found = self.nested(self.either)
            if self.peek("mark") != ")":
                raise self.wrong("A closing parenthesis is missing")
            self.at += 1
            return found
        return self.comparison()

    def nested(self, part: Callable[[], Condition]) -> Condition:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong("It is nested too deeply")
        found = part()
        self.depth -= 1
        return found

    def comparison(self) -> Condition:
        key = self.key()
        op = self.peek("op")
        if op:
            self.at += 1
            return self.compare(key, _SAME.get(op, op), self.value())
        word = self.keyword()
        if word == "in" and self.peek_after("mark") == "(":
            self.at += 2
            values = [self.value()]
            while self.peek("mark") == ",":
                self.at += 1
                values.append(self.value())
            if self.peek("mark") != ")":
                raise self.wrong("A closing parenthesis is missing")
            self.at += 1
            return _either([self.compare(key, "=", value) for value in values])
        if self.at < len(self.tokens) and word not in ("and", "or") and self.peek("mark") != ")":
            raise self.wrong("A comparison belongs here")
        return self.compare(key, "has", "")

    def key(self) -> str:
        kind, word, _ = self.tokens[self.at] if self.at < len(self.tokens) else ("", "", 0)
        if kind not in ("word", "quoted"):
            raise self.wrong("The name of a key belongs here")
        self.at += 1
        return _unquoted(word) if kind == "quoted" else word

    def value(self) -> str:
        """One quoted text or link, or words up to the next word of the grammar."""
        kind, word, start = self.tokens[self.at] if self.at < len(self.tokens) else ("", "", 0)
        if kind == "quoted":
            self.at += 1
            return _unquoted(word)
        end = start
        while self.at < len(self.tokens) and (not self.keyword() or end == start):
            kind, word, place = self.tokens[self.at]
            if kind not in ("word", "link"):
                break
            end = place + len(word)
            self.at += 1
        if end == start:
            raise self.wrong("A value belongs here")
        return self.text[start:end]

    def keyword(self) -> str:
        word = self.peek("word").lower()
        return word if word in ("and", "or", "not", "in") else ""

    def peek(self, kind: str) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) and self.tokens[self.at][0] == kind else ""

    def peek_after(self, kind: str) -> str:
        self.at += 1
        found = self.peek(kind)
        self.at -= 1
        return found

    def wrong(self, why: str) -> UsageError:
        place = self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text)
        where = f'before "{self.text[place : place + 20]}"' if place < len(self.text) else "at its end"
        return UsageError(f"--where is not understood: {self.text}", f"{why}, {where}.", f"Example:  {EXAMPLE}")

    def compare(self, key: str, op: str, value: str) -> Condition:
        name = key.lower()
        if name in columns.KEYS:
            sql, kind = columns.KEYS[name]
            return _compare_column(sql, kind, op, value, self.now)
        if name in columns.LISTS:
            test, values = _text_test("value", op, value.lstrip("#") if name == "tags" else value)
            found = f"n.id IN (SELECT note FROM ({columns.LISTS[name]}) WHERE {test})"  # noqa: S608 - a fixed table
            return f"{'NOT ' if op in ('!=', '!~') else ''}{found}", values
        spelled = columns.spellings(self.db, key)
        if not spelled:
            near = columns.similar_key(self.db, key)
            hint = f'Did you mean "{near}"?' if near else f"Example:  {EXAMPLE}"
            raise UsageError(f'No note has the key "{key}".', "", hint)
        found, values = _property_test(op, value, self.now)
        sql = f"n.id IN (SELECT note FROM properties WHERE key IN ({', '.join('?' * len(spelled))}) AND {found})"  # noqa: S608 - marks
        return f"{'NOT ' if op in ('!=', '!~') else ''}{sql}", [*spelled, *values]


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)


def _either(parts: list[Condition]) -> Condition:
    return f"({' OR '.join([sql for sql, _ in parts])})", [value for _, values in parts for value in values]


def _compare_column(sql: str, kind: str, op: str, value: str, now: float) -> Condition:
    if op == "has":
        return f"({sql} IS NOT NULL AND {sql} <> '' AND {sql} <> 0)", []
    if kind == columns.DATE and op not in ("~", "!~"):
        test, values = _date_test(sql, op, dates.iso_span(value, now))
    elif kind == columns.NUMBER and op not in ("~", "!~"):
        number = _number(value)
        if number is None:
            raise UsageError(f'"{value}" is no number.', "", "Example:  pkm find --where 'words > 500'")
        return f"{sql} {op} ?", [number]
    else:
        test, values = _text_test(sql, op, value)
    return (f"NOT coalesce({test}, 0)" if op in ("!=", "!~") else test), values


def _property_test(op: str, value: str, now: float) -> Condition:
    """A test of one row of `properties`, by what it holds. For `!=` and `!~` the test of what must not be there."""
    if op == "has":
        return "type <> 'empty' AND value <> ''", []
    if op in ("~", "!~"):
        return _text_test("value", op, value)
    parts: list[Condition] = []
    number, span = _number(value), _span(value, now)
    if number is not None:
        parts.append(_typed("type = 'number'", (f"value {'=' if op == '!=' else op} ?", [number])))
    if span:
        parts.append(_typed("type IN ('date', 'datetime')", _date_test("value", op, span)))
    if value.lower() in _YES + _NO and op in ("=", "!="):
        parts.append(_typed("type = 'checkbox'", ("value = ?", [int(value.lower() in _YES)])))
    if not parts or op in ("=", "!="):
        # "high" is neither before nor after 9 or a Friday.
        parts.append(_typed("type IN ('text', 'json')", _text_test("value", op, value)))
    return _either(parts)


def _span(value: str, now: float) -> tuple[str, str] | None:
    try:
        return dates.iso_span(value, now)
    except UsageError:
        return None


def _typed(kind: str, test: Condition) -> Condition:
    return f"({kind} AND {test[0]})", test[1]


def _date_test(sql: str, op: str, span: tuple[str, str]) -> Condition:
    """Texts like `2026-11-20` compared with a span: `=` is within, `<` before it begins, `>` after it ends."""
    start, end = span
    if op in ("=", "!="):
        return f"({sql} >= ? AND {sql} < ?)", [start, end]
    sign, edge = {"<": ("<", start), "<=": ("<", end), ">": (">=", end), ">=": (">=", start)}[op]
    return f"{sql} {sign} ?", [edge]


def _text_test(sql: str, op: str, value: str) -> Condition:
    """Case does not matter; `[[Ana]]` and `Ana` are one."""
    sql, value = f"lower(trim({sql}, '[]'))", value.strip("[]").lower()
    if op == "has":
        return f"{sql} <> ''", []
    if op in ("~", "!~"):
        return f"instr({sql}, ?) > 0", [value]
    return f"{sql} {'=' if op == '!=' else op} ?", [value]


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if number - number == 0 else None
