from __future__ import annotations

import os
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pkm.errors import OutsideError, UsageError
from pkm.vault.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkm.vault.vault import Vault


def forked(work: Callable[[], None]) -> int:
    """Run in a child process; its pid. The child ends without pytest's clean-up."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a test runner with threads may fork here: it only locks
        pid = os.fork()
    if pid:
        return pid
    try:
        work()
    finally:
        os._exit(0)


def test_another_process_waits_and_then_says_who_holds_the_vault(vault: Vault) -> None:
    ready, done = os.pipe(), os.pipe()

    def hold() -> None:
        with Lock(vault.root):
            os.write(ready[1], b"x")
            os.read(done[0], 1)

    pid = forked(hold)
    os.read(ready[0], 1)
    try:
        with pytest.raises(OutsideError) as busy, Lock(vault.root, patience=0.05):
            pass
    finally:
        os.write(done[1], b"x")
        os.waitpid(pid, 0)

    assert str(pid) in busy.value.reason
    with Lock(vault.root, patience=0):
        pass


def test_a_lock_ends_with_its_holder_however_that_ends(vault: Vault) -> None:
    ready = os.pipe()

    def die() -> None:
        Lock(vault.root).__enter__()
        os.write(ready[1], b"x")
        os.kill(os.getpid(), 9)

    pid = forked(die)
    os.read(ready[0], 1)
    os.waitpid(pid, 0)

    with Lock(vault.root, patience=0):
        assert Path(vault.root, ".pkm/lock").exists()


def test_the_holder_may_take_it_again_and_still_holds_it_after_that(vault: Vault) -> None:
    with Lock(vault.root) as one:
        with Lock(vault.root) as two:
            assert one is two
        pid = forked(lambda: _exit_with(vault))
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7


def _exit_with(vault: Vault) -> None:
    try:
        with Lock(vault.root, patience=0.05):
            os._exit(0)
    except OutsideError:
        os._exit(7)


def test_threads_of_one_process_wait_for_each_other(vault: Vault) -> None:
    inside, most = [0], [0]

    def work() -> None:
        for _ in range(20):
            with Lock(vault.root):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    with Lock(vault.root):
        assert inside == [0]
    for thread in threads:
        thread.join()

    assert most == [1]


def test_a_thread_gives_up_when_another_one_goes_on(vault: Vault) -> None:
    caught: list[BaseException] = []

    def work() -> None:
        try:
            with Lock(vault.root, patience=0.05):
                pass
        except OutsideError as error:
            caught.append(error)

    with Lock(vault.root):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    assert len(caught) == 1


def test_locks_of_other_names_do_not_wait_for_it(vault: Vault) -> None:
    with Lock(vault.root), Lock(vault.root, patience=0, name="tend.lock"):
        assert Path(vault.root, ".pkm/tend.lock").exists()


def test_a_thread_at_another_lock_holds_nobody_up(vault: Vault) -> None:
    taken: list[bool] = []

    def work() -> None:
        with Lock(vault.root, patience=0):
            taken.append(True)

    with Lock(vault.root, name="tend.lock"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    assert taken == [True]


def test_a_link_in_place_of_the_lock_is_not_followed(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("secret")
    Path(vault.root, ".pkm").mkdir()
    Path(vault.root, ".pkm/lock").symlink_to(tmp_path / "outside")

    with pytest.raises(OutsideError), Lock(vault.root, patience=0):
        pass

    assert (tmp_path / "outside").read_text() == "secret"


def test_there_is_no_lock_where_there_is_no_vault(tmp_path: Path) -> None:
    with pytest.raises(UsageError), Lock(str(tmp_path)):
        pass

    assert os.listdir(tmp_path) == []
