"""The runner of stories notices what it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stories import runner

if TYPE_CHECKING:
    from pathlib import Path


def story(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "story.md"
    path.write_text("\n".join(["# A story", "", "```console", *lines, "```", "", "The end.", ""]))
    return path


def test_true_story_has_no_differences(tmp_path: Path) -> None:
    path = story(tmp_path, "$ echo one; echo two", "one", "two", "$ true")

    assert not runner.report(path)


@pytest.mark.parametrize(
    "lines",
    [
        ("$ echo one", "two"),
        ("$ echo one",),
        ("$ true", "one"),
        ("$ false",),
        ("$ true", "[exit 1]"),
        ("$ (exit 3)", "[exit 2]"),
        ("$ exit 0", "$ echo never reached"),
    ],
)
def test_untrue_story_is_reported_with_its_line(tmp_path: Path, lines: tuple[str, ...]) -> None:
    path = story(tmp_path, *lines)

    assert f"{path}:" in runner.report(path)


def test_exit_code_stands_after_the_output(tmp_path: Path) -> None:
    path = story(tmp_path, "$ echo no >&2; (exit 3)", "no", "[exit 3]")

    assert not runner.report(path)


def test_folder_and_variables_last_through_the_story(tmp_path: Path) -> None:
    path = story(tmp_path, "$ mkdir a && cd a", "$ name=b", "$ pwd; echo $name", "~/a", "b")

    assert not runner.report(path)


def test_heredoc_makes_a_file(tmp_path: Path) -> None:
    path = story(tmp_path, "$ cat > a.md <<'END'", "> # A", ">", "> text", "> END", "$ cat a.md", "# A", "", "text")

    assert not runner.report(path)


def test_clock_and_home_are_the_storys_own(tmp_path: Path) -> None:
    path = story(tmp_path, "$ echo $PKM_NOW $HOME; ls", f"{runner.NOW} ~", "pkm")

    assert not runner.report(path)


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        (("a", "...", "d"), ["a", "b", "c", "d"], True),
        (("a", "...", "d"), ["a", "d"], True),
        (("a", "..."), ["a"], True),
        (("...", "a"), ["b"], False),
        (("took ... s",), ["took 0.12 s"], True),
        (("took ... s",), ["took 0.12 s", "more"], False),
        (("a.c",), ["abc"], False),
        (("a",), ["a  "], True),
        ((), [], True),
        ((), ["a"], False),
    ],
)
def test_dots_stand_for_any_lines_or_any_text(expected: tuple[str, ...], actual: list[str], same: bool) -> None:
    assert runner.matches(expected, actual) is same


def test_update_changes_only_what_differs(tmp_path: Path) -> None:
    path = story(tmp_path, "$ echo one", "...", "", "$ echo two; false", "three", "", "$ true", "left over")

    changed = runner.update(path)

    assert changed == 2
    assert path.read_text() == story(
        tmp_path, "$ echo one", "...", "", "$ echo two; false", "two", "[exit 1]", "", "$ true"
    ).read_text()  # fmt: skip
    assert runner.update(path) == 0


def test_text_outside_console_blocks_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "story.md"
    path.write_text("```sh\n$ false\n```\n\n$ false\n")

    assert runner.parse(path.read_text()) == []
