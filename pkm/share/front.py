"""What of a note's front matter may leave, and whether the note may leave at all.

An allow-list: a key that is not named here stays home. Whatever is not plainly what it should be
counts as private, because a mistake must not publish.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?")
_STAMP = re.compile(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)(?:-?(\d\d)(\d\d)(?:\d\d)?)?(?!\d)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\x00-\x20]{1,2000}")

STAGES = {
    **dict.fromkeys(("seed", "seedling"), "seed"),
    **dict.fromkeys(("bud", "budding"), "bud"),
    **dict.fromkeys(("evergreen", "tree"), "evergreen"),
}
CONFIDENCES = ("low", "medium", "high")
STRANDS = ("theory", "method", "practice")
KINDS = ("permanent", "structure", "literature", "source", "question", "experiment", "meeting", "fleeting")


def veto(values: Mapping[str, Any], audience: str, default: str) -> str:
    """Return why a note with this front matter stays home: "" when it may leave, "private" when nothing asked."""
    asked = values.get("audience")
    if asked is None:
        if default != audience:
            return "private"
    elif not isinstance(asked, str):
        return "`audience` is not one word"
    elif asked.strip().casefold() != audience:
        return "private"
    for key, stops in (("draft", True), ("publish", False)):
        value = values.get(key)
        if value is None or value is (not stops):
            continue
        return "private" if value is stops else f"`{key}` is neither true nor false"
    return ""


def allowed(values: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return the fields of a page that its front matter gives, cleaned."""
    folder_and_stem = path.removesuffix(".md")
    stem = folder_and_stem.rpartition("/")[2]
    uid = _line(values.get("id"), 120)
    created = date(values.get("created")) or date(values.get("date")) or _stamp(uid) or _stamp(stem)
    updated = date(values.get("updated")) or date(values.get("modified")) or date(values.get("lastmod")) or created
    return {
        "uid": uid,
        "aliases": tuple(dict.fromkeys(lines(values.get("aliases"), commas=False))),
        "tags": tuple(dict.fromkeys(tag for raw in lines(values.get("tags"), commas=True) if (tag := _tag(raw)))),
        "kind": _one_of(values.get("kind"), KINDS),
        "stage": STAGES.get(_line(values.get("stage"), 20).casefold(), ""),
        "confidence": _one_of(values.get("confidence"), CONFIDENCES),
        "strand": _one_of(values.get("strand"), STRANDS),
        "created": created,
        "updated": max(updated, created),
        "description": _line(values.get("description"), 400),
        "language": _matching(values.get("lang") or values.get("language"), _LANGUAGE),
        "author": _line(values.get("author"), 120),
        "licence": _line(values.get("licence") or values.get("license"), 120),
        "permalink": _line(values.get("permalink"), 200),
        "sources": tuple(
            dict.fromkeys(
                found
                for key in ("source", "url")
                for raw in lines(values.get(key), commas=False)
                if (found := _matching(raw, _ADDRESS))
            )
        ),
    }


def title_of(values: Mapping[str, Any], first_heading: str, path: str) -> str:
    """Return the title: front matter, else the heading the text begins with, else the file's name."""
    return _line(values.get("title"), 300) or _line(first_heading, 300) or path.rpartition("/")[2].removesuffix(".md")


def date(value: object) -> str:
    """Return a date as `2026-11-20` or `2026-11-20T08:30:00`, "" when it is none. Time zones are left out."""
    text = value if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else ""
    found = _DATE.match(text.strip())
    if not found:
        return ""
    year, month, day, hour, minute, second = found.groups()
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31 and int(year)):
        return ""
    if hour is None or int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        return f"{year}-{month}-{day}"
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}"


def _stamp(text: str) -> str:
    """Return the date that an id such as `20261120-0812` carries."""
    found = _STAMP.match(text)
    if not found:
        return ""
    year, month, day, hour, minute = found.groups()
    plain = f"{year}-{month}-{day}"
    return date(f"{plain}T{hour}:{minute}:00" if hour else plain) if "1900" < year < "2200" else ""


def lines(value: object, *, commas: bool) -> list[str]:
    """Return a list or a single value as short clean lines."""
    if value is None:
        return []
    items: list[object]
    if isinstance(value, str):
        items = list(re.split(r"[,\s]+" if commas else r"\n", value))
    else:
        items = list(value) if isinstance(value, (list, tuple)) else [value]
    return [line for item in items[:200] if (line := _line(item, 300))]


def _line(value: object, longest: int) -> str:
    if isinstance(value, str) and value.isalnum() and len(value) <= longest:
        return value  # one word, as most are
    if value is None or isinstance(value, (bool, list, tuple, dict)):
        return ""
    text = " ".join(str(value)[: longest * 4].split())
    if not text.isprintable():
        text = "".join(char for char in text if char.isprintable())
    return text[:longest].strip()


def _tag(raw: str) -> str:
    if raw.isalpha():
        return raw
    name = "/".join(part for part in re.sub(r"[^\w/\-]+", "-", raw.lstrip("#")).split("/") if part.strip("-"))
    return name if name and not name.isdigit() else ""


def _one_of(value: object, names: tuple[str, ...]) -> str:
    word = _line(value, 20).casefold()
    return word if word in names else ""


def _matching(value: object, pattern: re.Pattern[str]) -> str:
    text = _line(value, 2000)
    return text if pattern.fullmatch(text) else ""
