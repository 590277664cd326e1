"""A link whose target moved changes in its path and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.markdown.parse import front_links, scan
from pkm.markdown.resolve import resolve
from pkm.markdown.rewrite import rewrite

FILES = ["a/New Name.md", "b/x.md", "c/x.md", "n.md", "img/p q.png", "a/c#.md", "a/pipe|.md", "a/(odd.md"]


@pytest.mark.parametrize(
    ("raw", "target", "wanted"),
    [
        ("[[Old]]", "a/New Name.md", "[[New Name]]"),
        ("[[Old|shown]]", "a/New Name.md", "[[New Name|shown]]"),
        (r"[[Old\|in a table]]", "a/New Name.md", r"[[New Name\|in a table]]"),
        ("![[Old#Part|100x145]]", "a/New Name.md", "![[New Name#Part|100x145]]"),
        ("[[Old#A#B]]", "a/New Name.md", "[[New Name#A#B]]"),
        ("[[Old#^id]]", "b/x.md", "[[b/x#^id]]"),
        ("[[Old.md]]", "b/x.md", "[[b/x.md]]"),
        ("[[z/Old]]", "a/New Name.md", "[[a/New Name]]"),
        ("[[../Old]]", "a/New Name.md", "[[a/New Name]]"),
        ("[[./Old]]", "a/New Name.md", "[[./a/New Name]]"),
        ("[[/z/Old]]", "a/New Name.md", "[[/a/New Name]]"),
        ("[t](Old.md)", "a/New Name.md", "[t](New%20Name.md)"),
        ("[t](Old)", "a/New Name.md", "[t](New%20Name)"),
        ("[t](Old.md#A%20B 'title')", "b/x.md", "[t](b/x.md#A%20B 'title')"),
        ("[t](<Old Name.md#A B>)", "a/New Name.md", "[t](<New Name.md#A B>)"),
        ("![alt|100](old.png)", "img/p q.png", "![alt|100](p%20q.png)"),
        ("[![alt](p.png)](z/Old.md)", "b/x.md", "[![alt](p.png)](b/x.md)"),
        ('[a](Old.md "](b)")', "b/x.md", '[a](b/x.md "](b)")'),
        ("[label]: Old.md 'title'", "b/x.md", "[label]: b/x.md 'title'"),
        ("[t](Old.md)", "a/c#.md", "[t](c%23.md)"),
        ("[t](Old.md)", "a/(odd.md", "[t](%28odd.md)"),
        ("[[Old|shown]]", "a/c#.md", "[shown](c%23.md)"),
        ("![[Old#P]]", "a/pipe|.md", "![pipe|](pipe|.md#P)"),
        ("[text][label]", "b/x.md", "[text][label]"),
        ("[[#Part]]", "n.md", "[[#Part]]"),
        ("[[#Part]]", "b/x.md", "[[b/x#Part]]"),
    ],
)
def test_only_the_path_changes(raw: str, target: str, wanted: str) -> None:
    assert rewrite(raw, target, "n.md", FILES) == wanted


@pytest.mark.parametrize(
    ("raw", "old", "wanted"),
    [
        ("[t](old.md)", "b/old.md", "[t](../a/New%20Name.md)"),
        ("[t](old.md)", "z/old.md", "[t](New%20Name.md)"),
        ("[[old]]", "b/old.md", "[[New Name]]"),
        ("[t](sub/old.md)", "b/sub/old.md", "[t](../a/New%20Name.md)"),
        ("[t](b/sub/old.md)", "b/sub/old.md", "[t](a/New%20Name.md)"),
        ("[t](sub/old.md)", "q/sub/old.md", "[t](New%20Name.md)"),
        ("[t](../z/old.md)", "z/old.md", "[t](../a/New%20Name.md)"),
    ],
)
def test_the_style_of_the_path_is_told_from_where_it_led(raw: str, old: str, wanted: str) -> None:
    assert rewrite(raw, "a/New Name.md", "b/x.md", FILES, old=old) == wanted


def test_the_style_is_that_of_the_place_the_note_stood_at() -> None:
    moved = rewrite("[t](../img/p%20q.png)", "img/p q.png", "n.md", FILES, old="img/p q.png", before="b/n.md")

    assert moved == "[t](img/p%20q.png)"


def test_a_style_can_be_asked_for() -> None:
    assert rewrite("[[Old]]", "a/New Name.md", "n.md", FILES, style="absolute") == "[[a/New Name]]"


def test_a_heading_can_be_renamed_in_the_link() -> None:
    assert rewrite("[[n#Old part|t]]", "n.md", "b/x.md", FILES, anchor="New part") == "[[n#New part|t]]"
    assert rewrite("[t](n.md#Old%20part)", "n.md", "b/x.md", FILES, anchor="New part") == "[t](n.md#New%20part)"


def test_in_front_matter_the_quotes_stay_whole() -> None:
    files = ['a "b".md', "it's.md"]

    assert rewrite("[[Old]]", 'a "b".md', "n.md", files, quote='"') == '[[a \\"b\\"]]'
    assert rewrite("[[Old]]", "it's.md", "n.md", files, quote="'") == "[[it''s]]"


FORMS = ["[[{}]]", "![[{}|100]]", "[[{}#A]]", "[t]({}.md)", "[t](<{}.md>)", "![t]({}.md 'x')"]
NAMES = st.text("abé .()%&'[]!+-", min_size=1, max_size=8).filter(lambda name: name.strip(" .") == name)


@given(st.sampled_from(FORMS), NAMES, st.sampled_from(["", "sub/", "deep/er/"]), st.booleans())
def test_a_rewritten_link_is_one_link_to_the_new_file(form: str, name: str, folder: str, twin: bool) -> None:
    target = f"{folder}{name}.md"
    files = ["src/n.md", target, *([f"twin/{name}.md"] if twin else [])]
    raw = form.format("Old")

    new = rewrite(raw, target, "src/n.md", files)

    [link] = scan(new).links
    assert (link.start, link.end) == (0, len(new))
    assert resolve(link.target, "src/n.md", files).target == target
    assert new.startswith("!") == raw.startswith("!")


@given(NAMES, st.sampled_from("\"'"))
def test_a_rewritten_link_in_front_matter_is_read_back(name: str, quote: str) -> None:
    files = ["n.md", f"{name}.md"]

    new = rewrite("[[Old]]", f"{name}.md", "n.md", files, quote=quote)

    if new.startswith("[["):
        [link] = front_links(f"---\nup: {quote}{new}{quote}\n---\n")
        assert resolve(link.target, "n.md", files).target == f"{name}.md"
