"""Whether a site is what its notes make of it, told from times and sizes alone.

This is what an hourly job finds nearly always, so nothing is read here but one line, and nothing
heavy imported. That line holds digests of all that a build depends on: settings and templates, the
ledger, the stamp of the site's manifest, the stamps of the vault's files. It is gone while a build
is under way, and in doubt it is never written: then the long way looks at each note.
"""

from __future__ import annotations

import marshal
import os
import time

from pkm import __version__, config
from pkm.model.digest import digest
from pkm.templates import templates_dir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pkm.config import Settings
    from pkm.vault.vault import Vault

    Listed = list[tuple[str, list[tuple[str, int, int, int]]]]  # the vault's stamps

# A file written this shortly before a look may be written again within one tick of its clock, unseen. Some
# file systems tick every two seconds; a time that is no whole hundredth of a second comes from a finer one.
TICK = 2_000_000_000
FINE_TICK = 100_000_000


def is_current(vault: Vault, settings: Settings, out: str, listed: Listed | None = None) -> bool:
    """Whether nothing changed since the last build of this vault to this folder. `listed`: what the vault holds."""
    out = os.path.abspath(out)
    try:
        with open(_line_path(vault.root, out), encoding="ascii") as file:
            known = file.read()
    except (OSError, UnicodeDecodeError):
        return False
    seen = seen_of(list(vault.stamps()) if listed is None else listed)
    return bool(seen) and not vault.problems and known == _line(vault.root, settings, out, seen)


def remember(root: str, settings: Settings, out: str, seen: str) -> None:
    """Say that the site is what the files of `seen` make of it."""
    path = _line_path(root, out)
    with open(path + "~", "w", encoding="ascii") as file:
        file.write(_line(root, settings, out, seen))
    os.replace(path + "~", path)


def forget(root: str, out: str) -> None:
    """Say that nobody knows any more."""
    path = _line_path(root, out)
    if os.path.lexists(path):
        os.unlink(path)


def _line(root: str, settings: Settings, out: str, seen: str) -> str:
    return f"{fingerprint(root, settings, out)} {manifest_stamp(out)} {seen}"


def seen_of(listed: Listed) -> str:
    """Return a digest of the files as they were listed, "" when one may be written within the same tick again."""
    now = time.time_ns()
    for _, files in listed:
        files.sort()
        for file in files:
            if not is_settled(file[1], now):
                return ""
    return digest(marshal.dumps(sorted(listed), 2))


def is_settled(mtime: int, now: int) -> bool:
    """Whether a file of this time would have another by now, had it been written again."""
    return mtime < now - TICK or (mtime % 10_000_000 != 0 and mtime < now - FINE_TICK)


def fingerprint(root: str, settings: Settings, out: str) -> str:
    """Return a digest of all that concerns every page: program, settings, templates, the ledger."""
    values = settings.values
    parts = [__version__, diagram_program()]
    parts += [f"{key} {values[key]!r}" for key in sorted(values) if key.startswith(("garden.", "publish."))]
    for top in (theme_folder(root, settings), os.path.join(templates_dir(), "garden")):
        for folder in (top, os.path.join(top, "theme")):
            parts += _files_of(folder)
    try:
        parts.append(str(os.stat(ledger_path(root, out)).st_size))
    except OSError:
        parts.append("none")
    return digest("\n".join(parts).encode("utf-8", "surrogateescape"))


def diagram_program() -> str:
    """Return the path of the program that draws diagrams, "" when there is none."""
    paths = (os.path.join(folder, "mmdc") for folder in os.get_exec_path())
    return next((path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)), "")


def _files_of(folder: str) -> list[str]:
    if not os.path.isdir(folder):
        return []
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.stat()) for entry in entries]
    return sorted(f"{folder} {name} {status.st_mtime_ns} {status.st_size}" for name, status in found)


def theme_folder(root: str, settings: Settings) -> str:
    """Return where the author's own templates for the garden are, if there are any."""
    return os.path.join(root, str(settings["templates"]), "garden")


def manifest_stamp(out: str) -> tuple[int, int] | None:
    """Return when the site's manifest was written and how long it is, None when there is no site."""
    try:
        status = os.stat(os.path.join(out, "manifest.txt"))
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def state_path(root: str, out: str) -> str:
    """Return where the state of a site is kept: in the person's cache, one for each vault and folder."""
    name = digest(f"{root}\0{out}".encode("utf-8", "surrogateescape"))[:16]
    return os.path.join(config.cache_folder(), "garden", f"{name}.db")


def own_folder(root: str, use: str) -> str:
    """Return a folder in the person's cache for a site that is not kept in one of theirs."""
    return state_path(root, use).removesuffix(".db") + ".site"


def _line_path(root: str, out: str) -> str:
    return state_path(root, out).removesuffix(".db") + ".current"


def ledger_path(root: str, out: str) -> str:
    """Return where the ledger is: with the vault, or in the cache for a folder that was never adopted."""
    if config.is_vault(root):
        return os.path.join(root, config.PRIVATE_FOLDER, "log", "published.jsonl")
    return state_path(root, out).removesuffix(".db") + ".jsonl"
