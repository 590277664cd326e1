"""The compiled walk over plain notes: what it answers, what it leaves to Python, and that both agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from pkm.index import body_rows as index
from pkm.markdown import frontmatter, parse
from pkm.markdown import scan as python
from pkm.markdown.link_patterns import TAG
from pkm.model.link import Scan

scan_plain = pytest.importorskip("pkm.markdown.scan_plain", reason="the scanner is not compiled here")

ROOT = Path(__file__).resolve().parents[2]
NOTES = sorted([*(ROOT / "templates" / "sample-vault").rglob("*.md"), *(ROOT / "docs").rglob("*.md")])


def start_of(text: str) -> int:
    """Where the body begins, in characters."""
    data = text.encode("utf-8", "surrogateescape")
    return len(data[: frontmatter.read(data).body].decode("utf-8", "surrogateescape"))


def lists(found: Scan) -> dict[str, object]:
    return {name: [(type(one), *one) for one in getattr(found, name)] for name in Scan.__slots__}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no line feed at the end",
        "# One\n\n## Two ##\n\n####### seven\n#none\n",
        "[[A]] ![[b.png]] [[C#D|e]] [[ f ]]\n",
        "- [ ] to do #now\n  - [x] done [[A]]\n* [ ]\tx\n",
        "[a](b.md) [`c`](d%20e.md#f 'title') ![g](h(i).png)\n",
        "See https://a.example/x_(y), and http://b.example.\n",
        "```py\n[[no]] <b> $ \\\n# no\n```\n[[yes]] `[[no]]`\n",
        "~~~\nnever closed [[no]]\n",
        "a block ^one\n\n^two\nno^t\n",
        "中文 [[笔记]] #标签 #a/b/ #12\n",
        "\\# no, \\[no \\![[yes]] \\!#no \\*#yes `<b> \\ $` costs $5\\n\n",
        "[^1] and [1] and ] and [x] y\n\n---\n\n- a\n    - b\n",
    ],
)
def test_plain_notes_are_read_as_python_reads_them(text: str) -> None:
    found = scan_plain.scan(text, 0)

    assert found is not None
    assert lists(found) == lists(python.scan(text))


@pytest.mark.parametrize(
    "text",
    [
        "an escape [[x\\]]",
        "an escape \\[[x]]",
        "<b>html</b>",
        "$x$",
        "$$\nx\n$$",
        "carriage\r\nreturns",
        "\ufeffa mark",
        "[[never closed\n",
        "[a [b](c) d](e)",
        "``two`` ticks",
        "`over\nlines`",
        "[label]: to.md",
        "Title\n=====\n",
        "    code at the top",
        "[t](https://a.example/x),https://b.example/y",
        "- # heading in a list",
        "> - [ ] in a quote",
        "-     code in a list",
        "- ```\n  fence in a list\n",
    ],
)
def test_what_is_not_plain_is_left_to_python(text: str) -> None:
    assert scan_plain.scan(text, 0) is None


def test_every_note_of_the_sample_and_the_docs_is_read_alike() -> None:
    answered = 0
    for path in NOTES:
        text = path.read_text(encoding="utf-8")
        found = scan_plain.scan(text, start_of(text))
        if found is not None:
            answered += 1
            assert lists(found) == lists(python.scan(text, start_of(text)))

    assert answered > len(NOTES) // 2


def test_rows_for_the_index_are_the_same_with_it_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [path.read_text(encoding="utf-8") for path in NOTES]
    texts += [
        "---\nup: '[[A]]'\n---\n[[B.md]] [[../C]] [[D/E]] [[F]] [g](h.md) [[É]]\n",
        "[[x.canvas]] [[.md]] [[a.b]]\n",
    ]
    texts += [
        "---\nup: '[[\u00c4]]'\n---\n# \u00c4 \U0001f600\n[[A]] ^b\n- [ ] \u4e2d [[B]]\n\u4e2d ![[C]] ^d\n",
        "\udcff [[A]] \udcfe\u00e9 [[B]]\n",
    ]
    read = [(text, start_of(text)) for text in texts]
    compiled = [index.body_rows("notes/n.md", text, start, bytewise=text.isascii()) for text, start in read]
    monkeypatch.setattr(parse, "rows", lambda *_: None)
    monkeypatch.setattr(parse, "scan_plain", lambda *_: None)

    assert compiled == [index.body_rows("notes/n.md", text, start, bytewise=text.isascii()) for text, start in read]


def test_a_tag_is_made_of_the_same_ascii_characters() -> None:
    for code in range(1, 128):
        text = f" #a{chr(code)}b\n"
        found = scan_plain.scan(text, 0)
        match = TAG.match(text, 1)
        if found is not None and match is not None and chr(code) not in "#\n\r":
            assert [tag.text for tag in found.tags] == [match[1]]
