"""A note from a template knows where it comes from; a template fills in four things and does nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from pkm.errors import ChangedError, UsageError
from pkm.markdown import frontmatter
from pkm.sense.write import KINDS, Wanted, filled, log_plan, write_plan
from pkm.vault.plan import Create, Plan, apply
from tests.sense.kit import bench_of, files_of

if TYPE_CHECKING:
    from pathlib import Path

    from pkm.workbench import Workbench

NOW = datetime.fromisoformat("2026-11-20T08:30:00").timestamp()


def written(bench: Workbench, wanted: Wanted) -> Plan:
    return write_plan(bench.vault, bench.db, bench.settings, wanted, "20261120-0830", NOW)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("title", ["Plain", 'A "claim": yes # no', "{{id}} [x] {{title}}"])
def test_every_kind_of_note_is_well_formed_and_has_its_title(tmp_path: Path, kind: str, title: str) -> None:
    bench = bench_of(tmp_path, {})

    apply(bench.vault, written(bench, Wanted(title, kind=kind, body=b"My text.\n")))

    bench.forget_refresh()
    ((path, data),) = files_of(bench).items()
    front = frontmatter.read(data)
    assert not front.problems
    assert front.values["id"] == "20261120-0830"
    assert b"My text.\n" in data
    assert bench.db.execute("SELECT title, kind FROM notes").fetchone() == (title, kind)
    assert path.startswith(
        {"fleeting": "inbox/", "literature": "literature/", "source": "sources/"}.get(kind, "notes/")
    )


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    assert (
        filled("{{title}} {{date}} {{time}} {{id}} {{other}}", "{{id}}", "7", NOW)
        == "{{id}} 2026-11-20 08:30 7 {{other}}"
    )


def test_a_title_in_front_matter_is_quoted_where_it_must_be() -> None:
    text = filled("---\ntitle: {{title}}\n---\n", "a: b", "7", NOW)

    assert frontmatter.read(text.encode()).values == {"title": "a: b"}


def test_templates_of_the_vault_come_before_those_of_the_person_and_of_pkm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "config/pkm/templates/notes"
    own.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    bench = bench_of(tmp_path / "vault", {})

    def text() -> bytes:
        (change,) = written(bench, Wanted("T")).changes
        assert isinstance(change, Create)
        return change.data

    assert text() == b"---\nid: 20261120-0830\ncreated: 2026-11-20\n---\n# T\n\n"
    (own / "permanent.md").write_text("# {{title}}\nmine\n")
    assert text() == b"# T\nmine\n"
    bench_of(tmp_path / "vault", {"templates/notes/permanent.md": "# {{title}}\nthe vault's\n"})
    assert text() == b"# T\nthe vault's\n"


def test_a_note_says_what_it_comes_from_and_is_for(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, {"inbox/t.md": "thought\n", "b/book.md": "book\n", "p.md": "", "q.md": ""})
    wanted = Wanted("New", origins=["inbox/t.md", "b/book.md"], follows="q.md", purposes=["p.md"], tags=["#a", "b"])

    apply(bench.vault, written(bench, wanted))

    files = files_of(bench)
    values = frontmatter.read(files["notes/new.md"]).values
    assert values["source"] == ["[[t]]", "[[book]]"]
    assert (values["follows"], values["for"], values["tags"]) == ("[[q]]", ["[[p]]"], ["a", "b"])
    assert files["inbox/t.md"] == b"---\npara: archive\n---\nthought\n"
    assert files["b/book.md"] == b"book\n"


def test_a_title_that_is_taken_or_empty_is_refused(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, {"notes/new.md": ""})

    with pytest.raises(ChangedError):
        written(bench, Wanted("New"))
    with pytest.raises(UsageError):
        written(bench, Wanted(" "))
    with pytest.raises(UsageError):
        written(bench, Wanted("X", kind="../secret"))


def test_log_lines_go_to_today_or_to_the_note_named(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, {"diary/2026-11-18.md": "- x\n", "e.md": "# E\n\n## Log\n- one\n\n## Links\n"})

    for text, to in (("first\nline", ""), ("second", ""), ("two", "e.md")):
        apply(bench.vault, log_plan(bench.vault, bench.db, text, NOW, to))
        bench.forget_refresh()

    files = files_of(bench)
    assert files["diary/2026-11-20.md"].endswith(b"---\n- 2026-11-20 first line\n- 2026-11-20 second\n")
    assert files["e.md"] == b"# E\n\n## Log\n- one\n- 2026-11-20 two\n\n## Links\n"
