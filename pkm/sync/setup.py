"""Which repository, branch and remote a vault syncs with, and the first sync of a new one."""

from __future__ import annotations

import os
from dataclasses import dataclass

from pkm.errors import OutsideError, RefusedError, UsageError
from pkm.sync import safety
from pkm.sync.git import Git, Unreachable


@dataclass(slots=True)
class Remote:
    """The other end of a vault's branch."""

    branch: str  # here
    name: str  # of the remote, "" without one
    url: str
    there: str  # the branch's name at the remote
    identity: tuple[str, str]

    @property
    def ref(self) -> str:
        return f"refs/heads/{self.there}"

    @property
    def tracking(self) -> str:
        """Where git remembers what the remote had."""
        return f"refs/remotes/{self.name or 'origin'}/{self.there}"

    @property
    def refspec(self) -> str:
        return f"+{self.ref}:{self.tracking}"

    @classmethod
    def of(cls, git: Git) -> Remote:
        """Read it from git's own settings; refuse states in which a sync could not end well."""
        check_place(git)
        branch = current_branch(git)
        check_unfinished(git)
        names = [s.key.split(".", 1)[1].rpartition(".")[0] for s in git.settings if s.key.startswith("remote.") and s.key.endswith(".url")]
        chosen = git.config(f"branch.{branch}.remote")
        name = chosen if chosen in names else "origin" if "origin" in names else names[0] if len(set(names)) == 1 else ""
        if names and not name:
            raise UsageError(
                "This vault has several remotes.", ", ".join(dict.fromkeys(names)),
                f"Say which one to sync with:  git config branch.{branch}.remote NAME",
            )
        upstream = git.config(f"branch.{branch}.merge") if name == chosen else ""
        there = upstream.removeprefix("refs/heads/") or branch
        return cls(branch, name, git.config(f"remote.{name}.url") if name else "", there, identity(git))

    def refused(self, error: Unreachable) -> OutsideError:
        """The remote answered, and said no."""
        hint = "See the how-to about keys and passwords, or ask whoever runs the remote."
        return OutsideError(f"{shown(self.url)} does not let this vault in.", error.why, hint)

    def check_missing(self, git: Git, yes: bool) -> None:
        """The remote has no such branch: it is new, or it lost what it had, or the branch has another name there."""
        heads, first = git.heads(self.url)
        known = git.refs(self.tracking)
        if not heads:
            if known and not yes:
                raise RefusedError(
                    f"{shown(self.url)} is suddenly empty.", "It had notes at the last sync.",
                    "If it was made anew:  pkm sync --yes  fills it again from this vault.",
                )
            for ref, oid in known.items():
                git.move_refs((ref, "", oid))
            return
        usual = {"main", "master"}
        other = first if first in heads else next(iter(heads)) if len(heads) == 1 else ""
        if self.there in usual and other in usual:
            self.there = other
            git.wait(git.start_fetch(self.url, self.refspec))
            return
        raise UsageError(
            f"{shown(self.url)} has no branch {self.there}.", f"It has {', '.join(sorted(heads)[:5])}.",
            f"Change to one of them:  git switch {other or sorted(heads)[0]}      "
            f"Or start this one there:  git push -u {self.name} {self.branch}",
        )


def check_place(git: Git) -> None:
    """The vault must be the top of its repository, and its files must be what git has."""
    if os.path.realpath(git.top) != os.path.realpath(git.root):
        raise RefusedError(
            f"The vault is a folder inside the repository {git.top}.",
            "Sync would carry files that are no part of the vault.",
            f"Sync the whole:  pkm --vault {git.top} sync      Or make the vault a repository of its own.",
        )
    try:
        with open(os.path.join(git.root, ".gitattributes"), "rb") as file:
            attributes = file.read(1 << 20)
    except OSError:
        return
    used = safety.filters(git.settings, attributes)
    if used:
        raise RefusedError(
            f"This vault sends files through the git filter {used[0]}.",
            "pkm runs no program that a repository names, and without it the files would be wrong.",
            "Sync it with git itself, or take the filter out of .gitattributes.",
        )


def current_branch(git: Git) -> str:
    """The branch that is checked out, be there a commit on it or not."""
    branch = git.call("symbolic-ref", "--quiet", "--short", "HEAD", ok=(0, 1)).decode(errors="surrogateescape").strip()
    if branch:
        return branch
    heads = [name.removeprefix("refs/heads/") for name in git.refs("refs/heads/")]
    usual = next((name for name in ("main", "master") if name in heads), heads[0] if heads else "main")
    raise RefusedError(
        "This vault is on no branch (git calls it a detached HEAD).",
        "A sync could not say where its notes belong.",
        f"Go back to your branch:  git switch {usual}      Or keep what is here as a new one:  git switch -c NAME",
    )


_UNFINISHED = {
    "MERGE_HEAD": ("merge", "git merge --abort"),
    "rebase-merge": ("rebase", "git rebase --abort"),
    "rebase-apply": ("rebase", "git rebase --abort"),
    "CHERRY_PICK_HEAD": ("cherry-pick", "git cherry-pick --abort"),
    "REVERT_HEAD": ("revert", "git revert --abort"),
}


def check_unfinished(git: Git) -> None:
    """Another program began something in this repository and did not end it."""
    for name, (what, way_out) in _UNFINISHED.items():
        if os.path.exists(os.path.join(git.dir, name)):
            raise RefusedError(
                f"Another program left a {what} unfinished.", "Joining on top of it could mix up versions.",
                f"Finish it there, or undo it:  {way_out}      Then sync again.",
            )


def identity(git: Git) -> tuple[str, str]:
    """Who makes the commits: as git would say, else the name of the account."""
    name = os.environ.get("GIT_COMMITTER_NAME") or git.config("user.name")
    email = os.environ.get("GIT_COMMITTER_EMAIL") or git.config("user.email")
    if not name or not email:
        import getpass

        try:
            account = getpass.getuser()
        except (KeyError, OSError):
            account = "pkm"
        name, email = name or account, email or f"{account}@localhost"
    return tuple("".join(c for c in text if c not in "<>\n\0").strip() or "pkm" for text in (name, email))  # type: ignore[return-value]


def shown(url: str) -> str:
    """An address without the password that it may hold."""
    scheme, sep, rest = url.partition("://")
    return f"{scheme}{sep}{rest.rpartition('@')[2]}" if sep and "@" in rest.partition("/")[0] else url
