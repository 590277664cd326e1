"""Chinese, Japanese and Korean for a search engine that splits at spaces.

Each pair of neighbouring characters becomes a word, and the last character of a run one of its
own, so that any piece of a sentence is a phrase of pairs. A word in another script that touches
such text (`用Python写`) becomes a word too. Notes without such text never get here.
"""

from __future__ import annotations

import re
from operator import add

# Kana, bopomofo, Hangul, Han (with extensions and compatibility forms).
CJK = (
    "\u3040-\u30ff\u3100-\u312f\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{CJK}]+")
_WORD = re.compile(r"[^\W_]+")


def has_cjk(text: str) -> bool:
    """Whether the text needs the table of pairs."""
    return not text.isascii() and _RUN.search(text) is not None


def pairs(text: str) -> str:
    """All runs of the text as pairs: `知识库 ok` becomes `知识 识库 库`; then the words that touch a run."""
    # Many notes have a line of it among a hundred others; a run never crosses a line's end.
    text = "\n".join([line for line in text.split("\n") if not line.isascii()])
    return "\n".join([*map(_pairs, _RUN.findall(text)), *_glued(text)])


def _glued(text: str) -> list[str]:
    """Words of other scripts beside a run: the engine takes the whole for one word."""
    found, before = [], 0
    runs = [match.span() for match in _RUN.finditer(text)]
    for number, (start, end) in enumerate(runs):
        if start > before and text[start - 1].isalnum():
            # Backwards from the run, no further than the one before: each character is looked at once.
            at = start - 1
            while at > before and text[at - 1].isalnum():
                at -= 1
            found.append(text[at:start])
        before = end
        if text[end : end + 1].isalnum():
            word = _WORD.match(text, end, runs[number + 1][0] if number + 1 < len(runs) else len(text))
            if word:
                found.append(word[0])
                before = word.end()
    return found


def split(text: str) -> list[str]:
    """The text cut where the script changes: `GTD方法` becomes `GTD` and `方法`."""
    pieces, at = [], 0
    for run in _RUN.finditer(text):
        pieces += [text[at : run.start()], run[0]]
        at = run.end()
    return [piece for piece in (*pieces, text[at:]) if piece]


def _pairs(run: str) -> str:
    return " ".join([*map(add, run, run[1:]), run[-1]])


def phrase(run: str, *, prefix: bool = False) -> str:
    """The FTS5 expression that finds a run of characters: its pairs, in order."""
    if len(run) == 1:
        return f'"{run}" *'  # the first half of any pair, or a last character
    words = " ".join(run[i : i + 2] for i in range(len(run) - 1))
    return f'"{words}" *' if prefix else f'"{words}"'
