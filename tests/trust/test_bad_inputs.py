"""What the world does to a vault gets one clear error, or is listed as a problem while the rest goes on."""

from __future__ import annotations

import ctypes
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pkm
from pkm.vault.undo import history, undo
from pkm.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = str(Path(pkm.__file__).parent.parent)
FOUND, NOTHING, USAGE, OUTSIDE = 0, 1, 2, 5
DROP_CAPABILITY, READ_ANYTHING, SEARCH_ANYTHING = 24, 1, 2


class Answer:
    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        self.code = done.returncode
        self.out, self.talk = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in self.talk


def run(
    vault: Path, *argv: str, stdin: bytes = b"", home: Path | None = None, obey: bool = False, **more: str
) -> Answer:
    """One command in a vault. With `obey` the rights of files hold for root too."""
    env = {**os.environ, "PYTHONPATH": HERE, "HOME": str(home or vault.parent / "home"), **more}
    return Answer(
        subprocess.run(
            [sys.executable, "-m", "pkm", *argv],
            cwd=vault,
            input=stdin,
            capture_output=True,
            env=env,
            timeout=120,
            check=False,
            preexec_fn=_obey if obey else None,
        )
    )


LIBC = ctypes.CDLL(None)


def _obey() -> None:
    for capability in (READ_ANYTHING, SEARCH_ANYTHING):
        LIBC.prctl(DROP_CAPABILITY, capability, 0, 0, 0)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Path]:
    root = tmp_path / "vault"
    (root / "inbox").mkdir(parents=True)
    (tmp_path / "home").mkdir()
    (root / "pkm.toml").touch()
    for name in ("apple", "bread"):
        (root / f"{name}.md").write_text(
            f"# {name.title()}\n\nA good note about {name}. See [[apple]] and [[bread]].\n"
        )
    yield root
    for path in (tmp_path, *(Path(folder) for folder, _, _ in os.walk(tmp_path))):
        path.chmod(0o755)


@pytest.fixture
def rights(vault: Path) -> None:
    """Skip where the rights of files mean nothing to us, whatever we try."""
    (vault / "secret.txt").touch(0o000)
    (vault / "secret.txt").chmod(0)
    probe = subprocess.run(["cat", vault / "secret.txt"], preexec_fn=_obey, capture_output=True, check=False)
    (vault / "secret.txt").unlink()
    if probe.returncode == 0:
        pytest.skip("every file can be read here")


@pytest.mark.usefixtures("rights")
def test_a_note_that_may_not_be_read_is_a_problem_and_the_rest_goes_on(vault: Path) -> None:
    (vault / "locked.md").write_text("nobody reads this")
    (vault / "locked.md").chmod(0)

    assert run(vault, "find", "good", "--paths", obey=True).out == "apple.md\nbread.md\n"
    found = run(vault, "check", "--rule", "unreadable", "--json", obey=True)
    opened = run(vault, "open", "locked", obey=True)

    assert found.code == 1
    assert [(each["path"], each["rule"]) for each in json.loads(found.out)] == [("locked.md", "unreadable")]
    assert opened.code == OUTSIDE
    assert "Permission denied" in opened.talk


def test_a_note_that_is_not_utf8_is_a_problem_and_keeps_its_bytes(vault: Path) -> None:
    (vault / "latin.md").write_bytes(b"# Caf\xe9 bread\n\n[[apple]]\n")

    assert "latin.md" in run(vault, "find", "bread", "--paths").out
    assert run(vault, "check", "--rule", "encoding").code == 1
    assert run(vault, "open", "latin").code == FOUND
    assert run(vault, "move", "apple", "pear").code == FOUND
    assert (vault / "latin.md").read_bytes() == b"# Caf\xe9 bread\n\n[[pear]]\n"


@pytest.mark.parametrize("megabytes", [8, 100])
def test_a_line_without_end_stops_nothing(vault: Path, megabytes: int) -> None:
    with (vault / "long.md").open("wb") as file:
        file.write(b"---\ntitle: Long one\n---\n")
        for _ in range(megabytes):
            file.write(b"x" * (1 << 20))

    assert run(vault, "find", "good", "--paths").out == "apple.md\nbread.md\n"
    assert run(vault, "find", "title:long", "--paths").out == "long.md\n"
    assert run(vault, "find", "--link-to", "apple", "--paths").out == "apple.md\nbread.md\n"
    assert run(vault, "check", "--rule", "unreadable").code == (megabytes > 16)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_an_error(vault: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pkm", "find", "good"],
            cwd=vault,
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": HERE},
            check=False,
        )

    assert done.returncode == OUTSIDE
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root to mount a small disk")
def test_a_full_disk_refuses_to_capture_and_still_answers(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    root.mkdir()
    (tmp_path / "home").mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "none", root], check=False).returncode:
        pytest.skip("mounting is not permitted")
    try:
        assert run(root, "init", "-q").code == FOUND
        (root / "good.md").write_text("a good note")
        answers = [run(root, "add", "--title", f"Note {number}", "-", stdin=b"word " * 10_000) for number in range(9)]
        whole = [path for path in root.glob("inbox/*.md") if path.stat().st_size > 50_000]

        assert answers[0].code == FOUND
        assert answers[-1].code == OUTSIDE
        assert "No space left" in answers[-1].talk
        assert whole == list(root.glob("inbox/*.md"))
        assert run(root, "find", "good", "--paths").out == "good.md\n"
        whole[0].unlink()
        assert run(root, "add", "there is room again").code == FOUND
    finally:
        subprocess.run(["umount", "-l", root], check=True)


def _only_to_read(folder: Path) -> None:
    for path, _, names in os.walk(folder, topdown=False):
        for name in names:
            Path(path, name).chmod(0o444)
        Path(path).chmod(0o555)


@pytest.mark.usefixtures("rights")
@pytest.mark.parametrize("indexed", [True, False], ids=["indexed", "never indexed"])
def test_a_vault_that_may_only_be_read_is_read(vault: Path, indexed: bool) -> None:
    if indexed:
        run(vault, "index")
    _only_to_read(vault)

    assert run(vault, "find", "good", "--paths", obey=True).out == "apple.md\nbread.md\n"
    assert run(vault, "open", "apple", obey=True).code == FOUND
    kept, edited = run(vault, "add", "a thought", obey=True), run(vault, "edit", "apple", "--append", "x", obey=True)

    assert (kept.code, edited.code) == (OUTSIDE, OUTSIDE)
    assert "Permission denied" in kept.talk + edited.talk
    assert kept.out == edited.out == ""


@pytest.mark.usefixtures("rights")
def test_a_vault_in_a_home_that_may_only_be_read_is_read(vault: Path) -> None:
    before = sorted(vault.parent.rglob("*"))
    _only_to_read(vault.parent)

    answer = run(vault, "find", "good", "--paths", home=vault.parent, obey=True)

    assert (answer.code, answer.out) == (FOUND, "apple.md\nbread.md\n")
    assert sorted(vault.parent.rglob("*")) == before


@pytest.mark.parametrize("argv", [["find", "x"], ["add", "x"], ["tend"], ["undo"], ["index"], ["publish"], []])
def test_where_no_vault_is_that_is_said(tmp_path: Path, argv: list[str]) -> None:
    answer = run(tmp_path, *argv, home=tmp_path)

    assert (answer.code, answer.out) == (USAGE, "")
    assert "There is no vault here." in answer.talk
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("argv", [["find", "x"], ["add", "x"]])
def test_a_vault_that_is_not_there_is_named(tmp_path: Path, argv: list[str]) -> None:
    answer = run(tmp_path, "--vault", "gone", *argv, home=tmp_path)

    assert answer.code == USAGE
    assert "No vault at gone." in answer.talk


def test_an_index_that_somebody_else_writes_is_waited_for_or_told_of(vault: Path) -> None:
    for name in ("apple.md", "bread.md", "pkm.toml"):
        os.utime(vault / name, (1_000_000_000, 1_000_000_000))  # so long ago that a look at the time is enough
    run(vault, "index")
    other = sqlite3.connect(vault / ".pkm" / "index.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert run(vault, "find", "good", "--paths").out == "apple.md\nbread.md\n"
        assert run(vault, "add", "a thought").code == FOUND
        assert run(vault, "find", "thought", "--no-refresh").code == NOTHING
        answer = run(vault, "find", "thought")
    finally:
        other.execute("ROLLBACK")
        other.close()

    assert answer.code == OUTSIDE
    assert "The index is in use by another pkm." in answer.talk
    assert run(vault, "find", "thought").code == FOUND


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_index_is_thrown_away_and_filled_anew(vault: Path, seed: int) -> None:
    """Garbled anywhere, it gives the right answer, or says so once; a wrong one never."""
    for number in range(60):
        (vault / f"{number}.md").write_text(f"# Note {number}\n\nlinks to [[apple]] with words {number * 7919}\n" * 5)
    right = run(vault, "find", "--link-to", "apple", "--paths").out
    luck, path = random.Random(seed), vault / ".pkm" / "index.db"
    data = bytearray(path.read_bytes())
    for _ in range(1 + seed % 4):
        start = luck.randrange(len(data))
        data[start : start + 3000] = luck.randbytes(len(data[start : start + 3000]))
    path.write_bytes(data)

    first = run(vault, "find", "words", "--paths")
    links = run(vault, "find", "--link-to", "apple", "--paths")

    for answer in (first, links):
        assert answer.code == FOUND or (answer.code == OUTSIDE and "damaged" in answer.talk), answer.talk
    if run(vault, "check", "--integrity").code:
        assert run(vault, "index", "rebuild").code == FOUND
    assert run(vault, "find", "--link-to", "apple", "--paths").out == right
    assert run(vault, "check", "--integrity").code == FOUND


@pytest.mark.parametrize(
    "argv",
    [["add", "a thought"], ["find", "good"], ["edit", "apple", "--append", "more"], ["check"], ["index", "rebuild"]],
)
def test_ctrl_c_at_any_moment_shows_no_inside_and_leaves_all_whole(vault: Path, argv: list[str]) -> None:
    """From the moment that the program is there: before it, Python itself is still starting."""
    shutil.copytree(vault, vault.parent / "before")
    start = "import _signal; _signal.signal(2, _signal.SIG_DFL); import os; os.write(1, b'.')\n"
    script = start + "import sys; from pkm.__main__ import main; sys.exit(main())"
    began = time.monotonic()
    run(vault, *argv)
    took = time.monotonic() - began
    for moment in range(10):
        process = subprocess.Popen(
            [sys.executable, "-c", script, *argv],
            cwd=vault,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": HERE},
        )
        assert process.stdout
        process.stdout.read(1)
        time.sleep(took * moment / 10)
        process.send_signal(signal.SIGINT)
        _, talk = process.communicate(timeout=60)

        assert b"Traceback" not in talk, talk.decode()
        assert process.returncode in (0, 1, 130, -signal.SIGINT)
    assert run(vault, "check", "--integrity").code == FOUND
    changes = history(Vault(str(vault)))
    if changes:
        undo(Vault(str(vault)), len(changes))
    for name in ("apple.md", "bread.md"):
        assert (vault / name).read_bytes() == (vault.parent / "before" / name).read_bytes()
    assert list((vault / "inbox").glob("*.md")) == []


def test_a_program_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    shutil.copytree(Path(HERE) / "pkm", tmp_path / "pkm", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pkm" / "cli" / "find.py").unlink()

    done = subprocess.run(
        [sys.executable, "-c", "import sys; from pkm.__main__ import main; sys.exit(main())", "find", "word"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == OUTSIDE
    assert done.stderr.startswith("pkm could not be started.\n")
    assert "Traceback" not in done.stderr
