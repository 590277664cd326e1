"""After any move every link means what it meant, and what still meant it was not touched."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import ChangedError, PkmError, RefusedError, UsageError
from pkm.sense.move_note import file_plan, folder_plan
from pkm.vault.plan import apply
from pkm.vault.undo import undo
from tests.sense.kit import bench_of, files_of

if TYPE_CHECKING:
    from pkm.workbench import Workbench

BY_NAME = {"self", "path", "folder", "name", "relative", "tie"}


def moved(
    root: Path, files: dict[str, str | bytes], path: str, dest: str, *, keep_alias: bool = False
) -> dict[str, str]:
    """The files after a move, as text; those that are as before are left out."""
    bench = bench_of(root, files)
    before = files_of(bench)
    plan = folder_plan if path.endswith("/") else file_plan
    extra = {"keep_alias": keep_alias} if keep_alias else {}
    apply(bench.vault, plan(bench.vault, bench.db, path, dest, **extra).plan)
    return {name: data.decode() for name, data in files_of(bench).items() if before.get(name) != data}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[[Old]] ![[Old]] [[Old|x]] [[Old#H|x]] [[old.md]]", "[[New]] ![[New]] [[New|x]] [[New#H|x]] [[New.md]]"),
        ("[[a/Old]] [[a/Old#^b]]", "[[b/New]] [[b/New#^b]]"),
        ("[t](a/Old.md) ![t](a/Old.md#H 'x') [t](<a/Old.md>)", "[t](b/New.md) ![t](b/New.md#H 'x') [t](<b/New.md>)"),
        ("[t](Old.md)", "[t](New.md)"),
        ("[t][r] [r]\n\n[r]: a/Old.md 'x'\n", "[t][r] [r]\n\n[r]: b/New.md 'x'\n"),
        ("[![p](pic.png)](a/Old.md)", "[![p](pic.png)](b/New.md)"),
        (
            '---\nup: "[[Old]]"\nfor: [\'[[Old|x]]\', "[[other]]"] # why\n---\n',
            '---\nup: "[[New]]"\nfor: [\'[[New|x]]\', "[[other]]"] # why\n---\n',
        ),
        ("| [[Old\\|x]] |\r\n%% [[Old]] %%\r\n", "| [[New\\|x]] |\r\n%% [[New]] %%\r\n"),
        ("[[AI]] `[[Old]]` [[other]] [[gone]]", None),
        ("```\n[[Old]]\n```\n", None),
    ],
)
def test_links_to_a_moved_note_are_rewritten_in_their_style(tmp_path: Path, before: str, after: str | None) -> None:
    note = "---\naliases: AI\n---\nself [[#H]]\n"

    changed = moved(
        tmp_path, {"n.md": before, "a/Old.md": note, "other.md": "", "pic.png": b"\x89"}, "a/Old.md", "b/New"
    )

    assert changed == {"b/New.md": note} | ({"n.md": after} if after else {})


def test_links_inside_that_depended_on_the_folder_are_rewritten(tmp_path: Path) -> None:
    text = "[[../x]] [t](y.md) [[y]] ![p](../pic.png) [[#H]] [[./y]]\n"
    files: dict[str, str | bytes] = {"a/n.md": text, "x.md": "", "a/y.md": "", "pic.png": b""}

    assert moved(tmp_path, files, "a/n.md", "b/c/") == {
        "b/c/n.md": "[[../../x]] [t](../../a/y.md) [[y]] ![p](../../pic.png) [[#H]] [[../../a/y]]\n"
    }


def test_links_that_would_mean_the_moved_note_are_pinned(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"n.md": "[[x]]", "a/b/x.md": "", "old.md": "", "a/m.md": "[[x]] [[a/b/x]]"}

    assert moved(tmp_path, files, "old.md", "/x") == {"x.md": "", "n.md": "[[a/b/x]]", "a/m.md": "[[a/b/x]] [[a/b/x]]"}


def test_a_folder_moves_with_all_its_files(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "p/a.md": "[[b]] [t](s/b.md) [[../n]]",
        "p/s/b.md": "",
        "p/pic.png": b"1",
        "n.md": "[[p/a]] ![[pic.png]] [x](p/s/b.md)",
    }

    assert moved(tmp_path, files, "p/", "q/r") == {
        "q/r/a.md": "[[b]] [t](s/b.md) [[../../n]]",
        "q/r/s/b.md": "",
        "q/r/pic.png": "1",
        "n.md": "[[q/r/a]] ![[pic.png]] [x](q/r/s/b.md)",
    }


def test_a_canvas_keeps_all_bytes_but_the_paths(tmp_path: Path) -> None:
    canvas = '{"nodes":[ {"file":"a/Old.md", "id":"1"},\n\t{"text":"caf\\u00e9 \\/ [[Old]]\\n[t](a\\/Old.md)","x" : 1.50}],"file":"a/Old.md"}\n'

    changed = moved(tmp_path, {"c/x.canvas": canvas, "a/Old.md": ""}, "a/Old.md", "b/Né")

    wanted = '{"nodes":[ {"file":"b/Né.md", "id":"1"},\n\t{"text":"caf\\u00e9 \\/ [[Né]]\\n[t](b\\/Né.md)","x" : 1.50}],"file":"a/Old.md"}\n'
    assert json.loads(changed["c/x.canvas"])["nodes"] == json.loads(wanted)["nodes"]
    assert changed["c/x.canvas"].startswith(wanted[: wanted.index("[[Né")])
    assert changed["c/x.canvas"].endswith('","x" : 1.50}],"file":"a/Old.md"}\n')


@pytest.mark.parametrize("canvas", ["{", "[]", '{"nodes": 1}', '{"nodes":[1,["a/Old.md"]]}', '"a/Old.md"'])
def test_a_canvas_that_is_none_is_left_alone(tmp_path: Path, canvas: str) -> None:
    assert set(moved(tmp_path, {"x.canvas": canvas, "a/Old.md": ""}, "a/Old.md", "New")) == {"a/New.md"}


@pytest.mark.parametrize(
    ("dest", "to"),
    [
        ("new", "a/new.md"),
        ("b/", "b/x.md"),
        ("b", "b/x.md"),
        ("b/new.md", "b/new.md"),
        ("/new", "new.md"),
        ("c d/e", "c d/e.md"),
        ("X", "a/X.md"),
        ("v1.2", "a/v1.2.md"),
    ],
)
def test_destinations_are_folders_paths_or_names(tmp_path: Path, dest: str, to: str) -> None:
    assert set(moved(tmp_path, {"a/x.md": "x", "b/y.md": ""}, "a/x.md", dest)) == {to}


@pytest.mark.parametrize(
    ("path", "dest", "error"),
    [
        ("a/x.md", "y", ChangedError),
        ("a/x.md", "Y", ChangedError),
        ("a/x.md", "x", UsageError),
        ("a/x.md", "../../x", PkmError),
        ("a/x.md", ".git/x", RefusedError),
        ("a/x.md", "what?", RefusedError),
        ("a/x.md", "a#b", RefusedError),
        ("a/", "a/b", UsageError),
        ("a/", "b", None),
        ("zz/", "b", UsageError),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_moves(
    tmp_path: Path, path: str, dest: str, error: type[PkmError] | None
) -> None:
    files: dict[str, str | bytes] = {"a/x.md": "x", "a/y.md": "y", "b/z.md": ""}
    if error is None:
        assert set(moved(tmp_path, files, path, dest)) == {"b/a/x.md", "b/a/y.md"}
        return

    with pytest.raises(error):
        moved(tmp_path, files, path, dest)

    assert set(files_of(bench_of(tmp_path, {}))) == set(files)


def test_a_link_that_several_files_answer_is_not_guessed(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"n.md": "[[x]]", "a/x.md": "", "b/x.md": ""}

    with pytest.raises(RefusedError):
        moved(tmp_path, files, "a/x.md", "y")


def test_the_old_name_is_kept_as_an_alias_on_request(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"Old.md": "---\naliases: [AI]\n---\n[[Old]]\n"}

    assert moved(tmp_path, files, "Old.md", "New", keep_alias=True) == {
        "New.md": "---\naliases: [AI, Old]\n---\n[[New]]\n"
    }


FOLDERS = ["", "a/", "b/", "a/b/", "ü x/"]
NAMES = ["x", "y", "X y", "é", "2026"]
PATHS = st.builds(lambda folder, name: f"{folder}{name}.md", st.sampled_from(FOLDERS), st.sampled_from(NAMES))
TARGETS = st.one_of(
    PATHS,
    st.sampled_from(
        [
            *NAMES,
            "a/x",
            "b/y",
            "../x",
            "./y",
            "../a/x",
            "AI",
            "T1",
            "/x",
            "gone",
            "p.png",
            "../b/p.png",
            "a/b/x.md",
            "",
            "Y",
        ]
    ),
)
FORMS = [
    "[[{}]]",
    "![[{}]]",
    "[[{}|s]]",
    "[[{}#H]]",
    "[t]({})",
    "![t](<{}>)",
    "[t][r]\n\n[r]: <{}>\n\n",
    "| [[{}\\|s]] |",
]
LINKS = st.builds(
    lambda form, target: form.format(target.replace(" ", "%20") if form == "[t]({})" else target),
    st.sampled_from(FORMS),
    TARGETS,
)
FRONTS = st.one_of(
    st.just(""),
    TARGETS.map(lambda t: f'---\nup: "[[{t}]]"\n---\n'),
    st.just("---\naliases: AI\n---\n"),
    st.just("---\ntitle: T1\nid: y\n---\n"),
)
NOTES = st.builds(lambda front, links: front + "\n\n".join(links) + "\n", FRONTS, st.lists(LINKS, max_size=4))
VAULTS = st.dictionaries(PATHS, NOTES, min_size=2, max_size=6)
DESTINATIONS = st.one_of(PATHS, st.sampled_from([*NAMES, "a/", "b/", "new/", "new", "AI", "T1"]))


def meanings(bench: Workbench) -> dict[str, list[tuple[str | None, str, str]]]:
    """What each link leads to, in the order of each note, by an index filled from the files alone."""
    bench.refresh()
    bench.index.rebuild()
    found: dict[str, list[tuple[str | None, str, str]]] = {}
    sql = "SELECT f.path, t.path, l.via, l.raw FROM links l JOIN files f ON f.id = l.source LEFT JOIN files t ON t.id = l.target ORDER BY 1, l.start"
    for source, target, via, raw in bench.db.execute(sql):
        found.setdefault(source, []).append((target, via, raw))
    return found


@settings(max_examples=100)
@given(VAULTS, st.data())
def test_after_any_move_every_link_means_what_it_meant(notes: dict[str, str], data: st.DataObject) -> None:
    files: dict[str, str | bytes] = {
        "b/p.png": b"1",
        "p.png": b"2",
        "z.canvas": '{"nodes":[{"file":"x.md"},{"text":"[[x]] [[y]]"}]}',
        **notes,
    }
    what = data.draw(st.sampled_from([*notes, "a/", "b/", "b/p.png"]))
    with tempfile.TemporaryDirectory() as folder:
        bench = bench_of(Path(folder), files)
        before, bytes_before = meanings(bench), files_of(bench)
        try:
            plan = (folder_plan if what.endswith("/") else file_plan)(
                bench.vault, bench.db, what, data.draw(DESTINATIONS)
            ).plan
            apply(bench.vault, plan)
        except PkmError:
            assert files_of(bench) == bytes_before
            return
        to = {change.path: change.to for change in plan.changes if change.kind == "move"}
        after = meanings(bench)
        for source, links in before.items():
            now = after[to.get(source, source)]
            assert len(now) == len(links)
            for (target, via, raw), (new_target, new_via, new_raw) in zip(links, now, strict=True):
                if target is not None:
                    assert new_target == to.get(target, target), (raw, new_raw)
                    assert new_via in BY_NAME or via not in BY_NAME
                else:
                    assert new_raw == raw
        undo(bench.vault)
        assert files_of(bench) == bytes_before
        bench.close()
