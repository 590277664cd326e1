"""Single deeds on the disk: create, replace, move, remove one file, whole or not at all.

New bytes go to a temporary file in the same folder and are on the disk before they get their name. A
name that exists is never overwritten by accident: creating links the temporary file to its name, which
fails when there is one. Replacing swaps the two files and then looks at what came out: when an editor
saved in that very moment, its bytes are swapped back and nothing is lost.

The caller makes the names durable (`Folder.sync`) before it promises anything, once for each folder.

Linux swaps in one step. Elsewhere the bytes are compared once more just before the rename, which leaves
a moment of some microseconds.
"""

from __future__ import annotations

import errno
import os
import sys

from pkm.errors import ChangedError, OutsideError, PkmError
from pkm.model.digest import digest
from pkm.vault.folder import NO_FOLLOW, READ, Folder, full_sync
from pkm.vault.names import key
from pkm.vault.rename import exchange, link, rename_free
from pkm.vault.vault import digest_file

PREFIX = ".pkm-"  # of every temporary file: .pkm-PID-RANDOM.tmp holds our bytes …
SWAP = "-swap.tmp"  # … and .pkm-PID-RANDOM-swap.tmp may hold somebody else's
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW | getattr(os, "O_BINARY", 0)


def create(folder: Folder, name: str, data: bytes, mode: int | None = None) -> None:
    """Put a new file in place. Raises `ChangedError` when something has this name."""
    path = folder.inside(name)
    try:
        temporary = _write(folder, data, mode, None)
        try:
            link(folder, temporary, folder, name)
        finally:
            _discard(folder, temporary)
    except FileExistsError:
        raise exists(path) from None
    except OSError as error:
        raise failed("write", path, error) from None


def replace(folder: Folder, name: str, data: bytes, expect: str, mode: int | None = None) -> None:
    """Put new bytes in place of the ones with the digest `expect`; permissions and the like stay."""
    path = folder.inside(name)
    try:
        old = os.open(folder.at(name), READ, dir_fd=folder.fd)
        try:
            temporary = _write(folder, data, mode, old)
        finally:
            os.close(old)
        try:
            swap = _swap_name()
            os.rename(folder.at(temporary), folder.at(swap), src_dir_fd=folder.fd, dst_dir_fd=folder.fd)
        except BaseException:
            _discard(folder, temporary)
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


def remove_folder(folder: Folder, name: str) -> None:
    """Take a folder away when it is empty; leave it when it is not."""
    try:
        os.rmdir(folder.at(name), dir_fd=folder.fd)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR):
            raise failed("remove", folder.inside(name), error) from None


def _write(folder: Folder, data: bytes, mode: int | None, like: int | None) -> str:
    """A temporary file with these bytes, on the disk, with the rights of the open file `like`."""
    name = f"{PREFIX}{os.getpid()}-{os.urandom(6).hex()}.tmp"
    fd = os.open(folder.at(name), _NEW, 0o666, dir_fd=folder.fd)
    try:
        try:
            write_all(fd, data)
            if like is not None:
                _copy_rights(like, fd)
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(fd, mode)
            full_sync(fd)
        finally:
            os.close(fd)
    except BaseException:
        _discard(folder, name)
        raise
    return name


def write_all(fd: int, data: bytes) -> None:
    """Write every byte; a disk that takes none raises."""
    done = os.write(fd, data)
    if done == len(data):
        return
    rest = memoryview(data)
    while done < len(data):
        written = os.write(fd, rest[done:])
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done += written


def _discard(folder: Folder, name: str) -> None:
    """Remove our temporary file; when even that fails, litter stays, which harms nobody."""
    try:
        os.unlink(folder.at(name), dir_fd=folder.fd)
    except OSError:
        return


def _copy_rights(old: int, new: int) -> None:
    status, fresh = os.fstat(old), os.fstat(new)
    if hasattr(os, "fchmod"):
        if (status.st_uid, status.st_gid) != (fresh.st_uid, fresh.st_gid):
            _give_to(new, status.st_uid, status.st_gid)
        os.fchmod(new, status.st_mode & 0o7777)
    if sys.platform == "linux":
        _copy_attributes(old, new)


def _give_to(fd: int, user: int, group: int) -> None:
    try:
        os.fchown(fd, user, group)
    except OSError:
        return  # only root may; then the file belongs to whoever changed it


def _copy_attributes(old: int, new: int) -> None:
    try:
        for name in os.listxattr(old):
            if name.startswith("user.") or name == "system.posix_acl_access":
                os.setxattr(new, name, os.getxattr(old, name))
    except OSError:
        return  # a file system without such attributes


def _exchanged(folder: Folder, swap: str, name: str, expect: str, ours: str) -> bool:
    """Swap the two files and keep what came out if it is not what was expected. False when the system cannot."""
    try:
        if not exchange(folder, swap, name):
            return False
    except OSError:
        _discard(folder, swap)
        raise
    if digest_of(folder, swap) == expect:
        _discard(folder, swap)
        return True
    # An editor was faster. Its bytes go back to their name; ours come out, unless it has saved once more.
    try:
        exchange(folder, swap, name)
    except OSError:
        give_back(folder, swap, name)
        raise changed(folder.inside(name)) from None
    if digest_of(folder, swap) == ours:
        _discard(folder, swap)
    else:
        give_back(folder, swap, name)
    raise changed(folder.inside(name))


def _compare_and_rename(folder: Folder, swap: str, name: str, expect: str) -> None:
    if digest_of(folder, name) != expect:
        _discard(folder, swap)
        raise changed(folder.inside(name))
    try:
        os.replace(folder.at(swap), folder.at(name), src_dir_fd=folder.fd, dst_dir_fd=folder.fd)
    except BaseException:
        _discard(folder, swap)
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


def exists(path: str) -> ChangedError:
    """For a name that is taken."""
    return ChangedError(f"{path} exists already.", "Nothing is ever overwritten.", "Choose another name.")


def changed(path: str) -> ChangedError:
    """For bytes that are not the expected ones."""
    return ChangedError(
        f"{path} was changed by another program.",
        "Its bytes are not the ones that were read.",
        "Run the command again.",
    )


def gone(path: str) -> ChangedError:
    """For a file that is not there any more."""
    return ChangedError(f"{path} is gone.", "Another program moved or removed it.", "Run the command again.")


def failed(verb: str, path: str, error: OSError) -> OutsideError:
    """For a disk that does not do what it should."""
    return OutsideError(f"Could not {verb} {path}.", error.strerror or str(error), "Check the disk, then try again.")
