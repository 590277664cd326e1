"""A note as it was: the versions that git keeps of it, across its renames."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkm.errors import UsageError
from pkm.model.digest import digest
from pkm.sync.git import Git
from pkm.vault.plan import Create, Plan, Rewrite

if TYPE_CHECKING:
    from pkm.vault.vault import Vault

_FIELD, _RECORD = "\x1f", "\x1e"


class Version(NamedTuple):
    """One version of a note, and when it came to be."""

    at: float  # seconds since 1970
    author: str
    what: str  # of the commit
    path: str  # of the note then
    oid: str  # of its content, "" when it was removed


def versions(root: str, path: str) -> list[Version]:
    """Every version of a note, the newest first."""
    git = Git(root, ask=False)
    out = git.call(
        "log", "--follow", "--find-renames", "--raw", "-z", "--no-abbrev", "--no-show-signature", "--no-ext-diff",
        "--no-textconv", "--diff-merges=first-parent", f"--format={_RECORD}%ct{_FIELD}%an{_FIELD}%s", "--", path,
        ok=(0, 128),
    )  # fmt: skip
    found: list[Version] = []
    for record in out.decode(errors="surrogateescape").split(_RECORD)[1:]:
        head, *raw = record.strip("\0\n").split("\0")
        at, author, what = head.split(_FIELD, 2)
        raw = [piece.lstrip("\n") for piece in raw if piece.strip("\n")]
        if not raw:
            continue
        _, mode, _, oid, _ = raw[0].split(" ", 4)
        version = Version(float(at), author, what.strip(), raw[-1], "" if mode == "000000" else oid)
        if not found or found[-1].oid != version.oid:
            found.append(version)
        else:
            found[-1] = version  # the same text came in twice; it is as old as the first time
    return found


def content(root: str, version: Version) -> bytes:
    """The text of a version."""
    return next(Git(root, ask=False).blobs([version.oid]))[1]


def as_of(root: str, path: str, moment: float) -> Version:
    """The version that a note had at a moment. Raises `UsageError` when it had none."""
    known = versions(root, path)
    for version in known:
        if version.at < moment and version.oid:
            return version
        if version.at < moment:
            break
    if not known:
        raise UsageError(
            f"git knows no version of {path}.", "A version comes to be with each sync.", "Keep one now:  pkm sync"
        )
    raise UsageError(f"{path} did not exist then.", "", "See its versions:  pkm open NOTE --history")


def restore(vault: Vault, path: str, data: bytes, when: str) -> Plan:
    """The plan that gives a note an older text back; `pkm undo` takes that back too."""
    reason = f"{path} as it was {when}"
    if not vault.exists(path):
        return Plan([Create(path, data)], reason)
    now = vault.read(path)
    return Plan([] if now == data else [Rewrite(path, data, digest(now))], reason)


def restore_deleted(vault: Vault) -> Plan:
    """The plan that brings back every file that is gone since the last sync."""
    from pkm.sync import snapshot, status

    git = Git(vault.root, ask=False)
    shot = snapshot.take(git, status.finish(git, status.start(git)))
    oids = {path: old.oid for path, (old, new) in shot.changes.items() if new is None and old and path in shot.deleted}
    texts = dict(git.blobs(oids.values()))
    return Plan([Create(path, texts[oid]) for path, oid in sorted(oids.items())], "restore deleted files")
