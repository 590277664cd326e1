"""What must hold for front matter of any note, good or bad."""

from __future__ import annotations

from datetime import date

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pkm.errors import RefusedError
from pkm.markdown.frontmatter import read, remove_key, set_key, strings
from pkm.markdown.frontmatter_full import _in_bytes
from pkm.markdown.frontmatter_spans import spans
from pkm.markdown.frontmatter_write import same
from pkm.markdown.yaml_full import Unreadable, load
from pkm.markdown.yaml_plain import core, plain

# What people type into front matter, and what breaks it.
PIECES = (
    "title", "tags", "a", "B c", "it's", "12", "0012", "1.10", "1e5", "-3", "+.5", ".5", "1:30", "0x1F", "0o17", "2026-11-20",
    "true", "No", "null", "~", "人", "é", "🙂", "http://x.y/z", "[[X]]", '"q"', "'s'", "'it''s'", '"\\n"', "\\", "*a", "&a", "!t",
    ": ", ":", " ", "  ", "    ", " #", "# c", "#", ", ", ",", "[", "]", "{", "}", "- ", "-", '"', "'", "|", ">-", "?", "? ", "%", "@", "`",
    "\n", "\n", "\n", "\n  ", "\n- ", "\n  - ", "\n\n", "\t", "\r\n", "\r", "\u2028", "\x85", "\xa0", "\u3000", "\ufeff", "\0", "---", "...", "=", "<<",
)  # fmt: skip
blocks = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)

# Blocks that mostly are what the plain reader is for, with a surprise here and there.
words = st.one_of(
    st.sampled_from(PIECES[:36]),
    st.sampled_from(PIECES),
    st.text(max_size=8),
    st.from_regex(r"[-+.0-9eExo]{1,7}", fullmatch=True),
)
values = st.one_of(
    words,
    st.builds("{} {}".format, words, words),
    st.builds('"{}"'.format, words),
    st.builds("'{}'".format, words),
    st.builds("[{}]".format, st.lists(words, max_size=4).map(", ".join)),
    st.builds("{} # {}".format, words, words),
    st.lists(words, max_size=3).map(lambda items: "".join(f"\n  - {item}" for item in items)),
    st.lists(words, max_size=3).map(lambda items: "# c" + "".join(f"\n- '{item}'" for item in items)),
)
likely_lines = st.builds("{}: {}".format, st.sampled_from(("title", "tags", "B c", "é", "2026", "a/b", "no")), values)
lines = st.one_of(
    likely_lines,
    likely_lines,
    likely_lines,
    st.builds("{}:{}".format, words, values),
    st.sampled_from(("", "# comment", "  # indented", "  ", "\tx: y")),
)
likely_blocks = st.lists(lines, max_size=6).map("\n".join)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
odd_texts = st.one_of(texts, st.sampled_from(PIECES), st.lists(st.sampled_from(PIECES), max_size=4).map("".join))
scalars = st.one_of(
    odd_texts,
    st.booleans(),
    st.integers(-(1 << 62), 1 << 62),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates().map(str),
    st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds")),
)  # fmt: skip
new_values = st.one_of(scalars, st.lists(odd_texts, max_size=4))
keys = st.one_of(st.sampled_from(("title", "tags", "new", "a", "B c", "yes", "12")), odd_texts.filter(bool))


def as_note(block: str, before: str = "", fence: str = "---", body: str = "text\n") -> bytes:
    return f"{before}---\n{block}\n{fence}\n{body}".encode("utf-8", "surrogatepass")


notes = st.one_of(
    st.builds(as_note, likely_blocks, st.sampled_from(("", "\ufeff")), st.sampled_from(("---", "...", "---  ")), odd_texts),
    st.builds(as_note, blocks),
    likely_blocks.map(lambda block: as_note(block).replace(b"\n", b"\r\n")),
    texts.map(str.encode),
    st.binary(max_size=60),
    st.just(b"---\n---\n"),
    st.builds(lambda head, tail: head + tail, st.sampled_from((b"---\n", b"+++\n", b"{", b"\xef\xbb\xbf---\n", b"---\r\n")), st.binary(max_size=60)),
)  # fmt: skip


@given(notes)
@example(b"---\nt: " + b"[" * 60_000 + b"\n---\n")
@example(b"---\n" + b"- " * 30_000 + b"\n---\n")
@example(b"---\nt: " + b"{a: " * 10_000 + b"\n---\n")
@example(b"---\nn: " + b"9" * 5000 + b"\n---\n")
@example(b"---\nn: " + b"1:" * 2000 + b"1\n---\n")
@example(b"+++\na = " + b"[" * 5000 + b"\n+++\n")
@example(b'{"a": ' + b"[" * 60_000)
@example(b"---\na: &a [*a]\n---\n")
@example(b"---\ncreated: 2024-13-45\n---\n")
def test_reading_never_fails_and_its_offsets_lie_in_the_note(data: bytes) -> None:
    front = read(data)

    assert 0 <= front.start <= front.end <= max(front.body, front.end) <= len(data)
    for message_line, message, hint in front.problems:
        assert 0 < message_line <= data.count(b"\n") + data.count(b"\r") + 2
        assert message
        assert hint
    ends = [front.start]
    for start, end in front.keys.values():
        assert front.start < start < end <= front.close
        ends.append(end)
    assert front.broken <= bool(front.problems)


@settings(max_examples=400)
@given(likely_blocks)
@example("a: [b, c]  # d\ne: 'it''s'\nf:\n- g\n# h\n- 'i'\n\nj: ~\nk: null\n")
@example("a: null\n- b")
@example("a: ~\n  - b")
@example("a: [b, ]\nc: [,]")
def test_both_readers_agree_wherever_both_answer(block: str) -> None:
    fast = plain(block)
    if fast is None:
        return

    full = load(block)

    assert same(full.root or {}, fast)
    assert list(full.root or {}) == list(fast)
    assert not full.repeated
    data = f"---\n{block}\n".encode()
    if not full.flow:
        assert spans(data, None) == spans(data, _in_bytes(data[4:], 4, full.marks))


@given(odd_texts)
def test_a_plain_scalar_has_the_same_type_for_both_readers(word: str) -> None:
    try:
        full = load(f"key: {word}")
    except Unreadable:
        return
    fast = plain(f"key: {word}")

    assert fast is None or same(fast, full.root)
    if fast is not None and isinstance(fast["key"], (int, float)) and not isinstance(fast["key"], bool):
        assert core(word.partition(" #")[0].strip()) == fast["key"]


@given(notes, keys, new_values)
@example(b"---\n---\n", "k", "v")
@example(b"---\n\n---\n", "k", "v")
@example(b"---", "k", "v")
@example(b"---\na: |+\n  x\n\n---", "k", ["v"])
def test_setting_a_new_key_and_removing_it_restores_every_byte(data: bytes, key: str, value: object) -> None:
    if key in read(data).values:
        return
    try:
        there = set_key(data, key, value)
    except RefusedError:
        return

    assert there != data
    assert remove_key(there, key) == data


@given(notes, keys, new_values)
def test_what_was_set_is_what_is_read(data: bytes, key: str, value: object) -> None:
    before = read(data)
    try:
        result = set_key(data, key, value)
    except RefusedError:
        return
    after = read(result)

    assert same(after.values[key], value)
    others = {name: one for name, one in before.values.items() if name != key}
    assert same({name: one for name, one in after.values.items() if name != key}, others)
    assert result[after.body :] == data[before.body :]


@given(notes, new_values)
def test_setting_touches_the_lines_of_its_key_alone(data: bytes, value: object) -> None:
    front = read(data)
    for key, (start, end) in front.keys.items():
        try:
            result = set_key(data, key, value)
        except RefusedError:
            continue
        assert result.startswith(data[:start])
        assert result.endswith(data[end:])
        assert len(result) >= start + len(data) - end


@given(notes)
def test_a_key_set_to_its_own_value_changes_nothing(data: bytes) -> None:
    for key, value in read(data).values.items():
        assert set_key(data, key, value) == data


@given(notes)
def test_removing_takes_the_lines_of_its_key_alone(data: bytes) -> None:
    front = read(data)
    for key, (start, end) in front.keys.items():
        try:
            result = remove_key(data, key)
        except RefusedError:
            continue
        left = data[:start] + data[end:]
        assert key not in read(result).values
        # Only a block with nothing left in it goes as a whole.
        assert (
            result == left
            or not data[data.index(b"\n", front.start) + 1 : start].strip() + data[end : front.close].strip()
        )


@given(keys, new_values)
def test_pyyaml_reads_the_same_text_back(key: str, value: object) -> None:
    try:
        block = read_block(set_key(b"", key, value))
    except RefusedError:
        return
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        (there,) = yaml.load(block, Loader=loader).items()
        assert there[0] == key
        assert as_iso(there[1]) == value


def as_iso(value: object) -> object:
    """ISO dates are written plain, for Obsidian; YAML 1.1 makes dates of them."""
    return value.isoformat() if isinstance(value, date) else value


def read_block(data: bytes) -> str:
    return data.decode().removeprefix("---\n").removesuffix("---\n")


@given(
    st.recursive(st.one_of(st.none(), scalars), lambda inner: st.one_of(st.lists(inner), st.dictionaries(texts, inner)))
)
def test_any_value_becomes_a_list_of_texts(value: object) -> None:
    for separators in (", ", ",", ""):
        found = strings(value, separators)
        assert all(one == one.strip() != "" for one in found)


@pytest.mark.parametrize("text", ["a, b", "a b", "a,b", " a ,, b "])
def test_tags_separate_by_commas_and_spaces(text: str) -> None:
    assert strings(text) == ["a", "b"]
