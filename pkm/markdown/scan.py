"""The scanner that the index runs over every note: links, headings, tags, block ids and tasks with offsets.

Most notes are read by a handful of searches over the whole text, in which code has been blanked out first.
A note whose structure these cannot see through (indented code, HTML blocks, fences in lists, link
definitions…) is read again leaf by leaf, exactly. Both ways give the same answer where both give one;
tests compare them with each other and with markdown-it. Never raises; linear in the text.
"""

from __future__ import annotations

import re
from operator import itemgetter

from pkm.markdown.blank import blank
from pkm.markdown.link_patterns import BLOCK_ID, NO_TAG, WIKI
from pkm.markdown.links import BEFORE_TAG, has_scheme, is_tag, markdown_link, wiki_link
from pkm.markdown.taken import Taken
from pkm.model.link import Block, Heading, Link, Scan, Tag, Task

#: All that begins with a bracket and is no puzzle: 1 a wikilink that is only a target, 2 any other,
#: 3 a task's box, 4 a Markdown link on one line and 5 its destination.
BRACKET = re.compile(
    r"\[(?:\[([^\[\]\n|#:]+)\]\]|" + WIKI[2:] + r"|([^\n])\](?=[ \t])|"
    r"([^\[\]\n]*+)\]\(((?!<)[^\x00-\x20()\x7f]*+(?:\([^\x00-\x20()\x7f]*+\)[^\x00-\x20()\x7f]*+)*+|<[^<>\n]*+>)"
    r"(?: ++(?:\"[^\"\n]*+\"|'[^'\n]*+'))? *+\))"
)
HASH = re.compile(rf"#(?:([^{NO_TAG}]+)|(#{{0,5}})(?=[ \t\n]|\Z))")
TASK_PREFIX = re.compile(r"(?:[ \t>]*(?:[-+*]|[0-9]{1,9}[.)])[ \t]+)+")
BULLETS = frozenset(("- ", "* ", "+ "))


def scan(text: str, start: int = 0) -> Scan:
    """Find everything in a note's text from `start` (behind its front matter) on."""
    source, shift = prepare(text, start)
    line = text.count("\n", 0, start) if start else 0
    found = _fast(source, shift, line)
    if found is None:
        from pkm.markdown.leaves import read_exactly

        found = Scan()
        read_exactly(source, shift, line, found)
    return found


def prepare(text: str, start: int) -> tuple[str, int]:
    """The text with a line feed before every line and no other line ends, and what to add to its offsets."""
    if text.startswith("\ufeff", start):
        start += 1
    source = "\n" + text[start:]
    if "\r" in source:
        source = source.replace("\r\n", " \n").replace("\r", "\n")
    return source, start - 1


def _fast(source: str, shift: int, line: int) -> Scan | None:
    """Search the whole text at once. None when something would need a look at the blocks."""
    blanked = blank(source)
    if blanked is None:
        return None
    prose = blanked.text
    found = Scan()
    if not _brackets(source, prose, blanked.addresses, shift, line, found):
        return None
    if "#" in prose and not _hashes(source, prose, shift, line, found):
        return None
    if blanked.underlines:
        from pkm.markdown.underlines import underlined

        if not underlined(source, prose, blanked.underlines, shift, line, found):
            return None
    if "^" in prose:
        for match in BLOCK_ID.finditer(prose):
            start = match.start()
            if prose[start - 1] in " \t\n":
                number = line + source.count("\n", 0, start)
                found.blocks.append(Block(match[1], start + shift, match.end(1) + shift, number))
    return found


def _brackets(source: str, prose: str, addresses: list[tuple[int, int]], shift: int, line: int, found: Scan) -> bool:
    """Links and tasks; False when there is a Markdown link that only a stack of brackets can read."""
    append, count, new = found.links.append, source.count, tuple.__new__
    brackets = closed = known = last = 0
    for match in BRACKET.finditer(prose):
        start, end = match.span()
        group = match.lastindex or 0
        if group < 3:
            brackets += 2
            embed = prose[start - 1] == "!"
            target = source[start + 2 : end - 2].strip()
            if group == 1 and not embed and target:  # most links; the rest of the loop is for the others
                line += count("\n", last, start)
                last = start
                append(new(Link, ("wiki", target, "", "", start + shift, end + shift, line)))
                continue
            parts = wiki_link(target, embed=embed)
        elif group == 3:
            brackets += 1
            begin = prose.rfind("\n", 0, start) + 1
            if prose[begin:start] not in BULLETS and (
                not TASK_PREFIX.fullmatch(prose, begin, start) or not _begins_item(prose, begin)
            ):
                continue
            line += count("\n", last, start)
            last = start
            end = source.find("\n", start)
            words = source[start + 3 : end].strip() if end >= 0 else source[start + 3 :].strip()
            found.tasks.append(new(Task, (source[start + 1], words, start + shift, line)))
            continue
        else:
            brackets += 1
            closed += 1
            destination = source[match.start(5) : match.end(5)]
            if destination.startswith("<"):
                destination = destination[1:-1]
            embed = prose[start - 1] == "!"
            parts = markdown_link(destination, source[start + 1 : match.end(4)], embed=embed)
        if parts is None:
            continue
        start -= embed
        line += count("\n", last, start)
        last = start
        link = new(Link, (*parts, start + shift, end + shift, line))
        if parts[0] == "external":
            found.urls.append(link)
            known += "://" in parts[1]
        else:
            append(link)
    if brackets != prose.count("]") and closed != prose.count("]("):
        return False
    if addresses or ("/" in prose and prose.count("://") > known):
        line -= count("\n", 0, last)
        _addresses(source, prose, addresses, shift, line, found)
    return True


def _addresses(source: str, prose: str, marked: list[tuple[int, int]], shift: int, line: int, found: Scan) -> None:
    """Addresses in angle brackets, and those that stand in the text as they are."""
    from pkm.markdown.addresses import bare_addresses

    bare = bare_addresses(prose, _taken(found, shift))
    for start, end in marked:
        address = source[start + 1 : end - 1]
        bare.append(("external", address if has_scheme(address) else "mailto:" + address, "", "", start, end))
    for kind, address, anchor, display, start, end in bare:
        number = line + source.count("\n", 0, start)
        found.urls.append(Link(kind, address, anchor, display, start + shift, end + shift, number))
    found.urls.sort(key=itemgetter(4))


def _taken(found: Scan, shift: int) -> Taken:
    """The places in the source that belong to links."""
    return Taken(sorted([(link[4] - shift, link[5] - shift) for link in found.links + found.urls]))


def _begins_item(prose: str, line: int) -> bool:
    """Whether the list mark at a line's beginning is one: a number in mid-paragraph is mere text."""
    mark = prose[line : line + 100].lstrip(" \t>")
    if mark.startswith(("-", "*", "+", "1.", "1)")):
        return True
    before = prose[prose.rfind("\n", 0, line - 1) + 1 : line - 1]
    return not before.strip() or TASK_PREFIX.match(before + " ") is not None


def _hashes(source: str, prose: str, shift: int, line: int, found: Scan) -> bool:
    """Headings and tags; False when a heading stands in a list or quote."""
    headings, tags, count = found.headings, found.tags, source.count
    taken: Taken | None = None
    last = 0
    for match in HASH.finditer(prose):
        start = match.start()
        before = prose[start - 1]
        name, marks = match.groups()
        if name is not None:
            if before in BEFORE_TAG and is_tag(name):
                taken = taken or _taken(found, shift)
                if start not in taken:
                    line += count("\n", last, start)
                    last = start
                    tags.append(Tag(name.rstrip("/"), start + shift, line))
            continue
        if before != "\n":
            prefix = prose[prose.rfind("\n", 0, start) + 1 : start]
            if prefix.strip(" \t>*+-.)0123456789"):
                continue
            if prefix.strip(" ") or len(prefix) > 3:
                return False
        line += count("\n", last, start)
        last = start
        begin = match.end()
        end = source.find("\n", begin)
        words = (source[begin:end] if end >= 0 else source[begin:]).rstrip()
        end = begin + len(words)
        words = words.lstrip(" \t")
        if words.endswith("#"):
            bare = words.rstrip("#")
            if not bare or bare[-1] in " \t":
                words = bare.rstrip(" \t")
        headings.append(Heading(len(marks) + 1, words, start + shift, end + shift, line))
    return True
