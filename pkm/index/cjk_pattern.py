"""Where in a text Chinese, Japanese and Korean stand, when `cjk_runs.pyx` is not compiled."""

from __future__ import annotations

import re

# Kana, bopomofo, Hangul, Han (with extensions and compatibility forms).
_RUN = re.compile(
    "[\u3040-\u30ff\u3100-\u312f\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)


def has_cjk(text: str) -> bool:
    """Whether the text needs the table of pairs."""
    return not text.isascii() and _RUN.search(text) is not None


def runs(text: str) -> list[tuple[int, int]]:
    """Where each run of such characters begins and ends."""
    return [match.span() for match in _RUN.finditer(text)]
