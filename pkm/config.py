"""Settings: what a vault's `pkm.toml`, the person's own file and the environment say.

`OPTIONS` is the one table: it gives the defaults, the checks and the page of the documentation.
A vault's file is data only: nothing in it names a program to run, because vaults come from
elsewhere too. Programs (the editor) come from the environment or the person's own file.

On the path of every capture, so it imports nothing that a capture does not need: a plain
`pkm.toml` is read here, anything richer goes to `tomllib`, and both must agree.
"""

from __future__ import annotations

import os
import time

from pkm.errors import PkmError, Problem, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

VAULT_FILE = "pkm.toml"
PRIVATE_FOLDER = ".pkm"

# (key in pkm.toml, default, what it means). A key with a dot stands in a [table].
OPTIONS: tuple[tuple[str, Any, str], ...] = (
    ("inbox", "inbox", "Folder for captured thoughts."),
    ("notes", "notes", "Folder for permanent notes."),
    ("literature", "literature", "Folder for notes on what others wrote."),
    ("sources", "sources", "Folder for people, feeds, books and sites."),
    ("templates", "templates", "Folder with your own note templates."),
    ("attachments", "attachments", "Folder for files that notes show."),
    ("exclude", [], "Folders or files that are no part of the vault; `*` stands for anything within a name."),
    ("link_format", "shortest", "How new links are written: shortest, relative or absolute."),
    ("max_note_mb", 16, "Larger notes are found by name and front matter, not by their text."),
    ("suggest.threshold", 0.5, "Show a suggested link from this probability on."),
    ("suggest.per_note", 3, "Suggested links for one note, at most."),
    ("suggest.per_night", 20, "Suggested links of one night, at most."),
    ("suggest.embeddings", False, "Ask an installed sentence model too, see `pkm[embeddings]`."),
    ("tend.sync", False, "Let `pkm tend` run `pkm sync`."),
    ("publish.default", "private", "Who may see notes that name no audience: private or public."),
    ("garden.folder", "garden", "Where `pkm publish` writes the site."),
    ("garden.title", "", "Name of the garden; default: the vault's folder."),
    ("garden.url", "", "Address where the garden will live; feeds and canonical links need it."),
    ("garden.author", "", "Who wrote it, as readers see it."),
    ("garden.language", "en", "Language of notes that do not say theirs."),
    ("garden.licence", "", "Licence that readers are told."),
    ("garden.image", "", "Picture in templates/garden/theme/ that stands for the site where it is shared."),
    ("garden.allow_secrets", [], "Fingerprints of findings that look like a secret and are none."),
    ("garden.private_link", "", "Words in place of a link to a note that stays home."),
)
CHOICES = {"link_format": ("shortest", "relative", "absolute"), "publish.default": ("private", "public")}
FREE_TABLES = ("alias", "view")  # [alias] name = "find …", [view] name = "query and flags"


class Settings:
    """What holds for one vault. Read-only by convention: nothing assigns after `load`."""

    __slots__ = ("alias", "editor", "hard_links", "problems", "unread", "values", "view")

    def __init__(self, values: dict[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = {key: default for key, default, _ in OPTIONS}
        self.alias: dict[str, str] = {}
        self.view: dict[str, str] = {}
        self.editor = ""
        self.hard_links = False
        self.problems: list[Problem] = []
        self.unread = ""  # the file that cannot be read as settings at all
        if values:
            self.values.update(values)

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @property
    def inbox(self) -> str:
        return str(self.values["inbox"])

    @property
    def notes(self) -> str:
        return str(self.values["notes"])

    @property
    def exclude(self) -> tuple[str, ...]:
        """Patterns that are no part of the vault; the site that `publish` writes is always one."""
        return (*self.values["exclude"], f"/{self.values['garden.folder']}")

    @property
    def link_format(self) -> str:
        return str(self.values["link_format"])

    @property
    def max_note_bytes(self) -> int:
        return int(self.values["max_note_mb"]) << 20


def load(vault_root: str, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the vault's file over the person's own; what cannot be read is a problem, not an end."""
    settings = Settings()
    own = user_file(environ)
    for path, name, trusted in ((own, own, True), (os.path.join(vault_root, VAULT_FILE), VAULT_FILE, False)):
        if data := _read(path):
            _apply(settings, data, name, trusted=trusted)
    return settings


def user_file(environ: Mapping[str, str] = os.environ) -> str:
    """The person's own settings: `$XDG_CONFIG_HOME/pkm/config.toml`."""
    base = environ.get("XDG_CONFIG_HOME") or os.path.join(environ.get("HOME", ""), ".config")
    return os.path.join(base, "pkm", "config.toml")


def cache_folder(environ: Mapping[str, str] = os.environ) -> str:
    """Where indexes of folders that were never adopted live."""
    base = environ.get("XDG_CACHE_HOME") or os.path.join(environ.get("HOME", ""), ".cache")
    return os.path.join(base, "pkm")


def find_vault(flag: str | None, environ: Mapping[str, str] = os.environ, cwd: str | None = None) -> str:
    """The vault's folder: `--vault`, `PKM_VAULT`, the nearest marked folder upward, the person's own default."""
    if named := flag or environ.get("PKM_VAULT"):
        root = os.path.abspath(os.path.expanduser(named))
        if not os.path.isdir(root):
            raise UsageError(f"No vault at {named}.", "It is not a folder.", "Make one there:  pkm init " + named)
        return root
    here = cwd or os.getcwd()
    while True:
        if is_vault(here):
            return here
        above = os.path.dirname(here)
        if above == here:
            break
        here = above
    for line, value in _own_vault(environ):
        root = os.path.abspath(os.path.expanduser(value))
        if os.path.isdir(root):
            return root
        raise UsageError(f"No vault at {value}.", f"{user_file(environ)} line {line} names it.", "Correct that line.")
    raise UsageError(
        "There is no vault here.",
        "No folder from here upward has a pkm.toml.",
        "Start one with `pkm init`, or name one:  pkm --vault FOLDER …",
    )


def is_vault(folder: str) -> bool:
    """Whether the folder was adopted: it holds `pkm.toml` or `.pkm/`."""
    return os.path.isfile(os.path.join(folder, VAULT_FILE)) or os.path.isdir(os.path.join(folder, PRIVATE_FOLDER))


def now(environ: Mapping[str, str] = os.environ) -> float:
    """Seconds since 1970; `PKM_NOW` (local ISO time) stops the clock for tests."""
    if fixed := environ.get("PKM_NOW"):
        from datetime import datetime

        try:
            return datetime.fromisoformat(fixed).timestamp()
        except ValueError:
            raise UsageError(f"PKM_NOW is not a time: {fixed}", "", "Write it as 2026-11-20T08:30:00.") from None
    return time.time()


def iso(seconds: float) -> str:
    """Local time as notes write it: `2026-11-20T08:30:00`."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(seconds))


def _own_vault(environ: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    data = _read(user_file(environ))
    value = parse(data).get("vault") if data else None
    if isinstance(value, str) and value:
        yield 1 + data[: data.find("vault")].count("\n"), value


def _read(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 20).decode("utf-8", "replace")
    except OSError:
        return ""


def _apply(settings: Settings, text: str, name: str, *, trusted: bool) -> None:
    try:
        found = parse(text)
    except PkmError as error:
        settings.problems.append(Problem(name, 0, error.message, error.reason))
        settings.unread = name
        return
    known = {key: default for key, default, _ in OPTIONS}
    for key, value in found.items():
        table, _, rest = key.partition(".")
        if table in FREE_TABLES and rest and isinstance(value, str):
            getattr(settings, table)[rest] = value
        elif key == "editor" and trusted and isinstance(value, str):
            settings.editor = value
        elif key == "hard_links" and trusted and isinstance(value, bool):
            settings.hard_links = value
        elif key == "vault" and trusted:
            continue
        elif key not in known:
            settings.problems.append(Problem(name, 0, f"Unknown setting: {key}", "See `pkm help settings`."))
        elif why := _unfit(key, value, known[key]):
            settings.problems.append(Problem(name, 0, f"{key}: {why}", f"The default {known[key]!r} holds."))
        else:
            settings.values[key] = value


def _unfit(key: str, value: object, default: object) -> str:
    """Why this value cannot be the setting; empty when it can."""
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not type(default):
        return f"a {type(default).__name__} belongs here, not {value!r}"
    if key in CHOICES and value not in CHOICES[key]:
        return f"one of {', '.join(CHOICES[key])} belongs here, not {value!r}"
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        return "a list of texts belongs here"
    folder = key in ("inbox", "notes", "literature", "sources", "templates", "attachments", "garden.folder")
    if folder and (not value or str(value).startswith(("/", "\\", ".")) or ".." in str(value).split("/")):
        return "a folder inside the vault belongs here"
    return ""


def parse(text: str) -> dict[str, Any]:
    """TOML as a flat mapping, keys of tables joined by dots. Raises `PkmError` when it is not TOML."""
    plain = parse_plain(text)
    if plain is not None:
        return plain
    import tomllib

    try:
        return dict(_flat(tomllib.loads(text), ""))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PkmError("The settings cannot be read.", str(error)) from None


def _flat(table: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def parse_plain(text: str) -> dict[str, Any] | None:
    """The plain part of TOML that most settings stay in; None when the text goes beyond it."""
    found: dict[str, Any] = {}
    tables = set()
    prefix = ""
    for raw in text.split("\n"):
        line = raw.strip(" \t\r")
        if not line or line[0] == "#":
            if not line.isprintable() and "\t" not in line:
                return None
            continue
        if line[0] == "[":
            name = line[1:-1]
            if line[-1] != "]" or not name or not _BARE.issuperset(name) or name in tables:
                return None
            tables.add(name)
            prefix = name + "."
            continue
        key, equals, rest = line.partition("=")
        key = key.rstrip(" \t")
        value = _plain_value(rest.lstrip(" \t"))
        if not equals or not key or not _BARE.issuperset(key) or value is None or prefix + key in found:
            return None
        found[prefix + key] = value
    # A key and a table of one name is an error that tomllib words better.
    return None if any(name in found for name in tables) else found


def _plain_value(text: str) -> str | int | bool | list[str] | None:
    if text[:1] == "[":
        inner, closed, after = text[1:].partition("]")
        items = [_plain_value(part.strip(" \t")) for part in inner.split(",")] if inner.strip(" \t") else []
        plain = closed and "#" not in inner and not after.strip(" \t")
        return [str(item) for item in items] if plain and all(isinstance(item, str) for item in items) else None
    if text[:1] in ('"', "'"):
        end = text.find(text[0], 1)
        inner, after = text[1:end], text[end + 1 :].lstrip(" \t")
        if end < 1 or "\\" in inner or not inner.isprintable() or text[1:3] == text[0] * 2:
            return None
        return inner if not after or (after[0] == "#" and after.isprintable()) else None
    word, _, after = text.partition("#")
    word = word.rstrip(" \t")
    if after and not after.isprintable():
        return None
    if word in ("true", "false"):
        return word == "true"
    if word.isascii() and word.isdigit() and (word == "0" or word[0] != "0") and len(word) < 18:
        return int(word)
    return None
