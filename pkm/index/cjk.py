"""Chinese, Japanese and Korean for a search engine that splits at spaces.

Each pair of neighbouring characters becomes a word, and the last character of a run one of its
own, so that any piece of a sentence is a phrase of pairs. A word of another script that touches such
text (`用Python写`) becomes a word too. Notes without such text never get here.
"""

from __future__ import annotations

import re

# Kana, bopomofo, Hangul, Han with its compatibility forms; and Han's extensions, which lie beyond 16 bits.
_NEAR = "\u3040-\u30ff\u3100-\u312f\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_FAR = "\U00020000-\U0003ffff"
# Two sets: as one, `re` takes 10 ms to prepare it, a fifth of a refresh.
_RUN = re.compile(f"(?:[{_NEAR}]++|[{_FAR}]++)++")


def has_cjk(text: str) -> bool:
    """Whether the text needs the table of pairs."""
    return not text.isascii() and _RUN.search(text) is not None


def pairs(text: str) -> str:
    """All runs of the text as pairs: `知识库 ok` becomes `知识 识库 库`; then the words that touch a run."""
    return "\n".join([*[_pairs(run) for run in _RUN.findall(text)], *_touching(text)])


def split(text: str) -> list[str]:
    """The text cut where the script changes: `GTD方法` becomes `GTD` and `方法`."""
    found, at = [], 0
    for run in _RUN.finditer(text):
        found += [text[at : run.start()], run[0]]
        at = run.end()
    return [piece for piece in [*found, text[at:]] if piece]


def _touching(text: str) -> list[str]:
    """Words without a space between them and a run: the engine takes the whole for one word."""
    found, gap = [], 0
    for run in _RUN.finditer(text):
        begin, end = run.span()
        start = begin
        while start > gap and text[start - 1].isalnum():
            start -= 1
        # Between two runs it touches both, and was found behind the first.
        if start < begin and (start > gap or not gap):
            found.append(text[start:begin])
        gap = end
        while gap < len(text) and text[gap].isalnum() and not _RUN.match(text, gap):
            gap += 1
        if gap > end:
            found.append(text[end:gap])
    return found


def _pairs(run: str) -> str:
    return " ".join([run[i : i + 2] for i in range(len(run))])


def phrase(run: str, *, prefix: bool = False) -> str:
    """The FTS5 expression that finds a run of characters: its pairs, in order."""
    if len(run) == 1:
        return f'"{run}" *'  # the first half of any pair, or a last character
    words = " ".join(run[i : i + 2] for i in range(len(run) - 1))
    return f'"{words}" *' if prefix else f'"{words}"'
