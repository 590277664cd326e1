"""The search index: small files by the beginning of words, so that a reader loads what a query needs.

A term is a word without accents or case, or two neighbouring characters of Chinese, Japanese or Korean.
For each term a file has the pages it occurs in, the most telling first, with a weight from 1 to 9:
title, headings and tags count more, often counts more, a long text less. What is known about a page
(its title, address and first words) stands in other small files, which previews use too.

All files are scripts that hand over data, because a page opened from a folder may load nothing else.
`templates/garden/theme/garden.js` reads what is written here: both must agree on `fold`, `terms` and `unit`.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from typing import TYPE_CHECKING
from unicodedata import category, normalize
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pkm.share.bundle import Page
    from pkm.share.garden.cards import Card

LONGEST_TERM = 24
HEAVIEST = 9
MOST_PAGES = 128  # of one term in a file; nobody reads further, and common words would fill megabytes
FILE_SIZE = 8_000  # a query fetches at most four of them, the table and what is known about eight pages
PAGES_A_FILE = 6
SHORTEST_NAME = 8
SHORTEST_CJK_NAME = 3

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
# In ASCII, whatever is no letter or digit is a space.
_ASCII_WORDS = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def fold(text: str) -> str:
    """Return the text without case and accents."""
    text = text.lower()
    if text.isascii():
        return text
    text = normalize("NFKD", text)
    if marks := {ord(char): None for char in set(text) if char > "\x7f" and category(char)[0] == "M"}:
        text = text.translate(marks)
    return normalize("NFC", text)


def terms(text: str) -> list[str]:
    """Return the terms of a text in their order."""
    text = fold(text)
    if text.isascii():
        words = text.translate(_ASCII_WORDS).split()
        # The largest of a dozen lengths is found in half the time that all words take.
        if words and max({*map(len, words)}) > LONGEST_TERM:
            words = [word[:LONGEST_TERM] for word in words]
        return words
    found = []
    for run in _RUNS.findall(text):
        if run[0] < "\u3040" or not _is_cjk(run[0]):
            found.append(run[:LONGEST_TERM])
        elif len(run) == 1:
            found.append(run)
        else:
            found += [run[at : at + 2] for at in range(len(run) - 1)]
    return found


def name_of(title: str) -> str:
    """Return a title as other texts would say it, "" when it is too common a word to be a name."""
    folded = fold(title).strip()
    if len(folded) > 5 and len(terms(folded)) > 1:
        return folded
    if folded and not folded.isascii() and len(folded) >= SHORTEST_CJK_NAME and folded[0] >= "\u3040":
        return folded
    return folded if len(folded) >= SHORTEST_NAME else ""


def _is_cjk(char: str) -> bool:
    return (
        "\u3040" <= char <= "\u30ff"
        or "\u3400" <= char <= "\u9fff"
        or "\uf900" <= char <= "\ufaff"
        or "\uac00" <= char <= "\ud7af"
        or char >= "\U00020000"
    )


def weights(page: Page) -> dict[str, int]:
    """Return how much each term says about a page, 1 to 9."""
    words = terms(page.text)
    said = Counter(words)
    by_count = scale(len(words) // 20, max(said.values(), default=0))
    found = {term: by_count[count] for term, count in said.items()}
    for term, more in bonuses(stressed(page)).items():
        found[term] = min(HEAVIEST, found.get(term, 0) + more)
    return found


def stressed(page: Page) -> tuple[tuple[int, str], ...]:
    """Return what a page says with more weight than its text, and with how much."""
    return (
        (2, " ".join([heading[1] for heading in page.headings])),
        (2, " ".join((*page.tags, page.kind, page.stage))),
        (4, " ".join((page.title, *page.aliases))),
    )


def bonuses(texts: Iterable[tuple[int, str]]) -> dict[str, int]:
    """Return what is added to the weight of terms: by each of these texts once."""
    found: dict[str, int] = {}
    for more, text in texts:
        for term in set(terms(text)):
            found[term] = found.get(term, 0) + more
    return found


@functools.lru_cache(maxsize=4096)
def scale(length: int, most: int) -> list[int]:
    """Return the weight of a term by how often, at most, a text of so many times twenty words says it."""
    shortening = 0.5 + length / 20
    return [0, *(min(4, max(1, round(4.6 * count / (count + shortening)))) for count in range(1, most + 1))]


def documents(addresses: Iterable[str]) -> dict[str, str]:
    """Return a few characters for each address, made from the address; the second of two equal ones is made again."""
    taken: dict[str, str] = {}
    slugs = sorted(addresses)
    width = width_for(len(slugs))
    for slug in slugs:
        name, again = _short(slug, width), 0
        while name in taken:
            again += 1
            name = _short(f"{slug}\0{again}", width)
        taken[name] = slug
    return {slug: name for name, slug in taken.items()}


def width_for(pages: int) -> int:
    """Return how many characters stand for a page, so that few addresses meet."""
    return 2 if pages <= 2_000 else 3 if pages <= 20_000 else 4


def _short(text: str, width: int) -> str:
    number = crc32(text.encode()) >> (32 - 6 * width)
    return "".join(_DIGITS[number >> shift & 63] for shift in range(6 * width - 6, -1, -6))


def group_of(term: str) -> str:
    """Return which group a term is kept in: its first two characters, or the first when it is no Latin one."""
    first = unit(term[0])
    return first if len(first) > 1 else first + (unit(term[1]) if len(term) > 1 else "-")


def unit(char: str) -> str:
    """Return a character as it stands in a file's name."""
    return char if char in "abcdefghijklmnopqrstuvwxyz0123456789" else f"_{ord(char) & 255:02x}"


def order(term: str) -> bytes:
    """Sort key of terms: as JavaScript compares text."""
    return term.encode("utf-16-be", "surrogatepass")


_FALLING = range(9, 0, -1)
Postings = dict[str, str]  # term → ".9" + the pages of weight 9, so many characters each, then ".8" + …


def packed(pairs: Iterable[tuple[int, str]]) -> str:
    """Return a list of (weight, page) as one string; `.` before each weight, so that it is told from a page."""
    by_weight: tuple[list[str], ...] = ([], [], [], [], [], [], [], [], [], [])
    for weight, name in pairs:
        by_weight[weight].append(name)
    return joined(by_weight)


def joined(by_weight: Sequence[list[str]]) -> str:
    """Return the same from the pages of each weight, 0 to 9."""
    return "".join([f".{weight}{''.join(sorted(by_weight[weight]))}" for weight in _FALLING if by_weight[weight]])


def unpacked(text: str, width: int) -> list[tuple[int, str]]:
    """Return the pairs of `packed`."""
    pairs = []
    for part in text.split(".")[1:]:
        pairs += [(int(part[0]), part[at : at + width]) for at in range(1, len(part), width)]
    return pairs


def cut(text: str, width: int) -> str:
    """Return the most telling pages of a term, after how many there are if that is more."""
    if len(text) <= MOST_PAGES * width:
        return text
    count = sum(len(part) - 1 for part in text.split(".")[1:]) // width
    if count <= MOST_PAGES:
        return text
    kept, left = [], MOST_PAGES
    for part in text.split(".")[1:]:
        here = part[: 1 + width * left]
        kept.append("." + here)
        left -= (len(here) - 1) // width
        if left <= 0:
            break
    return f"{count}" + "".join(kept)


def size_of(found: Postings, width: int) -> int:
    """Return how much of a file a group takes, near enough."""
    return sum(len(term) + len(cut(pages, width)) + 2 for term, pages in found.items())


def segments(sizes: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Return which groups share a file: neighbours, while they fit.

    A new beginning at each first character keeps a change where it is.
    """
    found: list[tuple[str, ...]] = []
    part: list[str] = []
    room = 0
    for group in sorted(sizes):
        if part and (sizes[group] > room or group[0] != part[0][0]):
            found.append(tuple(part))
            part = []
        if not part:
            room = FILE_SIZE
        part.append(group)
        room -= sizes[group]
    return [*found, tuple(part)] if part else found


def segment_files(
    segment: tuple[str, ...], postings: Callable[[str], Postings], width: int
) -> list[tuple[str, str, str]]:
    """Return (place in the table, name, text) of the files of a segment; a group too big for one file has several."""
    terms: dict[str, str] = {}
    for group in segment:
        found = postings(group)
        terms.update((term, cut(found[term], width)) for term in sorted(found, key=order))
    files: list[tuple[str, str, str]] = []
    part: dict[str, str] = {}
    room = FILE_SIZE
    for term, pages in terms.items():
        need = len(term) + len(pages) + 2
        if part and need > room and len(segment) == 1:
            files.append(_file(segment[0], len(files), part))
            part, room = {}, FILE_SIZE
        part[term] = pages
        room -= need
    files.append(_file(segment[0], len(files), part))
    return files


def _file(group: str, number: int, part: dict[str, str]) -> tuple[str, str, str]:
    name = f"w{group}.{number}" if number else f"w{group}"
    place = f"{group},{next(iter(part))}" if number else group
    # One text and not a mapping: a third of the files would be quotation marks. A count comes behind a colon.
    text = " ".join([term + (pages if pages[0] == "." else f":{pages}") for term, pages in part.items()])
    return place, f"s/{name}.js", script(name, text)


# One for all: `json.dumps` makes another for each of ten thousand calls.
as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def script(name: str, data: object) -> str:
    """Return a script that hands over data; safe wherever it may be put."""
    text = as_json(data).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f'pkm("{name}",{text})\n'


def bits_for(number: int) -> int:
    """Return by how many bits of a page's characters the files about pages are told apart."""
    bits = 0
    while number > PAGES_A_FILE << bits and bits < 16:
        bits += 1
    return bits


def number_of(name: str) -> int:
    """Return the characters that stand for a page as the number that they are."""
    number = 0
    for char in name:
        number = number << 6 | _DIGITS.index(char)
    return number


def range_of(name: str, bits: int) -> tuple[int, int]:
    """Return from where up to where the numbers of the pages go that are in one file with this one."""
    shift = 6 * len(name) - bits
    low = number_of(name) >> shift << shift
    return low, low + (1 << shift)


def file_of(name: str, bits: int) -> str:
    """Return which file is about a page."""
    return _file_of(name[: (bits + 5) // 6], bits)


@functools.lru_cache(maxsize=1 << 14)
def _file_of(start: str, bits: int) -> str:
    return f"d{number_of(start) >> (6 * len(start) - bits):x}" if bits else "d0"


def page_files(cards: Iterable[Card], bits: int, near: Callable[[Card], str]) -> Iterator[tuple[str, str]]:
    """Yield the files about pages: title, address, first words, stage, last change, and the pages one link away."""
    found: dict[str, dict[str, list[str]]] = {}
    for card in cards:
        about = [card.title, card.slug, card.excerpt, card.stage[:1], card.updated[:10], near(card)]
        found.setdefault(file_of(card.doc, bits), {})[card.doc] = about
    for name in sorted(found):
        yield f"s/{name}.js", script(name, dict(sorted(found[name].items())))
