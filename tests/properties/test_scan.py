"""The scanner against a second opinion, against itself the long way round, and against nonsense."""

from __future__ import annotations

import sys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pkm.markdown import scan as python
from pkm.markdown.leaves import read_exactly
from pkm.markdown.parse import (
    byte_offsets,
    decode,
    front_links,
    layers,
    plain,
    scan,
    scan_all,
    sentence_at,
    spans,
    words,
)
from pkm.markdown.scan import prepare
from pkm.model.link import Scan
from tests.markdown.oracle import ask, bold, has_quirk, ours

#: Pieces of lines that mean something to a reader of Markdown, next to each other in any order.
INLINE = st.sampled_from(
    [
        "word", " ", " ", "two words", "`", "``", "`code`", "`[[no]]`", "\\", "\\[", "\\`", "[[Note]]", "![[pic.png]]",
        "[[Note#Part|shown]]", "[[", "]]", "[", "]", "(", ")", "[text](to.md)", '[text](to.md "title")', "![alt](pic.png)",
        "[![alt](pic.png)](to.md)", "[a](<b c.md>)", "[x](y(z).md)", "[label]", "[text][label]", "<https://a.example/[[x]]>",
        "<b>", '<a href="[[no]]">', "<!-- [[no]] -->", "<!--", "-->", "*", "**bold**", "_", "#tag", " #tag", " ^id",
        "中文", "[[笔记]]", "！", "é", "&amp;", "=", "==", "!", "|", ":", "^", "~~", "%%",
    ]
)  # fmt: skip
PREFIX = st.sampled_from(
    [
        "", "", "", "", "# ", "## ", "### x #", "- ", "* ", "1. ", "2. ", "> ", ">", "- [ ] ", "- [x] ", "  ", "    ", "\t", "> - ",
        "- > ", "  - ", "      ", "---", "===", "```", "~~~", "```py", "    ```", "- ```", "<div>", "</div>", "<!--", "-->",
        "> ```", "-     ", "<span>", "***", "+", "10) ",
    ]
)  # fmt: skip
#: Definitions stand alone: on what may follow one without an empty line, markdown-it and CommonMark's own reader differ.
DEFINITIONS = st.sampled_from(
    ["\n[label]: to.md\n", "\n[text]: <a b.md> 'title'\n", "\n[label]: no no\n", "\n> [label]: (x)\n"]
)
LINES = st.one_of(
    st.just(""),
    DEFINITIONS,
    st.builds(lambda prefix, rest: prefix + "".join(rest), PREFIX, st.lists(INLINE, max_size=5)),
)
#: Lines without what the compiled walk leaves to Python, so that it answers mostly.
PLAIN_INLINE = st.sampled_from(
    [
        "word", " ", " ", "two words", "`code`", "`[[no]]`", "[[Note]]", "![[pic.png]]", "[[Note#Part|shown]]", "[[A/b.md]]",
        "[text](to.md)", '[text](to.md "title")', "![alt](pic.png)", "[x](y(z).md)", "[label]", "[`c`](to.md#part)", "]", "](",
        "[t](https://a.example/x)", "https://a.example/#tag).", "xhttp://no.example/a", "ftp://a.example", "#tag", " #tag/sub/",
        " #123", "##", " ## ", " #标签x", " ^id", "^id ", "中文", "[[笔记]]", "！#x", "é", "=", "!", "|", ":", "[x] ", "[ ]", "a]", "%%", "\t",
        "[[https://a.example]]", "[[a:b]]", "\\", "\\[", "\\#", "\\!", "\\`", "\\]", "\\*", "$", "`a<b`", "`\\`", "`$x`", "``", "[a](b c)", "\u2028", "\xa0", "\x9f",
    ]
)  # fmt: skip
PLAIN = st.lists(
    st.builds(lambda prefix, rest: prefix + "".join(rest), PREFIX, st.lists(PLAIN_INLINE, max_size=4)), max_size=9
).map("\n".join)
MARKDOWN = st.lists(LINES, max_size=9).map("\n".join)


def exactly(text: str, start: int = 0) -> Scan:
    found = Scan()
    source, shift = prepare(text, start)
    read_exactly(source, shift, text.count("\n", 0, start), found)
    return found


def as_lists(found: Scan) -> dict[str, object]:
    return {name: getattr(found, name) for name in Scan.__slots__}


@given(MARKDOWN)
def test_the_fast_way_finds_what_the_exact_way_finds(text: str) -> None:
    assert as_lists(python.scan(text)) == as_lists(exactly(text))


@given(st.one_of(MARKDOWN, PLAIN), st.sampled_from(["", "---\ntitle: x\n---\n"]))
def test_the_compiled_walk_finds_what_python_finds(text: str, front: str) -> None:
    scan_plain = pytest.importorskip("pkm.markdown.scan_plain", reason="the scanner is not compiled here")
    found = scan_plain.scan(front + text, len(front))

    if found is not None:
        assert as_lists(found) == as_lists(python.scan(front + text, len(front)))


@given(MARKDOWN)
def test_markdown_it_finds_the_same(text: str) -> None:
    assume(not has_quirk(text))

    assert ours(text, scan(text)).differences(ask(text)) == []


@given(st.text("*_ab .中。(“\n", max_size=24))
def test_markdown_it_finds_the_same_bold_words(text: str) -> None:
    assert [span.text for span in spans(text).bold] == bold(text)


@given(
    st.one_of(MARKDOWN, st.text(), st.text("[]()!#`*_=>-+$%\\\n\t :|^~<&;\"'01aé中\r\x00\ufeff\udc80")),
    st.integers(0, 12),
)
def test_no_text_is_too_odd_for_any_reader(text: str, start: int) -> None:
    scan_all(text)

    for found in (scan(text, start), exactly(text, start)):
        for link in found.links + found.urls + found.definitions:
            assert start <= link.start < link.end <= len(text)
            assert sentence_at(text, link.start, link.end).count("\n") == 0
        for tag in found.tags:
            assert text[tag.start] == "#"
        for task in found.tasks:
            assert text[task.start] == "["
    assert 0 <= layers(text, start) <= 4
    for span in spans(text, start).bold:
        assert text[span.start : span.start + 2] in ("**", "__")
    assert words(plain(text, start)) >= 0


@given(MARKDOWN, st.sampled_from(["---\na: 1\n---\n", '---\r\na: "[[x]]"\r\n---\r\n', "\ufeff"]))
def test_what_stands_before_the_body_only_moves_what_is_found(text: str, front: str) -> None:
    alone, behind = scan(text), scan(front + text, len(front))

    shift, lines = len(front), front.count("\n")
    for name in Scan.__slots__:
        for one, other in zip(getattr(alone, name), getattr(behind, name), strict=True):
            ends = 2 if name not in ("tags", "tasks") else 1
            assert other[: -1 - ends] == one[: -1 - ends]
            assert other[-1 - ends : -1] == tuple(place + shift for place in one[-1 - ends : -1])
            assert other[-1] == one[-1] + lines


@given(MARKDOWN)
def test_windows_line_ends_change_nothing_but_offsets(text: str) -> None:
    unix, windows = scan(text), scan(text.replace("\n", "\r\n"))

    assert [link[:4] for link in unix.links] == [(*link[:3], link[3].replace("\r", "")) for link in windows.links]
    for name in ("headings", "tags", "blocks", "tasks"):
        assert [(item[0], item[-1]) for item in getattr(unix, name)] == [
            (item[0], item[-1]) for item in getattr(windows, name)
        ]


@given(st.binary(max_size=60))
def test_decoding_loses_no_byte_and_offsets_find_back(data: bytes) -> None:
    text, problems = decode(data)

    assert text.encode("utf-8", "surrogateescape") == data
    assert bool(problems) == (text != data.decode("utf-8", "ignore"))
    everywhere = list(range(len(text) + 1))
    assert byte_offsets(text, everywhere) == [len(text[:at].encode("utf-8", "surrogateescape")) for at in everywhere]
    assert byte_offsets(text, everywhere[::-1]) == byte_offsets(text, everywhere)[::-1]


@given(st.text(), st.integers(0, 50))
def test_front_links_are_where_they_say(front: str, offset: int) -> None:
    for link in front_links(front + '\nup: "[[A|b]]"\n', offset):
        raw = (front + '\nup: "[[A|b]]"\n')[link.start - offset : link.end - offset]
        assert raw.startswith("[[")
        assert raw.endswith("]]")


#: What makes careless readers slow: each unit repeated. Calls are counted, not seconds, so a busy machine changes nothing.
HARD = [
    "*a **a ", " a** a*", "_a ", "*_* ", "**x [a*b**c*](d)", "*", "a]", "[a", "![a", "[", "]", "[a](", "[a](<b", '[a](b "', "(", "[a]: /u\n",
    "`", "`a", "\\", "&", "<a ", "<", "<!-- ", "<?", "<!A ", "<![CDATA[", '<a b="', "<http://", ">", "> ", "- ", "1. ", "> - ", "- a\n\n",
    "a\n", "- - - - a\n", "|a", "|-\n", " ", "\t", "\n", "\r\n", "\0", "[[a", "[[", "]]", "[[a|", "![[a", "#a", "#a/", "%%a ", "$a ", "$$", "[^1] ",
    "www.", "http://a.b/(", "a.", "# a\n", "e\u0301", "==a ", "~~a", "^[", "^a ", "::", "a:: b\n", "'", '"', "---\n", "===\n", "x\n$$\n", "```\n",
]  # fmt: skip


def calls(text: str) -> int:
    """How many functions it takes to read a text in every way."""
    count = 0

    def note(_frame: object, event: str, _of: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        scan_all(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", HARD, ids=repr)
def test_twice_the_text_is_twice_the_work(unit: str) -> None:
    scan_all(unit * 3)  # what is loaded on first use is loaded
    once, twice = calls(unit * (4000 // len(unit))), calls(unit * (8000 // len(unit)))

    assert twice < 2.3 * once + 500
