"""Random histories of a vault: whatever was done can be taken back, and what cannot be done whole is not done."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import ChangedError, PkmError
from pkm.model.digest import digest
from pkm.vault.plan import Change, Create, Move, Plan, Remove, Rewrite, apply, preview
from pkm.vault.undo import history, redo, undo
from tests.vault.kit import adopted, put, tree

if TYPE_CHECKING:
    from pkm.vault.vault import Vault

PATHS = ["a.md", "b.md", "x/a.md", "x/b.md", "x/y/c.md", "Ä ö.md"]
BYTES = st.one_of(st.binary(max_size=12), st.sampled_from([b"", b"same", b"one\n", b"one\r\n"]))
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["create", "rewrite", "move", "remove"]), st.sampled_from(PATHS), st.sampled_from(PATHS), BYTES
    ),
    min_size=1,
    max_size=6,
)
VAULTS = st.dictionaries(st.sampled_from(PATHS), st.tuples(BYTES, st.sampled_from([0o644, 0o600])), max_size=5)


def fitting(files: dict[str, bytes], deeds: list[tuple[str, str, str, bytes]]) -> list[Change]:
    """The deeds that can follow each other on these files, which are changed along."""
    changes: list[Change] = []
    for kind, path, to, data in deeds:
        if kind == "create" and path not in files:
            changes.append(Create(path, data))
            files[path] = data
        elif kind == "rewrite" and path in files:
            changes.append(Rewrite(path, data, digest(files[path])))
            files[path] = data
        elif kind == "move" and path in files and to not in files:
            changes.append(Move(path, to, digest(files[path])))
            files[to] = files.pop(path)
        elif kind == "remove" and path in files:
            changes.append(Remove(path, digest(files.pop(path))))
    return changes


def contents(vault: Vault) -> dict[str, bytes]:
    return {path: found[1] for path, found in files_of(tree(vault)).items() if path != "pkm.toml"}


def files_of(state: dict[str, tuple[int, bytes] | None]) -> dict[str, tuple[int, bytes]]:
    return {path: found for path, found in state.items() if found}


@given(VAULTS, st.lists(DEEDS, min_size=1, max_size=5))
@settings(max_examples=60)
def test_what_was_done_is_undone_and_done_again(
    start: dict[str, tuple[bytes, int]], plans: list[list[tuple[str, str, str, bytes]]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        vault = adopted(Path(folder))
        for path, (data, mode) in start.items():
            put(vault, path, data, mode)
        states = [tree(vault)]
        files = contents(vault)
        for number, deeds in enumerate(plans):
            plan = Plan(fitting(files, deeds), f"plan {number}")
            preview(vault, plan)
            apply(vault, plan)
            assert contents(vault) == files
            if len(history(vault)) == len(states):
                states.append(tree(vault))

        for state in reversed(states[:-1]):
            undo(vault)
            assert tree(vault) == state
        for state in states[1:]:
            redo(vault)
            # A folder that a plan made and left empty is not made again.
            assert files_of(tree(vault)) == files_of(state)


@given(VAULTS, DEEDS, st.sampled_from(PATHS), BYTES)
@settings(max_examples=60)
def test_a_plan_is_done_whole_or_refused_before_its_first_deed(
    start: dict[str, tuple[bytes, int]], deeds: list[tuple[str, str, str, bytes]], touched: str, edit: bytes
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        vault = adopted(Path(folder))
        for path, (data, mode) in start.items():
            put(vault, path, data, mode)
        files = contents(vault)
        plan = Plan(fitting(files, deeds), "stale")
        put(vault, touched, edit)  # somebody saves between the plan and the deed
        before = tree(vault)

        try:
            apply(vault, plan)
        except ChangedError:
            assert tree(vault) == before
            assert history(vault) == []
        else:
            assert contents(vault) == files | ({} if touched in plan.paths else {touched: edit})


@given(DEEDS, st.sampled_from(PATHS), BYTES)
@settings(max_examples=50)
def test_undo_restores_all_or_refuses_and_force_can_be_undone(
    deeds: list[tuple[str, str, str, bytes]], touched: str, edit: bytes
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        vault = adopted(Path(folder))
        for path in PATHS[:3]:
            put(vault, path, path.encode())
        before, files = contents(vault), contents(vault)
        apply(vault, Plan(fitting(files, deeds), "change"))
        if not history(vault):
            return
        put(vault, touched, edit)
        edited = contents(vault)

        try:
            undo(vault)
        except ChangedError:
            assert contents(vault) == edited
            try:
                undo(vault, force=True)
            except PkmError:
                assert contents(vault) == edited
                return
            redo(vault)
            assert contents(vault) == edited
        else:
            now = contents(vault)
            assert {p: now.get(p) for p in before if p != touched} == {p: before[p] for p in before if p != touched}
