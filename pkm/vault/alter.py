"""Changing a file that exists: replace, move or remove it, whole or not at all.

Replacing swaps the file with a temporary one that holds the new bytes, and then looks at what came out:
when an editor saved in that very moment, its bytes are swapped back and nothing is lost. Removing looks
the same way before it lets go. Moving never overwrites.

Linux swaps in one step. Elsewhere the bytes are compared once more just before the rename, which leaves
a moment of some microseconds.
"""

from __future__ import annotations

import errno
import os

from pkm.errors import PkmError
from pkm.model.digest import digest
from pkm.vault.atomic import PREFIX, changed, discard, exists, failed, gone, write_temporary
from pkm.vault.folder import READ, Folder, MissingError, digest_file, open_folder
from pkm.vault.names import key
from pkm.vault.rename import exchange, rename_free

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

SWAP = "-swap.tmp"  # .pkm-PID-RANDOM-swap.tmp may hold somebody else's bytes


def replace(folder: Folder, name: str, data: bytes, expect: str, mode: int | None = None) -> None:
    """Put new bytes in place of the ones with the digest `expect`; permissions and the like stay."""
    path = folder.inside(name)
    try:
        old = os.open(folder.at(name), READ, dir_fd=folder.fd)
        try:
            temporary = write_temporary(folder, data, mode, old)
        finally:
            os.close(old)
        try:
            swap = _swap_name()
            os.rename(folder.at(temporary), folder.at(swap), src_dir_fd=folder.fd, dst_dir_fd=folder.fd)
        except BaseException:
            discard(folder, temporary)
            raise
        if not _exchanged(folder, swap, name, expect, digest(data)):
            _compare_and_rename(folder, swap, name, expect)
    except FileNotFoundError:
        raise gone(path) from None
    except OSError as error:
        raise failed("write", path, error) from None


def move(folder: Folder, name: str, target: Folder, new: str) -> None:
    """Give a file another name, in this or another folder. Raises `ChangedError` when that is taken."""
    path = target.inside(new)
    try:
        rename_free(folder, name, target, new)
    except FileExistsError:
        if not same_entry(folder, name, target, new):
            raise exists(path) from None
        try:  # only the case changes, on a file system that does not see the difference
            os.rename(folder.at(name), target.at(new), src_dir_fd=folder.fd, dst_dir_fd=target.fd)
        except OSError as error:
            raise failed("move", path, error) from None
    except FileNotFoundError:
        raise gone(folder.inside(name)) from None
    except OSError as error:
        raise failed("move", folder.inside(name), error) from None


def remove(folder: Folder, name: str, expect: str) -> None:
    """Take a file away, if its bytes still have the digest `expect`."""
    path = folder.inside(name)
    swap = _swap_name()
    try:
        # Out of everybody's way first, so that nobody can save between the look and the deed.
        os.rename(folder.at(name), folder.at(swap), src_dir_fd=folder.fd, dst_dir_fd=folder.fd)
        if digest_of(folder, swap) != expect:
            give_back(folder, swap, name)
            raise changed(path)
        os.unlink(folder.at(swap), dir_fd=folder.fd)
    except FileNotFoundError:
        raise gone(path) from None
    except OSError as error:
        give_back(folder, swap, name)
        raise failed("remove", path, error) from None


def give_back(folder: Folder, swap: str, name: str) -> str:
    """Put bytes that are not ours back to their name, or beside it when that is taken; where they are now."""
    stem, dot, suffix = name.rpartition(".")
    beside = f"{stem or suffix} (kept {swap.split('-')[2][:8]}){dot if stem else ''}{suffix if stem else ''}"
    for new in (name, beside):
        try:
            rename_free(folder, swap, folder, new)
        except OSError:
            continue
        return folder.inside(new)
    return folder.inside(swap)


def remove_folder(folder: Folder, name: str, known: Collection[str] = ()) -> None:
    """Take a folder away when it is empty, else leave it.

    Temporary files of a dead command do not count: half-written ones, and bytes of a `known` digest.
    """
    try:
        with open_folder(folder.full, name) as inner:
            left = os.listdir(inner.full if inner.fd is None else inner.fd)
            if all(_is_litter(inner, found, known) for found in left):
                for temporary in left:
                    discard(inner, temporary)
        os.rmdir(folder.at(name), dir_fd=folder.fd)
    except MissingError:
        return
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR):
            raise failed("remove", folder.inside(name), error) from None


def _is_litter(folder: Folder, name: str, known: Collection[str]) -> bool:
    if not name.startswith(PREFIX) or not name.endswith(".tmp"):
        return False
    return not name.endswith(SWAP) or digest_of(folder, name) in known


def _exchanged(folder: Folder, swap: str, name: str, expect: str, ours: str) -> bool:
    """Swap the two files and keep what came out if it is not what was expected. False when the system cannot."""
    try:
        if not exchange(folder, swap, name):
            return False
    except OSError:
        discard(folder, swap)
        raise
    if digest_of(folder, swap) == expect:
        discard(folder, swap)
        return True
    # An editor was faster. Its bytes go back to their name; ours come out, unless it has saved once more.
    try:
        exchange(folder, swap, name)
    except OSError:
        give_back(folder, swap, name)
        raise changed(folder.inside(name)) from None
    if digest_of(folder, swap) == ours:
        discard(folder, swap)
    else:
        give_back(folder, swap, name)
    raise changed(folder.inside(name))


def _compare_and_rename(folder: Folder, swap: str, name: str, expect: str) -> None:
    if digest_of(folder, name) != expect:
        discard(folder, swap)
        raise changed(folder.inside(name))
    try:
        os.replace(folder.at(swap), folder.at(name), src_dir_fd=folder.fd, dst_dir_fd=folder.fd)
    except BaseException:
        discard(folder, swap)
        raise


def digest_of(folder: Folder, name: str) -> str:
    """The digest of a regular file; empty when it is none or cannot be read."""
    try:
        return digest_file(folder, name)
    except PkmError:
        return ""


def same_entry(folder: Folder, name: str, target: Folder, new: str) -> bool:
    """Whether both names lead to one entry of one folder, which differs in case or Unicode form only."""
    if folder.path != target.path or name == new or key(name) != key(new):
        return False
    one, other = folder.lstat(name), target.lstat(new)
    # Two real names of one file would count as two links.
    return one is not None and other is not None and one.st_ino == other.st_ino and one.st_nlink == 1


def _swap_name() -> str:
    return f"{PREFIX}{os.getpid()}-{os.urandom(6).hex()}{SWAP}"
