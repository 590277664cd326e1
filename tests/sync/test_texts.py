"""Notes, logs and other texts: one of three."""

from __future__ import annotations

import pytest

from pkm.markdown.frontmatter import read
from pkm.sync.texts import join_log, join_text, merge_note, rank


def note(front: str, body: str = "text\n") -> bytes:
    return f"---\n{front}\n---\n{body}".encode()


def joined(base: bytes | None, ours: bytes, theirs: bytes) -> tuple[bytes, bytes | None]:
    one = merge_note(base, ours, theirs)
    assert one == merge_note(base, theirs, ours)
    return one


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "both"),
    [
        ("id: n\ntitle: a", "id: n\ntitle: b", "id: n\ntitle: a\nstage: bud", "id: n\ntitle: b\nstage: bud"),
        ("tags: [a, b]", "tags: [a, b, c]", "tags: [b, d]", "tags: [b, d, c]"),
        ("tags:\n  - a", "tags:\n  - a\n  - b", "tags:\n  - a\n  - c", "tags:\n  - a\n  - b\n  - c"),
        ("x: 1\ny: 2", "y: 2", "x: 1\ny: 3", "y: 3"),
        ("x: 1", "y: 2\nx: 1", "x: 1\nz: 3", "y: 2\nx: 1\nz: 3"),
        ("# why\nx: 1\n\ny: 2", "# why\nx: 1\n\ny: 3", "# why\nx: 2\n\ny: 2", "# why\nx: 2\n\ny: 3"),
    ],
)
def test_front_matter_is_joined_by_key(base: str, ours: str, theirs: str, both: str) -> None:
    data, loser = joined(note(base), note(ours), note(theirs))

    assert loser is None
    assert read(data).values == read(note(both)).values
    assert sorted(data.splitlines()) == sorted(note(both).splitlines())


def test_the_later_update_and_the_earlier_creation_stand() -> None:
    base = note("created: 2026-01-02\nupdated: 2026-01-02T10:00:00")
    ours = note("created: 2026-01-03\nupdated: 2026-03-01T10:00:00")
    theirs = note("created: 2026-01-01\nupdated: 2026-02-01T10:00:00")

    data, loser = joined(base, ours, theirs)

    assert loser is None
    assert data == note("created: 2026-01-01\nupdated: 2026-03-01T10:00:00")


def test_a_key_changed_in_two_ways_keeps_the_version_that_lost() -> None:
    base, ours = note("stage: seed\nupdated: 1"), note("stage: bud\nupdated: 9", "text\nmore\n")
    theirs = note("stage: evergreen\nupdated: 2", "more before\ntext\n")

    data, loser = joined(base, ours, theirs)

    assert data == note("stage: bud\nupdated: 9", "more before\ntext\nmore\n")
    assert loser == theirs


def test_nothing_is_decided_in_a_block_that_nobody_can_read() -> None:
    base, ours, theirs = note("a: ["), note("a: [\nb: 1"), note("a: [\nc: 1")

    data, loser = joined(base, ours, theirs)

    assert {data, loser} == {ours, theirs}


def test_a_block_that_one_side_left_alone_is_taken_from_the_other_even_when_broken() -> None:
    assert joined(note("a: 1"), note("a: ["), note("a: 1", "other\n")) == (note("a: [", "other\n"), None)


def test_both_sides_give_a_note_its_first_keys() -> None:
    data, loser = joined(b"text\n", note("tags: [a]"), note("stage: bud"))

    assert loser is None
    assert read(data).values == {"tags": ["a"], "stage": "bud"}
    assert data.endswith(b"---\ntext\n")


def test_every_byte_that_nobody_changed_stays() -> None:
    block = 'title:   "a: b"   # mine\n\n# empty on purpose\nold:\nlist: [ x,y ]\n1: one\n'
    base = f"---\n{block}last: 1\n---\n\ntext  \n".encode()

    data, loser = joined(base, base.replace(b"last: 1", b"last: 2"), base.replace(b"text  ", b"text  \nmore"))

    assert loser is None
    assert data == base.replace(b"last: 1", b"last: 2").replace(b"text  ", b"text  \nmore")


def test_line_ends_stay_as_they_are() -> None:
    base = b"---\r\nid: n\r\n---\r\none\r\ntwo\r\n"

    assert joined(base, base.replace(b"one", b"ONE"), base + b"three\r\n") == (
        b"---\r\nid: n\r\n---\r\nONE\r\ntwo\r\nthree\r\n",
        None,
    )
    assert joined(base, base.replace(b"\r\n", b"\n"), base + b"three\r\n")[0] == b"---\nid: n\n---\none\ntwo\nthree\n"


def test_a_body_that_would_turn_into_front_matter_is_left_apart() -> None:
    data, loser = joined(b"x\ntext\n", b"---\nx\ntext\n", b"x\nkey: 1\n---\ntext\n")

    assert read(data).values == {}
    assert loser is None or {data, loser} == {b"---\nx\ntext\n", b"x\nkey: 1\n---\ntext\n"}


def test_the_winner_is_the_later_update_then_decided_by_content_alone() -> None:
    assert rank(note("updated: 2026-02-01")) > rank(note("updated: 2026-01-31T23:59:59"))
    assert rank(note("modified: 900")) < rank(note("modified: 1700000000"))
    assert rank(b"a") != rank(b"b")


def test_a_log_has_each_line_once() -> None:
    ours, theirs = b'{"at": 1}\n{"at": 2}\n{"at": 4}\n', b'{"at": 1}\n{"at": 3}\n'

    assert join_log(ours, theirs) == join_log(theirs, ours)
    assert sorted(join_log(ours, theirs).splitlines()) == [b'{"at": 1}', b'{"at": 2}', b'{"at": 3}', b'{"at": 4}']
    assert join_log(join_log(ours, theirs), theirs) == join_log(ours, theirs)


def test_other_texts_are_joined_only_when_they_can_still_be_read() -> None:
    base = b'{\n"a": 1,\n"b": 2\n}\n'

    good = join_text("x.canvas", base, base.replace(b"1", b"3"), base.replace(b"2", b"4"))
    broken = join_text("x.canvas", base, base.replace(b"2", b'2,\n"c": 1'), base.replace(b'"b": 2', b'"b": 2,\n"d": 1'))

    assert good == b'{\n"a": 3,\n"b": 4\n}\n'
    assert broken is None
    assert join_text("pkm.toml", b"a = 1\n\nb = 1\n", b"a = 2\n\nb = 1\n", b"a = 1\n\nb = 2\n") == b"a = 2\n\nb = 2\n"
    assert join_text("x.base", b"a: 1\n\nb: 1\n", b"a: 2\n\nb: 1\n", b"a: 1\n\nb: 2\n") is None
