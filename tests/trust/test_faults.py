"""Nothing acknowledged is lost and nothing is torn, wherever a change dies, fails or is interrupted."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from pkm.errors import ChangedError, OutsideError, UsageError
from pkm.model.digest import digest
from pkm.vault.plan import Create, Move, Plan, Remove, Rewrite, apply
from pkm.vault.undo import history, interrupted, redo, sweep, undo
from pkm.vault.vault import Vault
from tests.trust import faults
from tests.trust.faults import CTRL_C, DONE, EIO, FULL, FULL_FOR_GOOD, INTERRUPTED, KILL, KILLED, REFUSED
from tests.vault.kit import adopted, litter, put, tree

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a child process to kill")

LONG = b"a line of text\n" * 2000
CAPTURE = Plan([Create("inbox/a.md", LONG)], "add")
NESTED = Plan([Create("one/two/three/a.md", b"new d")], "add")
EVERYTHING = Plan(
    [
        Rewrite("a.md", LONG, digest(b"old a")),
        Move("a.md", "new/a.md", digest(LONG)),
        Move("b.md", "a.md", digest(b"old b")),
        Remove("c.md", digest(b"old c")),
        Create("new/d.md", b"new d"),
    ],
    "all kinds",
)
KNOWN = {b"", b"old a", b"old b", b"old c", b"new d", LONG}


class World:
    """A vault that is the same at the start of each run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.fresh()
        self.old = tree(self.vault)

    def fresh(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        self.vault = adopted(self.root)
        Path(self.root, ".pkm").mkdir()
        put(self.vault, "inbox/old.md", b"old a")
        for name in "abc":
            put(self.vault, f"{name}.md", b"old " + name.encode(), 0o640)

    def files(self) -> dict[str, bytes]:
        return {p: found[1] for p, found in tree(self.vault).items() if found and ".pkm-" not in p}

    def whole(self) -> bool:
        return set(self.files().values()) <= KNOWN

    def now(self) -> dict[str, tuple[int, bytes] | None]:
        """All but temporary files."""
        return {path: found for path, found in tree(self.vault).items() if ".pkm-" not in path}

    def as_before(self) -> bool:
        return self.now() == self.old

    def take_back(self) -> None:
        """Undo the change if it got as far as the journal; then all must be as before."""
        try:
            undo(self.vault)
        except UsageError:
            assert history(self.vault) == []
        assert self.now() == self.old

    def goes_on(self) -> None:
        """The next command works, whatever was left behind; so does cleaning up."""
        apply(self.vault, Plan([Create("next.md", b"")], "next"))
        assert sweep(self.vault) == []
        assert litter(self.vault) == []
        undo(self.vault)
        assert self.now() == self.old


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "vault")


@pytest.mark.parametrize("plan", [CAPTURE, EVERYTHING], ids=["capture", "all kinds"])
def test_killed_at_any_call_files_are_old_or_new_and_undo_restores_them(world: World, plan: Plan) -> None:
    runs = 0
    for nth, status in faults.sweep(lambda: apply(world.vault, plan), KILL, world.fresh):
        assert status == KILLED
        assert world.whole(), nth
        if not world.as_before():
            assert interrupted(world.vault) is not None, nth
        world.take_back()
        world.goes_on()
        runs += 1
    assert runs > 10


@pytest.mark.parametrize("fault", [EIO, FULL, CTRL_C])
@pytest.mark.parametrize("plan", [CAPTURE, EVERYTHING], ids=["capture", "all kinds"])
def test_a_call_that_fails_is_reported_and_everything_is_as_before(world: World, plan: Plan, fault: str) -> None:
    refused = 0
    for nth, status in faults.sweep(lambda: apply(world.vault, plan), fault, world.fresh):
        assert status in (DONE, REFUSED, INTERRUPTED), nth
        assert (status == INTERRUPTED) <= (fault == CTRL_C)
        assert world.whole(), nth
        if status == DONE:  # only what no promise depends on may fail in silence
            after = world.files()
            world.take_back()
            redo(world.vault)
            assert world.files() == after
            undo(world.vault)
        elif world.as_before():
            assert history(world.vault) == [] or fault == CTRL_C, nth
        else:
            assert fault == CTRL_C, nth
            world.take_back()
        refused += status != DONE
        if fault != CTRL_C:
            assert world.now() == world.old
    assert refused > 8


@pytest.mark.parametrize("plan", [CAPTURE, EVERYTHING], ids=["capture", "all kinds"])
def test_a_disk_that_stays_full_leaves_whole_files_and_undo_works_when_there_is_room(world: World, plan: Plan) -> None:
    for nth, status in faults.sweep(lambda: apply(world.vault, plan), FULL_FOR_GOOD, world.fresh):
        assert status in (DONE, REFUSED), nth
        assert world.whole(), nth
        if status == DONE:
            assert history(world.vault), nth
        world.take_back() if not world.as_before() else None
        assert world.now() == world.old


def test_an_undo_killed_at_any_call_is_undone_by_the_next(world: World) -> None:
    def fresh() -> None:
        world.fresh()
        apply(world.vault, EVERYTHING)

    for nth, status in faults.sweep(lambda: undo(world.vault), KILL, fresh):
        assert status == KILLED
        assert world.whole(), nth
        if history(world.vault):
            undo(world.vault)
        assert world.now() == world.old, nth
        redo(world.vault)
        undo(world.vault)
        assert world.now() == world.old, nth


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="needs /proc to name open files")
@pytest.mark.parametrize("plan", [CAPTURE, EVERYTHING, NESTED], ids=["capture", "all kinds", "new folders"])
def test_a_power_cut_after_the_promise_loses_nothing(world: World, plan: Plan) -> None:
    """By protocol: bytes are on the disk before they get their name, names before the promise."""
    before = set(tree(world.vault))
    calls = faults.trace(lambda: apply(world.vault, plan))
    unsafe: set[str] = set()  # files whose bytes, and folders whose names, are not on the disk yet
    named: list[str] = []
    journalled = False

    for call, path in calls:
        inside = os.path.relpath(path, world.root)
        if inside == ".pkm" or inside.startswith(".pkm/"):
            journalled |= call == "fsync" and inside.endswith(".log")
            continue
        assert journalled or call == "mkdir", (call, inside)
        if call == "write":
            assert inside not in before, "an existing file is written in place"
            unsafe.add(path)
        elif call == "fsync":
            unsafe.discard(path)
        elif call in ("link", "rename", "replace", "renameat2"):
            assert not [file for file in unsafe if os.path.isfile(file)], (call, inside)
            unsafe.add(os.path.dirname(path))
            named.append(inside)
        elif call in ("mkdir", "unlink", "rmdir"):
            unsafe.add(os.path.dirname(path))

    assert named
    assert unsafe == set()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root to mount a small disk")
def test_a_disk_that_fills_up_is_reported_and_works_again_with_room(tmp_path: Path) -> None:
    import subprocess

    root = tmp_path / "small"
    root.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "none", root], check=False).returncode:
        pytest.skip("mounting is not permitted")
    try:
        vault = adopted(root)
        kept, refused = [], 0
        for n in range(100):
            try:
                apply(vault, Plan([Create(f"{n}.md", LONG)], f"add {n}"))
                kept.append(f"{n}.md")
            except OutsideError:
                refused += 1
            if refused == 3:
                break
        assert refused == 3
        assert {path: found[1] for path, found in tree(vault).items() if found and path != "pkm.toml"} == dict.fromkeys(
            kept, LONG
        )
        (root / kept[0]).unlink()
        apply(vault, Plan([Create("again.md", b"x")], "again"))
        undo(vault, 1)
        assert "again.md" not in tree(vault)
    finally:
        subprocess.run(["umount", "-l", root], check=True)


def test_two_commands_at_once_never_mix(world: World) -> None:
    """Many processes rewrite one file; each change is whole, and the journal holds them all."""
    children = []
    for n in range(6):
        pid = os.fork()
        if not pid:
            done = 0
            while done < 5:
                old = world.vault.read("a.md")
                try:
                    apply(world.vault, Plan([Rewrite("a.md", old + b"%d" % n, digest(old))], f"edit {n}"))
                except ChangedError:
                    continue
                except BaseException:  # noqa: BLE001 - a child must not go on as a second test runner
                    os._exit(1)
                else:
                    done += 1
            os._exit(0)
        children.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0] * 6

    assert sorted(world.vault.read("a.md")[5:]) == sorted(b"012345" * 5)
    undo(world.vault, 30)
    assert world.now() == world.old


def test_a_vault_opened_anew_sees_the_same(world: World) -> None:
    apply(world.vault, EVERYTHING)

    assert [entry.reason for entry in history(Vault(str(world.root)))] == ["all kinds"]
