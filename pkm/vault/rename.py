"""Other names for a file, and swapping two files, without ever overwriting.

The plain rename of every system overwrites whatever has the new name. Linux has one that refuses to, and
one that swaps; it is found through ctypes, whose import takes 2 ms. Elsewhere a hard link refuses as well,
and where there is none (FAT, some network disks) a look comes before the rename.
"""

from __future__ import annotations

import errno
import os
import sys

from pkm.vault.atomic import UNABLE, link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from pkm.vault.folder import Folder

    Rename = Callable[[Folder, str, Folder, str, int], None]

_NO_REPLACE, _EXCHANGE = 1, 2


def rename_free(folder: Folder, name: str, target: Folder, new: str) -> None:
    """Rename to a free name: in one call where there is one, else by a second name, durable before the first goes."""
    try:
        _rename2()(folder, name, target, new, _NO_REPLACE)
    except OSError as error:
        if error.errno not in UNABLE:
            raise
    else:
        return
    if folder.lstat(name) is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if link(folder, name, target, new):
        target.sync()
        os.unlink(folder.at(name), dir_fd=folder.fd)


def rename_or_check(folder: Folder, name: str, target: Folder, new: str) -> None:
    """Without hard links: a rename that does not overwrite, or a look before one that would."""
    try:
        _rename2()(folder, name, target, new, _NO_REPLACE)
    except OSError as error:
        if error.errno not in UNABLE:
            raise
        if target.lstat(new) is not None:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        os.rename(folder.at(name), target.at(new), src_dir_fd=folder.fd, dst_dir_fd=target.fd)


def exchange(folder: Folder, one: str, other: str) -> bool:
    """Swap two files of a folder in one step. False when this system cannot."""
    try:
        _rename2()(folder, one, folder, other, _EXCHANGE)
    except OSError as error:
        if error.errno in UNABLE:
            return False
        raise
    return True


_found: Rename | None = None


def _rename2() -> Rename:
    """Linux' renameat2, which can refuse to overwrite and can swap. Says ENOSYS where there is none."""
    global _found  # noqa: PLW0603 - loaded once, and only when needed
    if _found is None:
        _found = _load_rename2()
    return _found


def _load_rename2() -> Rename:
    def unable(*_: object) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    if sys.platform != "linux":
        return unable
    try:
        import ctypes

        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (ImportError, OSError, AttributeError):
        return unable
    call.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]

    def rename(folder: Folder, name: str, target: Folder, new: str, how: int) -> None:
        if call(folder.fd, os.fsencode(name), target.fd, os.fsencode(new), how):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))

    return rename
