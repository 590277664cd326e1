"""Which rule is tried where, and how much work one text may ask for.

markdown-it tries every rule at every place. Each rule begins by looking at one character, so a table
from that character to the few rules that can begin with it gives the same result in less time.

Every try is a step. Text that is built to be slow runs out of steps and raises `TooHard`, instead of
keeping a core busy; the number depends on the text alone, so the result does too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markdown_it.parser_inline import ParserInline
from markdown_it.ruler import Ruler
from markdown_it.token import Token

from pkm.markdown.render_plain import plain_pieces
from pkm.markdown.render_rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.utils import EnvType

    BlockRule = Callable[[StateBlock, int, int, bool], bool]

STEPS_FREE = 20_000
STEPS_A_CHARACTER = 2
_SPECIAL = re.compile("[" + re.escape("".join(RULES)) + "]")


# Characters that are markdown-it's business in one text. Plain ones do not count, so a book may be set; at ten
# microseconds a character this is some seconds for what is built to be slow.
MOST_HARD = 500_000


class TooHard(Exception):
    """The text asks for more steps than any honest note of its length."""


def steps_for(text: str) -> int:
    """Return how many steps this text may take; notes from the wild need less than one a character."""
    return STEPS_FREE + STEPS_A_CHARACTER * len(text)


def charge(env: EnvType, length: int) -> None:
    """Count characters that go to markdown-it. Raises `TooHard`."""
    env["hard"] = env.get("hard", 0) + length
    if env["hard"] > MOST_HARD:
        raise TooHard


def _dispatch(state: StateInline, silent: bool) -> bool:
    """The only inline rule: plain text up to the next special character, or the rules of that character."""
    env = state.env
    env["steps"] -= 1
    if env["steps"] < 0:
        raise TooHard
    pos = state.pos
    rules = RULES.get(state.src[pos])
    if rules is None:
        found = _SPECIAL.search(state.src, pos, state.posMax)
        end = found.start() if found else state.posMax
        if not silent:
            state.append_pending(state.src[pos:end])
        state.pos = end
        return True
    # A plain loop: `any` over a generator costs a tenth of the whole rendering.
    for rule in rules:  # noqa: SIM110
        if rule(state, silent):
            return True
    return False


class InlineParser(ParserInline):
    """markdown-it's parser of a line, with the one rule that knows which rule."""

    def __init__(self) -> None:
        super().__init__()
        self.ruler = Ruler()
        self.ruler.push("dispatch", _dispatch)

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Parse a line, or take it as the plain sentence that it is."""
        pieces = plain_pieces(src)
        if pieces is None:
            charge(env, len(src))
            return super().parse(src, md, env, tokens)
        tokens.append(Token("plain", "", 0, content=src, meta={"pieces": pieces}))
        return tokens

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 - markdown-it's name
        """Look ahead inside a link's words; counted, because brackets in brackets look ahead again and again."""
        env = state.env
        env["steps"] -= 1
        if env["steps"] < 0:
            raise TooHard
        super().skipToken(state)


_MARKERS = {
    "fence": "`~", "math_block": "$", "blockquote": ">", "hr": "*-_", "list": "*+-0123456789", "footnote_def": "[",
    "reference": "[", "heading": "#",
}  # fmt: skip


class BlockRules(Ruler["BlockRule"]):
    """Stands in for the ruler of markdown-it's blocks: one rule for each chain, which picks by the first character."""

    def __init__(self, ruler: Ruler[Any]) -> None:
        super().__init__()
        self.__rules__ = ruler.__rules__
        self._chains: dict[str, list[BlockRule]] = {}
        for chain in ("", "paragraph", "reference", "blockquote", "list"):
            self._chains[chain] = [
                _picker(
                    [
                        (rule.name, rule.fn)
                        for rule in ruler.__rules__
                        if rule.enabled and (not chain or chain in rule.alt)
                    ]
                )
            ]

    def getRules(self, chain: str = "") -> list[BlockRule]:  # noqa: N802 - markdown-it's name
        return self._chains[chain]


def _picker(rules: list[tuple[str, BlockRule]]) -> BlockRule:
    everywhere = tuple(rule for name, rule in rules if name not in _MARKERS)
    by_character = {
        character: tuple(rule for name, rule in rules if character in _MARKERS.get(name, character))
        for character in set("".join(_MARKERS.values()))
    }

    def pick(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        env = state.env
        env["steps"] -= 1
        if env["steps"] < 0:
            raise TooHard
        at = state.bMarks[line] + state.tShift[line]
        for rule in by_character.get(state.src[at : at + 1], everywhere):  # noqa: SIM110 - as above
            if rule(state, line, end, silent):
                return True
        return False

    return pick
