"""A remote over ssh that closes in the middle: nothing is lost, nothing hangs, and the next sync ends right.

`ssh` is a script that runs the other end on this machine and lets through only so many bytes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pkm.errors import OutsideError
from pkm.sync.connect import connect
from pkm.sync.transport import Unreachable
from tests.sync.clones import Clone, Hub, git

if TYPE_CHECKING:
    from pathlib import Path

    Pair = tuple[Clone, Clone]

SSH = """#!/bin/sh
for command; do :; done
pipe=$(mktemp -u)
case "$CUT:$command" in
  down:*) echo 'ssh: connect to host hub port 22: Connection refused' >&2; exit 255 ;;
  stranger:*) echo 'git@hub: Permission denied (publickey).' >&2; exit 255 ;;
  silence:git-$CUT_IN*) exec sleep 30 ;;
  answer:git-$CUT_IN*)
    mkfifo "$pipe"; exec 3<&0
    sh -c "$command" <&3 >"$pipe" 2>/dev/null &
    exec dd bs=1 count="$CUT_AT" status=none <"$pipe" 3<&- ;;
  question:git-$CUT_IN*)
    mkfifo "$pipe"; exec 3<&0 0</dev/null
    dd bs=1 count="$CUT_AT" status=none <&3 >"$pipe" 2>/dev/null &
    exec 3<&-
    exec sh -c "$command" <"$pipe" 2>/dev/null ;;
  *) exec sh -c "$command" ;;
esac
"""


class Line:
    """The connection to the remote, and where it breaks."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch
        script = folder / "ssh"
        script.write_text(SSH)
        script.chmod(0o755)
        patch.setenv("GIT_SSH_COMMAND", str(script))
        patch.setenv("GIT_SSH_VARIANT", "simple")
        self.mend()

    def cut(self, how: str, verb: str = "", at: int = 0) -> None:
        for name, value in (("CUT", how), ("CUT_IN", verb), ("CUT_AT", str(at))):
            self.patch.setenv(name, value)

    def mend(self) -> None:
        self.cut("nowhere")


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    return Line(tmp_path, monkeypatch)


@pytest.fixture
def distant(hub: Hub, pair: Pair) -> Pair:
    """Two clones that reach the remote over ssh, each with something for the other."""
    for clone in pair:
        clone.git("remote", "set-url", "origin", f"git@hub:{hub.url}")
    one, two = pair
    one.write("n.md", one.read("n.md").replace("one", "ONE"))
    one.write("big.bin", os.urandom(100_000))
    two.write("n.md", two.read("n.md").replace("three", "THREE"))
    two.write("large.bin", os.urandom(100_000))
    return pair


def all_there(one: Clone, two: Clone) -> bool:
    for clone in (one, two, one):
        clone.sync()
    assert one.files() == two.files()
    assert one.read("n.md").endswith("\nONE\ntwo\nTHREE\n")
    assert {"big.bin", "large.bin"} < one.files().keys()
    assert one.clean()
    assert two.clean()
    return not one.git("fsck", "--no-dangling")


def test_a_remote_over_ssh(distant: Pair, line: Line) -> None:
    assert all_there(*distant)


@pytest.mark.parametrize("at", [0, 1, 200, 3000, 60_000])
def test_a_fetch_that_breaks_off(distant: Pair, line: Line, at: int) -> None:
    one, two = distant
    one.sync()
    line.cut("answer", "upload-pack", at)

    report = two.sync()

    assert report.offline
    assert not report.pushed
    assert two.read("n.md").endswith("\none\ntwo\nTHREE\n")
    assert two.clean()
    line.mend()
    assert all_there(one, two)


@pytest.mark.parametrize(("how", "at"), [("answer", 0), ("answer", 150), ("question", 100), ("question", 50_000)])
def test_a_push_that_breaks_off(distant: Pair, line: Line, how: str, at: int) -> None:
    one, two = distant
    one.sync()
    line.cut(how, "receive-pack", at)

    report = two.sync()

    assert report.offline
    assert not report.pushed
    assert two.read("n.md").endswith("\nONE\ntwo\nTHREE\n")
    assert two.clean()
    line.mend()
    assert all_there(one, two)


def test_a_push_whose_answer_never_came_is_no_trouble(distant: Pair, line: Line, hub: Hub) -> None:
    one, two = distant
    greeting = git(hub.folder, "receive-pack", "--advertise-refs", str(hub.url))
    line.cut("answer", "receive-pack", len(greeting))

    assert one.sync().offline  # though the remote took it

    line.mend()
    assert not one.sync().offline
    assert git(hub.url, "rev-list", "--count", "main") == "2\n"
    assert all_there(one, two)


def test_a_remote_that_cannot_be_reached_is_no_failure(distant: Pair, line: Line) -> None:
    one, two = distant
    line.cut("down")

    report = one.sync()

    assert report.offline == "connect to host hub port 22: Connection refused"
    line.mend()
    assert all_there(one, two)


@pytest.mark.parametrize("verb", ["upload-pack", "receive-pack"])
def test_a_remote_that_says_nothing_is_not_waited_for_for_ever(
    distant: Pair, line: Line, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = distant
    line.cut("silence", verb)
    with monkeypatch.context() as hurry:
        hurry.setattr("pkm.sync.transport.PATIENCE", 1.0)

        report = one.sync()

    assert report.offline == "The remote did not answer."
    line.mend()
    assert all_there(one, two)


def test_a_first_sync_while_the_remote_is_away(hub: Hub, pair: Pair, line: Line) -> None:
    new = Clone(hub.folder / "new")
    new.write("new.md", "new\n")
    line.cut("down")

    connect(str(new.root), f"git@hub:{hub.url}")
    report = new.sync()

    assert report.offline
    line.mend()
    assert new.sync().pushed
    pair[0].sync()
    assert pair[0].files() == new.files()


def test_a_remote_that_does_not_know_the_key_is_one(distant: Pair, line: Line) -> None:
    one, _ = distant
    line.cut("stranger")

    with pytest.raises(OutsideError) as error:
        one.sync()

    assert "key" in error.value.reason
    assert error.value.exit_code == 5
    assert one.read("n.md").endswith("\nONE\ntwo\nthree\n")


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("fatal: Authentication failed for 'https://example.org/x/'", True),
        (" ! [remote rejected] main -> main (pre-receive hook declined)", True),
        (" ! [remote rejected] main -> main (unpacker error)", False),
        ("fatal: the remote end hung up unexpectedly", False),
        ("fatal: unable to access 'https://example.org/': Could not resolve host: example.org", False),
    ],
)
def test_what_is_a_no_and_what_is_silence(said: str, refused: bool) -> None:
    assert bool(Unreachable(said).refused) == refused
