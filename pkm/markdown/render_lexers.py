"""Pygments' lexers, asked only what can be at a place.

A lexer tries some twenty expressions wherever it stands, and most of them cannot match there: a keyword does
not begin with a bracket. Which can begin with a character is found out once for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pkm.markdown.beginnings import OTHER, beginnings

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

    Match = Callable[[str, int], re.Match[str] | None]
    Rule = tuple[Match, Any, Any]  # how it matches, what that is or a callback, the next state


class Lexer:
    """One of Pygments' lexers."""

    def __init__(self, lexer: Any) -> None:
        from pygments.lexer import RegexLexer

        self._lexer = lexer
        self._is_plain = getattr(type(lexer), "get_tokens_unprocessed", None) is RegexLexer.get_tokens_unprocessed
        self._states: dict[str, _State] = {}

    def tokens(self, code: str) -> Iterator[tuple[Any, str]]:
        """Return the parts of the code, each with what it is, as the lexer itself does."""
        if not self._is_plain:
            return ((kind, text) for _, kind, text in self._lexer.get_tokens_unprocessed(code))
        return self._scanned(code)

    def _scanned(self, code: str) -> Iterator[tuple[Any, str]]:
        from pygments.token import Error, Whitespace, _TokenType

        stack = ["root"]
        rules = self._rules("root")
        at = 0
        while True:
            char = code[at : at + 1]
            for rule in rules[char]:
                found = rule[0](code, at)
                if found:
                    break
            else:
                if not char:
                    return
                if char == "\n":
                    stack = ["root"]
                    rules = self._rules("root")
                    yield Whitespace, "\n"
                else:
                    yield Error, char
                at += 1
                continue
            _, kind, state = rule
            if type(kind) is _TokenType:
                yield kind, found.group()
            elif kind is not None:
                for _, inner, text in kind(self._lexer, found):
                    yield inner, text
            at = found.end()
            if state is not None:
                _enter(stack, state)
                rules = self._rules(stack[-1])

    def _rules(self, state: str) -> _State:
        found = self._states.get(state)
        if found is None:
            rules = self._lexer._tokens[state]  # noqa: SLF001 - what its own loop goes through
            found = self._states[state] = _State(rules)
        return found


class _State(dict[str, "list[Rule]"]):
    """The rules of a state that can match at a character, or at the end of the text."""

    def __init__(self, rules: list[Rule]) -> None:
        # A rule holds its expression's own `match`.
        self._rules = [(rule, beginnings(rule[0].__self__)) for rule in rules]  # type: ignore[attr-defined]

    def __missing__(self, char: str) -> list[Rule]:
        known = char if char.isascii() else OTHER
        found = self[char] = [rule for rule, begins in self._rules if known in begins]
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
