"""`pkm find` read by hand and by Typer: the same bytes; its forms of output; what it never loads."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.core import TyperOption

from pkm.cli import find, state
from pkm.cli.app import COMMANDS, run
from pkm.cli.find_output import FIELDS, TABLE
from pkm.cli.lazy import load
from pkm.index.ask import FLAGS, NUMBER, SHORT, SWITCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLE = Path(__file__).parents[2] / "templates" / "sample-vault"
Answer = tuple[int, str, str]


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("find") / "vault"
    shutil.copytree(SAMPLE, path)
    (path / "pkm.toml").write_text(
        "[view]\nchinese = \"--tag chinese --sort title\"\neither = 'compost OR ferry'\ndeep = '@chinese'\nodd = '--paths'\n"
    )
    (path / "inbox" / "hostile.md").write_text(
        '---\ntitle: "=cmd\\e[31m\\u202Ered"\nstatus: done\n---\nA \x1b[2Jhostile line.\n'
    )
    return path


@pytest.fixture
def ask(
    vault: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Iterator[Callable[..., Answer]]:
    """Run `pkm find …` in this process, by hand or by Typer."""
    monkeypatch.chdir(vault)
    monkeypatch.setenv("PKM_NOW", "2026-11-20T08:30:00")
    monkeypatch.setenv("COLUMNS", "80")
    state.reset()

    def asked(*argv: str, typer: bool = False) -> Answer:
        state.reset()
        code = run(["find", *argv]) if typer else find.hot(list(argv))
        if code is None:
            code = run(["find", *argv])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    yield asked
    state.reset()


SAME = """
silence
silence minutes -n 3
'"small group"'
compost OR sourdough
protocol -meeting
protocol -meeting -n 2 --paths
-protocol -meeting --paths
-- -meeting
fragment*
title:feedback
间隔
-n2 silence
--limit=2 silence
-n 0 silence
--tag chinese
--tag=chinese --paths
-t chinese -t -bread --paths
--tag -chinese --sort -created -n 4
-s -created -n 3 --paths
--sort=-title --kind experiment
--kind experiment --where 'status = open and due < 2026-12-10'
--where 'due < next fri'
-l 'Small groups learn faster'
--link-to notes/Silence\\ is\\ a\\ tool.md
-L 'Making notes' -r --max-distance 2 -n 5 --paths
--no-link-to 'Making notes' --kind structure
--mention 'Making notes' --paths
--mentioned-by 'Start here' --paths
--related 'Making notes'
--orphan --tagless --paths
--missing-backlink -n 3
--created 2026-11 --sort created
--created-before '3 weeks ago' --modified-after yesterday --paths
--modified 2026 --paths
--stage bud --audience public --bucket project --layer 0-5
--paths -0 --tag bread
-0 --tag bread
--json --tag bread
--jsonl silence
--csv --tag bread
--format '{title}\\t{due}' --where due
-f '{path} {nokey}'
-f nothing
--explain silence -n 2
--json --explain 间隔
--no-refresh silence --paths
-q nothing-of-the-kind
nothing-of-the-kind
@chinese
@chinese -n 1 --sort path
@either --paths
@either minutes
@unknown
@deep
@odd
--json nothing-of-the-kind
hostile
hostile --json
hostile --csv
hostile --format '{title} {body}'
--sort nokey
--link-to nothing
--link-to Learn
--link-to /etc/passwd
--created soon
--layer many
--where 'status ='
--limit x
--limit -1
--limit
--tag
--unknown
--paths --json
--format '{title}' --csv
-i silence
--orphan=yes
--vault nowhere x
-x
-ri
-5
-
'('
'*'
''
""".strip().splitlines()


@pytest.mark.parametrize("line", SAME)
def test_both_ways_print_the_same_bytes(ask: Callable[..., Answer], line: str) -> None:
    import shlex

    argv = shlex.split(line)

    assert ask(*argv) == ask(*argv, typer=True)


@pytest.mark.parametrize(
    "line", ["silence", "--tag chinese --sort -created -n 20 --paths", "--link-to Silence --json", "-x y"]
)
def test_the_everyday_questions_are_answered_by_hand(ask: Callable[..., Answer], line: str) -> None:
    ask()
    state.reset()

    assert find.hot(line.split()) in (0, 1)


@pytest.mark.parametrize("line", ["--unknown", "-i x", "--limit x", "--tag", "--paths --json", "--paths=x"])
def test_what_is_not_certain_is_left_to_typer(line: str) -> None:
    assert find.hot(line.split()) is None


def test_every_flag_is_known_both_ways() -> None:
    """The table that is read by hand and Typer's options name the same filters, with the same kind of value."""
    options = {option.opts[0]: option for option in load(COMMANDS["find"]).params if isinstance(option, TyperOption)}

    for flag, (kind, _) in FLAGS.items():
        option = options.pop(flag)
        assert option.is_flag == (kind == SWITCH)
        assert option.multiple == (kind not in (SWITCH, NUMBER))
        assert [SHORT.get(short) for short in option.opts[1:]] == [flag] * (len(option.opts) - 1)
    answer = {*find.FORMS, "--print0", "--format", "--explain", "--interactive", "--quiet"}
    shared = {"--no-refresh", "--vault", "--debug"}
    assert set(options) - {"--help"} == answer | shared


def test_exit_codes_tell_what_happened(ask: Callable[..., Answer]) -> None:
    assert ask("silence")[0] == 0
    assert ask("nothing-of-the-kind")[0] == 1
    assert ask("--link-to", "Learn")[0] == 2
    assert ask("--link-to", "/etc/passwd")[0] == 3


def test_json_has_every_field_of_its_promise(ask: Callable[..., Answer]) -> None:
    rows = json.loads(ask("--json", "--where", "due", "silence OR -silence")[1])
    lines = [json.loads(line) for line in ask("--jsonl", "--where", "due", "silence OR -silence")[1].splitlines()]

    assert rows == lines
    assert all(tuple(row) == FIELDS for row in rows)
    handbook = next(row for row in rows if row["path"] == "projects/Circle handbook.md")
    assert (handbook["title"], handbook["bucket"], handbook["audience"]) == (
        "Circle handbook",
        "project",
        "study-circle",
    )
    assert handbook["properties"] == {"due": "2026-12-15", "status": "open"}
    assert json.loads(ask("--json", "nothing-of-the-kind")[1]) == []


def test_csv_is_a_table_without_formulas(ask: Callable[..., Answer]) -> None:
    rows = list(csv.reader(io.StringIO(ask("--csv", "hostile")[1])))

    assert tuple(rows[0]) == TABLE
    assert rows[1][1] == "'=cmd[31mred"


def test_a_template_fills_in_any_key(ask: Callable[..., Answer]) -> None:
    out = ask(
        "-f", r"{{title}}\t{due}|{status}|{tags}|{link}|{literally: no name}", "Circle handbook", "--where", "para"
    )[1]

    assert out == "Circle handbook\t2026-12-15|open||[[Circle handbook]]|{literally: no name}\n"


def test_zero_bytes_part_exact_paths(ask: Callable[..., Answer]) -> None:
    out = ask("-0", "--tag", "chinese")[1]

    assert [f"{path}\n" for path in out.split("\0")[:-1]] == ask("--paths", "--tag", "chinese")[1].splitlines(
        keepends=True
    )


def test_note_text_cannot_move_the_cursor(ask: Callable[..., Answer]) -> None:
    for form in (
        [],
        ["--explain"],
        ["--json"],
        ["--jsonl"],
        ["--csv"],
        ["--paths"],
        ["-f", "{title} {body} {snippet}"],
    ):
        _, out, err = ask("hostile", *form)
        assert not set("\x1b\u202e") & set(out + err)
    assert json.loads(ask("hostile", "--json")[1])[0]["title"] == "=cmd\x1b[31m\u202ered"


def test_an_edit_by_another_program_is_seen_unless_told_not_to_look(ask: Callable[..., Answer], vault: Path) -> None:
    ask("xylophone")
    path = vault / "inbox" / "new.md"
    path.write_text("xylophone")

    assert ask("xylophone", "--no-refresh", "--paths")[:2] == (1, "")
    assert ask("xylophone", "--paths")[:2] == (0, "inbox/new.md\n")
    path.unlink()
    assert ask("xylophone", "--paths")[:2] == (1, "")


HEAVY = "re typer click rich json dataclasses pathlib typing logging tomllib importlib.metadata hashlib yaml sqlite_utils markdown_it argparse shlex"
LOADED = "import sys; from pkm.cli import hot; code = hot.run(sys.argv[1:]); print(*sys.modules, file=sys.stderr); sys.exit(code)"


@pytest.mark.parametrize(
    "line",
    [
        "find silence --paths",
        "find silence -n 5",
        "find --tag chinese --sort -created -n 20 --paths",
        "find --link-to notes/Silence\\ is\\ a\\ tool.md --paths --no-refresh",
        "find protocol -meeting -0",
    ],
)
def test_everyday_questions_load_nothing_heavy(ask: Callable[..., Answer], vault: Path, line: str) -> None:
    import shlex

    ask()  # the index is there
    env = {**os.environ, "PKM_VAULT": str(vault), "PYTHONPATH": str(SAMPLE.parents[1])}
    env.pop("PKM_NOW")

    done = subprocess.run(
        [sys.executable, "-S", "-c", LOADED, *shlex.split(line)], env=env, capture_output=True, text=True, check=False
    )

    assert done.returncode in (0, 1), done.stderr
    assert set(HEAVY.split()) & set(done.stderr.split()) == set()
