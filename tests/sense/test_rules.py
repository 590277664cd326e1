"""Each rule finds what it names, and nothing in a vault that is in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pkm.errors import UsageError
from pkm.sense.rules import RULES, Look, chosen, run
from pkm.sense.rules.finding import LISTED
from pkm.sense.rules.links import fixes
from pkm.sense.rules.names import reason
from pkm.sense.rules.notes import marker_lines
from pkm.vault.plan import Plan, apply
from tests.sense.kit import bench_of, files_of

if TYPE_CHECKING:
    from pathlib import Path

    from pkm.workbench import Workbench

ORDERLY: dict[str, str | bytes] = {
    "a.md": "[[b]]\n",
    "b.md": "---\nid: 1\n---\n[a](a.md)\n",
    "inbox/t.md": "a thought\n",
}


def look(bench: Workbench) -> Look:
    return Look(bench.db, bench.vault.reader(), bench.settings)


def found(root: Path, files: dict[str, str | bytes], *rules: str) -> list[tuple[str, str, int]]:
    return [(each.rule, each.path, each.line) for each in run(look(bench_of(root, files)), chosen(rules))]


def test_a_vault_in_order_has_no_findings(tmp_path: Path) -> None:
    assert found(tmp_path, ORDERLY, *RULES) == []


@pytest.mark.parametrize(
    ("rule", "files", "where"),
    [
        ("broken-link", {"n.md": "x\n[[gone]] [t](gone.md) ![[gone.png]]\n"}, [("n.md", 2)] * 3),
        ("broken-link", {"n.md": "`[[code]]` [[#Self]] https://x.org\n", "templates/t.md": "[[{{title}}]]"}, []),
        ("ambiguous-link", {"n.md": "[[x]]", "p/x.md": "", "q/x.md": ""}, [("n.md", 1)]),
        ("alias-link", {"n.md": "[[AI]]", "x.md": "---\naliases: AI\n---\n"}, [("n.md", 1)]),
        ("alias-link", {"n.md": "[[7]] [[T]]", "x.md": "---\nid: 7\ntitle: T\n---\n"}, [("n.md", 1)] * 2),
        ("duplicate-id", {"n.md": "---\nid: 1\n---\n", "m.md": "---\nid: 1\n---\n"}, [("m.md", 0), ("n.md", 0)]),
        ("front-matter", {"n.md": "---\na: [\n---\n"}, [("n.md", 3)]),
        ("front-matter", {"n.md": b"caf\xe9"}, []),
        ("encoding", {"n.md": b"a\ncaf\xe9"}, [("n.md", 2)]),
        ("case-collision", {"n.md": "", "N.md": ""}, [("N.md", 0), ("n.md", 0)]),
        ("unsafe-name", {"what?.md": "", "a#b.md": "", "x/con.md": ""}, [("a#b.md", 0), ("what?.md", 0), ("x/con.md", 0)]),
        ("conflict-copy", {"n.md": "---\nid: 7\n---\n", "n 2.md": "---\nconflict-of: 7\n---\n"}, [("n 2.md", 0)]),
        ("conflict-copy", {"m.md": "---\nconflict-of: gone\n---\n"}, [("m.md", 0)]),
        ("conflict-marker", {"n.md": "a\n<<<<<<< x\nb\n=======\nc\n>>>>>>> y\n"}, [("n.md", 2)]),
        ("orphan", {"2026-11-20.md": "[[c]]", "c.md": "", "inbox/d.md": "", "e.md": "---\npara: archive\n---\n"}, [("c.md", 0)]),
        ("orphan", {"c.md": '---\nfor: ["[[p]]"]\n---\n', "p.md": ""}, []),
        ("dead-end", {"c.md": "[[d]]", "d.md": "[[nowhere]] [[#d]]"}, [("d.md", 0)]),
        ("missing-backlink", {"c.md": "[[d]]\n[[d]]", "d.md": ""}, [("c.md", 1)]),
    ],
)  # fmt: skip
def test_each_rule_finds_what_it_names(
    tmp_path: Path, rule: str, files: dict[str, str | bytes], where: list[tuple[str, int]]
) -> None:
    assert found(tmp_path, files, rule) == [(rule, path, line) for path, line in where]


def test_a_missing_backlink_says_where_its_words_are_there(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "c.md": "# Late frost\n\n[[d]] [[e]]",
        "d.md": "After a late frost.",
        "e.md": "Frost.",
    }
    bench = bench_of(tmp_path, files)

    hints = [each.hint for each in run(look(bench), chosen(["missing-backlink"]))]

    assert hints == ["It names c.md: pkm link 'c.md' --mentions links the words.", ""]


def test_orphans_are_those_that_the_method_names(tmp_path: Path) -> None:
    """AT-ZK-1: A leads to B, C stands alone, D is a mere thought."""
    files: dict[str, str | bytes] = {"A.md": "[[B]]", "B.md": "", "C.md": "", "D.md": "---\nkind: fleeting\n---\n"}

    assert found(tmp_path, files, "Z1") == [("orphan", "C.md", 0)]


def test_what_is_only_listed_runs_by_name(tmp_path: Path) -> None:
    assert {rule.name for rule in chosen(())} == {rule.name for rule in RULES.values() if rule.weight != LISTED}
    with pytest.raises(UsageError):
        chosen(["spelling"])


def test_conflict_marks_in_code_or_alone_are_text() -> None:
    marks = "<<<<<<< x\n=======\n>>>>>>> y\n"

    assert marker_lines(f"---\na: 1\n---\n{marks}".encode()) == [4]
    assert marker_lines(f"---\n{marks}---\n".encode()) == [2]
    assert marker_lines(f"```\n{marks}```\n".encode()) == []
    assert marker_lines(b"<<<<<<< x\n") == []


@pytest.mark.parametrize(
    ("name", "safe"), [("a b.md", True), ("ü.md", True), ("a|b", False), ("a^b", False), ("x.", False)]
)
def test_names_are_safe_when_every_system_and_link_can_hold_them(name: str, safe: bool) -> None:
    assert (reason(name) == "") == safe


def test_links_by_another_name_are_mended_in_their_form(tmp_path: Path) -> None:
    text = '---\nup: "[[AI]]"\n---\n[[AI]] ![[AI]] [[AI#R]] [[ai|x]] [t](AI) [[two]]\r\n\r\n| [[AI]] |\r\n'
    bench = bench_of(
        tmp_path,
        {
            "n.md": text,
            "p/Real.md": "---\naliases: [AI, two]\n---\n",
            "q/Other.md": "---\naliases: two\n---\n",
            "templates/t.md": "[[AI]]",
        },
    )

    apply(bench.vault, Plan(fixes(look(bench)), "fix"))

    wanted = '---\nup: "[[Real|AI]]"\n---\n[[Real|AI]] ![[Real]] [[Real#R|AI > R]] [[Real|x]] [t](Real) [[two]]\r\n\r\n| [[Real\\|AI]] |\r\n'
    assert files_of(bench)["n.md"].decode() == wanted
    assert files_of(bench)["templates/t.md"] == b"[[AI]]"
    bench.forget_refresh()
    assert [each.fixable for each in run(look(bench), chosen(["alias-link"]))] == [False]
