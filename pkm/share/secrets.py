"""Keys and passwords in what is about to leave. Looked for in the public text only.

A finding blocks the delivery, names file and line and never repeats the secret. False alarms are
allowed one by one, by the fingerprint that the finding shows.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from pkm.model.digest import digest

if TYPE_CHECKING:
    from collections.abc import Iterator

# (a character and a part that the pattern cannot do without, its name, the pattern). To look for one character
# takes a tenth of the time of looking for two, and most notes have few of these.
_PATTERNS = tuple(
    (rare, part, name, re.compile(pattern))
    for rare, part, name, pattern in (
        ("B", "-----BEGIN", "private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
        ("K", "AKIA", "AWS key", r"\bAKIA[0-9A-Z]{16}\b"),
        ("I", "ASIA", "AWS key", r"\bASIA[0-9A-Z]{16}\b"),
        ("_", "gh", "GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{36,}\b"),
        ("_", "github_pat_", "GitHub token", r"\bgithub_pat_[A-Za-z0-9_]{50,}\b"),
        ("-", "glpat-", "GitLab token", r"\bglpat-[A-Za-z0-9_-]{20,}"),
        ("x", "xox", "Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
        ("/", "hooks.slack", "Slack hook", r"hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]+"),
        ("I", "AIza", "Google key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
        ("_", "k_live_", "Stripe key", r"\b[sr]k_live_[0-9A-Za-z]{16,}\b"),
        ("-", "sk-", "API key", r"\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}"),
        ("_", "npm_", "npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
        ("-", "pypi-", "PyPI token", r"\bpypi-[A-Za-z0-9_-]{50,}"),
        (":", ":AA", "Telegram token", r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
        ("J", "eyJ", "signed token", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
        (
            "@",
            "://",
            "password in an address",
            r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\[\]]{1,64}:(?![\"'`]?[$<{*%])[^\s/:@\[\]]{3,64}@[\w.-]+",
        ),
    )
)
_ASSIGNED = re.compile(
    r"\b(?:api[_-]?key|secret|token|passw(?:or)?d)\b[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?P<value>[A-Za-z0-9+/_=.-]{16,})",
    re.IGNORECASE,
)
_ASSIGNING = ("key", "secret", "token", "passw")


def secrets(text: str, allowed: frozenset[str] = frozenset()) -> Iterator[tuple[int, str, str]]:
    """Yield (line, what it looks like, fingerprint) for each secret that nobody allowed."""
    for rare, part, name, pattern in _PATTERNS:
        if rare in text and part in text:
            found = ((match.start(), match.group()) for match in pattern.finditer(text))
            yield from _told(text, name, found, allowed)
    if ":" not in text and "=" not in text:
        return
    small = text.lower()
    if any(word in small for word in _ASSIGNING):
        values = ((found.start(), found["value"]) for found in _ASSIGNED.finditer(text) if _is_random(found["value"]))
        yield from _told(text, "password or token", values, allowed)


def _told(
    text: str, name: str, found: Iterator[tuple[int, str]], allowed: frozenset[str]
) -> Iterator[tuple[int, str, str]]:
    for start, value in found:
        fingerprint = digest(value.encode())[:12]
        if fingerprint not in allowed:
            yield text.count("\n", 0, start) + 1, name, fingerprint


def _is_random(value: str) -> bool:
    return any(char.isdigit() for char in value) and not value.isdigit() and _entropy(value) >= 3.5


def _entropy(text: str) -> float:
    """Bits a character: words have less than 3.5, random text more."""
    counts = [text.count(char) for char in set(text)]
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)
