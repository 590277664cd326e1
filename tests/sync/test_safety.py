"""Repositories from elsewhere: nothing that they name is run, nothing outside the vault is touched."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from pkm.errors import OutsideError, PkmError, RefusedError
from pkm.sync import safety
from pkm.sync.git import Git
from pkm.sync.history import versions
from pkm.sync.snapshot import ours
from tests.sync.clones import Clone, Hub, git

if TYPE_CHECKING:
    from pathlib import Path

    Pair = tuple[Clone, Clone]

HOOKS = """applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg commit-msg post-commit
    pre-rebase post-checkout post-merge pre-push pre-receive update post-receive post-update push-to-checkout pre-auto-gc
    post-rewrite reference-transaction fsmonitor-watchman post-index-change""".split()
CONFIG = """
[core]
 fsmonitor = "touch {pwned}"
 pager = "touch {pwned}"
 editor = "touch {pwned}"
 sshCommand = "touch {pwned}"
 askPass = "touch {pwned}"
 gitProxy = "touch {pwned}"
 alternateRefsCommand = "touch {pwned}"
 hooksPath = hooks
[credential]
 helper = "!touch {pwned}"
[credential "https://example.org"]
 helper = "!touch {pwned}"
[diff]
 external = "touch {pwned}"
[diff "evil"]
 textconv = "touch {pwned}; cat"
 command = "touch {pwned}"
[merge "evil"]
 driver = "touch {pwned}"
[gpg]
 program = "touch {pwned}"
[gpg "ssh"]
 program = "touch {pwned}"
 defaultKeyCommand = "touch {pwned}"
[commit]
 gpgSign = true
[push]
 gpgSign = if-asked
[log]
 showSignature = true
[gc]
 recentObjectsHook = "touch {pwned}"
[alias]
 status = "!touch {pwned}"
[remote "{url}"]
 uploadpack = "touch {pwned}; git-upload-pack"
 receivepack = "touch {pwned}; git-receive-pack"
[remote "origin"]
 uploadpack = "touch {pwned}; git-upload-pack"
 receivepack = "touch {pwned}; git-receive-pack"
 promisor = true
[submodule "x"]
 update = "!touch {pwned}"
[http]
 saveCookies = true
 cookieFile = {pwned}
[http "https://example.org"]
 saveCookies = true
"""


@pytest.fixture
def hostile(hub: Hub, pair: Pair) -> tuple[Clone, Path]:
    """A clone that would like to run everything, with a change to be joined on each side."""
    one, two = pair
    pwned = hub.folder / "pwned"
    for name in HOOKS:
        hook = two.root / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {pwned}\n")
        hook.chmod(0o755)
    with open(two.root / ".git/config", "a") as file:
        file.write(CONFIG.format(pwned=pwned, url=hub.url))
    two.write(".gitattributes", "*.md diff=evil merge=evil\n")
    one.write("n.md", one.read("n.md").replace("one", "ONE"))
    one.sync()
    two.write("n.md", two.read("n.md").replace("three", "THREE"))
    return two, pwned


def test_nothing_that_a_repository_names_is_run(hostile: tuple[Clone, Path], pair: Pair) -> None:
    clone, pwned = hostile

    report = clone.sync()
    versions(str(clone.root), "n.md")
    clone.sync()

    assert report.pushed
    assert clone.read("n.md").endswith("ONE\ntwo\nTHREE\n")
    assert not pwned.exists()


def test_the_reading_of_these_settings_is_what_the_test_says(hostile: tuple[Clone, Path]) -> None:
    """Git itself, called the usual way, falls for it: so the test above could fail."""
    clone, pwned = hostile

    os.system(f"cd '{clone.root}' && git status >/dev/null 2>&1")

    assert pwned.exists()


def test_a_filter_is_refused_rather_than_run_or_left_out(pair: Pair, tmp_path: Path) -> None:
    one, _ = pair
    one.git("config", "filter.lfs.clean", f"touch {tmp_path}/pwned; cat")
    one.write("n.md", "changed\n")
    one.sync()  # it is installed, but no file goes through it
    one.write(".gitattributes", "*.bin filter=lfs -text\n")

    with pytest.raises(RefusedError, match="lfs"):
        one.sync()

    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("place", ["in/.gitattributes", ".git/info/attributes"])
def test_a_filter_is_refused_wherever_it_is_asked_for(pair: Pair, tmp_path: Path, place: str) -> None:
    one, two = pair
    one.write(place, "*.bin filter=lfs -text\n")
    one.sync()
    two.sync()
    for clone in pair if place.startswith("in/") else (one,):
        clone.git("config", "filter.lfs.clean", f"touch {tmp_path}/pwned; cat")

        with pytest.raises(RefusedError, match="lfs"):
            clone.sync()

    assert not (tmp_path / "pwned").exists()


def test_settings_from_a_file_that_the_vault_includes_are_no_better(hostile: tuple[Clone, Path]) -> None:
    clone, pwned = hostile
    clone.write(
        "evil",
        f"[core]\n fsmonitor = touch {pwned}\n sshCommand = touch {pwned}\n[gc]\n recentObjectsHook = touch {pwned}\n",
    )
    clone.git("config", "--replace-all", "include.path", "../evil")
    clone.git("config", "url.ext::sh -c touch% {pwned}.insteadOf", "git@")

    assert clone.sync().pushed

    assert not pwned.exists()


@pytest.mark.parametrize("url", ["ext::sh -c 'touch pwned'", "git://127.0.0.1:1/x", "http://127.0.0.1:1/x"])
def test_remotes_that_run_programs_or_talk_in_clear_are_refused(pair: Pair, url: str) -> None:
    one, _ = pair
    one.git("remote", "set-url", "origin", url)

    with pytest.raises(OutsideError) as error:
        one.sync()

    assert "https, ssh" in error.value.reason
    assert not (one.root / "pwned").exists()


def test_a_worktree_elsewhere_is_refused(pair: Pair, tmp_path: Path) -> None:
    one, _ = pair
    (tmp_path / "home").mkdir()
    (tmp_path / "home/secret").write_text("secret")
    one.git("config", "core.worktree", str(tmp_path / "home"))

    with pytest.raises(PkmError):
        one.sync()


def plant(hub: Hub, folder: Path, entries: str) -> None:
    """Push a commit with entries that no honest program makes (`git mktree` syntax)."""
    git(folder, "clone", "-q", str(hub.url), "evil")
    evil = folder / "evil"
    (evil / "x").write_text("evil\n")
    blob = git(evil, "hash-object", "-w", "x").strip()
    (evil / "x").write_text("/etc/passwd")
    link = git(evil, "hash-object", "-w", "x").strip()
    rows = git(evil, "ls-tree", "HEAD") + entries.format(
        blob=blob, link=link, commit=git(evil, "rev-parse", "HEAD").strip()
    )
    made = subprocess.run(
        ["git", "mktree", "--missing"], cwd=evil, input=rows.encode(), capture_output=True, check=True
    )
    tree = made.stdout.decode().strip()
    commit = git(evil, "commit-tree", "-p", "HEAD", "-m", "evil", tree).strip()
    git(evil, "push", "-q", "origin", f"{commit}:refs/heads/main")


def test_links_and_other_repositories_are_never_written(hub: Hub, pair: Pair, tmp_path: Path) -> None:
    _, two = pair
    plant(hub, tmp_path, "120000 blob {link}\tlink.md\n160000 commit {commit}\tsub\n100644 blob {blob}\tgood.md\n")

    two.sync()

    assert two.read("good.md") == "evil\n"
    assert not os.path.lexists(two.root / "link.md")
    assert not os.path.lexists(two.root / "sub")
    two.write("n.md", "more\n")
    two.sync()
    assert "link.md" in hub.files(), "nor are they deleted for the others"


def test_nothing_is_written_through_a_link_in_the_vault(hub: Hub, pair: Pair, tmp_path: Path) -> None:
    one, two = pair
    (tmp_path / "outside").mkdir()
    (two.root / "out").symlink_to(tmp_path / "outside")
    one.write("out/a.md", "a\n")
    one.sync()

    with pytest.raises(RefusedError):
        two.sync()

    assert not os.listdir(tmp_path / "outside")


def test_what_is_behind_a_link_is_never_sent(hub: Hub, pair: Pair, tmp_path: Path) -> None:
    one, _ = pair
    (tmp_path / "secret").write_text("secret")
    (one.root / "link.md").symlink_to(tmp_path / "secret")
    (one.root / "n.md").unlink()
    (one.root / "n.md").symlink_to(tmp_path / "secret")
    os.mkfifo(one.root / "fifo.md")

    one.sync()

    assert "link.md" not in hub.files()
    assert "secret" not in git(hub.url, "grep", "-h", "", "main")


@pytest.mark.parametrize(
    ("path", "fine"),
    [
        ("a.md", True),
        (".obsidian/app.json", True),
        ("a.git/b.md", True),
        (".pkm/log/a.jsonl", True),
        (".pkm/.gitignore", True),
        (".pkm/index.db", False),
        (".pkm/undo/000001.log", False),
        (".pkm/log/a.py", False),
        (".git/config", False),
        ("in/.GIT/hooks/x", False),
        ("in/git~1/config", False),
        ("../a.md", False),
        ("/etc/passwd", False),
        ("a/./b.md", False),
        ("in/.pkm-12-ab.tmp", False),
    ],
)
def test_which_paths_a_sync_may_touch(path: str, fine: bool) -> None:
    assert ours(path) is fine


def test_the_persons_own_settings_hold() -> None:
    settings = safety.parse(
        b"global\0core.sshcommand\nssh -i mine\0local\0core.sshcommand\nevil\0global\0credential.helper\nstore\0"
        b"local\0credential.helper\n!evil\0local\0user.name\nMe\0"
    )

    assert safety.ssh_command(settings, {}, ask=False) == "ssh -i mine"
    assert safety.overrides(settings)[-2:] == ["credential.helper=", "credential.helper=store"]
    assert safety.ignored(settings) == ["core.sshcommand", "credential.helper"]


def test_git_is_not_told_of_a_git_call_around_it() -> None:
    env = safety.environment({"GIT_DIR": "/elsewhere", "GIT_INDEX_FILE": "x", "HOME": "/h"}, ask=False)

    assert "GIT_DIR" not in env
    assert "GIT_INDEX_FILE" not in env
    assert env["HOME"] == "/h"
    assert env["GIT_TERMINAL_PROMPT"] == "0"


def test_a_repository_in_sha256_works_too(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "--object-format=sha256", "-b", "main", "hub.git")
    git(tmp_path, "init", "-q", "--object-format=sha256", "-b", "main", "one")
    git(tmp_path / "one", "remote", "add", "origin", str(tmp_path / "hub.git"))
    one = Clone(tmp_path / "one")
    one.write("a.md", "a\n")
    one.sync()
    git(tmp_path, "clone", "-q", "hub.git", "two")

    assert len(Git(str(one.root)).name(b"")) == 64
    assert (tmp_path / "two/a.md").read_text() == "a\n"
