"""Text → safe HTML: what readers see, and what hostile text cannot do."""

from __future__ import annotations

import pytest

from pkm.markdown.render import Host, Link, render, to_html  # type: ignore[attr-defined]
from pkm.markdown.render_comments import private_callout, without_comments, without_private


class Known(Host):
    """A world in which every target is known except `Hidden`."""

    def link(self, target: str, anchor: str, words: str) -> Link:  # noqa: ARG002
        text = words or target
        return Link(None if target == "Hidden" else f"{target}.html", text)

    def tag(self, name: str) -> str | None:
        return f"tags/{name}.html"


def html(text: str) -> str:
    return render(text, Known()).html.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[A]]", '<p><a href="A.html">A</a></p>'),
        ("[[A|words]]", '<p><a href="A.html">words</a></p>'),
        ("[[A#Part|words]]", '<p><a href="A.html">words</a></p>'),
        ("[[Hidden|words]]", '<p><span class="absent">words</span></p>'),
        ("[[Sq]uare]]", '<p><a href="Sq]uare.html">Sq]uare</a></p>'),
        ("[[Outer [[Inner]] x]]", '<p>[[Outer <a href="Inner.html">Inner</a> x]]</p>'),
        ("[[not\nhere]]", "<p>[[not\nhere]]</p>"),
        ("`[[A]]`", "<p><code>[[A]]</code></p>"),
        ("==seen==", "<p><mark>seen</mark></p>"),
        ("==**both**==", "<p><mark><strong>both</strong></mark></p>"),
        ("a == b == c", "<p>a == b == c</p>"),
        ("~~gone~~", "<p><s>gone</s></p>"),
        ("#tag/sub and a#b, #12", '<p><a class="tag" href="tags/tag/sub.html">#tag/sub</a> and a#b, #12</p>'),
        (
            "see https://example.org/a_b_c.",
            '<p>see <a class="away" href="https://example.org/a_b_c">https://example.org/a_b_c</a>.</p>',
        ),
        (
            "(https://example.org/a(b))",
            '<p>(<a class="away" href="https://example.org/a(b)">https://example.org/a(b)</a>)</p>',
        ),
        ("H<sub>2</sub>O<br>x", "<p>H<sub>2</sub>O<br>x</p>"),
        ("$5 or $6", "<p>$5 or $6</p>"),
        ("a %%secret%% b", "<p>a  b</p>"),
        ("[x](Some%20note.md#Part)", '<p><a href="Some%20note.md.html">x</a></p>'),
    ],
)
def test_words_become_html(text: str, expected: str) -> None:
    assert html(text) == expected


def test_a_callout_has_its_title_and_may_fold() -> None:
    assert (
        html("> [!tldr] In *short*\n> body")
        == '<div class="callout abstract"><p class="callout-title">In <em>short</em></p>\n<p>body</p>\n</div>'
    )
    assert '<p class="callout-title">a <strong>b</strong> <code>c</code></p>' in html("> [!note] a **b** `c`\n> body")
    assert "<math" in html("> [!note] a $x^2$\n> body")
    assert html("> [!warning]-\n> body").startswith('<details class="callout warning"><summary>Warning</summary>')
    assert html("> [!whatever]\n> body").startswith('<div class="callout note"><p class="callout-title">Whatever</p>')
    assert html("> plain quote") == "<blockquote>\n<p>plain quote</p>\n</blockquote>"


def test_tasks_of_any_character_show_a_box() -> None:
    page = html("- [ ] a\n- [x] b\n- [-] c\n- [?] d\n- plain")

    assert [page.count(glyph) for glyph in "☐☑☒"] == [2, 1, 1]
    assert '<li class="task done"><span class="box">☑</span> b</li>' in page
    assert "<li>plain</li>" in page


def test_a_block_name_becomes_an_id_and_leaves_the_text() -> None:
    assert html("Words here. ^one") == '<p id="b-one">Words here.</p>'
    assert html("- item ^two") == '<ul>\n<li id="b-two">item</li>\n</ul>'
    assert 'id="b-tab"' in html("| a |\n|---|\n| b |\n\n^tab")
    assert "^tab" not in html("| a |\n|---|\n| b |\n\n^tab")
    assert html("x^2") == "<p>x^2</p>"


def test_headings_have_unique_ids_and_make_room_for_the_title() -> None:
    page = render("# Title\n\n# Part\n\n## Part\n\n## [[A|Link]] in **it**", Known(), title="title")

    assert page.headings == [(2, "part", "Part"), (3, "part-1", "Part"), (3, "link-in-it", "Link in it")]
    assert '<h2 id="part">' in page.html
    assert "Title" not in page.html


def test_math_is_mathml_and_bad_math_is_its_source() -> None:
    assert html("$x^2$") == '<p><math display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math></p>'
    assert '<math display="block">' in html("$$\n\\frac{a}{b}\n$$")
    assert html("$" + "{" * 50 + "$").startswith('<p><code class="math">')


@pytest.mark.parametrize(
    ("tex", "rows"),
    [
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", 2),
        (r"\begin{alignedat}{2} a &= b \\ c &= d \end{alignedat}", 2),
        (r"\begin{gather*} a = b \\ c = d \\ e \end{gather*}", 3),
        (r"\begin{equation} a = b \end{equation}", 0),
        (r"a = b \\ c = d", 2),
        (r"a &= b \\ &= d", 2),
    ],
)
def test_sums_of_several_lines_are_set_line_by_line(tex: str, rows: int) -> None:
    found = html(f"$$\n{tex}\n$$")

    assert found.count("<mtr>") == rows
    assert "<math" in found
    assert "amp;" not in found


def test_an_environment_that_nobody_can_set_is_its_source() -> None:
    assert r"\begin{prooftree}" in html("$$\n\\begin{prooftree} x \\end{prooftree}\n$$")


def test_code_is_coloured_and_never_a_link() -> None:
    page = html('```python\ndef f(): return "[[A]] #t"\n```')

    assert '<span class="h-k">def</span>' in page
    assert "<a" not in page


def test_footnotes_go_and_come_back() -> None:
    page = html("a[^1] b^[inline]\n\n[^1]: note")

    assert 'href="#fn1"' in page
    assert '<li id="fn1">' in page
    assert 'href="#fnref1"' in page
    assert "inline" in page


def test_ids_of_a_text_inside_another_have_its_prefix() -> None:
    page = render("# Part\n\nx[^1] ^b\n\n[^1]: n", Known(), prefix="in-").html

    assert 'id="in-part"' in page
    assert 'id="in-b-b"' in page
    assert 'id="in-fn1"' in page
    assert 'href="#in-fn1"' in page


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](javascript:alert(1))",
        "[[javascript:alert(1)]]",
        "[x](data:text/html,1)",
        "$\\href{javascript:alert(1)}{x}$",
        '```x" onmouseover="alert(1)\ny\n```',
        '[[a|"><img src=x onerror=alert(1)>]]',
        "![r](http://evil.test/x.png)",
    ],
)
def test_nothing_acts_and_nothing_loads(text: str) -> None:
    page = to_html(text, lambda target, anchor: target).lower()  # noqa: ARG005

    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert 'href="data' not in page
    assert 'onmouseover="' not in page
    assert "<img" not in page


def test_the_last_guard_holds_alone() -> None:
    from pkm.markdown.render import clean

    assert clean('<p onclick="x()">a<script>b</script><a href="javascript:x">c</a></p>') == "<p>a<a>c</a></p>"


@pytest.mark.parametrize(
    "text",
    ["[" * 40_000 + "a" + "](b)" * 10_000, "> " * 300 + "a\n" + "b\n" * 20_000, "*_* " * 20_000, "x" * (1 << 20) + "y"],
)
def test_text_built_to_be_slow_becomes_a_plain_page(text: str) -> None:
    page = render(text, Known())

    assert page.html.startswith("<p")
    assert len(page.html) >= len(text) // 8


def test_a_long_honest_text_is_set_as_a_page() -> None:
    text = "A sentence with *words* and a [[Link]] and `code`.\n\n" * 4_000

    assert not render(text, Known()).problem


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a %%b%% c", "a  c"),
        ("a %%b\n\nc%% d", "a  d"),
        ("a %%never closed\n\nmore", "a "),
        ("a <!-- b --> c", "a  c"),
        ("a <!-- open", "a "),
        ("`%%` a %%b%%", "`%%` a "),
        ("```\n%% code %%\n```\n%%x%%", "```\n%% code %%\n```\n"),
        ("\\`%%x%% `", "\\` `"),
        ("> ```\n> %% code\nout %%x%% y", "> ```\n> %% code\nout  y"),
        ("    ```\nout %%x%% y", "    ```\nout  y"),
        ("| ` | %%x%% ` |", "| ` |  ` |"),
        ("`a\n%%x%% `", "`a\n `"),
        ("100%", "100%"),
    ],
)
def test_comments_go_and_code_stays(text: str, kept: str) -> None:
    assert without_comments(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\n\n> [!private] t\n> b\n\nc", "a\n\n\nc"),
        ("> [!PRIVATE]-\n> b\nlazy\n\nc", "\nc"),
        ("> [!note]\n> a\n> > [!private]\n> > b\n> lazy\n>\n> c", "> [!note]\n> a\n>\n> c"),
        ("> [!private]\n> a\n>\n> b\n\nc", "\nc"),
        ("- > [!private]\n  > a\n\nc", "\nc"),
        ("> [!note] private\n> a", "> [!note] private\n> a"),
    ],
)
def test_private_callouts_go_whole(text: str, kept: str) -> None:
    assert without_private(text) == kept


def test_a_callout_for_a_circle_is_private_too() -> None:
    assert without_private("> [!teachers|x]\n> a", private_callout(("private", "teachers"))) == ""
