"""One note's bytes as rows."""

from __future__ import annotations

import pytest

from pkm.config import Settings
from pkm.index.rows import NoteRows, read_note


def rows_of(text: str | bytes, path: str = "notes/Some name.md") -> NoteRows:
    return read_note(path, text if isinstance(text, bytes) else text.encode(), 0, Settings())


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: From front matter\n---\n# Heading", "From front matter"),
        ("---\ntitle: [no, title]\n---\n# Heading", "Heading"),
        ("## Second\n# First level", "First level"),
        ("plain", "Some name"),
        ("---\ntitle: 2024\n---\n", "2024"),
    ],
)
def test_the_title_is_what_the_note_says_else_its_heading_else_its_name(text: str, title: str) -> None:
    assert rows_of(text).title == title


@pytest.mark.parametrize(
    ("written", "aliases"),
    [
        ("Small groups", ["Small groups"]),
        ("one, two words", ["one", "two words"]),
        ("[a b, a b, c]", ["a b", "c"]),
        ("", []),
    ],
)
def test_an_alias_keeps_its_spaces(written: str, aliases: list[str]) -> None:
    assert rows_of(f"---\naliases: {written}\n---\n").aliases == aliases


def test_an_id_is_kept_as_it_was_written() -> None:
    assert rows_of("---\nid: 12.10\n---\n").note[0] == "12.10"
    assert rows_of("---\nid: [a, b]\n---\n").note[0] is None


def test_tags_are_compared_in_one_form_and_shown_as_first_written() -> None:
    assert rows_of("---\ntags: '#Inbox/, zwei'\n---\n#Zwei #caf\u00e9 #cafe\u0301").tags == {
        "inbox": "Inbox",
        "zwei": "zwei",
        "caf\u00e9": "caf\u00e9",
    }


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T08:30", "2026-11-20T08:30:00"),
        ("2026-11-20 08:30:15", "2026-11-20T08:30:15"),
        ("2026-11-20T08:30:15.123+02:00", "2026-11-20T08:30:15"),
        ("2026-11-20T08:30+02:00", "2026-11-20T08:30:00"),
        ("2026-11-20Txx:yy", "2026-11-20"),
    ],
)
def test_times_are_kept_in_one_form_that_sorts(written: str, kept: str) -> None:
    assert rows_of(f"---\ncreated: {written}\n---\n").note[6] == kept


def test_what_is_no_date_is_replaced_by_the_time_of_the_file() -> None:
    assert rows_of("---\ncreated: soon\n---\n").note[6].startswith(("1970", "1969"))


@pytest.mark.parametrize(
    "text", ["ä [[Zürich|dort]] # no\n\n# Ü\n\n- [ ] tün ^b", "\ufeffa [[Zürich]]\n# Ü", "plain [[Name#A|b]]\n# H"]
)
def test_places_are_byte_offsets_in_the_file(text: str) -> None:
    data = text.encode()
    rows = rows_of(data)

    assert [data[row[6] : row[7]].decode() for row in rows.links] == [row[1] for row in rows.links]
    assert all(data[start:].startswith(b"#") for _, _, start, _ in rows.headings)
    assert all(data[start:].startswith(b"[ ]") for _, _, start, _ in rows.tasks)


def test_bytes_that_are_no_utf8_are_a_problem_and_no_more() -> None:
    rows = rows_of(b"caf\xe9 [[caf\xe9|x\xe9]]\n# T\xe9\n- [ ] d\xe9\n#t\xe9g")

    assert [message for _, message, _ in rows.problems] == ["6 bytes are not UTF-8."]
    assert rows.links[0][1] == "[[caf?|x?]]"
    assert "\udce9" not in repr([rows.body, rows.title, rows.links, rows.headings, rows.tasks, rows.tags])


def test_properties_keep_their_types() -> None:
    rows = rows_of(
        "---\nrating: 4\nshare: 0.5\ndone: true\nday: 2026-11-20\nlist: [a, 2]\nnothing:\nhuge: 99999999999999999999\n---\n"
    )

    assert rows.properties == [
        ("rating", 0, "number", 4),
        ("share", 0, "number", 0.5),
        ("done", 0, "checkbox", 1),
        ("day", 0, "date", "2026-11-20"),
        ("list", 0, "text", "a"),
        ("list", 1, "number", 2),
        ("nothing", 0, "empty", None),
        ("huge", 0, "text", "99999999999999999999"),
    ]


@pytest.mark.parametrize(
    ("path", "kind"), [("inbox/a.md", "fleeting"), ("inboxes/a.md", "permanent"), ("a.md", "permanent")]
)
def test_a_note_that_does_not_say_what_it_is_is_known_by_its_folder(path: str, kind: str) -> None:
    assert rows_of("", path).note[2] == kind
    assert rows_of("---\nkind: literature\n---\n", path).note[2] == "literature"
