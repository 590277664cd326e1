"""One attempt of a sync, from looking at the folder to offering the result to the remote."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pkm.config import now
from pkm.errors import ChangedError
from pkm.sync import snapshot, state, status, transport
from pkm.sync.git import GitError
from pkm.sync.plan import TABLE, Relation, Step, joins, relation
from pkm.sync.tree import is_note, three_trees

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkm.sync.apply import Switch
    from pkm.sync.commits import Commit
    from pkm.sync.git import Git
    from pkm.sync.merge import Merged
    from pkm.sync.remote import Remote
    from pkm.sync.report import Report
    from pkm.sync.state import State
    from pkm.sync.tree import Tree

#: Holds a merge whose files may not all be on the disk yet.
PENDING = "refs/pkm/merge"
#: Holds what was on the disk, until the branch does.
SNAPSHOT = "refs/pkm/snapshot"


class Round:
    """Looks when it is made; then `run` acts, or `foresee` only tells."""

    def __init__(self, git: Git, remote: Remote, report: Report, *, yes: bool = False, fetch: bool = True) -> None:
        self.git, self.remote, self.report, self.yes = git, remote, report, yes
        self.cache: dict[str, bytes] = {}
        self.everything: set[str] | None = None
        self.named: set[str] = set()

        asking = remote.start_fetch() if fetch else None  # while the folder is looked at
        try:
            self.look()
        except BaseException:
            if asking:
                transport.give_up(asking)
            raise
        report.offline = remote.finish_fetch(asking, yes) if asking else ""
        refs = git.refs(remote.tracking, PENDING)
        self.there, self.pending = refs.get(remote.tracking, ""), refs.get(PENDING, "")
        self.relate()
        self.steps = TABLE[self.relation, bool(self.shot.changes)]
        if not yes:
            self.check_here()

    def look(self) -> None:
        """What differs from the last commit here."""
        self.status = status.finish(self.git, status.start(self.git))
        if self.status.branch != self.remote.branch:
            raise ChangedError("The branch was changed meanwhile.", "", "Run the command again.")
        self.head = self.status.head
        self.shot = snapshot.take(self.git, self.status)
        self.report.problems = self.shot.problems

    def relate(self) -> None:
        """What to join with: a merge that was begun before and not finished, else the remote."""
        for other in dict.fromkeys((self.pending, self.there)):
            bases = self.git.bases(self.head, other) if self.head and other and self.head != other else []
            self.other, self.base = other, bases[0] if bases else ""
            self.relation = relation(self.head, other, bases)
            if joins(TABLE[self.relation, False]):
                return

    def check_here(self) -> None:
        gone, away = self.shot.deleted, self.shot.away
        if not gone and not away:
            return
        from pkm.sync import guards

        if self.other and guards.too_many(len(gone), len(self.paths())):
            gone = sorted(self.git.paths(self.other).intersection(gone))  # not what is gone there too
        guards.check_here(self.git.root, gone, len(self.paths()), away)

    # -- acting ---------------------------------------------------------------

    def run(self, state: State) -> bool:
        """Do what has to be done. Whether nothing is left to do."""
        begun = self.pending
        if joins(self.steps):
            self.join(state, *self.merged())
        else:
            marked = self.marked()
            if Step.COMMIT in self.steps:
                self.commit(state)
            elif self.status.staged and self.head:
                state.set_index(self.head)  # a run was killed between git's index and the branch
            if marked:
                self.take_apart(state, marked)
            elif begun:
                self.git.move_refs((PENDING, "", begun))
        if self.other and self.other == begun != self.there:
            return False  # what was begun is finished; now the remote
        return self.push()

    def commit(self, state: State) -> None:
        """Only what was done here."""
        (new,) = self.write([self.snapshot()], self.shot.contents)
        self.move_head(new, (SNAPSHOT, "", new))
        state.set_index(new)
        self.note_sent()
        self.shot.changes = {}

    def take_apart(self, state: State, marked: Tree) -> None:
        """Notes of this machine into which another tool wrote conflict markers become two versions."""
        from pkm.sync import merge

        self.other = ""
        merged = merge.merge({}, marked, marked, self)
        self.cache.update(merged.made)
        self.join(state, merged, marked, marked)

    def join(self, state: State, merged: Merged, ours: Tree, theirs: Tree) -> None:
        """Commit both what was here and the result; then the disk, git's index, the branch."""
        from pkm.sync.apply import apply

        switches = self.switches(ours, merged.files)
        if not self.yes:
            self.check_incoming(switches, merged)
        same = all(merged.files.get(path) == theirs.get(path) for path in merged.files.keys() | theirs.keys())
        if same and self.other and self.only_theirs():  # all that is here is in there
            target = self.other
        else:
            self.note_sent()
            target = self.commit_both(merged, switches)
        state.note(switch.path.rpartition("/")[0] for switch in switches)
        self.load(f.oid for s in switches for f in (s.old, s.new) if f and f.regular)
        with state.index_of(target):
            apply(self.git.root, [s for s in switches if snapshot.ours(s.path)], self.read, "sync")
        self.move_head(target, *([(PENDING, "", self.pending)] if self.pending else []))
        self.note_received(merged, switches)

    def only_theirs(self) -> bool:
        """Whether the commit to join has all that is committed here."""
        return self.relation is Relation.BEHIND or not self.head

    def commit_both(self, merged: Merged, switches: Iterable[Switch]) -> str:
        from pkm.sync.commits import Commit

        commits = [self.snapshot()] if self.shot.changes else []
        parents = [parent for parent in (":1" if commits else self.head, self.other) if parent]
        changes = {switch.path: switch.new for switch in switches}
        message = f"sync: join {self.other[:12]}" if self.other else "sync: take versions apart"
        commits.append(Commit(PENDING, parents, changes, message))
        names = self.write(commits, self.shot.contents | merged.made)
        self.pending = names[-1]
        if len(names) == 2:
            self.move_head(names[0], (SNAPSHOT, "", names[0]))
        return names[-1]

    def push(self) -> bool:
        self.report.alone = not self.remote.url
        if self.report.alone or self.report.offline or not self.head or self.head == self.there:
            return True
        taken, self.report.offline = self.remote.push(self.head)
        self.report.pushed = taken
        return taken or bool(self.report.offline)

    def foresee(self) -> None:
        """Fill the report as `run` would, without a change to the vault."""
        if self.head and self.remote.url and self.head != self.there:  # committed, but not sent yet
            waiting = self.git.diff(self.base or self.nothing(), self.head)
            self.report.note(self.report.sent, ((path, old, new) for path, (old, new) in waiting.items()))
        self.note_sent()
        self.report.alone = not self.remote.url
        if joins(self.steps):
            merged, ours, _ = self.merged()
            self.note_received(merged, self.switches(ours, merged.files))

    # -- the three trees ------------------------------------------------------

    def merged(self) -> tuple[Merged, Tree, Tree]:
        """The joined tree, and both sides' trees, at the paths where something differs."""
        from pkm.sync import merge

        base = self.base or self.nothing()
        here = self.git.diff(base, self.head) if self.head and self.head != base else {}
        there = self.git.diff(base, self.other)
        # Something may lie where a new file wants to be: saved just now, or left out by .gitignore.
        snapshot.also(self.git, self.shot, (path for path, (old, _) in there.items() if not old and path not in here))
        before, ours, theirs = three_trees(here, self.shot.changes, there)
        self.named = {*before, *ours, *theirs}
        self.load(merge.needed(before, ours, theirs))
        merged = merge.merge(before, ours, theirs, self)
        self.cache.update(merged.made)
        return merged, ours, theirs

    def marked(self) -> Tree:
        """Notes with conflict markers among those that the remote does not have yet."""
        ahead = self.relation is Relation.AHEAD
        waiting = {**(self.git.diff(self.base, self.head) if ahead else {}), **self.shot.changes}
        notes = {path: new for path, (_, new) in waiting.items() if new and new.regular and is_note(path)}
        if not notes:
            return {}
        from pkm.sync.copies import versions

        self.load(file.oid for file in notes.values())
        return {path: file for path, file in notes.items() if versions(self.read(file.oid))}

    def nothing(self) -> str:
        """The tree without a file."""
        return self.git.name(b"", b"tree")

    def switches(self, ours: Tree, files: Tree) -> list[Switch]:
        from pkm.sync.apply import Switch

        paths = sorted(ours.keys() | files.keys())
        return [Switch(path, ours.get(path), files.get(path)) for path in paths if ours.get(path) != files.get(path)]

    def check_incoming(self, switches: Iterable[Switch], merged: Merged) -> None:
        from pkm.sync import guards

        kept = {file.oid for file in merged.files.values()}
        gone = [s.path for s in switches if s.new is None and s.old and s.old.oid not in kept]
        if gone:
            guards.check_incoming(gone, len(self.paths()))

    def load(self, oids: Iterable[str]) -> None:
        """Fetch contents that will be read, with one git process."""
        self.cache.update(self.git.blobs(set(oids) - self.cache.keys() - self.shot.contents.keys()))

    def read(self, oid: str) -> bytes:
        """A content by its name, from memory or from git."""
        for known in (self.shot.contents, self.cache):
            if oid in known:
                return known[oid]
        return next(self.git.blobs([oid]))[1]

    def name(self, data: bytes) -> str:
        """The name of a content."""
        return self.git.name(data)

    def taken(self, path: str) -> bool:
        """Whether a file stands at a path that nobody changed."""
        return path not in self.named and path in self.paths()

    def paths(self) -> set[str]:
        """Everything that the last commit has."""
        if self.everything is None:
            self.everything = self.git.paths(self.head) if self.head else set()
        return self.everything

    # -- commits --------------------------------------------------------------

    def snapshot(self) -> Commit:
        from pkm.sync.commits import Commit

        changes = {path: new for path, (_, new) in self.shot.changes.items()}
        count = len(changes)
        return Commit(SNAPSHOT, [self.head] if self.head else [], changes, f"sync: {count} file{'s' * (count != 1)}")

    def write(self, commits: list[Commit], contents: dict[str, bytes]) -> list[str]:
        from pkm.sync import commits as writer
        from pkm.sync.remote import identity

        at = max(now(), 0.0)  # git knows no time before 1970
        who = f"{identity(self.git)} {int(at)} {time.strftime('%z', time.localtime(at))}"
        return writer.write(self.git, commits, contents, who)

    def move_head(self, new: str, *more: tuple[str, str, str | None]) -> None:
        """Move the branch, if nobody else did meanwhile."""
        try:
            self.git.move_refs((f"refs/heads/{self.remote.branch}", new, self.head), *more)
        except GitError as error:
            if "File exists" in error.reason:
                raise state.held(error.reason) from None
            if "cannot lock ref" in error.reason:
                raise ChangedError("Another git program moved the branch.", error.reason, "Try again.") from None
            raise
        self.head = new

    def note_received(self, merged: Merged, switches: Iterable[Switch]) -> None:
        from pkm.sync import copies
        from pkm.sync.merge import Conflict

        self.report.note(self.report.received, switches)
        new = [s.path for s in switches if not s.old and copies.is_copy(s.path)]  # found here, or on another machine
        met = {*self.report.conflicts, *merged.conflicts}
        known = {conflict.copy for conflict in met}
        self.report.conflicts = sorted(met | {Conflict(copies.original_path(p), p) for p in new if p not in known})

    def note_sent(self) -> None:
        self.report.note(self.report.sent, ((path, old, new) for path, (old, new) in self.shot.changes.items()))
