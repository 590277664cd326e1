"""Whole syncs between clones, with real git."""

from __future__ import annotations

import os
import stat
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from pkm.errors import ChangedError, OutsideError, RefusedError, UsageError
from pkm.sync import round as rounds
from pkm.sync import safety
from pkm.sync.git import Git
from pkm.sync.sync import foresee
from pkm.vault.undo import undo
from pkm.vault.vault import Vault
from tests.sync.clones import Clone, Hub, git

if TYPE_CHECKING:
    from pathlib import Path

    Pair = tuple[Clone, Clone]


def test_edits_on_both_sides_meet(pair: Pair) -> None:
    one, two = pair
    one.write("n.md", one.read("n.md").replace("one", "ONE").replace("[a]", "[a, b]"))
    two.write("n.md", two.read("n.md").replace("three", "THREE").replace("[a]", "[a, c]"))
    two.write("new.md", "new\n")
    one.sync()

    report = two.sync()
    one.sync()

    assert one.files() == two.files()
    assert one.read("n.md").endswith("\nONE\ntwo\nTHREE\n")
    assert report.received == {"n.md": "changed"}
    assert report.sent == {"n.md": "changed", "new.md": "new"}
    assert one.clean()
    assert two.clean()


def test_nothing_to_do_changes_nothing(pair: Pair) -> None:
    one, _ = pair
    before = (one.git("rev-parse", "HEAD"), (one.root / ".git/index").stat().st_mtime_ns)

    report = one.sync()

    assert not report.sent
    assert not report.pushed
    assert (one.git("rev-parse", "HEAD"), (one.root / ".git/index").stat().st_mtime_ns) == before


def test_a_conflict_is_the_same_on_every_machine(hub: Hub, pair: Pair) -> None:
    one, two = pair
    one.write("n.md", one.read("n.md").replace("two", "by one"))
    two.write("n.md", two.read("n.md").replace("two", "by two"))
    one.sync()
    report = two.sync()
    told = one.sync()
    third = hub.clone("three")

    assert one.files() == two.files() == third.files()
    assert len(report.conflicts) == 1
    assert told.conflicts == report.conflicts  # on the other machine too
    assert not one.sync().conflicts  # but once
    both = "".join(data.decode() for data in one.files().values())
    assert "by one" in both
    assert "by two" in both
    assert "<<<<" not in both


def test_a_renamed_note_takes_the_other_machines_edit(pair: Pair) -> None:
    one, two = pair
    (one.root / "n.md").rename(one.root / "Moved.md")
    two.write("n.md", two.read("n.md") + "four\n")
    one.sync()
    two.sync()
    one.sync()

    assert one.files() == two.files()
    assert one.read("Moved.md").endswith("three\nfour\n")
    assert "n.md" not in one.files()


def test_an_emptied_folder_goes_and_another_takes_its_place(pair: Pair) -> None:
    one, two = pair
    one.remove("in/other.md")
    (one.root / "in").rmdir()
    one.write("in", "a file now\n")
    one.sync()

    two.sync()

    assert two.read("in") == "a file now\n"
    one.remove("in")
    one.write("in/again.md", "and a folder again\n")
    one.sync()
    two.sync()
    assert one.files() == two.files()


def test_offline_is_no_failure_and_the_next_sync_sends_it(hub: Hub, pair: Pair) -> None:
    one, two = pair
    hub.url.rename(hub.folder / "away.git")
    one.write("n.md", one.read("n.md") + "four\n")

    report = one.sync()

    assert report.offline
    assert not report.pushed
    assert one.clean()
    (hub.folder / "away.git").rename(hub.url)
    one.sync()
    two.sync()
    assert two.read("n.md").endswith("four\n")


def test_an_edit_made_while_the_result_is_put_on_the_disk_starts_over(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = pair
    one.write("n.md", one.read("n.md").replace("one", "ONE"))
    one.sync()
    two.write("in/other.md", "mine\n")
    merged = rounds.Round.merged

    def saves_now(self: rounds.Round) -> object:
        found = merged(self)
        if "four" not in two.read("n.md"):
            two.write("n.md", two.read("n.md") + "four\n")
        return found

    monkeypatch.setattr(rounds.Round, "merged", saves_now)
    two.sync()
    monkeypatch.undo()
    one.sync()

    assert one.files() == two.files()
    assert one.read("n.md").endswith("ONE\ntwo\nthree\nfour\n")


def test_another_program_that_commits_meanwhile_starts_it_over(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = pair
    one.write("a.md", "a\n")
    one.sync()
    two.write("b.md", "b\n")
    merged = rounds.Round.merged
    done: list[bool] = []

    def commits_now(self: rounds.Round) -> object:
        if not done:
            done.append(True)
            two.git("commit", "-qm", "by hand", "--allow-empty")
        return merged(self)

    monkeypatch.setattr(rounds.Round, "merged", commits_now)
    two.sync()
    monkeypatch.undo()
    one.sync()

    assert one.files() == two.files()
    assert "by hand" in one.git("log", "--format=%s")


def test_undo_takes_back_what_a_sync_changed(pair: Pair) -> None:
    one, two = pair
    before = two.files()
    one.write("n.md", one.read("n.md") + "four\n")
    one.remove("in/other.md")
    one.write("new/new.md", "new\n")
    one.sync()
    two.sync()

    undo(Vault(str(two.root)))

    assert two.files() == before
    two.sync()
    one.sync()
    assert one.files() == before


def test_undo_takes_back_a_sync_in_which_a_note_took_a_folders_place(pair: Pair) -> None:
    one, two = pair
    one.write("plan.md/a.md", "a\n")
    one.sync()
    two.sync()
    before = two.files()
    (one.root / "plan.md/a.md").unlink()
    (one.root / "plan.md").rmdir()
    one.write("plan.md", "now a note\n")
    one.sync()
    two.sync()
    assert two.read("plan.md") == "now a note\n"

    undo(Vault(str(two.root)))

    assert two.files() == before


def test_bytes_stay_whatever_git_is_told_about_line_ends(pair: Pair) -> None:
    one, two = pair
    data = b"a\r\nb\rc\n\xff\xfe no newline"
    one.write(".gitattributes", "* text=auto eol=lf\n")
    one.git("config", "core.autocrlf", "true")
    one.write("mixed.md", data)
    one.sync()

    two.sync()

    assert (two.root / "mixed.md").read_bytes() == data
    assert not two.sync().sent


@pytest.mark.parametrize(
    "name", ["-rf.md", "new\nline.md", "a'b\"c.md", "tab\there.md", "*.md", "x" * 250 + ".md", "a\\b.md"]
)
def test_strange_names_travel(pair: Pair, name: str) -> None:
    one, two = pair
    one.write(name, "strange\n")
    one.sync()

    two.sync()
    two.write(name, "stranger\n")
    two.sync()
    one.sync()

    assert one.files() == two.files()
    assert one.read(name) == "stranger\n"


def test_a_name_that_is_a_way_out_elsewhere_is_told_of(pair: Pair) -> None:
    one, _ = pair
    one.write("\\a.md", "x\n")

    report = one.sync()

    assert [problem.path for problem in report.problems] == ["\\a.md"]
    assert not report.sent


def test_names_that_are_no_utf8_travel(pair: Pair) -> None:
    one, two = pair
    name = os.fsdecode(b"caf\xe9.md")
    one.write(name, "x\n")
    one.sync()
    two.sync()

    assert two.read(name) == "x\n"


def test_large_files_and_programs_travel(pair: Pair) -> None:
    one, two = pair
    one.write("big.bin", os.urandom(3 << 20))
    one.write("run.sh", "#!/bin/sh\n")
    (one.root / "run.sh").chmod(0o755)
    one.sync()
    two.sync()

    assert one.files() == two.files()
    assert (two.root / "run.sh").stat().st_mode & stat.S_IXUSR
    (one.root / "run.sh").chmod(0o644)
    one.sync()
    two.sync()
    assert not (two.root / "run.sh").stat().st_mode & stat.S_IXUSR


def test_what_is_private_to_a_machine_stays_there(hub: Hub, pair: Pair) -> None:
    one, _ = pair
    one.write(".pkm/index.db", "x")
    one.write(".pkm/log/reviews.jsonl", "{}\n")
    one.write("secret/a.md", "x")
    one.write(".gitignore", "/secret/\n")
    git(hub.folder, "init", "-q", str(one.root / "circle"))
    one.write("circle/c.md", "another repository\n")
    one.sync()

    assert hub.files() == {"n.md", "in/other.md", ".pkm/log/reviews.jsonl", ".gitignore"}
    assert (one.root / "secret/a.md").exists()


def test_a_file_that_git_ignores_here_is_not_overwritten(pair: Pair) -> None:
    one, two = pair
    (two.root / ".git/info").mkdir(exist_ok=True)
    (two.root / ".git/info/exclude").write_text("draft.md\n")
    two.write("draft.md", "mine\n")
    one.write("draft.md", "theirs\n")
    one.sync()

    two.sync()

    assert "mine" in "".join(data.decode() for data in two.files().values())
    assert "theirs" in "".join(data.decode() for data in two.files().values())


def test_other_git_programs_keep_working(pair: Pair) -> None:
    one, two = pair
    one.write("n.md", one.read("n.md") + "four\n")
    one.git("add", "-A")
    one.git("commit", "-qm", "by a plug-in")
    one.git("push", "-q", "origin", "HEAD:main")
    two.write("m.md", "m\n")
    two.sync()
    one.git("pull", "-q", "--no-rebase", "origin", "main")

    assert one.files() == two.files()


def test_markers_that_another_tool_committed_become_a_version(pair: Pair) -> None:
    one, two = pair
    one.write("n.md", one.read("n.md").replace("two\n", "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> x\n"))
    one.git("commit", "-qam", "backup")
    one.git("push", "-q", "origin", "HEAD:main")

    report = two.sync()
    one.sync()

    assert one.files() == two.files()
    assert len(report.conflicts) == 1
    assert not any(b"<<<<" in data for data in two.files().values())


@pytest.mark.parametrize("committed", [True, False])
def test_markers_that_another_tool_left_here_become_a_version(hub: Hub, pair: Pair, committed: bool) -> None:
    one, two = pair
    one.write("n.md", one.read("n.md").replace("two\n", "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> x\n"))
    one.write("fence.md", "```\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> x\n```\n")
    if committed:
        one.git("add", "-A")
        one.git("commit", "-qm", "backup")

    report = one.sync()

    assert [conflict.path for conflict in report.conflicts] == ["n.md"]
    assert not any(b"<<<<" in data for path, data in one.files().items() if path != "fence.md")
    assert {"ours", "theirs"} <= set("\n".join(data.decode() for data in one.files().values()).split("\n"))
    assert one.clean()
    two.sync()
    assert two.files() == one.files()
    undo(Vault(str(one.root)))
    assert "<<<<<<< HEAD" in one.read("n.md")


def test_dry_run_and_status_touch_nothing(pair: Pair) -> None:
    one, two = pair
    one.write("n.md", one.read("n.md").replace("two", "by one"))
    one.sync()
    two.write("n.md", two.read("n.md").replace("two", "by two"))
    before, head = two.files(), two.git("rev-parse", "HEAD")

    report = foresee(str(two.root), ask=False)

    assert report.sent == {"n.md": "changed"}
    assert len(report.conflicts) == 1
    assert (two.files(), two.git("rev-parse", "HEAD")) == (before, head)
    assert foresee(str(one.root), fetch=False, ask=False).sent == {}


def test_what_was_kept_without_a_network_is_seen_to_wait(hub: Hub, pair: Pair) -> None:
    one, _ = pair
    hub.url.rename(hub.folder / "away.git")
    one.write("new.md", "x\n")
    one.remove("in/other.md")
    one.sync()
    one.write("n.md", "later\n")

    report = foresee(str(one.root), fetch=False, ask=False)

    assert report.sent == {"new.md": "new", "in/other.md": "removed", "n.md": "changed"}


# -- first use, and states that others leave ----------------------------------


def test_a_folder_without_git_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(OutsideError) as error:
        Clone(tmp_path).sync()

    assert error.value.exit_code == 2
    assert "--init" in error.value.hint


def test_an_empty_remote_is_filled(hub: Hub) -> None:
    one = hub.clone("one")
    one.write("a.md", "a\n")

    assert one.sync().pushed
    assert hub.files() == {"a.md"}


def test_a_vault_with_notes_joins_a_remote_with_notes(hub: Hub, pair: Pair) -> None:
    one, _ = pair
    root = hub.folder / "joins"
    git(hub.folder, "init", "-q", "-b", "main", str(root))
    git(root, "remote", "add", "origin", str(hub.url))
    joins = Clone(root)
    joins.write("mine.md", "mine\n")
    joins.write("n.md", "---\nid: n1\ntags: [z]\n---\n\none\nzero\n")

    joins.sync()
    one.sync()

    assert one.files() == joins.files()
    assert one.read("mine.md") == "mine\n"
    assert one.read("n.md").endswith("---\n\none\ntwo\nthree\nzero\n")
    assert "z" in one.read("n.md")


def test_an_empty_vault_takes_what_is_there_and_adds_nothing(hub: Hub, pair: Pair) -> None:
    one, _ = pair
    root = hub.folder / "empty"
    git(hub.folder, "init", "-q", "-b", "main", str(root))
    git(root, "remote", "add", "origin", str(hub.url))
    empty = Clone(root)

    report = empty.sync()

    assert report.received == {"n.md": "new", "in/other.md": "new"}
    assert not report.pushed
    assert empty.files() == one.files()
    assert empty.git("rev-parse", "HEAD") == one.git("rev-parse", "HEAD")


def test_master_here_and_main_there_are_the_same(hub: Hub, pair: Pair) -> None:
    one, _ = pair
    root = hub.folder / "old"
    git(hub.folder, "init", "-q", "-b", "master", str(root))
    git(root, "remote", "add", "origin", str(hub.url))
    old = Clone(root)
    old.write("mine.md", "mine\n")
    old.sync()
    one.sync()

    assert one.files() == old.files()


@pytest.mark.parametrize(
    ("how", "word"),
    [
        (("checkout", "-q", "--detach"), "git switch main"),
        (("checkout", "-q", "-b", "draft"), "git switch main"),
        (("update-ref", "MERGE_HEAD", "HEAD"), "git merge --abort"),
        (("remote", "rename", "origin", "first"), "git config branch.main.remote"),
    ],
)
def test_states_in_which_it_cannot_go_on_say_what_to_type(pair: Pair, how: tuple[str, ...], word: str) -> None:
    one, _ = pair
    one.git(*how)
    if how[0] == "remote":
        one.git("remote", "add", "second", "/nowhere")
        one.git("config", "--unset", "branch.main.remote")

    with pytest.raises((RefusedError, UsageError)) as error:
        one.sync()

    assert word in error.value.hint


def test_a_vault_inside_a_repository_is_refused(pair: Pair) -> None:
    one, _ = pair

    with pytest.raises(RefusedError):
        Clone(one.root / "in").sync()


def test_a_remote_that_was_made_anew_is_asked_about(hub: Hub, pair: Pair) -> None:
    one, _ = pair
    hub.url.rename(hub.folder / "old.git")
    git(hub.folder, "init", "-q", "--bare", "-b", "main", str(hub.url))

    with pytest.raises(RefusedError):
        one.sync()
    one.sync(yes=True)

    assert hub.files() == {"n.md", "in/other.md"}


def test_a_remote_that_went_back_is_brought_forward(hub: Hub, pair: Pair) -> None:
    one, _ = pair
    first = one.git("rev-parse", "HEAD").strip()
    one.write("b.md", "b\n")
    one.sync()
    git(hub.url, "update-ref", "refs/heads/main", first)

    one.sync()

    assert "b.md" in hub.files()


# -- locks and litter ---------------------------------------------------------


@pytest.mark.parametrize("name", ["index.lock", "refs/heads/main.lock"])
def test_a_foreign_lock_is_waited_for(pair: Pair, name: str) -> None:
    one, _ = pair
    one.write("a.md", "a\n")
    lock = one.root / ".git" / name
    lock.touch()
    holder = subprocess.Popen(["sh", "-c", f"sleep 1; rm '{lock}'"])

    one.sync()
    holder.wait()

    assert one.clean()


@pytest.mark.parametrize("name", ["index.lock", "refs/heads/main.lock"])
def test_a_foreign_lock_that_stays_is_named(pair: Pair, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = pair
    monkeypatch.setattr("pkm.sync.state.PATIENCE", 0.1)
    monkeypatch.setattr("pkm.sync.safety.FIXED", (*safety.FIXED, "core.filesRefLockTimeout=100"))
    one.write("a.md", "a\n")
    lock = one.root / ".git" / name
    lock.touch()

    with pytest.raises(OutsideError) as error:
        one.sync()

    assert name in error.value.reason
    lock.unlink()
    assert one.sync().pushed


def test_a_foreign_lock_whose_owner_is_long_gone_is_swept(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = pair
    monkeypatch.setattr("pkm.sync.state.PATIENCE", 0.1)
    for at in (time.time() - 3600, time.time() + 3600):  # the clock may have jumped since
        one.write("a.md", f"{at}\n")
        for name in ("index.lock", "refs/heads/main.lock"):
            (one.root / ".git" / name).touch()
            os.utime(one.root / ".git" / name, (at, at))
        assert one.sync().pushed
        assert one.clean()


def test_litter_of_a_run_that_was_killed_is_swept(pair: Pair) -> None:
    one, _ = pair
    folder = one.root / ".git/pkm"
    one.sync()
    (folder / "busy").write_text(".\nin/\n")
    old = time.time() - 60
    for name in ("refs/heads/main.lock", "refs/remotes/origin/main.lock", "packed-refs.lock"):
        (one.root / ".git" / name).touch()
        os.utime(one.root / ".git" / name, (old, old + 100))
    (folder / "index").write_bytes(b"x")
    os.link(folder / "index", one.root / ".git/index.lock")
    one.write(".pkm-1-ab.tmp", "half of a no")
    one.write("in/.pkm-1-cd-swap.tmp", "saved by an editor in that moment\n")
    one.write("a.md", "a\n")

    one.sync()

    assert one.clean()
    kept = one.files().keys() - {"a.md", "in/other.md", "n.md"}
    assert [one.read(name) for name in kept] == ["saved by an editor in that moment\n"]


def test_two_syncs_at_once_take_turns(pair: Pair) -> None:
    one, two = pair
    for n in range(20):
        one.write(f"{n}.md", f"{n}\n")
    runs = [subprocess.Popen(one.command(), cwd=one.root, stdout=subprocess.DEVNULL) for _ in range(3)]

    assert [run.wait() for run in runs] == [0, 0, 0]
    two.sync()
    assert one.files() == two.files()
    assert one.clean()


def test_git_does_not_know_of_a_failed_push(hub: Hub, pair: Pair) -> None:
    one, _ = pair
    hook = hub.url / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    hook.chmod(0o755)
    one.write("a.md", "a\n")

    with pytest.raises(OutsideError) as error:
        one.sync()

    assert error.value.exit_code == 5
    hook.unlink()
    assert one.sync().pushed


def test_git_itself_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(OutsideError, match="not installed"):
        Git(str(tmp_path))


def test_a_vault_that_changes_all_the_time_gives_up_in_the_end(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = pair
    monkeypatch.setattr("pkm.sync.sync.time.sleep", lambda _: None)

    def moved(self: rounds.Round, state: object) -> bool:
        raise ChangedError("moved")

    monkeypatch.setattr(rounds.Round, "run", moved)

    with pytest.raises(ChangedError):
        one.sync()
