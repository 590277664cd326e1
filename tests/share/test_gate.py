from __future__ import annotations

import pytest

from tests.share.samples import findings, let_through, note, png, text_of


def admitted(text: str | bytes, default: str = "private") -> bool:
    return "one.md" in let_through({"one.md": text}, default=default).pages


# --- Who may leave.


@pytest.mark.parametrize(
    "text",
    [
        "no front matter\n",
        "",
        note("no audience", None, title="One"),
        note("", "private"),
        note("", "teachers"),
        note("", "''"),
    ],
)
def test_what_does_not_say_public_stays_home(text: str) -> None:
    bundle = let_through({"one.md": text})

    assert bundle.pages == {}


def test_what_says_public_leaves() -> None:
    assert admitted(note("text"))
    assert admitted(note("text", "Public"))


def test_notes_that_name_no_audience_leave_only_where_the_author_said_so() -> None:
    assert admitted("text\n", default="public")
    assert not admitted(note("text", "private"), default="public")
    assert not admitted(note("text", None, draft="true"), default="public")


@pytest.mark.parametrize(
    ("key", "value"),
    [("draft", "true"), ("draft", "yes please"), ("draft", '"true"'), ("draft", "1"), ("publish", "false"), ("publish", '"false"'), ("publish", "no"), ("publish", "[true]")],
)  # fmt: skip
def test_a_veto_keeps_a_public_note_home(key: str, value: str) -> None:
    assert not admitted(note("text", "public", **{key: value}))


@pytest.mark.parametrize(("key", "value"), [("draft", "false"), ("publish", "true"), ("draft", ""), ("publish", "")])
def test_what_is_no_veto_keeps_nothing_home(key: str, value: str) -> None:
    assert admitted(note("text", "public", **{key: value}))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("---\naudience: [public, teachers]\n---\ntext\n", "`audience` is not one word"),
        ("---\naudience: public\ndraft: maybe\n---\ntext\n", "`draft` is neither true nor false"),
        ("---\naudience: public\ntitle: [open\n---\ntext\n", "stays home"),
        ("---\naudience: private\naudience: public\n---\ntext\n", "stays home"),
        (note("<<<<<<< ours\none\n=======\ntwo\n>>>>>>> theirs"), "conflict markers"),
    ],
    ids=["many audiences", "unclear draft", "broken", "said twice", "conflict"],
)
def test_what_is_unclear_stays_home_and_is_told(text: str, why: str) -> None:
    bundle = let_through({"one.md": text})

    assert bundle.pages == {}
    assert why in findings(bundle)[0]


def test_a_note_that_is_not_utf8_stays_home() -> None:
    bundle = let_through({"one.md": note("caf\xe9").encode("latin-1")})

    assert bundle.pages == {}
    assert findings(bundle) == ["one.md:0: stays home: not UTF-8"]


def test_a_conflict_is_told_with_its_line() -> None:
    bundle = let_through({"one.md": note("text\n<<<<<<< ours\none")})

    assert findings(bundle) == ["one.md:5: stays home: conflict markers"]


def test_of_a_private_note_nothing_is_told() -> None:
    """A finding would be public in a log of CI."""
    assert let_through({"one.md": note("%% open", "private", title="[")}).findings == []


# --- What of a note leaves.


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("a %%zq%% b", "a  b\n"),
        ("a\n%%\nzq\n%%\nb", "a\n\nb\n"),
        ("a <!-- zq --> b", "a  b\n"),
        ("a %%zq", "a\n"),
        ("a <!-- zq\n\nand more", "a\n"),
        ("> [!private]\n> zq\n\nb", "b\n"),
        ("> [!PRIVATE]- title zq\n> zq\ncontinued zq\n\nb", "b\n"),
        ("- > [!private] zq\n  > zq\n\n- b", "- b\n"),
        ("> [!note]\n> a\n> > [!private]\n> > zq\n> zq continued\n>\n> b", "> [!note]\n> a\n>\n> b\n"),
        ("a %<!-- zq -->% zq %% zq", "a\n"),
        ('a <span data-x="zq">b</span>', "a b\n"),
        ("a <zq> b", "a  b\n"),
    ],
)
def test_what_was_written_for_nobody_else_is_taken_out(written: str, left: str) -> None:
    assert " ".join(text_of(written).split()) == " ".join(left.split())
    assert "zq" not in text_of(written)


def test_words_in_raw_html_stay_words() -> None:
    html = '<div class="x">\n  <p>\n      deep\n  </p>\n</div>\n\n```html\n<div>\n    <p>\n</div>\n```\n\n    code'

    assert text_of(html).split("\n\n")[0].split() == ["deep"]
    assert "      deep" not in text_of(html)
    assert "<div>\n    <p>\n</div>" in text_of(html)
    assert "\n\n    code" in text_of(html)


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ('See <a href="https://a.example/x?y=1&amp;z=(2)">that <b>page</b></a>.', "See [that page](https://a.example/x?y=1&z=%282%29)."),
        ("<A class='x' HREF='mailto:ana@a.example' target=_blank>mail</A>", "[mail](mailto:ana@a.example)"),
        ('<a href="Other.md">the other</a>', "[the other](Other.md)"),
        ('<a href="#part">below</a>', "[below](#part)"),
        ('<a href="Salary%20talks.md">the meeting</a>', "the meeting"),
        ('<a href="Salary talks.md">Salary talks</a>', "(not published)"),
        ('<a href="javascript:zq()">words</a>', "words"),
        ('<a href="java&#115;cript:zq()">words</a>', "words"),
        ('<a href="&#10;javascript:zq()">words</a>', "words"),
        ('<a href="data:text/html,zq">words</a>', "words"),
        ('<a href="//zq.example">words</a>', "words"),
        ('<a onclick="zq()">words</a>', "words"),
        ('Look!<a href="https://a.example">words</a>', "Look!words"),
        ('<a href="https://a.example">[[Other]]</a>', "[[Other]]"),
        ('<a href="https://a.example"></a>', ""),
        ('`<a href="https://a.example">words</a>`', '`<a href="https://a.example">words</a>`'),
        ('<a href="https://a.example/%%zq%%">words</a>', "words"),
    ],
)  # fmt: skip
def test_a_link_in_raw_html_takes_the_way_of_all_links(written: str, left: str) -> None:
    more = {"Other": note("more"), "Salary talks": note("zq", "private")}

    assert text_of(written, **more).strip() == left


def test_code_that_looks_like_a_comment_stays() -> None:
    assert "50%% of" in text_of("`50%% of`")
    assert "%% not a comment %%" in text_of("```\n%% not a comment %%\n```")


def test_a_callout_for_a_circle_stays_home() -> None:
    bundle = let_through({"one.md": note("> [!teachers]\n> zq\n\nb")}, circles=("teachers",))

    assert bundle.pages["one.md"].text == "b\n"


def test_front_matter_off_the_list_stays_home() -> None:
    page = let_through({"one.md": note("text", "public", title="One", people="zq", client="zq", cover="zq.png", source="[zq, https://a.example]")}).pages["one.md"]  # fmt: skip

    assert "zq" not in repr(page)
    assert (page.title, page.sources) == ("One", ("https://a.example",))


# --- Links to what is not public.


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("See [[Salary talks]].", "See (not published)."),
        ("See [[Salary talks|the meeting]].", "See the meeting."),
        ("See [[Salary talks|salary talks]].", "See (not published)."),
        ("See [[Salary talks|Salary Talks!]].", "See (not published)."),
        ("See [[hr/Salary talks#Sums|Salary talks sums]].", "See (not published)."),
        ("See [the meeting](Salary%20talks.md).", "See the meeting."),
        ("See [Salary talks](Salary%20talks.md).", "See (not published)."),
        ("See [[Never written]].", "See (not published)."),
        ("![[Salary talks]]", ""),
        ("a ![[Salary talks#Sums]] b", "a  b"),
        ("a ![[salary.png]] b", "a  b"),
        ("a ![salary](salary.png) b", "a  b"),
        ("[[Salary [[Salary talks]] talks]]", "(not published)"),
    ],
)
def test_a_link_to_a_narrower_note_keeps_only_its_authors_words(written: str, left: str) -> None:
    secret = {"hr/Salary talks": note("## Sums\n\nzq", "private", title="Salary talks")}
    text = text_of(written, **secret)

    assert "alary" not in text
    if "[[Salary [[" not in written:
        assert text.strip() == left


def test_the_words_in_place_of_a_link_are_the_authors_choice() -> None:
    bundle = let_through({"one.md": note("See [[Secret]].")}, hidden="(a private note)")

    assert bundle.pages["one.md"].text == "See (a private note).\n"


def test_a_private_note_and_one_never_written_cannot_be_told_apart() -> None:
    with_it = let_through({"one.md": note("See [[Secret]] and ![[Secret]]."), "Secret.md": note("zq", "private")})
    without = let_through({"one.md": note("See [[Secret]] and ![[Secret]].")})

    assert with_it.pages == without.pages
    assert with_it.findings == without.findings


def test_an_embed_that_is_left_out_is_told_with_its_line() -> None:
    bundle = let_through({"one.md": note("\na\n\n![[Secret]]")})

    assert findings(bundle) == ["one.md:7: an embed of something unpublished is left out"]


def test_a_link_finds_the_public_note_of_two_with_one_name() -> None:
    bundle = let_through(
        {"a/Same.md": note("", "private"), "b/Same.md": note("text"), "one.md": note("[[Same]] [[a/Same|so]]")}
    )

    assert [reference.page for reference in bundle.pages["one.md"].references] == ["b/Same.md"]
    assert "a/Same" not in bundle.pages["one.md"].text


def test_links_by_path_find_pages_and_files() -> None:
    linking = "[[a/b/Deep]] [[b/Deep]] [[./b/Deep]] [x](b/Deep.md) ![[files/map.png]] ![](../files/map.png)"
    bundle = let_through({"a/b/Deep.md": note("text"), "a/one.md": note(linking)}, {"files/map.png": png()})

    assert [reference.page or reference.asset for reference in bundle.pages["a/one.md"].references] == [
        *["a/b/Deep.md"] * 4,
        *["files/map.png"] * 2,
    ]


# --- Files.


def test_a_file_leaves_only_when_a_public_note_shows_it() -> None:
    files = {"shown.png": png(), "orphan.png": png(), "secret.png": png()}
    bundle = let_through({"one.md": note("![[shown.png]]"), "two.md": note("![[secret.png]]", "private")}, files)

    assert list(bundle.assets) == ["shown.png"]


@pytest.mark.parametrize("name", [".env", "note.txt", "data.csv", "run.sh", "page.html", ".hidden/pic.png", "x.exe"])
def test_only_kinds_that_pages_show_leave(name: str) -> None:
    bundle = let_through({"one.md": note(f"![[{name}]] [file]({name})")}, {name: b"zq"})

    assert bundle.assets == {}
    assert name not in bundle.pages["one.md"].text


def test_a_file_whose_metadata_stays_is_told() -> None:
    bundle = let_through({"one.md": note("![[talk.pdf]]")}, {"talk.pdf": b"%PDF-1.7"})

    assert findings(bundle) == ["talk.pdf:0: is published as it is"]


def test_a_picture_that_cannot_be_cleaned_stays_home() -> None:
    bundle = let_through({"one.md": note("![[pic.png]] ![[p.svg]]")}, {"pic.png": b"GPS zq", "p.svg": b"<svg>zq"})

    assert bundle.assets == {}
    assert len(bundle.findings) == 2


# --- Secrets.


def test_a_secret_blocks_with_file_and_line() -> None:
    bundle = let_through({"one.md": note("fine\n\n-----BEGIN RSA PRIVATE KEY-----\nabc")})

    [finding] = bundle.findings
    assert finding.blocks
    assert (finding.path, finding.line) == ("one.md", 6)
    assert "private key" in finding.message


def test_a_secret_is_told_on_its_line_whatever_was_taken_out_above_it() -> None:
    text = "\n\n%%\na\ncomment\n%%\n\n> [!private]\n> words\n\n-----BEGIN RSA PRIVATE KEY-----"

    assert findings(let_through({"one.md": note(text)})) == ["one.md:14: looks like a secret: private key"]
    assert findings(let_through({"one.md": note("text", "public", title="AKIA" + "IOSFODNN7EXAMPLE")})) == [
        "one.md:3: looks like a secret: AWS key"
    ]


def test_a_secret_in_what_stays_home_blocks_nothing() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----"

    assert let_through({"one.md": note(key, "private"), "two.md": note(f"a %%{key}%%")}).findings == []
