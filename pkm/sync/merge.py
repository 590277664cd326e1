"""Three trees of notes made into one. Pure: no git, no disk, no clock.

A tree is paths and what stands there; contents are named by an id that the caller
gives them (git's, in practice) and read on demand. The result does not depend on which
side is called ours, so every machine that merges two states gets the same bytes.

Notes are followed by the `id` in their front matter, then by path, then by unchanged
content; so a rename is a fact, not a guess. Per note: changed on one side, that side;
changed beats deleted; changed on both, key by key and line by line. What cannot be
joined has one winner, chosen by content, and the other version is kept whole beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from pkm.sync import copies, fields, texts
from pkm.sync.tracks import Track, tracks
from pkm.sync.tree import WINDOWS, File, is_log, is_note

if TYPE_CHECKING:
    from pkm.sync.tree import Tree


class Conflict(NamedTuple):
    """A note of which two versions exist now."""

    path: str
    copy: str


class Merged(NamedTuple):
    """The joined tree, at the paths that the three trees named."""

    files: dict[str, File]
    #: Contents that neither side had, by their new names.
    made: dict[str, bytes]
    conflicts: list[Conflict]


def changed(base: Tree, side: Tree) -> set[str]:
    """Paths at which a side differs from the base."""
    return {path for path in base.keys() | side.keys() if base.get(path) != side.get(path)}


def needed(base: Tree, ours: Tree, theirs: Tree) -> set[str]:
    """Names of the contents that `merge` will read, so that a caller can fetch them at once."""
    mine, yours = changed(base, ours), changed(base, theirs)
    wanted: set[str] = set()
    for paths, side in ((mine, ours), (yours, theirs)):
        moved = any((path in base) != (path in side) for path in paths)
        for path in paths:
            if is_note(path) or path in (mine & yours):
                wanted |= {tree[path].oid for tree in (side,) if path in tree and tree[path].regular}
                if path in base and base[path].regular and (moved or path in (mine & yours)):
                    wanted.add(base[path].oid)
    return wanted


class Contents(Protocol):
    """Where the merge reads from, and what else it has to know."""

    def read(self, oid: str) -> bytes:
        """A content by its name."""

    def name(self, data: bytes) -> str:
        """The name of a new content."""

    def taken(self, path: str) -> bool:
        """Whether something stands at a path that is the same in all three trees, when those leave it out."""


def merge(base: Tree, ours: Tree, theirs: Tree, contents: Contents) -> Merged:
    """Join two descendants of a base. Paths that are the same everywhere may be left out of the trees."""
    return _Merge(base, ours, theirs, contents).run()


class _Merge:
    def __init__(self, base: Tree, ours: Tree, theirs: Tree, contents: Contents) -> None:
        self.base, self.ours, self.theirs = base, ours, theirs
        self.contents = contents
        self.wanted = needed(base, ours, theirs)
        self.made: dict[str, bytes] = {}
        self.kept: list[tuple[str, bytes]] = []  # path of a note, version to keep beside it
        self.ids: dict[str, str] = {}

    def read(self, oid: str) -> bytes:
        return self.made[oid] if oid in self.made else self.contents.read(oid)

    def make(self, data: bytes, mode: str) -> File:
        oid = self.contents.name(data)
        self.made[oid] = data
        return File(oid, mode)

    def run(self) -> Merged:
        placed: dict[str, list[tuple[Track, File]]] = {}
        for track in tracks(self.base, self.ours, self.theirs, self.ident):
            path = self.place(track)
            if path is not None:
                placed.setdefault(path, []).append((track, self.content(track, path)))
        files = self.unmarked(self.apart(placed))
        conflicts = self.beside(files)
        known = {file.oid for tree in (self.base, self.ours, self.theirs) for file in tree.values()}
        used = {file.oid for file in files.values()}
        return Merged(files, {oid: self.made[oid] for oid in self.made if oid in used - known}, sorted(conflicts))

    def ident(self, path: str, file: File) -> str:
        """The id of a note whose text matters here; "" for any other file."""
        if file.oid not in self.wanted or not is_note(path):
            return ""
        if file.oid not in self.ids:
            self.ids[file.oid] = fields.note_id(self.read(file.oid))
        return self.ids[file.oid]

    # -- what becomes of a note -----------------------------------------------

    def place(self, track: Track) -> str | None:
        """Where the note is afterwards; None when it is gone."""
        base, ours, theirs = track
        if ours is None or theirs is None:
            side, tree = (ours, self.ours) if theirs is None else (theirs, self.theirs)
            if side is None or (base is not None and side == base and tree[side] == self.base[base]):
                return None
            return side
        if base is not None and base in (ours, theirs):
            return theirs if ours == base else ours
        return min(ours, theirs)

    def content(self, track: Track, path: str) -> File:
        base = self.base[track.base] if track.base is not None else None
        if track.ours is None or track.theirs is None:
            return self.ours[track.ours] if track.ours is not None else self.theirs[track.theirs or ""]
        ours, theirs = self.ours[track.ours], self.theirs[track.theirs]
        if theirs in (ours, base):
            return ours
        if ours == base:
            return theirs
        if ours.regular != theirs.regular:  # a file beats a link or another repository
            return ours if ours.regular else theirs
        if not ours.regular:
            return max(ours, theirs)
        mode = max(ours.mode, theirs.mode)
        if base and base.mode in (ours.mode, theirs.mode):
            mode = theirs.mode if ours.mode == base.mode else ours.mode
        if base and base.regular and base.oid in (ours.oid, theirs.oid):
            return File(theirs.oid if ours.oid == base.oid else ours.oid, mode)
        if ours.oid == theirs.oid:
            return File(ours.oid, mode)
        return self.both(base if base and base.regular else None, ours, theirs, path, mode)

    def both(self, base: File | None, ours: File, theirs: File, path: str, mode: str) -> File:
        """A file changed on both sides."""
        before = self.read(base.oid) if base else None
        mine, yours = self.read(ours.oid), self.read(theirs.oid)
        if is_log(path):
            return self.make(texts.join_log(mine, yours), mode)
        text = all(len(x) < texts.MAX_TEXT and b"\0" not in x for x in (before or b"", mine, yours))
        prefer = self.preferred(path, mine, yours)
        if text and (is_note(path) or path.endswith((".gitignore", ".gitattributes"))):
            data, loser = texts.merge_note(before, mine, yours, prefer)
        else:
            data, loser = (mine, yours) if prefer else (yours, mine)
            joined = texts.join_text(path, before, mine, yours) if text and before is not None else None
            if joined is not None:
                data, loser = joined, None
        if loser is not None and path not in WINDOWS:
            self.kept.append((path, loser))
        return self.make(data, mode)

    def preferred(self, path: str, mine: bytes, yours: bytes) -> bool:
        """Whether ours wins. A version that is already kept beside the note has lost before."""
        mine_kept = copies.copy_path(path, mine) in self.theirs
        yours_kept = copies.copy_path(path, yours) in self.ours
        return yours_kept if mine_kept != yours_kept else texts.rank(mine) > texts.rank(yours)

    # -- where two things want one place --------------------------------------

    def apart(self, placed: dict[str, list[tuple[Track, File]]]) -> dict[str, File]:
        """One file a path; the others beside it, named by what they are."""
        files: dict[str, File] = {}
        homeless: list[tuple[str, File]] = []
        for path, claims in placed.items():
            claims.sort(key=lambda claim: (claim[0].base != path, self.tag(path, claim[1])))
            files[path] = claims[0][1]
            homeless += [(path, file) for _, file in claims[1:] if file != files[path]]
        folders = {path[:at] for path in files for at in range(len(path)) if path[at] == "/"}
        for path in sorted(folders & files.keys()):
            homeless.append((path, files.pop(path)))
        for path, file in sorted(homeless):
            tag = self.tag(path, file)
            place = copies.other_path(path, tag)
            while (place in files and files[place] != file) or self.contents.taken(place):
                tag += b"+"
                place = copies.other_path(path, tag)
            files[place] = file
        return files

    def tag(self, path: str, file: File) -> bytes:
        """What names a file for good: its id if it has one, else its content."""
        return (self.ident(path, file) or file.oid).encode(errors="surrogateescape")

    def unmarked(self, files: dict[str, File]) -> dict[str, File]:
        """Notes into which another tool wrote conflict markers become a version and a copy."""
        for path, file in files.items():
            if not is_note(path) or not file.regular or not (file.oid in self.wanted or file.oid in self.made):
                continue
            sides = copies.versions(self.read(file.oid))
            if sides:
                winner, loser = sorted(sides, key=texts.rank, reverse=True)
                if winner != loser:
                    self.kept.append((path, loser))
                files[path] = self.make(winner, file.mode)
        return files

    def beside(self, files: dict[str, File]) -> list[Conflict]:
        """Put the versions that lost beside their winners."""
        conflicts: list[Conflict] = []
        for path, data in self.kept:
            place = copies.copy_path(path, data)
            conflicts.append(Conflict(path, place))
            if self.contents.taken(place) or (place in files and (place in self.ours or place in self.theirs)):
                continue  # kept before; someone may have edited it since
            of = fields.note_id(data) or copies.original_path(path)
            files[place] = self.make(copies.marked(data, of) if is_note(path) and b"\0" not in data else data, "100644")
        return conflicts
