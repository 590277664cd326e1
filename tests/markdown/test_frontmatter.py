from __future__ import annotations

import subprocess
import sys

import pytest

from pkm.markdown.frontmatter import LIMIT, read, strings


def block(yaml: str, end: str = "---") -> bytes:
    return f"---\n{yaml}\n{end}\nbody\n".encode()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("Off", "Off"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0012", "0012"),
        ("012", "012"),
        ("-012", "-012"),
        ("012.5", "012.5"),
        ("0", 0),
        ("12", 12),
        ("-3", -3),
        ("+3", 3),
        ("0x1F", 31),
        ("0o17", 15),
        ("1_000", "1_000"),
        ("1.10", 1.1),
        ("1e5", 100000.0),
        (".5", 0.5),
        ("1.", 1.0),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("1:30", "1:30"),
        ("12:30:45", "12:30:45"),
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T08:30:00", "2026-11-20T08:30:00"),
        ("2024-13-45", "2024-13-45"),
        ("20261120-0830", "20261120-0830"),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, "9" * 19),
        ("9" * 5000, "9" * 5000),
        ("٣", "٣"),
        ("<<", "<<"),
        ("=", "="),
        ("http://example.org/a#b", "http://example.org/a#b"),
        ("it's # a comment", "it's"),
        ('"a # b" # c', "a # b"),
        ("'it''s'", "it's"),
        (r'"a\tb\u0041"', "a\tbA"),
        ('"[[A note]]"', "[[A note]]"),
        ("[a, 'b, c', \"[[D]]\", 12, no]", ["a", "b, c", "[[D]]", 12, "no"]),
        ("[]", []),
        ("[a,]", ["a"]),
        ("{a: {b: [1]}}", {"a": {"b": [1]}}),
        ("|\n  two\n  lines", "two\nlines\n"),
        (">-\n  two\n  lines", "two lines"),
        ("more\n  of it", "more of it"),
        ("\n- a\n- b", ["a", "b"]),
        ("\n  - a # c\n  # d\n\n  - 'b'", ["a", "b"]),
        ("\n  - k: v", [{"k": "v"}]),
        ("人：と", "人：と"),
        ("🙂", "🙂"),
    ],
)
def test_a_value_means_what_yaml_1_2_says_it_means(written: str, value: object) -> None:
    front = read(block(f"key: {written}"))

    assert front.values == {"key": value}
    assert type(front.values["key"]) is type(value)
    assert front.problems == []


def test_keys_stay_the_text_that_was_written() -> None:
    front = read(block('1: a\nno: b\n~: c\n2026-11-20: d\n"q": e\nB c: f'))

    assert list(front.values) == ["1", "no", "~", "2026-11-20", "q", "B c"]


@pytest.mark.parametrize(
    ("data", "start", "body"),
    [
        (b"---\na: 1\n---\ntext", 0, 13),
        (b"---\na: 1\n---", 0, 12),
        (b"---\na: 1\n...\ntext", 0, 13),
        (b"---  \na: 1\n--- \t\ntext", 0, 17),
        (b"---\r\na: 1\r\n---\r\ntext", 0, 16),
        (b"\xef\xbb\xbf---\na: 1\n---\ntext", 3, 16),
        (b"---\na: 1\n# c\n----\n--- no end\n---\n", 0, 33),
    ],
)
def test_the_span_goes_from_fence_to_fence(data: bytes, start: int, body: int) -> None:
    front = read(data)

    assert (front.start, front.end, front.body) == (start, body, body)
    assert str(front.values["a"]).startswith("1")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        b"# Title\n",
        b"---",
        b"---\n",
        b"----\na: 1\n---\n",
        b" ---\na: 1\n---\n",
        b"--- a\na: 1\n---\n",
        b"---\n\na rule first\n",
        b"{{template}}\n",
        b"+++\nno end\n",
    ],
)
def test_text_that_is_no_front_matter_is_all_body(data: bytes) -> None:
    front = read(data)

    assert (front.values, front.start, front.end, front.body, front.keys, front.problems) == ({}, 0, 0, 0, {}, [])


def test_a_byte_order_mark_alone_is_not_part_of_the_body() -> None:
    front = read(b"\xef\xbb\xbf# Title\n")

    assert (front.start, front.end, front.body) == (0, 0, 3)


@pytest.mark.parametrize("inner", ["", "# only a comment\n", "\n", "  \n"])
def test_an_empty_block_has_no_keys_and_no_problem(inner: str) -> None:
    front = read(f"---\n{inner}---\nbody".encode())

    assert (front.values, front.problems, front.form) == ({}, [], "lines")
    assert front.body == front.end == len(inner) + 8


def test_each_key_knows_its_lines() -> None:
    data = block(
        "title: x # c\n\n# about tags\ntags:\n  - a\n  # why\n  - b\n\n# end\nlong: >-\n  one\n\n  two\nflow: [a,\n  b]\nlast: 1"
    )

    front = read(data)

    assert {key: data[start:end] for key, (start, end) in front.keys.items()} == {
        "title": b"title: x # c\n",
        "tags": b"tags:\n  - a\n  # why\n  - b\n",
        "long": b"long: >-\n  one\n\n  two\n",
        "flow": b"flow: [a,\n  b]\n",
        "last": b"last: 1\n",
    }


def test_spans_are_bytes_also_behind_text_that_is_not_ascii() -> None:
    data = "\ufeff---\n題: {a: 人}\n人: |\n  人🙂\nlast: 1\n---\n".encode()

    front = read(data)

    assert {key: data[start:end].decode() for key, (start, end) in front.keys.items()} == {
        "題": "題: {a: 人}\n",
        "人": "人: |\n  人🙂\n",
        "last": "last: 1\n",
    }


@pytest.mark.parametrize(
    ("yaml", "line", "said"),
    [
        ("a: 1\nb: c: d", 3, "mapping values are not allowed"),
        ("a: 1\nb: [", 4, "not valid YAML"),
        ('a: "open\nb: 1', 4, "not valid YAML"),
        ("a: 1\n\tb: 2", 3, "tab"),
        ("a: &x [1]\nb: *x", 2, "anchors and aliases"),
        ("a: 1\nb: *x", 3, "anchors and aliases"),
        ("a: !!python/object/apply:os.system ['touch pwned']", 2, "tags"),
        ("a: !foo {b: c}", 2, "tags"),
        ("a: " + "[" * 40 + "]" * 40, 2, "nested deeper than 32"),
        ("title: {{title}}", 2, "a key is a list"),
        ("a: 1\n--- b", 3, "second YAML document"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_line_and_hint(yaml: str, line: int, said: str) -> None:
    front = read(block(yaml))

    ((at, message, hint),) = front.problems
    assert at == line
    assert said in message
    assert hint
    assert front.broken


def test_one_bad_line_does_not_hide_the_others() -> None:
    front = read(block("title: Foo: the bar\naliases: [Foo, 'Bar']\nauthor: {{name}}\ntags:\n  - a\nn: 3"))

    assert front.values == {
        "title": "Foo: the bar",
        "aliases": ["Foo", "Bar"],
        "author": "{{name}}",
        "tags": ["a"],
        "n": 3,
    }
    assert front.broken


def test_a_key_that_stands_twice_is_a_problem_and_the_last_counts() -> None:
    front = read(block("a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}"))

    assert front.values == {"a": 3, "b": 2, "c": {"d": 2}}
    assert [line for line, _, _ in front.problems] == [4, 5]
    assert front.repeated == ("a",)
    assert not front.broken


@pytest.mark.parametrize("yaml", ["- a\n- b", "just text", "12", '"text"', "\ttabs: x"])
def test_a_block_without_keys_is_text_and_a_problem(yaml: str) -> None:
    front = read(block(yaml))

    assert (front.values, front.start, front.end, front.body, front.form) == ({}, 0, 0, 0, "none")
    assert front.broken
    assert len(front.problems) == 1


def test_front_matter_that_is_never_closed_is_text_and_a_problem() -> None:
    front = read(b"---\ntitle: x\n\ntext\n")

    assert (front.values, front.body) == ({}, 0)
    assert front.problems == [(1, "front matter is not closed", "Put a line with --- after the last key.")]


def test_front_matter_beyond_the_limit_is_text_and_a_problem() -> None:
    fits = b"---\na: " + b"x" * (LIMIT - 4) + b"\n---\n"
    too_long = b"---\na: " + b"x" * (LIMIT - 3) + b"\n---\n"

    assert read(fits).values == {"a": "x" * (LIMIT - 4)}
    assert read(fits).problems == []
    assert (read(too_long).values, read(too_long).body, read(too_long).broken) == ({}, 0, True)


def test_a_rule_at_the_top_and_another_far_below_are_no_front_matter() -> None:
    data = b"---\n\n" + b"prose goes on\n" * 6000 + b"\n---\n"

    assert (read(data).body, read(data).problems) == (0, [])


def test_bytes_that_are_not_utf8_are_shown_and_named() -> None:
    front = read(b"---\nid: 1\ntitle: caf\xe9\nnext: |\n  a\nlast: b\n---\n")

    assert front.values == {"id": 1, "title": "caf\ufffd", "next": "a\n", "last": "b"}
    assert front.problems == [(3, "not valid UTF-8", "Save the file as UTF-8.")]
    assert front.keys["last"] == (34, 42)


def test_control_characters_are_shown_and_named() -> None:
    front = read(b"---\ntitle: 'a\0b'\nx: \x1b[2J\n---\n")

    assert front.values == {"title": "a\ufffdb", "x": "\ufffd[2J"}
    assert [line for line, _, _ in front.problems] == [2]


def test_a_bomb_of_aliases_stays_small() -> None:
    bomb = "a0: &a0 [x,x,x,x]\n" + "\n".join(f"a{n}: &a{n} [*a{n - 1},*a{n - 1},*a{n - 1}]" for n in range(1, 30))

    front = read(block(bomb))

    assert front.broken
    assert len(repr(front.values)) < len(bomb) * 2


def test_json_between_the_fences_is_read() -> None:
    front = read(b'---\n{"title": "x", "tags": ["a", 1]}\n---\nbody')

    assert (front.values, front.form, front.keys) == ({"title": "x", "tags": ["a", 1]}, "flow", {})


def test_json_at_the_top_of_a_file_is_read_when_text_follows() -> None:
    data = '{\n  "title": "人",\n  "n": 1e999\n}\n\nbody'.encode()

    front = read(data)

    assert (front.values, front.form) == ({"title": "人", "n": "inf"}, "json")
    assert data[front.body :] == b"\nbody"
    assert read(b'{"title": "x"}\n').form == "none"
    assert read(b'{"title": "x"} and text\n').form == "none"


def test_toml_is_read() -> None:
    front = read(b"+++\ntitle = 'x'\ndate = 2026-11-20T08:30:00\n[extra]\nn = 1\n+++\nbody")

    assert front.values == {"title": "x", "date": "2026-11-20T08:30:00", "extra": {"n": 1}}
    assert (front.form, front.body) == ("toml", 61)


def test_broken_toml_is_text_and_a_problem() -> None:
    front = read(b"+++\nnot toml\n+++\nbody")

    assert (front.values, front.body, front.broken, len(front.problems)) == ({}, 0, True, 1)


@pytest.mark.parametrize(
    ("value", "separators", "texts"),
    [
        (None, ", ", []),
        ("a, b c", ", ", ["a", "b", "c"]),
        ("a b, c", ",", ["a b", "c"]),
        ("a b, c", "", ["a b, c"]),
        ("[[A, b]]", ", ", ["[[A, b]]"]),
        (["a b", 12, True, None, 1.5, ["c"], {"d": 1}], ", ", ["a b", "12", "true", "1.5", "c"]),
        (12, ", ", ["12"]),
        (False, ", ", ["false"]),
        ({"a": 1}, ", ", []),
        ("", ", ", []),
        ("  ", "", []),
    ],
)
def test_any_value_is_a_list_of_texts(value: object, separators: str, texts: list[str]) -> None:
    assert strings(value, separators) == texts


@pytest.mark.parametrize("value", ["12.10", "1.0", "007", "0x1F", "1e5", "42", "words", "true"])
def test_a_number_can_be_had_as_it_was_written(value: str) -> None:
    front = read(block(f"id: {value} # mine\nother: [1]\nempty:"))

    assert front.text("id") == value
    assert (front.text("other"), front.text("empty"), front.text("absent")) == ("", "", "")
    assert read(b"---\nid:\n  12.10\n---\n").text("id") == "12.1"
    assert read(b"---\n{id: 3}\n---\n").text("id") == "3"


def test_hundreds_of_repeated_keys_are_a_few_problems() -> None:
    assert len(read(block("a: 1\n" * 500)).problems) == 20


def test_a_plain_note_is_read_without_a_library() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "from pkm.markdown.frontmatter import read\n"
        'assert read(b\'---\\ntitle: x # c\\ntags: [a, "[[B]]"]\\nn:\\n  - 1\\n---\\n\').values["n"] == [1]\n'
        'assert read(b\'\\xef\\xbb\\xbf---\\r\\ntitle: x\\r\\n---\\r\\n\').values == {"title": "x"}\n'
        "print(*sorted(name for name in set(sys.modules) - before if not name.startswith('pkm')))"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.split() == ["__future__"]
