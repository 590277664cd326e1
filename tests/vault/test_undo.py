from __future__ import annotations

import os
from pathlib import Path

import pytest

from pkm.errors import ChangedError, OutsideError, UsageError
from pkm.model.digest import digest
from pkm.vault import journal, past
from pkm.vault.journal import BEGUN
from pkm.vault.lock import Lock
from pkm.vault.plan import Create, Move, Plan, Remove, Rewrite, apply
from pkm.vault.undo import changes, history, interrupted, journal_of, redo, sweep, undo
from pkm.vault.vault import Vault
from tests.vault.kit import got, put, tree


def everything(vault: Vault) -> Plan:
    """A plan with every kind of change, several on one path, over files that it puts there."""
    put(vault, "a.md", b"a\r\n\xff", 0o640)
    put(vault, "b.md", b"b")
    put(vault, "c.md", b"c", 0o600)
    put(vault, "new\nline.md", b"n")
    return Plan(
        [
            Rewrite("a.md", b"A", digest(b"a\r\n\xff")),
            Move("a.md", "deep/er/a.md", digest(b"A")),
            Move("b.md", "a.md", digest(b"b")),
            Remove("c.md", digest(b"c")),
            Create("c.md", b"C"),
            Create("deep/new 100%.md", b"d"),
            Rewrite("new\nline.md", b"N\0", digest(b"n")),
        ],
        "every kind,\nin one",
    )


def test_undo_restores_bytes_rights_names_and_folders(vault: Vault) -> None:
    plan = everything(vault)
    before = tree(vault)
    apply(vault, plan)
    after = tree(vault)

    [undone] = undo(vault)

    assert tree(vault) == before != after
    assert undone.entry.reason == "every kind,\nin one"
    assert set(undone.paths) == {"a.md", "b.md", "c.md", "deep/er/a.md", "deep/new 100%.md", "new\nline.md"}


def test_redo_does_it_again_and_undo_takes_it_back_again(vault: Vault) -> None:
    plan = everything(vault)
    before = tree(vault)
    apply(vault, plan)
    after = tree(vault)

    for _ in range(3):
        undo(vault)
        assert tree(vault) == before
        assert redo(vault).entry.reason == plan.reason
        assert tree(vault) == after


def test_each_undo_goes_one_change_further_back(vault: Vault) -> None:
    states = [tree(vault)]
    for n in range(4):
        apply(vault, Plan([Create(f"{n}.md", b"x")], f"add {n}"))
        states.append(tree(vault))

    assert [entry.reason for entry in history(vault)] == ["add 3", "add 2", "add 1", "add 0"]
    undo(vault)
    assert tree(vault) == states[3]
    assert [done.entry.reason for done in undo(vault, 2)] == ["add 2", "add 1"]
    assert tree(vault) == states[1]
    assert [entry.reason for entry in history(vault)] == ["add 0"]
    redo(vault)
    redo(vault)
    assert tree(vault) == states[3]
    apply(vault, Plan([Create("other.md", b"x")], "other"))
    with pytest.raises(UsageError):
        redo(vault)
    undo(vault, 10)
    assert tree(vault) == states[0]


def test_a_change_in_several_parts_is_one_change_to_undo(vault: Vault) -> None:
    apply(vault, Plan([Create("a.md", b"a")], "add a"))
    before = tree(vault)
    first = apply(vault, Plan([Remove("a.md", digest(b"a"))], "sync"))
    apply(vault, Plan([Create("a.md/b.md", b"b")], "sync"), first)
    apply(vault, Plan([Create("c.md", b"c")], "sync"), first)
    after = tree(vault)

    assert [[entry.reason for entry in parts] for parts in changes(vault)] == [["sync"] * 3, ["add a"]]
    for _ in range(2):
        [undone] = undo(vault)
        assert tree(vault) == before
        assert (undone.entry.reason, sorted(undone.paths)) == ("sync", ["a.md", "a.md/b.md", "c.md"])
        assert sorted(redo(vault).paths) == ["a.md", "a.md/b.md", "c.md"]
        assert tree(vault) == after


def test_a_part_behind_another_change_is_undone_by_itself(vault: Vault) -> None:
    first = apply(vault, Plan([Create("a.md", b"a")], "sync"))
    apply(vault, Plan([Create("mine.md", b"m")], "add mine"))
    apply(vault, Plan([Create("b.md", b"b")], "sync"), first)

    undo(vault)

    assert sorted(tree(vault)) == ["a.md", "mine.md", "pkm.toml"]


def test_with_nothing_to_undo_it_says_so(vault: Vault) -> None:
    for attempt in (undo, redo):
        with pytest.raises(UsageError):
            attempt(vault)
    assert history(vault) == []


def test_a_file_that_changed_since_is_named_and_nothing_is_touched(vault: Vault) -> None:
    apply(vault, everything(vault))
    put(vault, "c.md", b"edited since")
    before = tree(vault)

    with pytest.raises(ChangedError) as refused:
        undo(vault)

    assert "c.md" in refused.value.message
    assert "a.md" not in refused.value.message
    assert tree(vault) == before


def test_forced_undo_keeps_the_bytes_of_now(vault: Vault) -> None:
    plan = everything(vault)
    before = tree(vault)
    apply(vault, plan)
    put(vault, "c.md", b"edited since")
    Path(vault.root, "deep/new 100%.md").unlink()
    edited = tree(vault)

    undo(vault, force=True)
    assert tree(vault) == before
    redo(vault)
    assert tree(vault) == edited


def test_a_moved_file_that_was_edited_goes_back_with_its_edit_when_forced(vault: Vault) -> None:
    put(vault, "a.md", b"old")
    apply(vault, Plan([Move("a.md", "x/b.md", digest(b"old"))], "move"))
    put(vault, "x/b.md", b"edited")

    with pytest.raises(ChangedError):
        undo(vault)
    undo(vault, force=True)

    assert got(vault, "a.md") == b"edited"
    assert not Path(vault.root, "x").exists()


def test_a_moved_file_that_is_gone_cannot_come_back(vault: Vault) -> None:
    put(vault, "a.md", b"old")
    apply(vault, Plan([Move("a.md", "b.md", digest(b"old"))], "move"))
    Path(vault.root, "b.md").unlink()

    with pytest.raises(ChangedError) as gone:
        undo(vault, force=True)

    assert "a.md" in gone.value.message


def test_a_move_is_undone_with_the_date_of_the_file(vault: Vault) -> None:
    file = put(vault, "a.md", b"x")
    os.utime(file, ns=(1, 1_600_000_000_000_000_000))
    apply(vault, Plan([Move("a.md", "b.md", digest(b"x"))], "move"))

    undo(vault)

    assert file.stat().st_mtime_ns == 1_600_000_000_000_000_000


def test_files_that_changed_places_change_back(vault: Vault) -> None:
    put(vault, "a.md", b"1", 0o600)
    put(vault, "b.md", b"2")
    before = tree(vault)
    one, two = digest(b"1"), digest(b"2")

    apply(vault, Plan([Move("a.md", "t.md", one), Move("b.md", "a.md", two), Move("t.md", "b.md", one)], "swap"))
    assert (got(vault, "a.md"), got(vault, "b.md")) == (b"2", b"1")
    undo(vault)

    assert {name: found and found[1] for name, found in tree(vault).items()} == {
        name: found and found[1] for name, found in before.items()
    }


def test_the_time_of_a_change_can_be_frozen(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKM_NOW", "2026-11-20T08:30:00")
    apply(vault, Plan([Create("a.md", b"x")], "add"))

    [entry] = history(vault)

    monkeypatch.setenv("PKM_NOW", "2026-11-20T08:30:10")
    apply(vault, Plan([Create("b.md", b"x")], "add"))
    assert history(vault)[0].at - entry.at == 10
    assert (entry.steps, entry.paths) == ([("create", "a.md")], ["a.md"])


def break_off(vault: Vault, plan: Plan, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Apply a plan in a process that dies before its n-th deed."""

    def create(*args: object) -> None:
        nonlocal after
        after -= 1
        if after < 0:
            os._exit(9)
        real(*args)  # type: ignore[arg-type]

    from pkm.vault import atomic

    real = atomic.create
    with monkeypatch.context() as patch:
        patch.setattr(atomic, "create", create)
        pid = os.fork()
        if not pid:
            try:
                apply(vault, plan)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_change_that_was_broken_off_is_seen_and_taken_back(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    before = tree(vault)
    break_off(vault, Plan([Create(f"{n}/a.md", b"x") for n in range(3)], "broken"), monkeypatch, after)

    broken = interrupted(vault)
    assert broken is not None
    assert (broken.reason, broken.state) == ("broken", BEGUN)
    [undone] = undo(vault)

    assert undone.entry.id == broken.id
    assert len(undone.paths) == after
    assert tree(vault) == before
    assert interrupted(vault) is None


def test_a_damaged_copy_in_the_journal_is_never_restored(vault: Vault) -> None:
    put(vault, "a.md", b"precious bytes")
    apply(vault, Plan([Rewrite("a.md", b"new", digest(b"precious bytes"))], "edit"))
    log = Path(vault.root, ".pkm/undo/000001.log")
    log.write_bytes(log.read_bytes().replace(b"precious", b"nonsense"))

    with pytest.raises(OutsideError):
        undo(vault)

    assert got(vault, "a.md") == b"new"


@pytest.mark.parametrize(
    "torn", [b"PKM-UNDO 1 . 00", b"\0" * 500, b"x\nEND 0000000000000002\n", b"\nEND 9999999999999999\n"]
)
def test_a_torn_end_of_the_journal_is_passed_over(vault: Vault, torn: bytes) -> None:
    apply(vault, Plan([Create("a.md", b"x")], "first"))
    with open(Path(vault.root, ".pkm/undo/000001.log"), "ab") as log:
        log.write(torn)
    assert [entry.reason for entry in history(vault)] == ["first"]

    apply(vault, Plan([Create("b.md", b"x")], "second"))

    assert [entry.reason for entry in history(vault)] == ["second", "first"]
    undo(vault, 2)
    assert tree(vault) == {"pkm.toml": (0o644, b"")}


def test_every_cut_of_the_journal_leaves_whole_entries(vault: Vault) -> None:
    put(vault, "a.md", b"0")
    for n in range(3):
        apply(vault, Plan([Rewrite("a.md", b"%d" % (n + 1), digest(b"%d" % n))], str(n)))
    log = Path(vault.root, ".pkm/undo/000001.log")
    whole = log.read_bytes()

    counts = []
    for length in range(0, len(whole) + 1, 7):
        log.write_bytes(whole[:length])
        counts.append(len(journal_of(vault.root)))

    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, 2 if len(whole) % 7 else 3)


def test_a_flipped_bit_in_an_entry_hides_it(vault: Vault) -> None:
    apply(vault, Plan([Create("a.md", b"x")], "add"))
    log = Path(vault.root, ".pkm/undo/000001.log")
    whole = log.read_bytes()

    for place in range(len(whole)):
        if place in (11, *range(len(whole) - 22, len(whole))):
            continue  # the state, and the length at the end, which only the next writer needs
        log.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert journal_of(vault.root) == [], place


def test_full_segments_are_followed_by_new_ones_and_the_oldest_forgotten(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "SEGMENT_BYTES", 3000)
    monkeypatch.setattr(past, "KEEP_BYTES", 9000)
    for n in range(60):
        apply(vault, Plan([Create(f"{n}.md", b"x")], f"add {n}"))

    names = sorted(os.listdir(Path(vault.root, ".pkm/undo")))
    kept = [entry.reason for entry in history(vault)]

    assert 3 <= len(names) <= 5
    assert names[0] != "000001.log"
    assert kept == [f"add {n}" for n in range(59, 59 - len(kept), -1)]
    assert 10 < len(kept) < 60


def test_old_segments_are_forgotten_but_never_the_newest_two(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SEGMENT_BYTES", 1)
    for n in range(3):
        apply(vault, Plan([Create(f"{n}.md", b"x")], f"add {n}"))
    for name in os.listdir(Path(vault.root, ".pkm/undo")):
        os.utime(Path(vault.root, ".pkm/undo", name), (0, 0))
    apply(vault, Plan([Create("3.md", b"x")], "add 3"))

    assert [entry.reason for entry in history(vault)] == ["add 3", "add 2", "add 1"]


def test_old_bytes_in_the_journal_are_nobody_elses_business(vault: Vault) -> None:
    apply(vault, Plan([Create("a.md", b"x")], "add"))

    assert Path(vault.root, ".pkm/undo/000001.log").stat().st_mode & 0o777 == 0o600


def test_titles_that_are_no_text_are_still_journalled(vault: Vault) -> None:
    reason = "add \udcff\ud800 100%0A\t\r\nx"
    apply(vault, Plan([Create("caf\udce9%.md", b"x")], reason))

    [entry] = history(vault)

    assert entry.paths == ["caf\udce9%.md"]
    assert entry.reason.endswith("100%0A\t\r\nx")
    undo(vault)
    assert tree(vault) == {"pkm.toml": (0o644, b"")}


def test_litter_of_dead_commands_is_swept_and_strange_bytes_are_kept(vault: Vault) -> None:
    put(vault, "a.md", b"old")
    apply(vault, Plan([Rewrite("a.md", b"new", digest(b"old"))], "edit"))
    dead = os.fork()
    if not dead:
        os._exit(0)
    os.waitpid(dead, 0)
    put(vault, f"x/.pkm-{dead}-00.tmp", b"torn")
    put(vault, f".pkm-{dead}-01-swap.tmp", b"old")
    put(vault, f".pkm-{dead}-02-swap.tmp", b"an editor's bytes")
    put(vault, f".pkm-{os.getppid()}-03.tmp", b"of a living process")

    problems = sweep(vault)

    assert [problem.path for problem in problems] == [f".pkm-{dead}-02-swap.tmp"]
    assert sorted(name for name in tree(vault) if "tmp" in name) == sorted(
        [f".pkm-{dead}-02-swap.tmp", f".pkm-{os.getppid()}-03.tmp"]
    )


def test_a_command_at_work_is_not_taken_for_a_broken_one(vault: Vault) -> None:
    apply(vault, Plan([Create("a.md", b"x")], "add"))
    with Lock(vault.root):
        assert interrupted(vault) is None
    assert interrupted(Vault("/")) is None
