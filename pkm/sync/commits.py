"""Writing commits: contents, trees and commits in one git process, seen by nobody until a ref moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pkm.sync.git import Git
    from pkm.sync.tree import File


class Commit(NamedTuple):
    """A commit to write: what holds it, its parents, and what differs from the first of them.

    A parent may be `:1` for the first commit that is written with it.
    """

    ref: str
    parents: Sequence[str]
    changes: dict[str, File | None]
    message: str


def write(git: Git, commits: Sequence[Commit], contents: Mapping[str, bytes], who: str) -> list[str]:
    """Write commits, with those contents that git does not have yet; their names."""
    stream = bytearray(b"feature done\n")
    for mark, commit in enumerate(commits, 1):
        ref, text = commit.ref.encode(), commit.message.encode(errors="replace")
        stream += b"reset %s\n\ncommit %s\nmark :%d\n" % (ref, ref, mark)
        stream += b"committer %s\ndata %d\n%s\n" % (who.encode(errors="replace"), len(text), text)
        for number, parent in enumerate(commit.parents):
            stream += f"{'merge' if number else 'from'} {parent}\n".encode()
        stream += _changes(commit.changes, contents)
        stream += b"get-mark :%d\n" % mark
    stream += b"done\n"
    return git.call("fast-import", "--quiet", "--force", "--date-format=raw", data=bytes(stream)).decode().split()


def _changes(changes: Mapping[str, File | None], contents: Mapping[str, bytes]) -> bytes:
    """Removals first: a file may take the place of a folder."""
    rows = bytearray()
    for path, file in sorted(changes.items(), key=lambda change: (change[1] is not None, change[0])):
        if file is None:
            rows += b"D %s\n" % _quoted(path)
        elif file.oid in contents:
            data = contents[file.oid]
            rows += b"M %s inline %s\ndata %d\n%s\n" % (file.mode.encode(), _quoted(path), len(data), data)
        else:
            rows += b"M %s %s %s\n" % (file.mode.encode(), file.oid.encode(), _quoted(path))
    return bytes(rows)


def _quoted(path: str) -> bytes:
    raw = path.encode(errors="surrogateescape")
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
