"""What has to happen, as a table, and the loop that makes it happen.

Each round commits what is on disk, asks the remote, joins the two trees in memory, puts the
result on the disk and offers it to the remote. Whatever changes meanwhile, here or there,
starts a new round with that change in it; nothing is ever forced.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from pkm.config import now
from pkm.errors import ChangedError, OutsideError, Problem
from pkm.sync import guards, merge, snapshot
from pkm.sync.apply import Change, apply
from pkm.sync.git import Commit, Diff, Git, GitError, Unreachable
from pkm.sync.merge import Conflict, File
from pkm.sync.setup import Remote
from pkm.sync.state import State
from pkm.vault.lock import Lock

ROUNDS = 12
PENDING = "refs/pkm/merge"
SNAPSHOT = "refs/pkm/snapshot"


class Relation(Enum):
    """How the last commit here and the one to join stand to each other."""

    ALONE = "there is nothing to join"
    SAME = "both are one"
    AHEAD = "we have more"
    BEHIND = "the other has more"
    APART = "each has something"
    STRANGERS = "they have no common past"


class Step(Enum):
    COMMIT = "commit"
    FORWARD = "take over"
    MERGE = "join"
    PUSH = "offer"


#: (relation, is something uncommitted here?) -> what to do, in this order.
TABLE: dict[tuple[Relation, bool], tuple[Step, ...]] = {
    (Relation.ALONE, False): (Step.PUSH,),
    (Relation.ALONE, True): (Step.COMMIT, Step.PUSH),
    (Relation.SAME, False): (),
    (Relation.SAME, True): (Step.COMMIT, Step.PUSH),
    (Relation.AHEAD, False): (Step.PUSH,),
    (Relation.AHEAD, True): (Step.COMMIT, Step.PUSH),
    (Relation.BEHIND, False): (Step.FORWARD,),
    (Relation.BEHIND, True): (Step.COMMIT, Step.MERGE, Step.PUSH),
    (Relation.APART, False): (Step.MERGE, Step.PUSH),
    (Relation.APART, True): (Step.COMMIT, Step.MERGE, Step.PUSH),
    (Relation.STRANGERS, False): (Step.MERGE, Step.PUSH),
    (Relation.STRANGERS, True): (Step.COMMIT, Step.MERGE, Step.PUSH),
}


@dataclass(slots=True)
class Report:
    """What a sync did, or with `dry_run` would do."""

    sent: dict[str, str] = field(default_factory=dict)  # path -> new, changed, removed
    received: dict[str, str] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: Why the remote was not reached; "" when it was.
    offline: str = ""
    pushed: bool = False
    alone: bool = False  # there is no remote yet


def sync(root: str, *, dry_run: bool = False, yes: bool = False, ask: bool | None = None) -> Report:
    """Make this vault and its remote equal. `yes`: also when much would be deleted."""
    git = Git(root, ask=ask)
    remote = Remote.of(git)
    report = Report()
    if dry_run:
        _Round(git, remote, report, None, yes).plan_only()
        return report
    os.makedirs(os.path.join(root, ".pkm"), exist_ok=True)
    with Lock(git.root, patience=30.0, name="sync"):
        state = State(git, remote.branch, remote.tracking)
        state.begin()
        for number in range(ROUNDS):
            try:
                if _Round(git, remote, report, state, yes).run():
                    break
            except ChangedError:
                if number == ROUNDS - 1:
                    raise
            if number:
                time.sleep(random.uniform(0, 0.02 * 2 ** min(number, 7)))  # noqa: S311 - so that two machines do not stay in step
        else:
            raise OutsideError("Others are syncing all the time.", f"{ROUNDS} tries were each too late.", "Try again in a moment.")
        state.end()
    return report


class _Round:
    """One attempt."""

    def __init__(self, git: Git, remote: Remote, report: Report, state: State | None, yes: bool) -> None:
        self.git, self.remote, self.report, self.state, self.yes = git, remote, report, state, yes
        self.cache: dict[str, bytes] = {}
        self.known_paths: set[str] | None = None

    def look(self) -> None:
        """Read the folder while the remote is asked."""
        git, remote = self.git, self.remote
        fetching = git.start_fetch(remote.url, remote.refspec) if remote.url else None
        self.status = git.finish_status(git.start_status())
        if self.status.branch != remote.branch:
            raise ChangedError("The branch was changed meanwhile.", "", "Run the command again.")
        self.head = self.status.head
        self.shot = snapshot.take(git, self.status)
        self.report.problems = self.shot.problems
        self.report.offline = ""
        if fetching is not None:
            try:
                git.wait(fetching)
            except Unreachable as error:
                self.not_fetched(error)
        refs = git.refs(remote.tracking, PENDING)
        self.there = refs.get(remote.tracking, "")
        self.pending = refs.get(PENDING, "")
        self.check_local()
        self.relate()

    def not_fetched(self, error: Unreachable) -> None:
        if error.missing:
            self.remote.check_missing(self.git, self.yes)
        elif error.refused:
            raise self.remote.refused(error)
        else:
            self.report.offline = error.why or "The remote did not answer."

    def check_local(self) -> None:
        total = 0
        gone = self.shot.deleted
        if gone or self.shot.away:
            total = len(self.git.paths(self.head)) if self.head else 0
        if not self.yes:
            guards.check_local(self.git.root, gone, total, self.shot.away)

    def relate(self) -> None:
        """What to join with: a merge that was begun before and not finished, else the remote."""
        self.base = ""
        for other in (self.pending, self.there):
            self.other = other
            if not other:
                self.relation = Relation.ALONE
            elif other == self.head:
                self.relation = Relation.SAME
            elif not self.head:
                self.relation = Relation.STRANGERS
            else:
                bases = self.git.bases(self.head, other)
                self.base = bases[0] if bases else ""
                self.relation = (
                    Relation.STRANGERS if not bases else Relation.AHEAD if other in bases
                    else Relation.BEHIND if self.head in bases else Relation.APART
                )  # fmt: skip
            if self.relation in (Relation.BEHIND, Relation.APART, Relation.STRANGERS):
                return

    # -- a round --------------------------------------------------------------

    def run(self) -> bool:
        """Whether this was the last round."""
        self.look()
        steps = TABLE[self.relation, bool(self.shot.changes)]
        if Step.MERGE in steps or Step.FORWARD in steps:
            self.join()
        elif Step.COMMIT in steps:
            self.commit_only()
        elif self.status.staged and self.head:
            self.state_().set_index(self.head)  # a run was killed between the branch and git's index
        if self.pending:
            self.git.move_refs((PENDING, "", self.pending))
            if self.other == self.pending != self.there:
                return False  # what was begun is finished; now the remote
        return self.push()

    def plan_only(self) -> None:
        """Fill the report without writing anything but fetched history."""
        self.look()
        self.note_sent()
        if self.relation in (Relation.BEHIND, Relation.APART, Relation.STRANGERS):
            merged, ours, _ = self.merged()
            self.note_received(self.changes(ours, merged.files))
            self.report.conflicts = merged.conflicts

    def commit_only(self) -> None:
        (new,) = self.git.commit([self.snapshot_commit()], self.shot.contents, self.who(), [SNAPSHOT])
        self.move_head(new, (SNAPSHOT, "", new))
        self.state_().set_index(new)
        self.note_sent()
        self.head = new

    def join(self) -> None:
        """Merge in memory, commit both what was here and the result, then the disk, the index, the branch."""
        merged, ours, theirs = self.merged()
        changes = self.changes(ours, merged.files)
        if not self.yes:
            gone = [c.path for c in changes if c.new is None and c.old and c.old.oid not in {f.oid for f in merged.files.values()}]
            guards.check_incoming(gone, len(self.git.paths(self.head)) if gone and self.head else 0)
        self.note_sent()
        same = all(merged.files.get(path) == theirs.get(path) for path in merged.files.keys() | theirs.keys())
        if same and self.relation is Relation.BEHIND:
            target = self.other  # what is here is all in there
        else:
            target = self.commit_both(merged, changes)
        state = self.state_()
        state.note(change.path.rpartition("/")[0] for change in changes)
        self.load({c.new.oid for c in changes if c.new and merge.is_note(c.path)} - merged.made.keys() - self.shot.contents.keys())
        apply(self.git.root, changes, lambda oid: merged.made[oid] if oid in merged.made else self.read(oid), self.git.name)
        state.set_index(target)
        self.move_head(target)
        self.note_received(changes)
        self.report.conflicts += [c for c in merged.conflicts if c not in self.report.conflicts]
        self.head = target

    def commit_both(self, merged: merge.Merged, changes: list[Change]) -> str:
        commits, refs = [], []
        first = self.head
        if self.shot.changes:
            commits.append(self.snapshot_commit())
            refs.append(SNAPSHOT)
            first = ":1"
        parents = [parent for parent in (first, self.other) if parent]
        commits.append(Commit(parents, {c.path: c.new for c in changes}, f"sync: join {self.other[:12]}"))
        refs.append(PENDING)
        names = self.git.commit(commits, self.shot.contents | merged.made, self.who(), refs)
        self.pending = names[-1]
        if self.shot.changes:
            self.move_head(names[0], (SNAPSHOT, "", names[0]))
            self.head = names[0]
        return names[-1]

    def push(self) -> bool:
        remote = self.remote
        if not remote.url:
            self.report.alone = True
            return True
        if self.report.offline or not self.head or self.head == self.there:
            return True
        try:
            late = self.git.push(remote.url, self.head, remote.ref)
        except Unreachable as error:
            if error.refused:
                raise remote.refused(error) from None
            self.report.offline = error.why or "The remote did not answer."
            return True
        if late:
            return False
        self.git.move_refs((remote.tracking, self.head, None))
        self.report.pushed = True
        return True

    # -- the three trees ------------------------------------------------------

    def merged(self) -> tuple[merge.Merged, dict[str, File], dict[str, File]]:
        empty = self.git.empty_tree
        base, ours, theirs = self.trees(
            self.git.diff(self.base or empty, self.head) if self.head and self.head != self.base else {},
            self.git.diff(self.base or empty, self.other),
        )
        self.paths = base.keys() | ours.keys() | theirs.keys()
        self.load(merge.needed(base, ours, theirs) - self.shot.contents.keys())
        return merge.merge(base, ours, theirs, self), ours, theirs

    def trees(self, here: Diff, there: Diff) -> tuple[dict[str, File], dict[str, File], dict[str, File]]:
        """Base, ours and theirs, at those paths only that are not the same in all three."""
        before: dict[str, File | None] = {}
        ours: dict[str, File | None] = {}
        theirs: dict[str, File | None] = {}
        for diff, side in ((here, ours), (self.shot.changes, ours), (there, theirs)):
            for path, (old, new) in diff.items():
                if path not in before:
                    before[path] = old
                side[path] = new
        ours = {path: ours.get(path, before[path]) for path in before}
        theirs = {path: theirs.get(path, before[path]) for path in before}
        b, o, t = ({path: file for path, file in tree.items() if file} for tree in (before, ours, theirs))
        return b, o, t

    def changes(self, ours: dict[str, File], files: dict[str, File]) -> list[Change]:
        paths = sorted(ours.keys() | files.keys())
        return [Change(path, ours.get(path), files.get(path)) for path in paths if ours.get(path) != files.get(path)]

    def load(self, oids: Iterable[str]) -> None:
        self.cache.update(self.git.blobs(set(oids) - self.cache.keys()))

    def read(self, oid: str) -> bytes:
        """A content by its name, from memory or from git."""
        if oid in self.shot.contents:
            return self.shot.contents[oid]
        if oid in self.cache:
            return self.cache[oid]
        return next(self.git.blobs([oid]))[1]

    def name(self, data: bytes) -> str:
        return self.git.name(data)

    def taken(self, path: str) -> bool:
        """Whether a file stands at a path that nobody changed."""
        if self.known_paths is None:
            self.known_paths = self.git.paths(self.head) if self.head else set()
        return path in self.known_paths and path not in self.paths

    # -- small things ---------------------------------------------------------

    def snapshot_commit(self) -> Commit:
        changes = {path: new for path, (_, new) in self.shot.changes.items()}
        count = len(changes)
        return Commit([self.head] if self.head else [], changes, f"sync: {count} note{'' if count == 1 else 's'}")

    def move_head(self, new: str, *more: tuple[str, str, str | None]) -> None:
        """Move the branch, if nobody else did meanwhile."""
        try:
            self.git.move_refs((f"refs/heads/{self.remote.branch}", new, self.head), *more)
        except GitError as error:
            if "cannot lock ref" in error.reason or "is at" in error.reason:
                raise ChangedError("Another git program moved the branch.", error.reason, "Run the command again.") from None
            raise

    def who(self) -> str:
        name, email = self.remote.identity
        return f"{name} <{email}> {int(now())} {time.strftime('%z', time.localtime(now())) or '+0000'}"

    def state_(self) -> State:
        assert self.state is not None
        return self.state

    def note_sent(self) -> None:
        for path, (old, new) in self.shot.changes.items():
            self.report.sent[path] = "removed" if new is None else "new" if old is None else "changed"

    def note_received(self, changes: Iterable[Change]) -> None:
        for path, old, new in changes:
            self.report.received[path] = "removed" if new is None else "new" if old is None else "changed"
