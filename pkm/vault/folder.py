"""Open folders and files: the safe way down from the vault's root, one component at a time.

A path from a note, a plan or a journal is never handed to the system as a whole. Each folder on the
way is opened inside the one before and none may be a symbolic link, so that nothing outside the vault
is ever read or written, also when somebody swaps a folder for a link in the meantime.

Where the system cannot open relative to a folder (Windows), the same code works with whole paths and
looks at each component first.
"""

from __future__ import annotations

import errno
import os
import sys

from pkm.errors import OutsideError, RefusedError, TooLargeError, UsageError
from pkm.model.digest import digest_pieces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

RELATIVE = os.open in os.supports_dir_fd and hasattr(os, "O_DIRECTORY")
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
# O_NONBLOCK: a fifo opens at once instead of waiting for its other end. O_BINARY: Windows would translate line ends.
READ = os.O_RDONLY | NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)


START_BYTES = 1 << 17  # of a file that is too large: its front matter has at most half of that
OURS = ".pkm-"  # how our temporary files begin, whatever they are for


class MissingError(UsageError):
    """There is nothing at this path."""


class Folder:
    """One open folder of the vault. `at(name)` with `dir_fd=fd` names a file in it for any call of `os`."""

    __slots__ = ("fd", "full", "path")

    def __init__(self, fd: int | None, full: str, path: str) -> None:
        self.fd = fd
        self.full = full
        self.path = path  # relative to the vault, "" for its root

    def at(self, name: str) -> str:
        return name if self.fd is not None else os.path.join(self.full, name)

    def inside(self, name: str) -> str:
        """The path, relative to the vault, of a file in this folder."""
        return f"{self.path}/{name}" if self.path else name

    def lstat(self, name: str) -> os.stat_result | None:
        """What is at this name, not following links; None when nothing is."""
        try:
            return os.stat(self.at(name), dir_fd=self.fd, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def sync(self) -> None:
        """Make the names in this folder durable. Windows does so by itself, some network disks cannot."""
        if self.fd is not None:
            try:
                full_sync(self.fd)
            except OSError as error:
                if error.errno not in (errno.EINVAL, errno.ENOTSUP):
                    raise

    def close(self) -> None:
        if self.fd is not None:
            fd, self.fd = self.fd, None
            os.close(fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_folder(root: str, path: str = "", made: list[str] | None = None) -> Folder:
    """Open a folder of the vault, by its path relative to the vault's root.

    With a list in `made`, missing folders are created, each durable in its parent, and their paths
    appended. Raises `MissingError`, or `RefusedError` when a component is a symbolic link.
    """
    where = ""
    try:
        folder = Folder(os.open(root, _DIRECTORY), root, "") if RELATIVE else Folder(None, root, "")
        for name in path.split("/") if path else ():
            where = folder.inside(name)
            try:
                below = _step(folder, name, made)
            finally:
                folder.close()
            folder = below
    except OSError as error:
        raise _explained(root, where, error) from None
    return folder


def _step(folder: Folder, name: str, made: list[str] | None) -> Folder:
    """The folder one further down."""
    if made is not None:
        try:
            os.mkdir(folder.at(name), dir_fd=folder.fd)
        except FileExistsError:
            pass
        else:
            made.append(folder.inside(name))
            folder.sync()
    full, path = os.path.join(folder.full, name), folder.inside(name)
    if folder.fd is not None:
        return Folder(os.open(name, _DIRECTORY | NO_FOLLOW, dir_fd=folder.fd), full, path)
    if os.path.islink(full) or not os.path.isdir(full):
        raise OSError(errno.ENOTDIR if os.path.lexists(full) else errno.ENOENT, "", full)
    return Folder(None, full, path)


def _explained(root: str, path: str, error: OSError) -> Exception:
    shown = path or root
    if error.errno == errno.ENOENT:
        return MissingError(f"There is no folder {shown}.")
    if error.errno in (errno.ENOTDIR, errno.ELOOP):
        if os.path.islink(os.path.join(root, path)):
            return RefusedError(
                f"{shown} is a symbolic link.", "What it points to may lie outside the vault.", "Use a real folder."
            )
        return MissingError(f"{shown} is not a folder.")
    return OutsideError(f"Cannot open the folder {shown}.", error.strerror or str(error))


def read_file(folder: Folder, name: str, limit: int | None = None, *, hard_links: bool = True) -> bytes:
    """The bytes of a regular file in an open folder; without `hard_links`, only of one that has this name alone."""
    fd, status = _open_regular(folder, name)
    size = status.st_size
    try:
        if not hard_links and status.st_nlink > 1 and _has_other_names(folder, fd):
            raise RefusedError(
                f"{folder.inside(name)} is not read.",
                "It has a second name (a hard link), which may lie outside the vault.",
                "Make it a file of its own, or set hard_links = true in your own config.toml.",
            )
        if limit is not None and size > limit:
            raise _too_large(folder.inside(name), fd, size, limit)
        # One byte more than there should be: a shorter answer is the end of the file, without asking again.
        data = os.read(fd, size + 1)
        if len(data) != size:
            data = _rest(fd, data, limit)
        return data
    except OSError as error:
        raise _unread(folder.inside(name), error) from None
    finally:
        os.close(fd)


def _too_large(path: str, fd: int, size: int, limit: int) -> TooLargeError:
    error = TooLargeError(
        f"{path} is too large to read whole.",
        f"It has {size:,} bytes; the limit is {limit:,}.",
        "Split it, or set a larger max_note_mb in pkm.toml.",
    )
    error.start = os.read(fd, START_BYTES)
    return error


def _has_other_names(folder: Folder, fd: int) -> bool:
    """Whether the file has a second name that is not ours.

    A note being created has one for a moment, and one whose creation was killed keeps it: our temporary file.
    """
    status = os.fstat(fd)
    ours = 0
    for name in os.listdir(folder.full if folder.fd is None else folder.fd):
        if name.startswith(OURS):
            found = folder.lstat(name)
            ours += found is not None and (found.st_ino, found.st_dev) == (status.st_ino, status.st_dev)
    # Once more, for the temporary name may have gone in between.
    return os.fstat(fd).st_nlink - ours > 1


def digest_file(folder: Folder, name: str) -> str:
    """The digest of a regular file of any size, a piece at a time."""
    fd, _ = _open_regular(folder, name)
    try:
        return digest_pieces(iter(lambda: os.read(fd, 1 << 20), b""))
    except OSError as error:
        raise _unread(folder.inside(name), error) from None
    finally:
        os.close(fd)


def _open_regular(folder: Folder, name: str) -> tuple[int, os.stat_result]:
    """An open file and what it is; nothing but a regular file is ever read."""
    try:
        fd = os.open(folder.at(name), READ, dir_fd=folder.fd)
    except OSError as error:
        raise _unread(folder.inside(name), error) from None
    status = os.fstat(fd)
    if status.st_mode & 0o170000 != 0o100000:
        os.close(fd)
        raise _not_a_file(folder.inside(name))
    return fd, status


def _rest(fd: int, data: bytes, limit: int | None) -> bytes:
    """A file that grows while it is read, or one beyond what a single call gives (2 GB)."""
    parts, length = [data], len(data)
    while part := os.read(fd, 1 << 24):
        parts.append(part)
        length += len(part)
        if limit is not None and length > limit:
            break
    return b"".join(parts)


def check_path(path: str) -> None:
    """Refuse what is no plain path within the vault: absolute, with `..`, NUL, or not in normal form."""
    if not path:
        raise RefusedError("An empty path names no file.")
    parts = path.split("/")
    if "" in parts or "." in parts or ".." in parts or "\0" in path:
        raise _strange(path, "Paths start at the vault's root and go down only.")
    if "\\" in path and (path[0] == "\\" or ".." in path.replace("\\", "/").split("/") or os.sep == "\\"):
        raise _strange(path, "A backslash does not lead out of the vault either.")
    if path[1:3] in (":/", ":\\") or (os.sep == "\\" and ":" in path):
        raise _strange(path, "It names a drive.")
    if not path.isascii():
        try:
            os.fsencode(path)
        except UnicodeEncodeError:
            raise _strange(path, "It is not proper UTF-8.") from None


def _strange(path: str, why: str) -> RefusedError:
    return RefusedError(f"{path!r} is no path within the vault.", why, "Name the file by its path from the root.")


def _not_a_file(path: str) -> RefusedError:
    return RefusedError(f"{path} is not a regular file.", "Links, folders, pipes and devices are not read.")


def _unread(path: str, error: OSError) -> Exception:
    if error.errno == errno.ENOENT:
        return MissingError(f"There is no file {path}.")
    if error.errno in (errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.EISDIR):
        return _not_a_file(path)
    return OutsideError(f"Cannot read {path}.", error.strerror or str(error), "Check its permissions and the disk.")


def full_sync(fd: int) -> None:
    """Wait until the disk has it. macOS flushes the disk's own cache only when asked in its own way."""
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        except OSError:
            pass
        else:
            return
    os.fsync(fd)
