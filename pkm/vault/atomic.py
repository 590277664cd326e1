"""Creating a file, whole or not at all.

New bytes go to a temporary file in the same folder and are on the disk before they get their name. A name
that exists is never overwritten: the temporary file is linked to its name, which fails when there is one.
The caller makes the names durable (`Folder.sync`) before it promises anything, once for each folder.

Changing files that exist is next door, in `alter`; a capture does not need it.
"""

from __future__ import annotations

import errno
import os
import sys

from pkm.errors import ChangedError, OutsideError
from pkm.vault.folder import NO_FOLLOW, OURS, full_sync

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pkm.vault.folder import Folder

PREFIX = OURS  # of every temporary file: .pkm-PID-RANDOM.tmp
# What file systems answer that have no hard links, or no such rename.
UNABLE = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EMLINK)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW | getattr(os, "O_BINARY", 0)


def create(folder: Folder, name: str, data: bytes, mode: int | None = None) -> None:
    """Put a new file in place. Raises `ChangedError` when something has this name."""
    path = folder.inside(name)
    try:
        temporary = write_temporary(folder, data, mode, None)
        try:
            link(folder, temporary, folder, name)
        finally:
            discard(folder, temporary)
    except FileExistsError:
        raise exists(path) from None
    except OSError as error:
        raise failed("write", path, error) from None


def write_temporary(folder: Folder, data: bytes, mode: int | None, like: int | None) -> str:
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
        discard(folder, name)
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


def discard(folder: Folder, name: str) -> None:
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


def link(folder: Folder, name: str, target: Folder, new: str) -> bool:
    """Give a file the new name; raises FileExistsError rather than overwrite. Whether it has the old one too."""
    try:
        os.link(folder.at(name), target.at(new), src_dir_fd=folder.fd, dst_dir_fd=target.fd, follow_symlinks=False)
    except OSError as error:
        if error.errno not in UNABLE:
            raise
        from pkm.vault.rename import rename_or_check

        rename_or_check(folder, name, target, new)
        return False
    return True


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
