from __future__ import annotations

import os
import socket
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pkm.errors import OutsideError, RefusedError
from pkm.vault.vault import MissingError, Vault


def walked(vault: Vault) -> dict[str, set[str]]:
    return {folder: {name for name, *_ in files} for folder, files in vault.stamps()}


def test_a_walk_gives_each_folder_with_its_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.md").write_bytes(b"123")
    (tmp_path / "two.md").write_bytes(b"")
    os.utime(tmp_path / "a" / "one.md", ns=(5, 1_700_000_000_123_456_789))

    found = dict(Vault(str(tmp_path)).stamps())

    inode = (tmp_path / "a" / "one.md").stat().st_ino
    assert found["a"] == [("one.md", (tmp_path / "a" / "one.md").stat().st_mtime_ns, 3, inode)]
    assert [name for name, *_ in found[""]] == ["two.md"]


def test_hidden_names_links_and_things_that_are_no_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("good")
    os.link(tmp_path / "good.md", tmp_path / "twin.md")
    for folder in (".pkm", ".git", "node_modules", "real"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.md").write_text("x")
    (tmp_path / ".hidden.md").write_text("x")
    (tmp_path / "link.md").symlink_to(tmp_path / "good.md")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "outside").symlink_to("/etc")
    (tmp_path / "up").symlink_to("..")
    os.mkfifo(tmp_path / "fifo.md")
    (tmp_path / "folder.md").mkdir()
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(os.path.relpath(tmp_path / "socket.md"))

        vault = Vault(str(tmp_path))

        assert walked(vault) == {"": {"good.md", "twin.md"}, "real": {"x.md"}, "folder.md": set()}
    assert vault.problems == []


def test_excluded_names_paths_and_patterns_are_no_part_of_the_vault(tmp_path: Path) -> None:
    for path in ("drafts/a.md", "x/drafts/b.md", "garden/c.md", "x/garden/d.md", "x/old/e.md", "f.tmp.md", "x/f2.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")

    vault = Vault(str(tmp_path), ["drafts", "/garden/", "x/o*d", "*.tmp.md"])

    assert walked(vault) == {"": set(), "x": {"f2.md"}, "x/garden": {"d.md"}}
    assert vault.excluded("x/drafts/b.md")
    assert vault.excluded("garden/c.md")
    assert vault.excluded("x/old/e.md")
    assert vault.excluded(".obsidian/app.json")
    assert not vault.excluded("x/garden/d.md")


def test_a_pattern_of_stars_takes_no_time(tmp_path: Path) -> None:
    (tmp_path / ("a" * 200)).write_text("x")

    assert walked(Vault(str(tmp_path), ["*a" * 40 + "b"])) == {"": {"a" * 200}}


def nest(root: Path, name: str, depth: int) -> None:
    here = os.getcwd()
    try:
        os.chdir(root)
        for _ in range(depth):
            os.mkdir(name)
            os.chdir(name)
    finally:
        os.chdir(here)


def test_folders_nested_too_deep_are_a_problem_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("x")
    nest(tmp_path, "d" * 250, 20)

    vault = Vault(str(tmp_path))
    found = walked(vault)

    assert found[""] == {"good.md"}
    assert 10 < len(found) < 20
    assert [problem.message for problem in vault.problems] == ["folders are nested too deep to be read"]


def test_a_thousand_folders_within_each_other_are_walked(tmp_path: Path) -> None:
    nest(tmp_path, "d", 1200)
    try:
        vault = Vault(str(tmp_path))

        assert len(walked(vault)) == 1201
        assert vault.problems == []
    finally:  # shutil cannot get down there
        for depth in range(1200, 0, -1):
            os.rmdir(str(tmp_path) + "/d" * depth)


def test_unreadable_folders_and_files_are_problems_and_the_rest_goes_on() -> None:
    # Not tmp_path: its parents are closed to the ordinary person that root becomes here.
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "shut").mkdir(mode=0)
        (root / "good.md").write_text("x")
        (root / "shut.md").write_text("x")
        for path, mode in ((root, 0o755), (root / "shut.md", 0)):
            path.chmod(mode)
        vault = Vault(folder)
        me = os.geteuid()
        try:
            if me == 0:
                os.seteuid(65534)
            found = walked(vault)
            with pytest.raises(OutsideError) as unreadable:
                vault.read("shut.md")
        finally:
            os.seteuid(me)
        (root / "shut").chmod(0o700)

    assert found == {"": {"good.md", "shut.md"}}
    assert [problem.path for problem in vault.problems] == ["shut"]
    assert "shut.md" in unreadable.value.message


def test_a_vault_that_is_not_there_is_an_error_and_not_an_empty_vault(tmp_path: Path) -> None:
    with pytest.raises(OutsideError):
        list(Vault(str(tmp_path / "unmounted")).stamps())


def test_names_that_are_not_utf8_are_walked_and_read(tmp_path: Path) -> None:
    name = b"caf\xe9.md"
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
        file.write(b"x")
    (tmp_path / "new\nline.md").write_text("y")
    (tmp_path / "back\\slash.md").write_text("z")

    vault = Vault(str(tmp_path))

    assert walked(vault)[""] == {os.fsdecode(name), "new\nline.md", "back\\slash.md"}
    assert [vault.read(path) for path in sorted(walked(vault)[""])] == [b"z", b"x", b"y"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a/..",
        "a//b",
        "./a",
        "a/",
        "a\0b",
        "..\\x",
        "a\\..\\..\\x",
        "\\\\host\\x",
        "C:/x",
        "c:\\x",
        "\ud800.md",
    ],
)
def test_a_path_that_is_none_of_the_vault_is_refused(tmp_path: Path, path: str) -> None:
    vault = Vault(str(tmp_path))

    for attempt in (vault.absolute, vault.read, vault.exists):
        with pytest.raises(RefusedError):
            attempt(path)


def test_nothing_is_read_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    root = tmp_path / "vault"
    root.mkdir()
    (root / "real").mkdir()
    (root / "link.md").symlink_to(tmp_path / "secret")
    (root / "folder").symlink_to(tmp_path)
    (root / "real" / "folder").symlink_to(tmp_path)

    vault = Vault(str(root))

    for path in ("link.md", "folder/secret", "real/folder/secret"):
        with pytest.raises(RefusedError):
            vault.read(path)


def test_a_fifo_a_device_and_a_folder_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.md")
    (tmp_path / "folder.md").mkdir()

    vault = Vault(str(tmp_path))

    for path in ("fifo.md", "folder.md"):
        with pytest.raises(RefusedError):
            vault.read(path)
    with pytest.raises(RefusedError):
        Vault("/dev").read("null")


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large.md").write_bytes(b"x" * 1001)
    vault = Vault(str(tmp_path))

    assert len(vault.read("large.md", limit=1001)) == 1001
    with pytest.raises(RefusedError):
        vault.read("large.md", limit=1000)


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    vault = Vault(str(tmp_path))

    for path in ("none.md", "no/folder.md"):
        assert not vault.exists(path)
        with pytest.raises(MissingError):
            vault.read(path)


def test_a_reader_follows_a_folder_that_was_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "x.md").write_text("one")
    (tmp_path / "b" / "y.md").write_text("two")

    with Vault(str(tmp_path)).reader() as read:
        assert [read("a/x.md"), read("b/y.md"), read("a/x.md")] == [b"one", b"two", b"one"]


def test_taken_names_are_known_by_key(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("x")
    vault = Vault(str(tmp_path))

    assert "readme.md" in vault.taken("")
    assert vault.taken("nowhere") == set()


def test_a_vault_behind_a_link_is_the_folder_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.md").write_text("x")
    (tmp_path / "link").symlink_to("real")

    assert walked(Vault(str(tmp_path / "link"))) == {"": {"a.md"}}


def test_a_file_with_a_second_name_is_not_read_unless_the_person_says_so(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("secret")
    root = tmp_path / "vault"
    root.mkdir()
    os.link(tmp_path / "outside", root / "a.md")

    with pytest.raises(RefusedError, match=r"a\.md"):
        Vault(str(root)).read("a.md")

    assert Vault(str(root), hard_links=True).read("a.md") == b"secret"
    assert [stamp[3] < 0 for _, stamps in Vault(str(root)).stamps() for stamp in stamps] == [True]


def test_a_note_whose_creation_was_killed_halfway_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("kept")
    os.link(tmp_path / "a.md", tmp_path / ".pkm-1-abc.tmp")

    assert Vault(str(tmp_path)).read("a.md") == b"kept"
