"""Trees of notes: which note is which, and what becomes of it."""

from __future__ import annotations

import pytest

from pkm.sync.copies import copy_path
from tests.sync.memory import both_ways


def note(ident: str, *rows: str, **keys: object) -> bytes:
    front = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f"---\nid: {ident}\n{front}---\n{''.join(row + chr(10) for row in rows)}".encode()


A = note("a", "one", "two", "three")


def test_a_renamed_note_takes_the_changes_of_the_other_side() -> None:
    changed = A.replace(b"two", b"TWO")

    assert both_ways({"a.md": A}, {"in/new.md": A}, {"a.md": changed}) == ({"in/new.md": changed}, [])


def test_renamed_and_changed_on_both_sides() -> None:
    ours, theirs = A.replace(b"one", b"ONE"), A.replace(b"three", b"THREE")

    files, _ = both_ways({"a.md": A}, {"b.md": ours}, {"c.md": theirs})

    assert files == {"b.md": A.replace(b"one", b"ONE").replace(b"three", b"THREE")}


def test_a_note_without_an_id_is_followed_when_its_content_stays() -> None:
    assert both_ways({"a.md": b"x\n"}, {"b.md": b"x\n"}, {"a.md": b"x\ny\n"}) == ({"b.md": b"x\ny\n"}, [])


def test_two_notes_swap_names() -> None:
    b = note("b", "other")
    changed = A.replace(b"two", b"TWO")

    files, _ = both_ways({"a.md": A, "b.md": b}, {"a.md": b, "b.md": A}, {"a.md": changed, "b.md": b})

    assert files == {"a.md": b, "b.md": changed}


@pytest.mark.parametrize("changed", [{"a.md": A + b"more\n"}, {"moved.md": A}])
def test_changed_beats_deleted(changed: dict[str, bytes]) -> None:
    assert both_ways({"a.md": A}, {}, changed) == (changed, [])


def test_deleted_on_one_side_is_deleted() -> None:
    assert both_ways({"a.md": A, "b.md": b"x"}, {"b.md": b"x"}, {"a.md": A, "b.md": b"y"}) == ({"b.md": b"y"}, [])


def test_a_conflict_has_one_winner_and_keeps_the_other_whole() -> None:
    ours, theirs = note("a", "one", "2", "three", updated=5), note("a", "one", "II", "three", "four", updated=3)

    files, conflicts = both_ways(
        {"a.md": note("a", "one", "two", "three", updated=1)}, {"a.md": ours}, {"a.md": theirs}
    )

    copy = copy_path("a.md", theirs)
    assert files == {
        "a.md": note("a", "one", "2", "three", "four", updated=5),
        copy: theirs.replace(b"id:", b"conflict-of:"),
    }
    assert [tuple(conflict) for conflict in conflicts] == [("a.md", copy)]


def test_a_version_that_is_kept_already_loses_again() -> None:
    base, ours, theirs = note("a", "x"), note("a", "y"), note("a", "z")
    merged, _ = both_ways({"a.md": base}, {"a.md": ours}, {"a.md": theirs})

    for side in (ours, theirs):
        assert both_ways({"a.md": base}, merged, {"a.md": side})[0] == merged


def test_different_notes_at_one_path_are_both_kept() -> None:
    one, other = note("a", "x"), note("b", "y")

    files, conflicts = both_ways({}, {"day.md": one}, {"day.md": other})

    assert sorted(files.values()) == [one, other]
    assert "day.md" in files
    assert not conflicts


def test_a_journal_begun_on_two_machines_is_one_note() -> None:
    files, _ = both_ways({}, {"day.md": b"# Day\n- tea\n"}, {"day.md": b"# Day\n- cake\n"})

    assert files == {"day.md": b"# Day\n- cake\n- tea\n"}


def test_a_file_and_a_folder_of_one_name() -> None:
    files, _ = both_ways({}, {"a": b"file"}, {"a/b.md": b"x"})

    assert files["a/b.md"] == b"x"
    assert sorted(files.values()) == [b"file", b"x"]
    assert "a" not in files


def test_binary_files_have_a_winner_and_a_copy() -> None:
    files, conflicts = both_ways({"i.png": b"\0a"}, {"i.png": b"\0b"}, {"i.png": b"\0c"})

    assert sorted(files.values()) == [b"\0b", b"\0c"]
    assert conflicts[0].copy.startswith("i (conflict ")


def test_logs_are_joined_and_windows_are_not_worth_a_copy() -> None:
    log, windows = ".pkm/log/reviews.jsonl", ".obsidian/workspace.json"

    files, conflicts = both_ways(
        {log: b"1\n", windows: b"{}"}, {log: b"1\n2\n", windows: b'{"a": 1}'}, {log: b"1\n3\n", windows: b'{"b": 1}'}
    )

    assert files[log] == b"1\n2\n3\n"
    assert len(files) == 2
    assert not conflicts


def test_markers_that_another_tool_left_become_versions() -> None:
    marked = note("a", "<<<<<<< HEAD", "ours", "=======", "theirs", ">>>>>>> origin/main")

    files, conflicts = both_ways({"a.md": A}, {"a.md": A}, {"a.md": marked})

    texts = sorted(files.values())
    assert not any(b"<<<<" in text for text in texts)
    assert len(texts) == 2
    assert len(conflicts) == 1
