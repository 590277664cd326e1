"""Settings: a plain file is read by hand exactly as tomllib reads it, and nothing in a vault's file runs."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm import config
from pkm.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

words = st.sampled_from(["inbox", "notes", "a", "b-c", "x_1", "suggest", "[a]", "[b]", "[[c]]", "a.b", '"q"'])
values = st.one_of(
    st.sampled_from(
        [
            '"text"',
            "'text'",
            '""',
            "''",
            "true",
            "false",
            "0",
            "12",
            "012",
            "1.5",
            "[]",
            '["a"]',
            "['a', \"b\"]",
            '["a, b"]',
            '["a",]',
            '["a"] # c',
            "[1]",
            '["]"]',
            '["#"]',
            "[ ]",
            "[[]]",
            '["a"',
            '"a\\n"',
            "1_0",
            "-3",
            '"a" # c',
            "12 # c",
            '"""x"""',
            "",
            "yes",
        ]
    ),
    st.text(st.characters(codec="utf-8"), max_size=8).map(lambda text: f'"{text}"'),
)
lines = st.one_of(
    st.tuples(words, values).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    words,
    st.sampled_from(["", "# a comment", "  ", "\t# x", "[a]", "[a.b]", "a=1", "#\x01"]),
)


@given(st.lists(lines, max_size=6).map("\n".join))
def test_the_plain_reader_agrees_with_tomllib_wherever_it_answers(text: str) -> None:
    found = config.parse_plain(text)

    if found is not None:
        assert found == dict(config._flat(tomllib.loads(text), ""))


@pytest.mark.parametrize("text", ['inbox = "in"', "[suggest]\nper_note = 4 # few", "a = true\n\n# note\nb = 'x'\n"])
def test_what_most_vaults_say_needs_no_toml_library(text: str) -> None:
    assert config.parse_plain(text) is not None


def test_settings_come_from_the_vault_over_the_persons_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "pkm").mkdir(parents=True)
    (home / "pkm" / "config.toml").write_text('inbox = "mine"\nnotes = "mine"\neditor = "vim"\n')
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "pkm.toml").write_text('notes = "theirs"\n')

    found = config.load(str(vault), {"XDG_CONFIG_HOME": str(home)})

    assert (found.inbox, found.notes, found.editor) == ("mine", "theirs", "vim")


def test_a_vault_from_elsewhere_names_no_program_to_run(tmp_path: Path) -> None:
    (tmp_path / "pkm.toml").write_text('editor = "sh -c \'touch pwned\'"\n[hooks]\npost_add = "touch pwned"\n')

    found = config.load(str(tmp_path), {"HOME": str(tmp_path)})

    assert found.editor == ""
    assert {problem.message for problem in found.problems} == {
        "Unknown setting: editor",
        "Unknown setting: hooks.post_add",
    }


@pytest.mark.parametrize("value", ['"../outside"', '"/etc"', '""', "3", '".pkm"', '"a/../../b"'])
def test_a_folder_setting_stays_inside_the_vault(tmp_path: Path, value: str) -> None:
    (tmp_path / "pkm.toml").write_text(f"inbox = {value}\n")

    found = config.load(str(tmp_path), {"HOME": str(tmp_path)})

    assert found.inbox == "inbox"
    assert len(found.problems) == 1


def test_broken_settings_are_a_problem_and_not_an_end(tmp_path: Path) -> None:
    (tmp_path / "pkm.toml").write_text("inbox = [\n")

    found = config.load(str(tmp_path), {"HOME": str(tmp_path)})

    assert found.inbox == "inbox"
    assert found.problems


def test_the_vault_is_the_nearest_marked_folder_upward(tmp_path: Path) -> None:
    deep = tmp_path / "vault" / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "vault" / "pkm.toml").touch()

    assert config.find_vault(None, {}, str(deep)) == str(tmp_path / "vault")


def test_no_vault_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no vault here") as caught:
        config.find_vault(None, {"HOME": str(tmp_path)}, str(tmp_path))

    assert "pkm init" in caught.value.hint


def test_a_frozen_clock_is_for_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKM_NOW", "2026-11-20T08:30:00")

    assert config.iso(config.now()) == "2026-11-20T08:30:00"


def test_a_clock_that_is_no_time_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKM_NOW", "teatime")

    with pytest.raises(UsageError, match="teatime"):
        config.now()
