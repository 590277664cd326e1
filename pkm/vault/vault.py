"""The vault: one folder of notes, walked and read.

`stamps` is the cost of every command that reads, so it does one listing for each folder, one `stat`
for each file and nothing else. `read` and `Reader` open files in the careful way of `folder`. Paths are
relative to the vault, with "/" between components; bytes that are not UTF-8 are kept as surrogates.
Nothing here writes: changes go through `plan`.
"""

from __future__ import annotations

import errno
import os

from pkm.errors import OutsideError, Problem
from pkm.vault.folder import RELATIVE, MissingError, check_path, open_folder, read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from pkm.vault.folder import Folder

    Stamp = tuple[str, int, int, int]  # name, mtime in nanoseconds, size, inode

__all__ = ["PRIVATE", "MissingError", "Reader", "Vault"]

PRIVATE = ".pkm"
_NEVER = frozenset(["node_modules", "__pycache__"])
_SCAN_OPEN = os.scandir in os.supports_fd and RELATIVE
_OPEN_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


class Vault:
    """A folder of notes. Holds no open file, so it can be made anew at any time."""

    __slots__ = ("_anchored", "_globs", "_names", "hard_links", "problems", "root")

    def __init__(self, root: str, exclude: Iterable[str] = (), *, hard_links: bool = False) -> None:
        """Patterns in `exclude` are no part of the vault; files with a second name are read only with `hard_links`.

        A pattern without "/" holds for files and folders of that name anywhere, one with "/" for that
        path from the root; `*` stands for anything within a name.
        """
        self.root = os.path.realpath(root)
        self.problems: list[Problem] = []  # of the last walk
        self.hard_links = hard_links
        names, anchored, globs = set(_NEVER), set[str](), []
        for pattern in exclude:
            plain = pattern.strip("/")
            if "*" in plain:
                globs.append("/" + plain if "/" in pattern.rstrip("/") else plain)
            elif "/" in pattern.rstrip("/"):
                anchored.add(plain)
            else:
                names.add(plain)
        self._names, self._anchored, self._globs = frozenset(names), frozenset(anchored), tuple(globs)

    def absolute(self, path: str) -> str:
        """The whole path of a path within the vault; refused when it is none."""
        check_path(path)
        return os.path.join(self.root, *path.split("/"))

    def excluded(self, path: str) -> bool:
        """Whether the path is hidden, or in a folder that is, or a pattern of `exclude` names one of them."""
        below = ""
        for name in path.split("/"):
            below = f"{below}/{name}" if below else name
            if name.startswith(".") or self._excludes(below, name):
                return True
        return False

    def stamps(self) -> Iterator[tuple[str, list[Stamp]]]:
        """Each folder with its regular files as (name, mtime in ns, size, inode), in no particular order.

        Hidden names, symbolic links, fifos, sockets and devices are passed over. A file with a second
        name (a hard link) has a negative inode. What cannot be read is added to `problems`.
        """
        self.problems = []
        if not os.path.isdir(self.root):
            raise OutsideError(f"The vault {self.root} is not there.", "It is no folder.", "Is its disk mounted?")
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            prefix = folder + "/" if folder else ""
            try:
                files, below = self._list(folder, self._hidden(prefix))
            except OSError as error:
                self.problems.append(_unlisted(folder, error))
                continue
            if self._globs:
                files = [file for file in files if not self._excludes(prefix + file[0], file[0])]
                below = [name for name in below if not self._excludes(prefix + name, name)]
            if below:
                below.sort(reverse=True)
                waiting += [prefix + name for name in below]
            yield folder, files

    def _hidden(self, prefix: str) -> frozenset[str]:
        """The names that `exclude` takes out of one folder, but for patterns with `*`."""
        here = [path[len(prefix) :] for path in self._anchored if path.startswith(prefix)]
        return self._names.union(here) if here else self._names

    def _list(self, folder: str, hidden: frozenset[str]) -> tuple[list[Stamp], list[str]]:
        """The files of one folder, and the names of the folders in it."""
        full = f"{self.root}/{folder}" if folder else self.root
        # Listing an open folder saves the system from walking down the whole path for each file: 15 % of a scan.
        opened = os.open(full, _OPEN_FOLDER) if _SCAN_OPEN else None
        try:
            with os.scandir(full if opened is None else opened) as entries:
                found = [e for e in entries if (name := e.name)[0] != "." and name not in hidden]
            plain = [entry for entry in found if entry.is_file(follow_symlinks=False)]
            try:
                # `stat` of an entry known not to be a link follows nothing, and spares the keyword.
                files = [
                    (e.name, (st := e.stat()).st_mtime_ns, st.st_size, st.st_ino if st.st_nlink == 1 else -st.st_ino)
                    for e in plain
                ]
            except OSError:
                files = self._list_with_care(folder, plain)
            if len(plain) == len(found):
                return files, []
            return files, [entry.name for entry in found if entry.is_dir(follow_symlinks=False)]
        finally:
            if opened is not None:
                os.close(opened)

    def _list_with_care(self, folder: str, entries: list[os.DirEntry[str]]) -> list[Stamp]:
        files = []
        for entry in entries:
            try:
                st = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # deleted since the listing
            except OSError as error:
                path = f"{folder}/{entry.name}" if folder else entry.name
                self.problems.append(Problem(path, 0, "cannot be looked at", error.strerror or str(error)))
                continue
            files.append((entry.name, st.st_mtime_ns, st.st_size, st.st_ino if st.st_nlink == 1 else -st.st_ino))
        return files

    def _excludes(self, path: str, name: str) -> bool:
        if name in self._names or path in self._anchored:
            return True
        return any(_fits("/" + path, glob) if glob[0] == "/" else _fits(name, glob) for glob in self._globs)

    def read(self, path: str, limit: int | None = None) -> bytes:
        """The bytes of a regular file. Raises `MissingError`, `RefusedError` or `OutsideError`.

        Refused are links (hard ones too, unless `hard_links`), fifos and devices, and files beyond `limit` bytes.
        """
        with self.reader() as reader:
            return reader(path, limit)

    def reader(self) -> Reader:
        """For many reads: `with vault.reader() as read: data = read(path)`."""
        return Reader(self.root, hard_links=self.hard_links)

    def exists(self, path: str) -> bool:
        """Whether anything is at this path, be it a file, a folder or a link to nowhere."""
        return os.path.lexists(self.absolute(path))

    def taken(self, folder: str) -> set[str]:
        """The keys (`names.key`) of all names in a folder: what `free_name` must not use. Lists the folder."""
        from pkm.vault.names import key

        try:
            return {key(name) for name in os.listdir(self.absolute(folder) if folder else self.root)}
        except OSError:
            return set()


class Reader:
    """Reads files of the vault; keeps the folder of the last one open, for a scan goes folder by folder."""

    __slots__ = ("_folder", "_hard_links", "_root")

    def __init__(self, root: str, *, hard_links: bool = False) -> None:
        self._root = root
        self._hard_links = hard_links
        self._folder: Folder | None = None

    def __call__(self, path: str, limit: int | None = None) -> bytes:
        above, _, name = path.rpartition("/")
        folder = self._folder
        if folder is None or folder.path != above or not _is_plain(name):
            check_path(path)
            self.close()
            folder = self._folder = open_folder(self._root, above)
        return read_file(folder, name, limit, hard_links=self._hard_links)

    def close(self) -> None:
        if self._folder is not None:
            self._folder.close()
            self._folder = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _unlisted(folder: str, error: OSError) -> Problem:
    if error.errno == errno.ENAMETOOLONG:
        return Problem(folder, 0, "folders are nested too deep to be read", "Move them up.")
    return Problem(folder or ".", 0, "the folder cannot be read", error.strerror or str(error))


def _is_plain(name: str) -> bool:
    """Whether a file's name certainly is one, so that its path needs no closer look."""
    return name not in ("", ".", "..") and name.isprintable() and "\\" not in name and ":" not in name


def _fits(text: str, glob: str) -> bool:
    """Whether a pattern covers the text; `*` stands for anything but "/". Never more than text times pattern steps."""
    at = place = 0
    star = resume = -1
    while at < len(text):
        if place < len(glob) and glob[place] == "*":
            star, resume = place, at
            place += 1
        elif place < len(glob) and glob[place] == text[at]:
            at += 1
            place += 1
        elif star >= 0 and text[resume] != "/":
            resume += 1
            at, place = resume, star + 1
        else:
            return False
    return glob[place:].strip("*") == ""
