"""The text as its reader sees it, its words, and the sentence around a link."""

from __future__ import annotations

import pytest

from pkm.markdown.parse import front_links, plain, scan, sentence_at, words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# A *title* #", "A title"),
        (
            "**Bold**, _it_, ~~gone~~ and ==high==; snake_case, 2 * 3 * 4.",
            "Bold, it, gone and high; snake_case, 2 * 3 * 4.",
        ),
        ("[text](a.md) [[b/Note]] [[Note.md#Part]] [[Note|shown]] [[#Part]]", "text Note Note > Part shown Part"),
        ("![alt](p.png) ![[p.png|100]] ![[Note]] <https://a.example>", "alt Note https://a.example"),
        ("[![alt](p.png) more](a.md)", "alt more"),
        ("`a *b*` and ``c ` d``", "a *b* and c ` d"),
        ("a \\* b &amp; c <b>d</b> e<br>f", "a * b & c d e f"),
        ("Text[^1] here. ^id\n\n[^1]: A note.", "Text here.\nA note."),
        ("- [x] done\n- [ ] open\n1. first", "done\nopen\nfirst"),
        ("> [!note]+ Title\n> body", "Title\nbody"),
        ("a\nb\n\n中文\n下一行", "a b\n中文下一行"),
        ("| a | b |\n|---|:-:|\n| [[x\\|y]] | `c` |", "a b\ny c"),
        ("```py\nx = 1\n\ny = 2\n```", "x = 1\ny = 2"),
        ("a %%hidden%% b\n\n%%\n\nall of\n\nthis\n\n%%\n\nc", "a b\nc"),
        ("100%% sure\n\nnext", "100%% sure\nnext"),
        ("<div>\n<p>in <!-- hidden --> HTML</p>\n</div>", "in HTML"),
        ("$x^2$ and\n\n$$\ny\n$$", "x^2 and\ny"),
    ],
)
def test_plain_text_has_no_marks(text: str, wanted: str) -> None:
    assert plain(text) == wanted


def test_plain_text_begins_where_it_is_told() -> None:
    assert plain("---\na: b\n---\n# T\n", 13) == "T"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one two", 2),
        ("don't stop, well-known e.g. 3.5", 5),
        ("— … - * &", 0),
        ("中文字", 3),
        ("用 Python 写，好。", 4),
        ("ひらがな カタカナ", 8),
        ("한국어 문장", 2),
        ("“quoted” — dash", 2),
        ("été naïve", 2),
    ],
)
def test_words_are_counted_in_every_script(text: str, count: int) -> None:
    assert words(text) == count


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("One. See [[X]] there. Three.", "See X there."),
        (
            "He, e.g. Dr. J. R. Roe in vol. 3, knows [[X]] well! Next.",
            "He, e.g. Dr. J. R. Roe in vol. 3, knows X well!",
        ),
        ("A version 3.5 of [[X]] is out? Yes.", "A version 3.5 of X is out?"),
        ("He said “stop.” Then [[X]] went.", "Then X went."),
        ("一句。参见[[X]]，还有。三句。", "参见X，还有。"),
        ("- first item\n- second with [[X]]\n  and more\n- third", "second with X and more"),
        ("1. [ ] ask [[X]] today", "ask X today"),
        ("# Title\nText with [[X]]\n\nOther.", "Text with X"),
        ("Before.\n\n> Quoted [[X]] text\n> goes on. End.", "Quoted X text goes on."),
        ("> [!note] Title\n> About [[X]] here.", "About X here."),
        ("> [!note] Title of [[X]]\n> Body.", "Title of X"),
        ("| a | b |\n|---|---|\n| with [[X]] | c |\n| d | e |", "with X c"),
        ("## About [[X]]\n\nText.", "About X"),
        ("See [[A. B. C]] and [x. y](X.md). Then.", "See A. B. C and x. y."),
        ("A **bold [[X]]** and `code.` Then", "A bold X and code. Then"),
    ],
)
def test_the_sentence_around_a_link(text: str, wanted: str) -> None:
    link = next(link for link in scan(text).links if link.target.startswith("X"))

    assert sentence_at(text, link.start, link.end) == wanted


def test_a_long_sentence_is_cut_around_its_link_between_words() -> None:
    text = "word " * 200 + "[[The link]] " + "word " * 200

    [link] = scan(text).links
    sentence = sentence_at(text, link.start, link.end)

    assert "The link" in sentence
    assert len(sentence) <= 302
    assert set(sentence.strip("…").replace("The link", "word").split()) == {"word"}
    assert sentence.startswith("…word")
    assert sentence.endswith("word…")


def test_a_link_in_front_matter_shows_its_property() -> None:
    text = '---\nup: "[[Communities]]"\nsee:\n  - "[[Groups|small]]"\n---\n'

    assert [sentence_at(text, link.start, link.end) for link in front_links(text)] == ["up: Communities", "small"]
