"""Pygments' lexers, asked once a place and not rule by rule.

A lexer tries some twenty expressions wherever it stands. As alternatives of one expression the same
rule wins, in little more than half of the time. To build that takes as long as a hundred texts, so a lexer has to be
wanted more often.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Match = Callable[[str, int], re.Match[str] | None]
    Rule = tuple[Match, Any, Any]  # how it matches, what that is or a callback, the next state

WORTH = 150  # texts
_OWN_FLAGS = re.compile(r"\A\(\?[imsx]+\)")
# What means something else behind other groups or inside of one.
_BOUND = re.compile(r"\\[1-9]|\(\?P|\(\?\(|\(\?[aiLmsux]+\)")


class Lexer:
    """One of Pygments' lexers."""

    def __init__(self, lexer: Any) -> None:
        from pygments.lexer import RegexLexer

        self._lexer = lexer
        self._wanted = 0
        self._is_plain = getattr(type(lexer), "get_tokens_unprocessed", None) is RegexLexer.get_tokens_unprocessed
        self._states: dict[str, list[tuple[Match, dict[int, Rule]]]] = {}

    def tokens(self, code: str) -> Iterator[tuple[Any, str]]:
        """Return the parts of the code, each with what it is, as the lexer itself does."""
        self._wanted += 1
        if not self._is_plain or self._wanted < WORTH:
            return ((kind, text) for _, kind, text in self._lexer.get_tokens_unprocessed(code))
        return self._scanned(code)

    def _scanned(self, code: str) -> Iterator[tuple[Any, str]]:
        from pygments.token import Error, Whitespace, _TokenType

        stack = ["root"]
        parts = self._rules("root")
        at, end = 0, len(code)
        while True:
            for match, rules in parts:
                found = match(code, at)
                if found:
                    own, kind, state = rules[found.lastindex or 0]
                    break
            else:
                if at >= end:
                    return
                if code[at] == "\n":
                    stack = ["root"]
                    parts = self._rules("root")
                    yield Whitespace, "\n"
                else:
                    yield Error, code[at]
                at += 1
                continue
            if type(kind) is _TokenType:
                yield kind, found.group()
            elif kind is not None:
                # A callback looks into the groups that its rule has alone.
                for _, inner, text in kind(self._lexer, own(code, at)):
                    yield inner, text
            at = found.end()
            if state is not None:
                _enter(stack, state)
                parts = self._rules(stack[-1])

    def _rules(self, state: str) -> list[tuple[Match, dict[int, Rule]]]:
        found = self._states.get(state)
        if found is None:
            rules = self._lexer._tokens[state]  # noqa: SLF001 - what its own loop goes through
            found = self._states[state] = list(_together(rules))
        return found


def _enter(stack: list[str], state: str | int | tuple[str, ...]) -> None:
    """Go where a rule says: into other states, or out of some, but never out of the first."""
    if isinstance(state, int):
        del stack[max(1, len(stack) + state) :]
        return
    for step in state if isinstance(state, tuple) else (state,):
        if step == "#push":
            stack.append(stack[-1])
        elif step != "#pop":
            stack.append(step)
        elif len(stack) > 1:
            stack.pop()


def _together(rules: list[Rule]) -> Iterator[tuple[Match, dict[int, Rule]]]:
    """Yield neighbouring rules as one expression, with each rule by the group that it is there."""
    parts: list[str] = []
    by_group: dict[int, Rule] = {}
    groups = 0
    for rule in rules:
        pattern: re.Pattern[str] = rule[0].__self__  # type: ignore[attr-defined]
        alone = _BOUND.search(_OWN_FLAGS.sub("", pattern.pattern)) or pattern.flags & (re.ASCII | re.LOCALE)
        if not alone:
            parts.append(_part(pattern))
            groups += pattern.groups + 1
            by_group[groups] = rule
            continue
        if parts:
            yield re.compile("|".join(parts)).match, by_group
        yield rule[0], dict.fromkeys(range(pattern.groups + 1), rule)
        parts, by_group, groups = [], {}, 0
    if parts:
        yield re.compile("|".join(parts)).match, by_group


def _part(pattern: re.Pattern[str]) -> str:
    """Return an expression with the flags it had, and behind it an empty group that tells that it was the one.

    Around it a group would hide how the expression begins, by which most of them are passed over.
    """
    flags = "".join(name for name in "imsx" if pattern.flags & re.RegexFlag[name.upper()])
    text = _OWN_FLAGS.sub("", pattern.pattern)
    return f"(?{flags}:{text}\n)()" if "x" in flags else f"(?{flags}:{text})()"
