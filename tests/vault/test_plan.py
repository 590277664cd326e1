from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import pkm
from pkm.errors import ChangedError, OutsideError, PkmError, RefusedError, UsageError
from pkm.model.digest import digest
from pkm.vault.plan import Change, Create, Move, Plan, Remove, Rewrite, apply, preview
from pkm.vault.undo import history
from pkm.vault.vault import Vault
from tests.vault.kit import got, litter, put, tree


def test_a_new_file_gets_its_bytes_and_its_folders(vault: Vault) -> None:
    apply(vault, Plan([Create("inbox/deep/a.md", b"one\r\n\xff")], "add a"))

    assert got(vault, "inbox/deep/a.md") == b"one\r\n\xff"
    assert litter(vault) == []


def test_the_rights_of_a_new_file_are_those_of_the_umask(vault: Vault) -> None:
    before = os.umask(0o027)
    try:
        apply(vault, Plan([Create("a.md", b"x")], "add"))
    finally:
        os.umask(before)

    assert tree(vault)["a.md"] == (0o640, b"x")


def test_a_rewrite_keeps_rights_and_attributes(vault: Vault) -> None:
    file = put(vault, "a.md", b"old", 0o604)
    attributes = _attributes(file)

    apply(vault, Plan([Rewrite("a.md", b"new", digest(b"old"))], "edit"))

    assert tree(vault)["a.md"] == (0o604, b"new")
    assert {name: os.getxattr(file, name) for name in attributes} == attributes
    assert litter(vault) == []


def _attributes(file: Path) -> dict[str, bytes]:
    try:
        os.setxattr(file, "user.note", b"kept")
    except (OSError, AttributeError):
        return {}
    return {"user.note": b"kept"}


def test_a_rewrite_to_the_same_bytes_touches_nothing(vault: Vault) -> None:
    file = put(vault, "a.md", b"same")
    before = file.stat()

    apply(vault, Plan([Rewrite("a.md", b"same", digest(b"same"))], "nothing"))

    after = file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert history(vault) == []


def test_a_move_keeps_the_file_with_its_date(vault: Vault) -> None:
    file = put(vault, "a.md", b"x", 0o600)
    os.utime(file, ns=(1, 1_600_000_000_000_000_001))
    before = file.stat()

    apply(vault, Plan([Move("a.md", "new/folder/b.md", digest(b"x"))], "move"))

    after = Path(vault.root, "new/folder/b.md").stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_mode) == (before.st_ino, before.st_mtime_ns, before.st_mode)
    assert not file.exists()


def test_a_move_may_change_only_the_case_of_a_name(vault: Vault) -> None:
    put(vault, "readme.md", b"x")

    apply(vault, Plan([Move("readme.md", "README.md", digest(b"x"))], "move"))

    assert os.listdir(vault.root).count("README.md") == 1
    assert "readme.md" not in os.listdir(vault.root)


def test_removing_takes_the_file_away(vault: Vault) -> None:
    put(vault, "a/b.md", b"x")

    apply(vault, Plan([Remove("a/b.md", digest(b"x"))], "remove"))

    assert tree(vault) == {"a": None, "pkm.toml": (0o644, b"")}


def test_later_changes_see_what_earlier_ones_did(vault: Vault) -> None:
    put(vault, "a.md", b"1")
    put(vault, "b.md", b"2")

    apply(
        vault,
        Plan(
            [
                Rewrite("a.md", b"1+", digest(b"1")),
                Move("a.md", "c.md", digest(b"1+")),
                Create("a.md", b"new"),
                Move("b.md", "d.md", digest(b"2")),
                Rewrite("d.md", b"2+", digest(b"2")),
                Remove("d.md", digest(b"2+")),
                Create("b.md", b"3"),
            ],
            "all at once",
        ),
    )

    assert {path: data for path, data in tree(vault).items() if path != "pkm.toml"} == {
        "a.md": (0o644, b"new"),
        "b.md": (0o644, b"3"),
        "c.md": (0o644, b"1+"),
    }


WRONG = digest(b"something else")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (Create("taken.md", b"y"), "taken.md"),
        (Create("folder", b"y"), "folder"),
        (Create("link.md", b"y"), "link.md"),
        (Create("taken.md/x.md", b"y"), "taken.md"),
        (Rewrite("taken.md", b"y", WRONG), "taken.md"),
        (Rewrite("gone.md", b"y", WRONG), "gone.md"),
        (Move("taken.md", "other.md", WRONG), "taken.md"),
        (Move("taken.md", "second.md", digest(b"x")), "second.md"),
        (Move("gone.md", "other.md", WRONG), "gone.md"),
        (Remove("taken.md", WRONG), "taken.md"),
        (Remove("gone.md", WRONG), "gone.md"),
        (Create("new.md", b"again"), "new.md"),
    ],
)
def test_a_stale_plan_is_refused_before_its_first_deed(vault: Vault, change: Change, named: str) -> None:
    put(vault, "taken.md", b"x")
    put(vault, "second.md", b"x")
    Path(vault.root, "folder").mkdir()
    Path(vault.root, "link.md").symlink_to("nowhere")
    before = _names(vault)

    for attempt in (apply, preview):
        with pytest.raises(ChangedError) as stale:
            attempt(vault, Plan([Create("new.md", b"n"), change], "stale"))

        assert named in stale.value.message
    assert _names(vault) == before
    assert history(vault) == []


def _names(vault: Vault) -> list[tuple[str, bool]]:
    return sorted((str(path), path.is_symlink()) for path in Path(vault.root).rglob("*") if ".pkm" not in path.parts)


@pytest.mark.parametrize(
    "path",
    [
        "../x.md",
        "/tmp/x.md",
        "a/../../x.md",
        "a\0.md",
        "..\\x.md",
        "C:\\x.md",
        ".git/hooks/pre-commit",
        "sub/.GIT/config",
        ".git./config",
        "git~1/config",
        ".pkm/undo/000001.log",
        ".pkm/lock",
        ".pkm",
        "link/x.md",
    ],
)
def test_no_plan_leaves_the_vault_or_touches_git_or_the_journal(vault: Vault, tmp_path: Path, path: str) -> None:
    (tmp_path / "outside").mkdir()
    Path(vault.root, "link").symlink_to(tmp_path / "outside")
    put(vault, "a.md", b"x")

    for change in (Create(path, b"evil"), Move("a.md", path, digest(b"x"))):
        with pytest.raises(RefusedError):
            apply(vault, Plan([change], "evil"))

    assert got(vault, "a.md") == b"x"
    assert list((tmp_path / "outside").iterdir()) == []


def test_files_through_a_link_are_neither_rewritten_nor_removed(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("secret")
    Path(vault.root, "link.md").symlink_to(tmp_path / "outside.md")
    expect = digest(b"secret")

    for change in (Rewrite("link.md", b"", expect), Remove("link.md", expect), Move("link.md", "x.md", expect)):
        with pytest.raises(RefusedError):
            apply(vault, Plan([change], "evil"))

    assert (tmp_path / "outside.md").read_text() == "secret"
    assert Path(vault.root, "link.md").is_symlink()


def test_a_hard_link_to_a_file_outside_is_replaced_and_not_written_through(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("secret")
    os.link(tmp_path / "outside.md", Path(vault.root, "twin.md"))

    apply(vault, Plan([Rewrite("twin.md", b"new", digest(b"secret"))], "edit"))

    assert (tmp_path / "outside.md").read_text() == "secret"
    assert got(vault, "twin.md") == b"new"


def test_a_folder_that_was_never_adopted_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x")

    with pytest.raises(UsageError) as refused:
        apply(Vault(str(tmp_path)), Plan([Create("b.md", b"y")], "add"))

    assert "pkm init" in refused.value.hint
    assert os.listdir(tmp_path) == ["a.md"]


def test_the_private_folder_is_no_link_to_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    root = tmp_path / "vault"
    root.mkdir()
    (root / ".pkm").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(RefusedError):
        apply(Vault(str(root)), Plan([Create("a.md", b"x")], "add"))

    assert os.listdir(tmp_path / "elsewhere") == []


def test_an_empty_plan_does_nothing(vault: Vault) -> None:
    apply(vault, Plan([], "nothing"))

    assert os.listdir(vault.root) == ["pkm.toml"]


def test_a_name_too_long_for_the_disk_is_said_plainly(vault: Vault) -> None:
    for path in ("x" * 300 + ".md", "y" * 300 + "/a.md"):
        with pytest.raises(PkmError) as refused:
            apply(vault, Plan([Create(path, b"")], "add"))
        assert isinstance(refused.value, OutsideError)


def test_a_preview_is_a_diff_and_changes_nothing(vault: Vault) -> None:
    put(vault, "a.md", b"one\ntwo\r\nthree")
    put(vault, "old.md", b"gone\n")
    put(vault, "image.png", b"\x89PNG\0\1")
    before = tree(vault)
    plan = Plan(
        [
            Rewrite("a.md", b"one\nTWO\r\nthree", digest(b"one\ntwo\r\nthree")),
            Move("a.md", "b.md", digest(b"one\nTWO\r\nthree")),
            Create("new.md", b"caf\xe9\n"),
            Create("empty.md", b""),
            Remove("old.md", digest(b"gone\n")),
            Remove("image.png", digest(b"\x89PNG\0\1")),
        ],
        "all kinds",
    )

    text = preview(vault, plan)

    assert text == (
        "--- a/a.md\n+++ b/a.md\n@@ -1,3 +1,3 @@\n one\n-two\r\n+TWO\r\n three\n\\ No newline at end of file\n"
        "rename from a.md\nrename to b.md\n"
        "--- /dev/null\n+++ b/new.md\n@@ -0,0 +1 @@\n+caf\udce9\n"
        "--- /dev/null\n+++ b/empty.md\n"
        "--- a/old.md\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n"
        "Binary files a/image.png (6 bytes) and /dev/null (0 bytes) differ\n"
    )
    assert tree(vault) == before


def test_a_plan_knows_its_paths_and_compares_by_value() -> None:
    plan = Plan([Create("a.md", b""), Move("a.md", "b.md", "d")], "why")

    assert plan.paths == ["a.md", "b.md"]
    assert plan == Plan([Create("a.md", b""), Move("a.md", "b.md", "d")], "why")
    assert plan != Plan([Create("a.md", b""), Move("a.md", "c.md", "d")], "why")
    assert len({plan, Plan(plan.changes, "why")}) == 1
    assert repr(Remove("a.md", "d")) == "Remove(path='a.md', expect='d')"


def test_many_files_in_many_folders_are_one_plan(vault: Vault) -> None:
    changes = [Create(f"{n % 80}/{n}.md", str(n).encode()) for n in range(160)]

    apply(vault, Plan(changes, "import"))

    assert sum(1 for found in tree(vault).values() if found) == 161
    assert len(history(vault)[0].files) == 160


def test_creating_loads_only_what_creating_needs(vault: Vault) -> None:
    """The path of every capture: no module beyond the few, and none of the heavy ones."""
    code = (
        "import sys; before = set(sys.modules)\n"
        "from pkm.vault.plan import Create, Plan, apply\nfrom pkm.vault.vault import Vault\n"
        "from pkm.vault.names import file_name\n"
        f"apply(Vault({vault.root!r}), Plan([Create(file_name('A thought'), b'x')], 'add'))\n"
        "print(*sorted(set(sys.modules) - before))"
    )

    here = {**os.environ, "PYTHONPATH": str(Path(pkm.__file__).parent.parent)}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=here)
    loaded = {name for name in run.stdout.split() if not name.startswith("pkm")}

    assert loaded <= {"__future__", "_sha2", "_sha256", "errno"}
    assert not {f"pkm.vault.{cold}" for cold in ("alter", "rename", "past", "restore", "undo", "preview")} & set(
        run.stdout.split()
    )
    assert got(vault, "a-thought.md") == b"x"
