"""Plain blocks of more than words: tables, callouts and formulas on a line of their own, set without markdown-it.

Each has a function that says whether a run of lines is one, and one that adds it to the blocks in the making.
As everywhere in the short way, what is not quite usual is none: an escaped bar, a row that is too short.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markdown_it.token import Token

from pkm.markdown.render_blocks import CALLOUTS

if TYPE_CHECKING:
    from collections.abc import Callable

    Say = Callable[[str], None]

_RULE = re.compile(r"\|(?:[ \t]*:?-+:?[ \t]*\|)+")
_FORMULA = re.compile(r"\$\$[^$\n]*[^$\s][^$\n]*\$\$\Z")
_TITLE = re.compile(r"> \[!([\w -]{1,40})\]([+-]?)(?!:)[ \t]*([^\n]*)\n")


def is_table(run: str) -> bool:
    """Whether all lines are rows of as many cells, the second one the rule below the head."""
    if "\\" in run or "^" in run:
        return False
    lines = run.split("\n")
    if len(lines) < 2 or not _RULE.fullmatch(lines[1]):
        return False
    bars = lines[1].count("|")
    return all(line[:1] == "|" and line[-1:] == "|" and line.count("|") == bars for line in lines) and not _is_spaced(
        run
    )


def _is_spaced(run: str) -> bool:
    """Whether there are spaces that are none to Markdown."""
    return not run.isascii() and any(char.isspace() for char in run if char > "\x7f")


def add_table(pieces: list[Any], say: Say, run: str) -> None:
    """Add a table; `say` adds the words of a cell."""
    head, rule, *rows = (line[1:-1].split("|") for line in run.split("\n"))
    sides = [_side(cell.strip()) for cell in rule]
    pieces.append('<div class="wide"><table>\n<thead>')
    _add_row(pieces, say, head, "th", sides)
    pieces.append("</thead>\n")
    if rows:
        pieces.append("<tbody>")
        for row in rows:
            _add_row(pieces, say, row, "td", sides)
        pieces.append("</tbody>\n")
    pieces.append("</table></div>\n")


def _side(rule: str) -> str:
    """Return the class of a column whose rule begins or ends with a colon."""
    left, right = rule[0] == ":", rule[-1] == ":"
    side = "center" if left and right else "right" if right else "left" if left else ""
    return f' class="{side}"' if side else ""


def _add_row(pieces: list[Any], say: Say, cells: list[str], tag: str, sides: list[str]) -> None:
    pieces.append("<tr>")
    for cell, side in zip(cells, sides, strict=True):
        pieces.append(f"<{tag}{side}>")
        say(cell.strip())
        pieces.append(f"</{tag}>")
    pieces.append("</tr>\n")


def is_callout(run: str, words: re.Pattern[str]) -> bool:
    """Whether a quote begins with `[!kind]`; `words` matches the rest of a quote that is one paragraph."""
    title = _TITLE.match(run)
    return title is not None and words.match(run, title.end()) is not None


def add_callout(pieces: list[Any], say: Say, run: str) -> None:
    """Add a callout; `say` adds words, of its title and of its text."""
    title = _TITLE.match(run)
    if title is None:
        return
    kind = title[1].strip().lower()
    meta = {"kind": CALLOUTS.get(kind, "note"), "fold": title[2]}
    pieces += (Token("callout_open", "", 1, meta=meta), Token("callout_title_open", "", 1, meta=meta))
    say(title[3].strip() or kind.capitalize())
    pieces += (Token("callout_title_close", "", -1, meta=meta), "<p>")
    say(run[title.end() + 2 :].replace("\n> ", "\n").strip())
    pieces += ("</p>\n", Token("callout_close", "", -1, meta=meta))


def is_formula(run: str) -> bool:
    """Whether this is `$$…$$` on one line."""
    return _FORMULA.match(run) is not None


def add_formula(pieces: list[Any], run: str) -> None:
    """Add a formula, which stays TeX until the walk."""
    pieces.append(Token("math_block", "math", 0, content=run[2:-2].strip(), block=True))
