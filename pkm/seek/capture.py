"""Capture: a thought becomes one note in the inbox, durably, before anything else is asked.

Runs without the index and never reads the vault, so that it takes the same moment in a vault of ten
notes and of a hundred thousand. Returns plans; the command line carries them out.
"""

from __future__ import annotations

import os

from pkm.config import iso
from pkm.errors import UsageError
from pkm.vault.names import file_name
from pkm.vault.plan import Create

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pkm.config import Settings

LONGEST_STEM = 60  # characters of a thought that become its file's name
LAST_ID = "last-id"  # in .pkm: the newest id of this machine, so that one minute never gives the same one twice


def thought(
    body: bytes,
    now: float,
    uid: str,
    settings: Settings,
    taken: Callable[[str], bool],
    *,
    title: str = "",
    keys: Mapping[str, object] | None = None,
) -> Create:
    """The note for a captured text. Its bytes are kept; a final line end is added when there is none.

    `taken` answers whether a path exists. `keys` are further front-matter keys, in order.
    """
    if not body.strip() and not title:
        raise UsageError("There is nothing to keep.", "The text is empty.", 'Give it as words:  pkm add "a thought"')
    stem = title or (own_title(body) if body.startswith((b"---", b"\xef\xbb\xbf")) else first_words(body))
    folder = settings.inbox
    name = file_name(stem, lambda name: taken(f"{folder}/{name}"))
    return Create(f"{folder}/{name}", compose(body, now, uid, title=title, keys=keys or {}))


def compose(body: bytes, now: float, uid: str, *, title: str = "", keys: Mapping[str, object]) -> bytes:
    """Front matter and text. A text that brings front matter of its own keeps it; ours is added to it."""
    front: dict[str, object] = {"id": uid, "created": iso(now)}
    if title:
        front["title"] = title
    front.update(keys)
    if not body.endswith(b"\n"):
        body += b"\n"
    if body.startswith((b"---", b"\xef\xbb\xbf", b"+++", b"{")):
        return _added_to(body, front)
    lines = ["---"]
    for key, value in front.items():
        if isinstance(value, (list, tuple)):
            lines.append(f"{key}: [{', '.join(_scalar(item, flow=True) for item in value)}]")
        else:
            lines.append(f"{key}: {value if key in ('id', 'created') else _scalar(value)}")
    return "\n".join([*lines, "---", ""]).encode() + body


def _scalar(value: object, *, flow: bool = False) -> str:
    """A value as YAML. A word of letters needs no module to say so: YAML's reserved ones are shorter."""
    if isinstance(value, str) and len(value) > 5 and value.isalpha():
        return value
    from pkm.markdown.yaml_text import scalar

    return scalar(value, flow=flow)


def _added_to(body: bytes, front: Mapping[str, object]) -> bytes:
    """Set our keys in the note's own front matter, but for those that it has."""
    from pkm.markdown import frontmatter

    own = frontmatter.read(body)
    if own.broken or own.form not in ("lines", "none"):
        # Ours stands above theirs, which becomes text: nothing of it is lost.
        return compose(b"\n" + body, 0, str(front["id"]), keys=dict(front))
    for key, value in front.items():
        if key not in own.values:
            body = frontmatter.set_key(body, key, list(value) if isinstance(value, tuple) else value)
    return body


def own_title(body: bytes) -> str:
    """The title that a text gives itself in its front matter, else its first words behind that."""
    from pkm.markdown import frontmatter

    front = frontmatter.read(body)
    return front.text("title").strip() or first_words(body[front.body :]) or first_words(body)


def first_words(body: bytes) -> str:
    """The beginning of a text, up to a word's end, as a file's name may begin."""
    text = body[:2000].decode("utf-8", "replace")
    line = next((line for line in text.splitlines() if any(map(str.isalnum, line))), "")
    line = line.strip().lstrip("#>-*+ \t")
    if len(line) <= LONGEST_STEM:
        return line
    return line[:LONGEST_STEM].rpartition(" ")[0] or line[:LONGEST_STEM]


def next_id(root: str, now: float, *, keep: bool = True) -> str:
    """An id `20261120-0830`, or `20261120-0830-2` when this minute has given one. Call it under the vault's lock."""
    stamp = iso(now)
    minute = stamp[:16].replace("-", "").replace("T", "-").replace(":", "")
    place = os.path.join(root, ".pkm", LAST_ID)
    try:
        with open(place, "rb") as file:
            last = file.read(40).decode("latin-1").strip()
    except OSError:
        last = ""
    uid = minute
    if last == minute:
        uid = minute + "-2"
    elif last.startswith(minute + "-") and last[len(minute) + 1 :].isdigit():
        uid = f"{minute}-{int(last[len(minute) + 1 :]) + 1}"
    if not keep:
        return uid  # only to be shown
    try:
        with open(place, "wb") as file:
            file.write(uid.encode() + b"\n")
    except OSError:
        return uid  # only two ids in one minute could be the same then; `pkm check` finds those
    return uid
