"""File names: from a title to a name that every file system and every sync tool can hold.

A slug is NFC, lower case, letters and digits of any script with hyphens between, at most 120 bytes,
never a name that Windows reserves. Two names are the same when `key` says so, because macOS and
Windows would put them into one file. The regular-expression module stays out: captures come by here.
"""

from __future__ import annotations

from pkm.errors import RefusedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container

LONGEST = 120  # bytes of UTF-8, without the suffix: leaves room for `-2`, `.md` and a conflict's name in 255

_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"]
    + [device + digit for device in ("com", "lpt") for digit in "0123456789¹²³"]
)
_SILENT = "'’‘`´ʼ"  # don't → dont
_FORBIDDEN = frozenset('<>:"/\\|?*')
# Marks that change the order in which text is shown, or hide: a name must look like what it is.
_INVISIBLE = frozenset(
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def slug(title: str) -> str:
    """The file name, without suffix, for a title; `note` when no letter or digit is left."""
    words = _ascii_words(title) if title.isascii() else _words(title)
    text = _cut("-".join(words), LONGEST)
    if not text:
        return "note"
    return text + "-note" if text in _RESERVED else text


def file_name(title: str, taken: Container[str] | Callable[[str], bool] = (), suffix: str = ".md") -> str:
    """A free file name for a title: `mind-maps.md`, or `mind-maps-2.md` when that is taken."""
    return free_name(slug(title), taken, suffix)


def free_name(stem: str, taken: Container[str] | Callable[[str], bool] = (), suffix: str = ".md") -> str:
    """The first of `stem`, `stem-2`, `stem-3`… that is not taken.

    `taken` holds keys of names (`Vault.taken(folder)`), or answers for one name whether it exists;
    the second way costs the same in a folder of ten notes and of a hundred thousand.
    """

    def is_taken(name: str) -> bool:
        return taken(name) if callable(taken) else key(name) in taken

    name = stem + suffix
    number = 1
    while is_taken(name):
        # After the first hundred, numbers may be left out: asking for each of thousands takes too long.
        number += 1 if number < 100 else number // 4
        name = f"{stem}-{number}{suffix}"
    return name


def key(name: str) -> str:
    """Equal for names that some file system takes for one: case and Unicode form do not count."""
    if name.isascii():
        return name.lower()
    from unicodedata import normalize

    return normalize("NFC", normalize("NFD", name).casefold())


def safe_component(name: str) -> str:
    """The name itself when it can be a file's or folder's name everywhere; refused with the reason when not.

    For names that people type. Names that exist already are taken as they are.
    """
    why = _unsafe(name)
    if why:
        raise RefusedError(f"{name!r} cannot be a file name.", why, "Choose another name.")
    return name


def _unsafe(name: str) -> str:
    if not name.strip():
        return "It is empty."
    if bad := sorted(_FORBIDDEN.intersection(name)):
        return f"Not every system can hold {' '.join(bad)} in a name."
    if not _INVISIBLE.isdisjoint(name) or any(c < " " or "\x7f" <= c < "\xa0" for c in name):
        return "It contains characters that nobody can see."
    if any("\ud800" <= c < "\ue000" for c in name):
        return "It is not proper UTF-8."
    if name[0] == "." or name[0] == "-":
        return f"A leading {name[0]!r} hides it or makes it look like an option."
    if name[0] == " " or name[-1] in " .":
        return "Windows drops a space or dot at the end, and a space in front is easily missed."
    if name.partition(".")[0].rstrip(" ").lower() in _RESERVED:
        return "Windows reserves this name for a device."
    if len(name.encode()) > 255:
        return "It is longer than 255 bytes."
    return ""


def _ascii_words(title: str) -> list[str]:
    return "".join([c if c.isalnum() else "" if c in _SILENT else " " for c in title.lower()]).split()


def _words(title: str) -> list[str]:
    from unicodedata import category, normalize

    # Lower-casing the Turkish İ leaves a dot of its own behind.
    text = normalize("NFC", normalize("NFC", title).lower().replace("i\u0307", "i"))
    kept: list[str] = []
    for c in text:
        if c.isalnum():
            kept.append(c)
        elif category(c)[0] == "M":
            # Vowel signs and accents belong to the letter before; alone they are nothing.
            if kept and kept[-1] != " ":
                kept.append(c)
        elif c not in _SILENT and category(c) != "Cf":
            kept.append(" ")
    return "".join(kept).split()


def _cut(text: str, longest: int) -> str:
    """At most so many bytes of UTF-8, never within a letter or between a letter and its marks."""
    if text.isascii():
        return text[:longest].rstrip("-")
    if len(text.encode()) <= longest:
        return text
    from unicodedata import category

    end = len(text.encode()[:longest].decode("utf-8", "ignore"))
    while end and category(text[end])[0] == "M":
        end -= 1
    return text[:end].rstrip("-")
