"""The first sync: a vault that was alone gets a repository, a branch and a remote."""

from __future__ import annotations

import os
import re

from pkm import config
from pkm.errors import ChangedError, RefusedError, UsageError
from pkm.sync import setup, transport
from pkm.sync.git import Git, NotARepository
from pkm.sync.remote import shown
from pkm.vault import ignored
from pkm.vault.plan import Change, Create, Plan, apply
from pkm.vault.vault import Vault

#: Every byte of a note is the person's: git must not change line ends on any machine.
ATTRIBUTES = "* -text\n"
_SCHEME = re.compile(r"(https|ssh|file)://.+")
_SCP = re.compile(r"[^/\\:]+:[^:].*")


def connect(root: str, remote: str) -> None:
    """Make a vault a repository if it is none, and give it a remote. The sync comes after."""
    address = _address(remote)
    git = _repository(root)
    setup.check(git)
    _set_remote(git, address)
    if not _choose_branch(Git(root), address):
        _add_rules(root)


def _address(remote: str) -> str:
    """A remote as git needs it: an address, or the whole path of a folder, which is made when it is not there."""
    if remote.startswith("-") or not remote.strip():
        raise UsageError(f"{remote!r} is no remote.", "", "Name an address or a folder:  pkm sync --init REMOTE")
    path = os.path.abspath(os.path.expanduser(remote))
    if _SCHEME.fullmatch(remote):
        return remote
    if "://" in remote or "::" in remote:
        raise RefusedError(f"{shown(remote)} is not reached by https or ssh.", "Other ways can run programs here.")
    if _SCP.fullmatch(remote) and not os.path.exists(path):
        return remote
    if not os.path.isdir(os.path.dirname(path)):
        raise UsageError(f"There is no folder {os.path.dirname(path)}.", "Is its disk there?", "Check the path.")
    if not os.path.exists(path) or (os.path.isdir(path) and not os.listdir(path)):
        _git_init(path, "--bare")
    return path


def _git_init(folder: str, *flags: str) -> None:
    import subprocess

    from pkm.sync import safety

    os.makedirs(folder, exist_ok=True)
    command = ["git", "init", "--quiet", "--template=", "--initial-branch=main", *flags, "--", folder]
    env = safety.environment(os.environ, ask=False)
    try:
        done = subprocess.run(command, env=env, capture_output=True, check=False)
    except FileNotFoundError:
        raise RefusedError(
            "git is not installed.", "pkm sync keeps vaults equal through git.", "Install git."
        ) from None
    if done.returncode:
        raise UsageError(f"{folder} cannot become a repository.", done.stderr.decode(errors="replace").strip())


def _repository(root: str) -> Git:
    try:
        return Git(root)
    except NotARepository:
        _git_init(os.path.realpath(root))
        return Git(root)


def _set_remote(git: Git, address: str) -> None:
    known = git.config("remote.origin.url")
    if known and known != address:
        raise ChangedError(
            f"This vault is connected to {shown(known)} already.",
            "Its history is there.",
            "To move it:  git remote set-url origin REMOTE",
        )
    if not known:
        git.call("remote", "add", "--", "origin", address)


def _choose_branch(git: Git, address: str) -> bool:
    """A vault without a commit takes the remote's branch; another one keeps its own. Whether the remote has any."""
    branch = setup.branch(git)
    try:
        heads, first = transport.heads(git, address)
    except transport.Unreachable:
        heads, first = {}, ""  # the sync will say so
    wanted = first if first in heads else next(iter(heads)) if len(heads) == 1 else ""
    if wanted and wanted != branch and not git.refs(f"refs/heads/{branch}"):
        git.call("symbolic-ref", "HEAD", f"refs/heads/{wanted}")
        branch = wanted
    if not git.config(f"branch.{branch}.remote"):
        there = branch if branch in heads or not wanted else wanted
        git.call("config", f"branch.{branch}.remote", "origin")
        git.call("config", f"branch.{branch}.merge", f"refs/heads/{there}")
    return bool(heads)


def _add_rules(root: str) -> None:
    """The two files that keep git from changing notes and from carrying windows; only where there are none."""
    os.makedirs(os.path.join(root, ".pkm"), exist_ok=True)
    vault = Vault(root)
    garden = str(config.load(root)["garden.folder"])
    rules = ((".gitattributes", ATTRIBUTES), (ignored.FILE, ignored.new_file(garden)))
    changes: list[Change] = [Create(name, text.encode()) for name, text in rules if not vault.exists(name)]
    if changes:
        apply(vault, Plan(changes, "connect to a remote"))
