"""The sample vault with a note that has everything, and notes in scripts that Europe does not write."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.share.samples import png, write_vault

SAMPLE = Path(__file__).parents[2] / "templates" / "sample-vault"

RICH = """---
title: Everything at once
audience: public
stage: bud
tags: [garden/soil, writing]
created: 2026-01-02
updated: 2026-11-19
description: All that a page can show.
---
A ==bright thought== among plain words, with [[Small groups learn faster]] and a note[^1].

> [!warning] Careful
> A callout with `code` and a [link](https://example.org/).

## A table

| one | two | a rather long column heading | another long column heading | and one more of them |
| --- | ---: | --- | --- | --- |
| a | 1 | some_very_long_word_that_does_not_break_at_all | more | words |

- [x] done
- [ ] open

```python
def garden(soil: str) -> int:  # a comment that makes this line longer than any phone is wide, on purpose
    return len("plants") * 2
```

## A sum

$$\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}$$

![[plot.png|300]] %%hidden%%

![[Small groups learn faster]]

### Deeper

Some more, see [[#A table]]. ^block

## The last part

The end. [[Making notes|A note on notes]] and [[Everything at once#A sum|the sum]].

[^1]: A footnote.
"""

MORE: dict[str, str | bytes] = {
    "notes/Everything at once.md": RICH,
    "notes/検索の庭.md": "---\naudience: public\ntags: [庭]\nlang: ja\n---\n庭の検索は文字の対で動く。形態素解析は要らない。[[정원 가꾸기]]\n",
    "notes/정원 가꾸기.md": "---\naudience: public\ntags: [정원]\nlang: ko\n---\n정원을 가꾸는 일은 생각을 가꾸는 일이다. [[Everything at once#^block|여기]]\n",
    "notes/حديقة.md": "---\naudience: public\nlang: ar\n---\nالحديقة تنمو ببطء، كما تنمو الأفكار.\n",
    "notes/plot.png": png(width=320, height=120),
}


def rich_vault(root: Path, url: str = "https://lab.example") -> Path:
    shutil.copytree(SAMPLE, root)
    return write_vault(root, MORE, 'author = "Ana"\nlicence = "CC BY 4.0"\n', url)
