from __future__ import annotations

import pytest

from pkm.errors import RefusedError
from pkm.markdown.frontmatter import read, remove_key, set_key

NOTE = b"---\ntitle: 'Old'  # mine\nid: 0012\n\n# what it is about\ntags:\n  - a # first\n  - \"b\"\nscore: 7.80\nempty:\n---\nbody\n"


@pytest.mark.parametrize(
    ("written", "value", "after"),
    [
        ("k: x", "new", "k: new"),
        ("k: x # c", "new", "k: new # c"),
        ("k:   x  ", "new", "k:   new  "),
        ("k: 'x'", "new", "k: 'new'"),
        ("k: 'x'", "it's", "k: 'it''s'"),
        ("k: 'x'", "two\nlines", 'k: "two\\nlines"'),
        ('k: "x" # c', "new", 'k: "new" # c'),
        ('k: "a # b" # c', 'say "x"', 'k: "say \\"x\\"" # c'),
        ('"k": x', "new", '"k": new'),
        ("'k' : x", "new", "'k' : new"),
        ("k:", "new", "k: new"),
        ("k: # c", "new", "k: new # c"),
        ("k: x", None, "k:"),
        ("k: x # c", None, "k: # c"),
        ("k: 1", 2, "k: 2"),
        ("k: 1", 1.0, "k: 1.0"),
        ("k: 1", True, "k: true"),
        ("k: x", "[[Y]]", 'k: "[[Y]]"'),
        ("k: >-\n  a\n  b", "new", "k: new"),
        ("k: | # c\n  a", "new", "k: new # c"),
        ("k: a\n  b", "new", "k: new"),
        ("k: {a: 1}", "new", "k: new"),
        ("k: a", ["b", "[[C]]"], 'k: [b, "[[C]]"]'),
        ("k: [a, b]", "new", "k: new"),
        ("k: [a, b]", [], "k: []"),
        ("k: [a, b] # c", ["a", "b", "c"], "k: [a, b, c] # c"),
        ("k: [ a,b ]", ["a", "b", "c"], "k: [ a,b,c ]"),
        ("k: ['a', 'b']", ["b", "c"], "k: ['b', 'c']"),
        ('k: ["it\'s, [x]", b]', ["b", "it's, [x]"], 'k: [b, "it\'s, [x]"]'),
        ("k: [it's, b]", ["it's", "b", "c"], "k: [it's, b, c]"),
        ("k: [a, b,]", ["a", "b", "c"], "k: [a, b, c]"),
        ("k: [a,\n  b]", ["a", "b", "c"], "k: [a, b, c]"),
        ("k: []", ["a"], "k: [a]"),
        ("k: [{a: 1}, x]", ["x"], "k: [x]"),
        ("k: # c\n- a # first\n- b", ["b", "new", "a"], "k: # c\n- b\n- new\n- a # first"),
        ("k:\n    -  a\n    # of b\n    -  b", ["b"], "k:\n    # of b\n    -  b"),
        ("k:\n  - a\n  # last words", ["a", "b"], "k:\n  - a\n  - b\n  # last words"),
        ("k:\n  - 'a'", ["a", "b"], "k:\n  - 'a'\n  - 'b'"),
        ("k:\n  - a\n  - b", [], "k: []"),
        ("k:\n  - a\n  - b", "new", "k: new"),
        ("k:\n  - |\n    long\n  - b", ["b", "long\n"], "k:\n  - b\n  - |\n    long"),
    ],
)
def test_a_value_is_replaced_where_it_stands(written: str, value: object, after: str) -> None:
    around = "---\nbefore: x\n{}\nafter: y\n---\nbody"

    result = set_key(around.format(written).encode(), "k", value)

    assert result.decode() == around.format(after)
    assert set_key(around.format(written).replace("\n", "\r\n").encode(), "k", value).decode() == around.format(
        after
    ).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain words", "plain words"),
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T08:30:00", "2026-11-20T08:30:00"),
        ("2026-02-29", '"2026-02-29"'),
        ("2026-11-20T24:00:00", '"2026-11-20T24:00:00"'),
        ("2026-11-20 08:30", '"2026-11-20 08:30"'),
        ("20261120-0830-2", "20261120-0830-2"),
        ("ana/20261120-0830@3f2c1d9", "ana/20261120-0830@3f2c1d9"),
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("0012", '"0012"'),
        ("1e5", '"1e5"'),
        ("1_000", '"1_000"'),
        ("12:30", '"12:30"'),
        ("no", '"no"'),
        ("Null", '"Null"'),
        ("", '""'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("#tag", '"#tag"'),
        ("ends:", '"ends:"'),
        (" padded ", '" padded "'),
        ("[[A]] and [[B]]", '"[[A]] and [[B]]"'),
        ('the "word"', 'the "word"'),
        ('"word"', "'\"word\"'"),
        ("tab\there", '"tab\\there"'),
        ("a\u2028b\x85c\x1b", '"a\\u2028b\\x85c\\x1b"'),
        ("全角\u3000空白", '"全角\u3000空白"'),
        ("人と本", "人と本"),
        (3, "3"),
        (-0.25, "-0.25"),
        (1e100, "1.0e+100"),
        (1e-7, "1.0e-07"),
        (False, "false"),
        (["ana", "x, y", "it's", "- z", None], '[ana, "x, y", "it\'s", "- z", null]'),
        (("a", "b"), "[a, b]"),
    ],
)
def test_new_values_are_quoted_where_somebody_could_misread_them(value: object, written: str) -> None:
    result = set_key(b"body", "key", value)

    assert result.decode() == f"---\nkey: {written}\n---\nbody"


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("B c", "B c"),
        ("yes", '"yes"'),
        ("2026", '"2026"'),
        ("2026-11-20", '"2026-11-20"'),
        ("a: b", '"a: b"'),
        ("---", '"---"'),
        ("人", "人"),
    ],
)
def test_keys_are_quoted_by_the_same_rule(key: str, written: str) -> None:
    assert set_key(b"", key, "x").decode() == f"---\n{written}: x\n---\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"---\nk: v\n---\n"),
        (b"text", b"---\nk: v\n---\ntext"),
        (b"text\r\nmore", b"---\r\nk: v\r\n---\r\ntext\r\nmore"),
        (b"\xef\xbb\xbftext", b"\xef\xbb\xbf---\nk: v\n---\ntext"),
        (b"---\na rule first\n", b"---\nk: v\n---\n---\na rule first\n"),
        (b"---\n---\ntext", b"---\nk: v\n\n---\ntext"),
        (b"---\n# c\n---", b"---\n# c\nk: v\n---"),
        (b"---\na: 1\n\n# c\n\n...\ntext", b"---\na: 1\n\n# c\n\nk: v\n...\ntext"),
        (b"---\n  a: 1\n---\n", b"---\n  a: 1\n  k: v\n---\n"),
        (b"---\na: |+\n  x\n\n---\n", b"---\na: |+\n  x\n\nk: v\n---\n"),
    ],
)
def test_a_new_key_goes_last_and_leaves_no_trace_when_removed(before: bytes, after: bytes) -> None:
    assert set_key(before, "k", "v") == after
    assert remove_key(after, "k") == before


def test_a_new_list_is_written_like_the_lists_of_the_note() -> None:
    assert set_key(NOTE, "for", ["[[P]]"]).endswith(b'empty:\nfor:\n  - "[[P]]"\n---\nbody\n')
    assert set_key(NOTE, "empty", ["x"]).endswith(b"empty:\n  - x\n---\nbody\n")
    assert set_key(b"---\nt: [a]\n---\n", "for", ["[[P]]"]) == b'---\nt: [a]\nfor: ["[[P]]"]\n---\n'


def test_setting_a_key_to_its_own_value_changes_nothing() -> None:
    for key, value in read(NOTE).values.items():
        assert set_key(NOTE, key, value) is NOTE


def test_equal_numbers_of_different_types_are_different_values() -> None:
    assert set_key(b"---\nk: 1\n---\n", "k", True) == b"---\nk: true\n---\n"
    assert set_key(b"---\nk: 1\n---\n", "k", "1") == b'---\nk: "1"\n---\n'


def test_removing_a_key_leaves_the_comments_at_the_margin() -> None:
    assert remove_key(NOTE, "tags") == NOTE.replace(b'tags:\n  - a # first\n  - "b"\n', b"")
    assert remove_key(NOTE, "title") == NOTE.replace(b"title: 'Old'  # mine\n", b"")
    assert remove_key(NOTE, "absent") == NOTE


def test_removing_the_last_key_keeps_a_comment_that_somebody_wrote() -> None:
    assert remove_key(b"---\n# mine\nk: v\n---\ntext", "k") == b"---\n# mine\n---\ntext"
    assert remove_key(b"---\nk: v\n---\ntext", "k") == b"text"


def test_bytes_that_are_not_utf8_elsewhere_in_the_note_stay() -> None:
    data = b"---\ntitle: caf\xe9\nk: 1 # \xff\n---\n\xff\xfe"

    assert set_key(data, "k", 2) == data.replace(b"1", b"2")
    assert remove_key(set_key(data, "new", "x"), "new") == data


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"---\na: b: c\n---\n", "Line 2: not valid YAML"),
        (b"---\n- a\n---\n", "no keys"),
        (b"---\na: 1\n", "not closed"),
        (b"---\na: *x\n---\n", "anchors"),
        (b"---\n{a: 1}\n---\n", "one { } block"),
        (b"+++\na = 1\n+++\n", "TOML"),
        (b'{"a": 1}\ntext', "JSON"),
        (b"---\nk: 1\nk: 2\n---\n", "twice"),
        (b"---\n? k\n: 1\n---\n", "without touching something else"),
        (b"---\na: " + b"x" * 65520 + b"\n---\n", "without touching something else"),
    ],
)
def test_where_it_would_have_to_guess_it_refuses(data: bytes, why: str) -> None:
    with pytest.raises(RefusedError) as caught:
        set_key(data, "k", "a new value")

    assert why in caught.value.reason
    assert caught.value.hint


@pytest.mark.parametrize("data", [b"---\nk: b: c\n---\n", b"---\n{k: 1}\n---\n", b"---\nk: 1\nk: 2\n---\n"])
def test_it_refuses_to_remove_by_the_same_rule(data: bytes) -> None:
    with pytest.raises(RefusedError):
        remove_key(data, "k")


@pytest.mark.parametrize("value", [{"a": 1}, [["a"]], float("nan"), float("inf"), 1 << 64, "caf\udce9", object()])
def test_values_that_a_key_cannot_hold_are_refused(value: object) -> None:
    with pytest.raises(RefusedError) as caught:
        set_key(b"text", "k", value)

    assert caught.value.hint
