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

_NAMED = "|".join(
    f"(?P<{name}>{pattern})"
    for name, pattern in (
        ("private_key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
        ("aws_key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
        ("github_token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})\b"),
        ("gitlab_token", r"\bglpat-[A-Za-z0-9_-]{20,}"),
        ("slack_token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
        ("slack_hook", r"hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]+"),
        ("google_key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
        ("stripe_key", r"\b[sr]k_live_[0-9A-Za-z]{16,}\b"),
        ("openai_key", r"\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}"),
        ("npm_token", r"\bnpm_[A-Za-z0-9]{36}\b"),
        ("pypi_token", r"\bpypi-[A-Za-z0-9_-]{50,}"),
        ("telegram_token", r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
        ("jwt", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
        ("password_in_address", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\[\]]{1,64}:[^\s/:@\[\]]{3,64}@[\w.-]+"),
        (
            "assigned",
            r"(?i:\b(?:api[_-]?key|secret|token|passw(?:or)?d)\b[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?P<value>[A-Za-z0-9+/_=.-]{16,}))",
        ),
    )
)
_SECRET = re.compile(_NAMED)
# Without one of these no pattern can match, and looking for a few words is a tenth of the work.
_HINTS = (
    "-----begin", "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat", "glpat-", "xox", "hooks.slack", "aiza", "k_live_",  # noqa: E501
    "sk-", "npm_", "pypi-", ":aa", "eyj", "key", "secret", "token", "passw",
)  # fmt: skip


def secrets(text: str, allowed: frozenset[str] = frozenset()) -> Iterator[tuple[int, str, str]]:
    """Yield (line, what it looks like, fingerprint) for each secret that nobody allowed."""
    small = text.lower()
    if not any(hint in small for hint in _HINTS) and not ("://" in small and "@" in small):
        return
    for found in _SECRET.finditer(text):
        kind = found.lastgroup or ""
        value = found["value"] or found.group()
        if found["value"] is not None:
            kind = "assigned"
            if _entropy(value) < 3.5 or value.isalpha() or not any(char.isdigit() for char in value):
                continue
        fingerprint = digest(value.encode())[:12]
        if fingerprint not in allowed:
            yield text.count("\n", 0, found.start()) + 1, NAMES.get(kind, "a " + kind.replace("_", " ")), fingerprint


NAMES = {
    "assigned": "a password or token",
    "aws_key": "an AWS key",
    "openai_key": "an API key",
    "npm_token": "an npm token",
    "jwt": "a signed token",
    "password_in_address": "a password in an address",
}


def _entropy(text: str) -> float:
    """Bits a character: words have less than 3.5, random text more."""
    counts = [text.count(char) for char in set(text)]
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)
