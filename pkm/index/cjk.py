"""Chinese, Japanese and Korean for a search engine that splits at spaces.

Each pair of neighbouring characters becomes a word, and the last character of a run one of its
own, so that any piece of a sentence is a phrase of pairs. A word in another script that touches
such text (`用Python写`) becomes a word too. Notes without such text never get here.
"""

from __future__ import annotations

from operator import add

try:
    from pkm.index.cjk_runs import has_cjk, runs
except ImportError:  # not compiled
    from pkm.index.cjk_pattern import has_cjk, runs

__all__ = ["has_cjk", "pairs", "phrase", "runs", "split"]


def pairs(text: str) -> str:
    """All runs of the text as pairs: `知识库 ok` becomes `知识 识库 库`; then the words that touch a run."""
    found = runs(text)
    return "\n".join([*[_pairs(text[start:end]) for start, end in found], *_glued(text, found)])


def _pairs(run: str) -> str:
    return " ".join([*map(add, run, run[1:]), run[-1]])


def _glued(text: str, found: list[tuple[int, int]]) -> list[str]:
    """Words of other scripts beside a run: the engine takes the whole for one word."""
    words, taken = [], 0
    for (start, end), (limit, _) in zip(found, [*found[1:], (len(text), 0)], strict=False):
        before, after = start, end
        while before > taken and text[before - 1].isalnum():
            before -= 1
        while after < limit and text[after].isalnum():
            after += 1
        words += [text[before:start], text[end:after]]
        taken = after  # a word between two runs touches both, and is one word
    return [word for word in words if word]


def split(text: str) -> list[str]:
    """The text cut where the script changes: `GTD方法` becomes `GTD` and `方法`."""
    pieces, at = [], 0
    for start, end in runs(text):
        pieces += [text[at:start], text[start:end]]
        at = end
    return [piece for piece in (*pieces, text[at:]) if piece]


def phrase(run: str, *, prefix: bool = False) -> str:
    """The FTS5 expression that finds a run of characters: its pairs, in order."""
    if len(run) == 1:
        return f'"{run}" *'  # the first half of any pair, or a last character
    words = " ".join(run[i : i + 2] for i in range(len(run) - 1))
    return f'"{words}" *' if prefix else f'"{words}"'
