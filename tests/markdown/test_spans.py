"""What distilling stands on: bold, highlights, callouts, fields, and the layers they make."""

from __future__ import annotations

import pytest

from pkm.markdown.parse import layers, spans

SOURCE = "https://essays.example/one"
#: Twenty texts and how far they are distilled.
LAYERS = [
    ("", 0),
    (SOURCE, 0),
    (f"# A title\n\n[the essay]({SOURCE})\n", 0),
    (f"<{SOURCE}>\n\n<!-- to read -->\n", 0),
    ("Captured text.", 1),
    ("一句话。", 1),
    ("```\n**code** ==code==\n```\n", 1),
    ("Some `**code**` and \\**escaped** and 2 ** 3 ** 4.", 1),
    ("**A run-in title.** What it is about.", 1),
    ("- **Term**: what it means.", 1),
    ("**Three bold words**", 1),
    ("**这是一句话。**下一句", 1),
    ("It says **this is the point** of all.", 2),
    ("**这是一句话**。下一句是很长的一句话，不是标题。这里**才是重点**吗？", 2),
    ("A [link with **bold** in it](to.md) and more.", 2),
    ("So **a ==b== c** it is.", 3),
    ("So ==**b**== it is.", 3),
    ("A ==highlight== alone, and a == b == c.", 3),
    ("> [!summary]- In short\n> One line.\n\nThe text **with bold**.", 4),
    ("> [!TLDR]\n> **Bold** here is no layer of its own.\n\nText ==high==.", 4),
]


@pytest.mark.parametrize(("text", "layer"), LAYERS)
def test_the_layer_is_derived_from_the_text(text: str, layer: int) -> None:
    assert layers(text) == layer


def test_front_matter_is_no_captured_text() -> None:
    text = f"---\nsource: {SOURCE}\n---\n{SOURCE}\n"

    assert layers(text, text.index("---\n", 3) + 4) == 0


def test_bold_has_its_words_and_its_exact_place() -> None:
    text = "So **a *b* [c](d.md) ==e==** and __f__."

    bold = spans(text).bold

    assert [span.text for span in bold] == ["a b c e", "f"]
    assert [text[span.start : span.end] for span in bold] == ["**a *b* [c](d.md) ==e==**", "__f__"]


def test_bold_does_not_cross_the_edge_of_a_link_or_block() -> None:
    assert spans("**a [b** c](d.md)").bold == []
    assert spans("**a\n\nb**").bold == []
    assert [span.text for span in spans("> **a\n> b**").bold] == ["a b"]


def test_a_highlight_begins_and_ends_at_a_word() -> None:
    found = spans("==one two== a == b, ==three\nfour== `==no==` ===no===").highlights

    assert [span.text for span in found] == ["one two", "three four"]


def test_a_callout_has_kind_title_fold_and_body() -> None:
    text = "> [!Summary]- My *title*\n> body\n> > [!tip]\n> > inner\n> rest\nlazy\n\nAfter."

    outer, inner = spans(text).callouts

    assert (outer.kind, outer.name, outer.title, outer.fold, outer.line) == ("abstract", "summary", "My title", "-", 1)
    assert text[outer.start : outer.end].splitlines()[-1] == "> rest"
    assert text[outer.body : outer.end].startswith("> body")
    assert (inner.kind, inner.title, inner.fold, inner.line) == ("tip", "", "", 3)
    assert text[inner.start : inner.end] == "> > [!tip]\n> > inner"


@pytest.mark.parametrize(
    ("name", "kind"), [("faq", "question"), ("TLDR", "abstract"), ("cite", "quote"), ("bug", "bug"), ("my own", "note")]
)
def test_a_callouts_name_stands_for_a_kind(name: str, kind: str) -> None:
    [callout] = spans(f"> [!{name}]\n> x").callouts

    assert callout.kind == kind


def test_a_callout_begins_its_quote() -> None:
    assert spans("> before\n>\n> [!note] late").callouts == []
    assert spans("```\n> [!note] code\n```").callouts == []
    assert len(spans("- > [!note] in a list\n  > body").callouts) == 1


def test_fields_stand_on_a_line_or_in_brackets() -> None:
    text = (
        "- supports:: [[Small groups]] — the loop is short\n**due**:: 2026-12-01\nQ:: What?  ^q1\n"
        "word (mood:: good) and [rated:: [[Five]] of 5]\nempty::\n"
        "A prompt :: its answer\nstd::vector x:: `code`\n`no:: field`\nhttp://a.example/x\n"
    )

    fields = spans(text).fields

    assert [(field.key, field.value) for field in fields] == [
        ("supports", "[[Small groups]] — the loop is short"),
        ("due", "2026-12-01"),
        ("Q", "What?  ^q1"),
        ("mood", "good"),
        ("rated", "[[Five]] of 5"),
        ("empty", ""),
    ]
    for field in fields:
        assert text.startswith(field.key, field.start + (text[field.start] in "(["))
        assert text.startswith(field.value, field.value_start)


def test_comments_are_found_over_paragraphs_but_not_in_code() -> None:
    text = "a %%one%% b %%two\n\nthree%% `%%no%%` <!-- four -->\n\n<!-- five\n\nsix -->\n\n```\n%%no%%\n```\n"

    comments = spans(text).comments

    assert [span.text for span in comments] == ["one", "two\n\nthree", "four", "five\n\nsix"]
    assert [span.line for span in comments] == [1, 1, 3, 5]


def test_a_lone_comment_mark_is_text() -> None:
    assert spans("100%% sure").comments == []


def test_footnotes_have_marks_definitions_and_may_stand_in_place() -> None:
    notes = spans("Text[^a] and ^[in place, [x](y)] end.\n\n[^a]: Its text.\n").footnotes

    assert [(note.name, note.definition) for note in notes] == [("a", False), ("", False), ("a", True)]


def test_formulas_are_found_and_money_is_none() -> None:
    math = spans("$x$ costs $5 or $6.\n\n$$\ny\n$$\n").math

    assert [span.text for span in math] == ["x", "y"]


def test_offsets_and_lines_are_those_of_the_whole_file() -> None:
    text = "---\na: b\n---\r\nSo **bold**\r\n> [!note] T\r\n"
    start = text.index("So")

    found = spans(text, start)

    assert (found.bold[0].start, found.bold[0].line) == (start + 3, 4)
    assert (found.callouts[0].start, found.callouts[0].title) == (text.index(">"), "T")
