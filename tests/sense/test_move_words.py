"""Headings, tags and keys get other names, and what refers to them follows; the rest keeps its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pkm.errors import ChangedError, PkmError, RefusedError, UsageError
from pkm.sense.move_heading import heading_plan
from pkm.sense.move_property import property_plan
from pkm.sense.move_tag import tag_plan
from pkm.vault.plan import apply
from tests.sense.kit import bench_of, files_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pkm.sense.move_note import Moved
    from pkm.workbench import Workbench

    Files = dict[str, str | bytes]


def changed(root: Path, files: Files, plan: Callable[[Workbench], Moved]) -> dict[str, str]:
    """The files that a plan changes, as text."""
    bench = bench_of(root, files)
    before = files_of(bench)
    apply(bench.vault, plan(bench).plan)
    return {name: data.decode() for name, data in files_of(bench).items() if before.get(name) != data}


def heading(root: Path, files: Files, old: str, new: str) -> dict[str, str]:
    return changed(root, files, lambda bench: heading_plan(bench.vault, bench.db, "n.md", old, new))


def tag(root: Path, files: Files, old: str, new: str, *, merge: bool = False) -> dict[str, str]:
    return changed(root, files, lambda bench: tag_plan(bench.vault, bench.db, old, new, merge=merge))


def key(root: Path, files: Files, old: str, new: str) -> dict[str, str]:
    return changed(root, files, lambda bench: property_plan(bench.vault, bench.db, old, new))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "[[n#Old part]] ![[n#Old part|x]] [[n]] [[n#Other]] [[n#^id]]",
            "[[n#New part]] ![[n#New part|x]] [[n]] [[n#Other]] [[n#^id]]",
        ),
        ("[[N#old  PART]] [[n#Top#Old part]]", "[[N#New part]] [[n#Top#New part]]"),
        ("[t](n.md#Old%20part) [t](<n.md#Old part> 'x')", "[t](n.md#New%20part) [t](<n.md#New part> 'x')"),
        ("[t](n.md#old-part) [[m#Old part]]", "[t](n.md#new-part) [[m#Old part]]"),
        ("[t][r]\n\n[r]: n.md#old-part 'x'\n", "[t][r]\n\n[r]: n.md#new-part 'x'\n"),
        ('---\nup: "[[n#Old part]]"\n---\n', '---\nup: "[[n#New part]]"\n---\n'),
    ],
)
def test_links_to_a_heading_follow_it(tmp_path: Path, before: str, after: str) -> None:
    note = "# Top\r\n## Old part ##\r\n[[#Old part]] Old part\r\n"
    files: Files = {"n.md": note, "x.md": before, "m.md": "# Old part\n"}

    assert heading(tmp_path, files, "Old part", "New part") == {
        "n.md": "# Top\r\n## New part ##\r\n[[#New part]] Old part\r\n",
        "x.md": after,
    }


def test_a_link_to_a_heading_leaves_out_what_no_link_can_hold(tmp_path: Path) -> None:
    files: Files = {
        "n.md": "# A\n[[#A]]\n",
        "c.canvas": '{"nodes":[{"file":"n.md","subpath":"#A"},{"text":"[[n#A]]"}]}',
    }

    assert heading(tmp_path, files, "A", "B | **C** [[x]]: d") == {
        "n.md": "# B | **C** [[x]]: d\n[[#B C x: d]]\n",
        "c.canvas": '{"nodes":[{"file":"n.md","subpath":"#B C x: d"},{"text":"[[n#B C x: d]]"}]}',
    }


@pytest.mark.parametrize(
    ("note", "old", "new", "error"),
    [
        ("# A\n", "B", "C", UsageError),
        ("# A\n# a\n", "a", "C", UsageError),
        ("# A\n# B\n", "A", "b", ChangedError),
        ("# A\n", "A", " ", UsageError),
        ("# A\n", "A", "B #", RefusedError),
        ("`# A`\n", "A", "B", UsageError),
    ],
)
def test_a_heading_that_is_unclear_or_taken_is_left_alone(
    tmp_path: Path, note: str, old: str, new: str, error: type[PkmError]
) -> None:
    with pytest.raises(error):
        heading(tmp_path, {"n.md": note}, old, new)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("#old #Old/part #older `#old` #x/old\r\n", "#new/a #new/a/part #older `#old` #x/old\r\n"),
        ("---\ntags: [old, 'old/part', older] # why\n---\n", "---\ntags: [new/a, 'new/a/part', older] # why\n---\n"),
        ("---\ntags: old, x\n---\n", "---\ntags: new/a, x\n---\n"),
        ('---\ntags:\n  - "#OLD"\n  - x\n---\n#old', '---\ntags:\n  - "#new/a"\n  - x\n---\n#new/a'),
        ("[[x#old]] [t](x.md#old) #old", "[[x#old]] [t](x.md#old) #new/a"),
    ],
)
def test_a_tag_is_renamed_with_those_below_it(tmp_path: Path, before: str, after: str) -> None:
    assert tag(tmp_path, {"n.md": before, "m.md": "#older"}, "#old", "new/a") == {"n.md": after}


def test_a_tag_in_use_is_only_merged_on_request(tmp_path: Path) -> None:
    files: Files = {
        "n.md": "---\ntags: [old, new]\n---\n#old\n",
        "m.md": "#new\n",
        "c.canvas": '{"nodes":[{"text":"a #old"}]}',
    }

    with pytest.raises(ChangedError):
        tag(tmp_path, files, "old", "new")
    assert tag(tmp_path, files, "old", "new", merge=True) == {
        "n.md": "---\ntags: [new]\n---\n#new\n",
        "c.canvas": '{"nodes":[{"text":"a #new"}]}',
    }


@pytest.mark.parametrize(("old", "new"), [("gone", "x"), ("old", "1984"), ("old", "a b"), ("old", ""), ("old", "old")])
def test_tags_that_are_none_are_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(UsageError):
        tag(tmp_path, {"n.md": "#old"}, old, new)


def test_a_tag_can_go_below_itself(tmp_path: Path) -> None:
    assert tag(tmp_path, {"n.md": "#old #old/x"}, "old", "old/new") == {"n.md": "#old/new #old/new/x"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "---\na: 1\nold: [x,  y] # why\n\nb: 2\n---\nold: 3\n",
            "---\na: 1\nnew: [x,  y] # why\n\nb: 2\n---\nold: 3\n",
        ),
        ('---\r\n"old" : x\r\n---\r\n', '---\r\n"new" : x\r\n---\r\n'),
        ("---\nold:\n  - a\n  - b\n---\n", "---\nnew:\n  - a\n  - b\n---\n"),
        ("---\nolder: 1\nx: {old: 1}\nold: 2\n---\n", "---\nolder: 1\nx: {old: 1}\nnew: 2\n---\n"),
    ],
)
def test_a_key_is_renamed_where_it_stands(tmp_path: Path, before: str, after: str) -> None:
    assert key(tmp_path, {"n.md": before, "m.md": "old: 1\n"}, "old", "new") == {"n.md": after}


def test_a_key_that_pkm_knows_is_renamed_too(tmp_path: Path) -> None:
    assert key(tmp_path, {"n.md": "---\ntitle: T\n---\n"}, "title", "name") == {"n.md": "---\nname: T\n---\n"}


@pytest.mark.parametrize(
    ("note", "new", "error"),
    [
        ("---\nold: 1\nnew: 2\n---\n", "new", ChangedError),
        ("---\n{old: 1}\n---\n", "new", RefusedError),
        ("---\nx: 1\n---\n", "new", UsageError),
        ("---\nold: 1\n---\n", "old", UsageError),
    ],
)
def test_a_key_that_cannot_be_renamed_stops_all(tmp_path: Path, note: str, new: str, error: type[PkmError]) -> None:
    with pytest.raises(error):
        key(tmp_path, {"n.md": note}, "old", new)
