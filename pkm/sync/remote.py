"""The other end of a vault: which remote, which branch, and who signs for what is sent there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pkm.errors import OutsideError, RefusedError, UsageError
from pkm.sync import transport

if TYPE_CHECKING:
    from pkm.sync.git import Git


class Remote:
    """Read from git's own settings. `url` is "" for a vault that was not connected yet."""

    __slots__ = ("branch", "git", "name", "there", "url")

    def __init__(self, git: Git, branch: str) -> None:
        self.git = git
        self.branch = branch
        chosen = git.config(f"branch.{branch}.remote")
        self.name = _name(git, branch, chosen)
        upstream = git.config(f"branch.{branch}.merge") if self.name == chosen else ""
        self.there = upstream.removeprefix("refs/heads/") or branch
        self.url = git.config(f"remote.{self.name}.url") if self.name else ""

    @property
    def ref(self) -> str:
        """The branch at the remote."""
        return f"refs/heads/{self.there}"

    @property
    def tracking(self) -> str:
        """Where git remembers what the remote had."""
        return f"refs/remotes/{self.name or 'origin'}/{self.there}"

    def start_fetch(self) -> transport.Asking | None:
        """Begin to ask the remote, if there is one."""
        return transport.start_fetch(self.git, self.url, f"+{self.ref}:{self.tracking}") if self.url else None

    def finish_fetch(self, asking: transport.Asking, yes: bool) -> str:
        """Take what it answers; "" when all went well, else why it is away. Raises when it said no."""
        try:
            transport.wait(asking)
        except transport.Unreachable as error:
            if error.missing:
                self._look_again(yes)
            elif error.refused or error.disk:
                raise self._failed(error) from None
            else:
                return error.why
        return ""

    def push(self, oid: str) -> tuple[bool, str]:
        """Offer a commit: whether it was taken, and why the remote is away if it is."""
        try:
            taken = transport.push(self.git, self.url, oid, self.ref)
        except transport.Unreachable as error:
            if error.refused or error.disk:
                raise self._failed(error) from None
            return False, error.why
        if taken:
            self.git.move_refs((self.tracking, oid, None))
        return taken, ""

    def _failed(self, error: transport.Unreachable) -> OutsideError:
        from pkm.sync.safety import ignored

        if not error.refused:
            return OutsideError("git could not write.", error.why, "Check rights and free space, then try again.")
        unused = ignored(self.git.settings)
        hint = "The how-to 'Sync with git' tells how to give it a key or a password."
        if unused:
            hint = f"{unused[0]} of this repository was not used; set it in your own git configuration (--global)."
        return OutsideError(f"{shown(self.url)} refuses this vault.", error.why, hint)

    def _look_again(self, yes: bool) -> None:
        """The remote has no such branch: it is new, or it lost what it had, or the branch has another name there."""
        heads, first = transport.heads(self.git, self.url)
        known = self.git.refs(self.tracking)
        if not heads:
            if known and not yes:
                raise RefusedError(
                    f"{shown(self.url)} is suddenly empty.",
                    "It had notes at the last sync.",
                    "If it was made anew, fill it again from this vault:  pkm sync --yes",
                )
            self.git.move_refs(*((ref, "", oid) for ref, oid in known.items()))
            return
        other = first if first in heads else next(iter(heads)) if len(heads) == 1 else ""
        usual = {"main", "master"}
        if self.there in usual and other in usual:
            self.there = other
            transport.wait(transport.start_fetch(self.git, self.url, f"+{self.ref}:{self.tracking}"))
            return
        names = sorted(heads)
        raise UsageError(
            f"{shown(self.url)} has no branch {self.there}.",
            f"It has {', '.join(names[:5])}.",
            f"Change to one of them:  git switch {other or names[0]}      "
            f"Or start this one there:  git push -u {self.name} {self.branch}",
        )


def _name(git: Git, branch: str, chosen: str) -> str:
    names = dict.fromkeys(
        s.key[7:-4] for s in git.settings if s.key.startswith("remote.") and s.key.endswith(".url") and len(s.key) > 11
    )
    if chosen in names:
        return chosen
    if "origin" in names or len(names) < 2:
        return "origin" if "origin" in names else next(iter(names), "")
    raise UsageError(
        "This vault has several remotes.",
        f"They are {', '.join(names)}.",
        f"Say which one to sync with:  git config branch.{branch}.remote NAME",
    )


def identity(git: Git) -> str:
    """Who makes the commits, as `Name <mail>`: as git would say, else the account's name."""
    name = os.environ.get("GIT_COMMITTER_NAME") or git.config("user.name")
    email = os.environ.get("GIT_COMMITTER_EMAIL") or git.config("user.email")
    if not name or not email:
        import getpass

        try:
            account = getpass.getuser()
        except (KeyError, OSError):
            account = "pkm"
        name, email = name or account, email or f"{account}@localhost"
    plain = ["".join(c for c in text if c not in "<>" and c.isprintable()).strip() or "pkm" for text in (name, email)]
    return f"{plain[0]} <{plain[1]}>"


def shown(url: str) -> str:
    """An address without the password that it may hold."""
    scheme, sep, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{sep}{host.rpartition('@')[2]}{slash}{path}" if sep else url
