"""Conditions on any key of a note."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.errors import UsageError
from pkm.index import finder
from pkm.index.ask import Ask
from tests.index.kit import NOW, find, vault

if TYPE_CHECKING:
    from pkm.workbench import Workbench

NOTES = {
    "launch": "---\nstatus: open\ndue: 2026-12-15\npriority: 10\ntags: [work, work/web]\ndone: false\n---\nOne two three.\n",
    "exam": "---\nstatus: Done\ndue: 2026-11-20\npriority: 9.5\nfor: '[[launch]]'\naliases: [Test]\ncreated: 2026-01-05\n---\n",
    "talk": "---\nstatus: in progress\ndue: 2026-11-27T10:00\ndone: true\nsource: ['[[Ana]]', 'https://a.example']\nkind: meeting\n---\n",
    "plain": "# Plain\n\nNothing is said about it.\n",
    "odd": "---\nStatus: open\npriority: high\nempty:\nQuote: \"it's 'so'\"\n---\n",
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return vault(tmp_path_factory.mktemp("where") / "v", NOTES)


@pytest.mark.parametrize(
    ("test", "found"),
    [
        ("status = open", "launch"),
        ("status == done", "exam"),
        ("status = 'in progress'", "talk"),
        ("status = in progress", "talk"),
        ("status != done", "launch odd plain talk"),
        ("status", "exam launch talk"),
        ("not status", "odd plain"),
        ("STATUS = open", "launch odd"),
        ("status ~ prog", "talk"),
        ("status !~ o", "odd plain"),
        ("status in (open, done)", "exam launch"),
        ("due = 2026-11-20", "exam"),
        ("due = today", "exam"),
        ("due = 2026-11", "exam talk"),
        ("due = 2026", "exam launch talk"),
        ("due != today", "launch odd plain talk"),
        ("due < next fri", "exam"),
        ("due <= next fri", "exam talk"),
        ("due > today", "launch talk"),
        ("due >= 2026-11-27", "launch talk"),
        ("due > in 2 weeks", "launch"),
        ("priority > 9", "exam launch"),
        ("priority > 9.5", "launch"),
        ("priority = 10", "launch"),
        ("priority = high", "odd"),
        ("status > e", "launch talk"),
        ("done = true", "talk"),
        ("done = no", "launch"),
        ("empty", ""),
        ("for = launch", "exam"),
        ("for = [[launch]]", "exam"),
        ("source = ana", "talk"),
        ("source ~ example", "talk"),
        ("tags = work", "launch"),
        ("tags = #work/web", "launch"),
        ("tags != work", "exam odd plain talk"),
        ("tags ~ web", "launch"),
        ("tags", "launch"),
        ("aliases = test", "exam"),
        ("title = plain", "plain"),
        ("kind = meeting", "talk"),
        ("kind != meeting", "exam launch odd plain"),
        ("audience = private and kind = meeting", "talk"),
        ("created = 2026-01", "exam"),
        ("created < 2026-02-01", "exam"),
        ("path ~ la", "launch plain"),
        ("words > 2", "launch plain"),
        ("words = 0", "exam odd talk"),
        ("links = 1", "exam"),
        ("backlinks > 0", "launch"),
        ("bucket = resource and layer = 1", "launch plain"),
        ("stage", ""),
        ("quote = \"it's 'so'\"", "odd"),
        (r"quote = 'it\'s \'so\''", "odd"),
        ("status = open or status = done", "exam launch"),
        ("status = open OR due AND done = true", "launch talk"),
        ("(status = open or due) and not done = true", "exam launch"),
        ("not (status = open or status = done)", "odd plain talk"),
    ],
)
def test_conditions_find_notes(bench: Workbench, test: str, found: str) -> None:
    assert " ".join(find(bench, "--where", test)) == found


def test_two_conditions_must_both_hold(bench: Workbench) -> None:
    assert find(bench, "--where", "due", "--where", "done = true") == ["talk"]


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ("stauts = open", "stauts"),
        ("status =", "at its end"),
        ("= open", 'before "= open"'),
        ("(status = open", "parenthesis"),
        ("status = open) or due", "one too many"),
        ("status open", 'before "open"'),
        ("status in (open", "parenthesis"),
        ("status and", "at its end"),
        ("", "at its end"),
        ("words = many", "many"),
        ("created > soon", "soon"),
    ],
)
def test_what_is_not_understood_is_shown(bench: Workbench, test: str, says: str) -> None:
    with pytest.raises(UsageError) as error:
        find(bench, "--where", test)

    assert says in f"{error.value.message} {error.value.reason}"


def test_a_misspelt_key_is_answered_with_the_right_one(bench: Workbench) -> None:
    with pytest.raises(UsageError) as error:
        find(bench, "--where", "priorty > 3")

    assert "priority" in error.value.hint


SIGNS = [
    "status",
    "due",
    "words",
    "nokey",
    "=",
    "!=",
    "<",
    "~",
    "(",
    ")",
    "and",
    "or",
    "not",
    "in",
    "'",
    '"',
    ",",
    "1",
    "[[a]]",
    "fri",
]


@given(st.text(max_size=40) | st.lists(st.sampled_from(SIGNS), max_size=20).map(" ".join))
def test_no_text_breaks_the_reader(bench: Workbench, text: str) -> None:
    ask = Ask()
    ask.where.append(text)
    with suppress(UsageError):  # any other error is the engine's
        finder.find(bench.db, ask, bench.root, NOW)


def test_a_condition_without_end_is_refused(bench: Workbench) -> None:
    with pytest.raises(UsageError, match="long"):
        find(bench, "--where", " or ".join(["status = open"] * 300))
    with pytest.raises(UsageError, match="not understood"):
        find(bench, "--where", "(" * 100 + "due" + ")" * 100)
