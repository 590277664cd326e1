"""Addresses out of the vault that stand in the text as they are, and those in the brackets of a wikilink."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pkm.markdown.links import Found
    from pkm.markdown.taken import Taken

ADDRESS = re.compile(r"https?://[^\s<>\x9f\"`\\^{}|\[\]]+", re.IGNORECASE)
WIKI_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}://|mailto:", re.IGNORECASE)


def is_address(target: str) -> bool:
    """Whether a wikilink's target leads out of the vault."""
    return WIKI_SCHEME.match(target) is not None


def bare_addresses(text: str, taken: Taken) -> Found:
    """Addresses that stand in the text without any mark."""
    found: Found = []
    for match in ADDRESS.finditer(text):
        if match.start() not in taken and (match.start() == 0 or not text[match.start() - 1].isalnum()):
            address = trim_address(match[0])
            if len(address) > 8:
                found.append(("external", address, "", "", match.start(), match.start() + len(address)))
    return found


def trim_address(address: str) -> str:
    """A bare address without the sentence's punctuation behind it."""
    while address:
        last = address[-1]
        if last in ".,;:!?'\"*_~。，、；：！？）」":
            address = address.rstrip(last)
        elif last == ")" and address.count(")") > address.count("("):
            # Only what has no opening partner is the sentence's; counted once, for a run of thousands.
            surplus = address.count(")") - address.count("(")
            run = len(address) - len(address.rstrip(")"))
            address = address[: len(address) - min(surplus, run)]
        else:
            return address
    return address
