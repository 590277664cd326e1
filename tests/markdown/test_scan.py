"""What the scanner finds: cases by hand, and notes as people have them, where markdown-it has to agree."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from pkm.markdown import frontmatter
from pkm.markdown.parse import decode, front_links, scan
from tests.markdown.oracle import ask, ours

HERE = os.path.dirname(__file__)
VAULT = os.path.join(os.path.dirname(HERE), "vaults", "workshop")
with open(os.path.join(HERE, "obsidian.json"), encoding="utf-8") as _file:
    OBSIDIAN: dict[str, Any] = json.load(_file)
with open(os.path.join(VAULT, "expected.json"), encoding="utf-8") as _file:
    EXPECTED: dict[str, dict[str, list[str]]] = json.load(_file)


def note(path: str) -> tuple[str, int]:
    """A note's text, and where its body begins."""
    with open(os.path.join(VAULT, path), "rb") as file:
        data = file.read()
    return decode(data)[0], len(data[: frontmatter.read(data).body].decode("utf-8", "surrogateescape"))


def targets(text: str) -> list[str]:
    return [link.target for link in scan(text).links]


@pytest.mark.parametrize("path", sorted(EXPECTED))
def test_everything_in_the_workshops_notes_is_found(path: str) -> None:
    text, body = note(path)

    found = scan(text, body)

    anchored = [
        (link.line, link.kind, link.target + ("#" + link.anchor if link.anchor else "")) for link in found.links
    ]
    assert {
        "front": [link.target for link in front_links(text[:body])],
        "links": [f"{line} {kind} {target}" for line, kind, target in anchored],
        "urls": [f"{link.line} {link.target}" for link in found.urls],
        "headings": [f"{heading.line} {heading.level} {heading.text}" for heading in found.headings],
        "tags": [f"{tag.line} {tag.text}" for tag in found.tags],
        "blocks": [f"{block.line} {block.name}" for block in found.blocks],
        "tasks": [f"{task.line} {task.mark} {task.text}" for task in found.tasks],
    } == EXPECTED[path]


@pytest.mark.parametrize("path", sorted(EXPECTED))
def test_markdown_it_reads_the_workshops_notes_the_same(path: str) -> None:
    text, body = note(path)
    part = text[body:].removeprefix("\ufeff")

    assert ours(part, scan(part)).differences(ask(part)) == []


@pytest.mark.parametrize("path", sorted(EXPECTED))
def test_offsets_are_exact(path: str) -> None:
    text, body = note(path)

    found = scan(text, body)

    for link in found.links + found.urls + found.definitions:
        assert text[link.start : link.end][:1] in "[!<h"
        assert text[link.start : link.end][-1:] in "])>" or link.kind in ("external", "definition")
        assert text.count("\n", 0, link.start) + 1 == link.line
    for heading in found.headings:
        assert heading.text.split(" ")[0] in text[heading.start : heading.end]
        assert text[heading.end : heading.end + 1].strip() == ""
    for tag in found.tags:
        assert text.startswith("#" + tag.text, tag.start)
    for block in found.blocks:
        assert text[block.start : block.end] == "^" + block.name
    for task in found.tasks:
        assert text[task.start : task.start + 3] == f"[{task.mark}]"


@pytest.mark.parametrize("tag", OBSIDIAN["tags"])
def test_this_is_a_tag(tag: str) -> None:
    assert [found.text for found in scan(f"so {tag}, yes").tags] == [tag[1:]]
    assert [found.text for found in scan(tag).tags] == [tag[1:]]


@pytest.mark.parametrize("text", OBSIDIAN["no_tags"])
def test_this_is_no_tag(text: str) -> None:
    assert scan(text).tags == []
    assert scan(f"so {text}").tags == []


@pytest.mark.parametrize(
    ("text", "kind", "target", "anchor", "display"),
    [
        ("[[A]]", "wiki", "A", "", ""),
        ("[[A#B#C|d]]", "wiki", "A", "B#C", "d"),
        ("[[#^id]]", "wiki", "", "^id", ""),
        ("[[A|b|c]]", "wiki", "A", "", "b|c"),
        ("![[a.png|100x145]]", "embed", "a.png", "", "100x145"),
        ("![[doc.pdf#page=3]]", "embed", "doc.pdf", "page=3", ""),
        ("[t](a%20b.md#C%20D)", "markdown", "a b.md", "C D", "t"),
        ("[t](caf%C3%A9.md)", "markdown", "café.md", "", "t"),
        ("[t](100%.md)", "markdown", "100%.md", "", "t"),
        ("[t](bad%FF.md)", "markdown", "bad%FF.md", "", "t"),
        ("[t](a%23b.md)", "markdown", "a#b.md", "", "t"),
        ("![250](p.png)", "embed-markdown", "p.png", "", "250"),
        ("[`c` *i*](x.md)", "markdown", "x.md", "", "`c` *i*"),
    ],
)
def test_a_link_has_its_parts(text: str, kind: str, target: str, anchor: str, display: str) -> None:
    [link] = scan(f"so {text} there").links

    assert (link.kind, link.target, link.anchor, link.display) == (kind, target, anchor, display)
    assert (link.start, link.end, link.line) == (3, 3 + len(text), 1)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("[t](https://a.example/x_(y))", "https://a.example/x_(y)"),
        ("[t](mailto:a@b.example)", "mailto:a@b.example"),
        ("<https://a.example>", "https://a.example"),
        ("<a@b.example>", "mailto:a@b.example"),
        ("see https://a.example/p.", "https://a.example/p"),
        ("(https://a.example/p)", "https://a.example/p"),
        ("[[https://a.example|shown]]", "https://a.example"),
        ("[t](//a.example)", "//a.example"),
    ],
)
def test_what_leads_out_of_the_vault_is_kept_apart(text: str, address: str) -> None:
    found = scan(text)

    assert [(link.kind, link.target) for link in found.urls] == [("external", address)]
    assert found.links == []


def test_a_wikilink_with_a_colon_is_a_note() -> None:
    assert targets("[[Re: the meeting]]") == ["Re: the meeting"]


def test_a_reference_link_takes_its_target_from_its_definition() -> None:
    text = "[one][x], [X][] and [x].\n\n[x]: a%20b.md#c 'title'\n"

    found = scan(text)

    assert [(link.target, link.anchor, link.display) for link in found.links] == [
        ("a b.md", "c", d) for d in ("one", "X", "x")
    ]
    [definition] = found.definitions
    assert (definition.kind, definition.target, definition.line) == ("definition", "a b.md", 3)
    assert text[definition.start : definition.end] == "[x]: a%20b.md#c 'title'"


def test_a_link_does_not_reach_over_the_end_of_a_paragraph_or_its_container() -> None:
    assert targets("[a\n\nb](c.md)") == []
    assert targets("- [a\n- b](c.md)") == []
    assert targets("> [a\n> b](c.md)") == ["c.md"]


def test_an_open_backtick_does_not_hide_the_next_paragraph() -> None:
    assert targets("a ` b [[One]]\n\nc ` d [[Two]]") == ["One", "Two"]
    assert targets("- a ` b [[One]]\n- c ` d [[Two]]") == ["One", "Two"]


def test_formulas_hold_no_links_but_money_hides_none() -> None:
    assert targets("$f[x](y)$ and $$\n[[no]]\n$$") == []
    assert targets("$5 for [[One]], $6 for [[Two]]") == ["One", "Two"]


def test_a_heading_loses_its_closing_marks_and_no_others() -> None:
    headings = scan("# C# ##\n## F#\n### \\# #\n#\n# #\n").headings

    assert [heading.text for heading in headings] == ["C#", "F#", "\\#", "", ""]


def test_a_task_has_any_mark_and_stands_in_any_list() -> None:
    tasks = scan("- [ ] a\n* [?] b\n1. [x] c\n> - [-] d\n[ ] no\n- [] no\n- [ab] no\n-[ ] no\n").tasks

    assert [(task.mark, task.text) for task in tasks] == [(" ", "a"), ("?", "b"), ("x", "c"), ("-", "d")]


def test_a_block_id_ends_its_line() -> None:
    blocks = scan("Text ^one\n^two\nx^3\n- item ^three-3  \n`^no`\nmid ^four dle\n").blocks

    assert [block.name for block in blocks] == ["one", "two", "three-3"]


def test_lines_are_those_of_the_whole_file() -> None:
    text = "---\na: 1\n---\n\n# H\n[[L]] #t\n"

    found = scan(text, text.index("\n# H"))

    assert (found.headings[0].line, found.links[0].line, found.tags[0].line) == (5, 6, 6)
    assert text[found.links[0].start : found.links[0].end] == "[[L]]"


@pytest.mark.parametrize(
    ("front", "wanted"),
    [
        ('up: "[[A]]"', ["A"]),
        ("up: '[[A|b]]'", ["A"]),
        ('up: ["[[A]]", "[[B#c]]"]', ["A", "B"]),
        ('up:\n  - "[[A]]"\n  - "x [[B]] y"', ["A", "B"]),
        ('"up": "[[A]]"', ["A"]),
        ("up: [[A]]", []),
        ('# "[[A]]"', []),
        ('up: 1 # "[[A]]"', []),
        ('title: Don\'t "[[A]]"', []),
        ("it: 'It''s [[A''s]]'", ["A's"]),
        ('q: "a \\" [[B \\"q\\"]]"', ['B "q"']),
    ],
)
def test_links_in_front_matter_stand_in_quotes(front: str, wanted: list[str]) -> None:
    text = f"---\n{front}\n---\n"

    links = front_links(text, 100)

    assert [link.target for link in links] == wanted
    for link in links:
        assert link.kind == "front"
        assert text[link.start - 100 : link.end - 100].startswith("[[")
        assert text.count("\n", 0, link.start - 100) + 1 == link.line
