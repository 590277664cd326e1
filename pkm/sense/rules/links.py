"""Rules about links: does each lead somewhere, to one place, in a way that Obsidian follows too?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pkm.index import naming
from pkm.index.keys import link_key
from pkm.markdown.resolve import Files
from pkm.markdown.rewrite import WIKI, rewrite
from pkm.model.digest import digest
from pkm.sense.rules.finding import Finding
from pkm.vault.plan import Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkm.sense.rules.finding import Look
    from pkm.vault.plan import Change

_ESCAPED = "\\|"
_WIKI = re.compile(rb"\[\[[^\[\]\n]*\]\]")
_VIA = {"alias": "an alias", "title": "a title", "id": "an id"}


def broken(look: Look) -> Iterator[Finding]:
    """Links that lead to no file."""
    sql = """
    SELECT f.path, l.line, l.raw FROM links l JOIN files f ON f.id = l.source
    WHERE l.target IS NULL AND l.goal <> '' ORDER BY f.path, l.start
    """
    for path, line, raw in look.db.execute(sql):
        yield Finding(path, line, "broken-link", f"{raw} leads nowhere.", "Write that note, or correct the link.")


def ambiguous(look: Look) -> Iterator[Finding]:
    """Links that several files answer equally well."""
    sql = """
    SELECT f.path, l.line, l.raw, t.path FROM links l JOIN files f ON f.id = l.source JOIN files t ON t.id = l.target
    WHERE l.via = 'tie' ORDER BY f.path, l.start
    """
    for path, line, raw, target in look.db.execute(sql):
        message = f"{raw} may mean several files; {target} is taken."
        yield Finding(path, line, "ambiguous-link", message, "Write the path of the one you mean.")


def by_other_name(look: Look) -> Iterator[Finding]:
    """Links by alias, title or id: pkm follows them, Obsidian does not."""
    sql = """
    SELECT f.path, l.line, l.raw, l.via, t.path, l.goal
    FROM links l JOIN files f ON f.id = l.source JOIN files t ON t.id = l.target
    WHERE l.via IN ('alias', 'title', 'id') ORDER BY f.path, l.start
    """
    for path, line, raw, via, target, goal in look.db.execute(sql):
        several = _means_several(look, goal)
        message = f"{raw} finds {target} by {_VIA[via]} only; Obsidian leaves it open."
        if several:
            yield Finding(path, line, "alias-link", message, "Several notes have that name: write the path of one.")
        else:
            yield Finding(path, line, "alias-link", message, "pkm check --fix names the file.", fixable=True)


def _means_several(look: Look, goal: str) -> bool:
    (count,) = look.db.execute("SELECT count(DISTINCT note) FROM names WHERE key = ?", (goal,)).fetchone()
    return int(count) > 1


def fixes(look: Look) -> Iterator[Change]:
    """Every link by another name as the piped form, which is valid everywhere: `[[Real name|AI]]`.

    A name that several notes have is left to a person.
    """
    sql = """
    SELECT f.path, l.raw, l.start, l."end", l.goal, l.kind, t.path
    FROM links l JOIN files f ON f.id = l.source JOIN files t ON t.id = l.target
    WHERE l.via IN ('alias', 'title', 'id') ORDER BY f.path, l.start DESC
    """
    notes: dict[str, list[list[Any]]] = {}
    for path, *link in look.db.execute(sql):
        notes.setdefault(path, []).append(link)
    for path, found in notes.items():
        if not look.counts(path):
            continue
        data = old = look.read(path)
        following = len(data)
        for raw, start, end, goal, kind, target in found:
            # A link around another one waits for the next run.
            if end <= following and not _means_several(look, goal):
                data = data[:start] + _fixed(look, old, path, raw, start, end, kind, target) + data[end:]
                following = start
        if data != old:
            yield Rewrite(path, data, digest(old))


def _fixed(look: Look, data: bytes, path: str, raw: str, start: int, end: int, kind: str, target: str) -> bytes:
    """The link with the file's name, and with the words that it showed; as it is when the index is behind."""
    written = data[start:end]
    if written != raw.encode():
        return written
    name = link_key(target.rpartition("/")[2])
    files = Files(each for (each,) in look.db.execute("SELECT path FROM files WHERE name_key = ?", (name,)))
    quote = quote_at(data, start) if kind == "front" else ""
    new = rewrite(raw, target, path, files, style=look.settings.link_format, quote=quote)
    old = WIKI.fullmatch(raw)
    if old and not old[1] and not old[4] and new.startswith("[["):
        shown = raw[2:-2].strip().replace("#", " > ").strip(" >")
        new = f"{new[:-2]}{'|' if kind == 'front' or not _in_table(data, start, end) else _ESCAPED}{shown}]]"
    return new.encode() if kind != "front" or new.startswith("[[") else written


def _in_table(data: bytes, start: int, end: int) -> bool:
    """Whether the line has a pipe besides those in links: there a link's own pipe needs a backslash."""
    begin, finish = data.rfind(b"\n", 0, start) + 1, data.find(b"\n", end)
    return b"|" in _WIKI.sub(b"", data[begin : finish if finish >= 0 else len(data)])


def quote_at(data: bytes, place: int) -> str:
    """The mark of the YAML string in which a place of the front matter stands."""
    from pkm.markdown.front_links import FRONT_STRING

    text = data[: data.find(b"\n---", place) + 1 or len(data)].decode("utf-8", "surrogateescape")
    at = len(data[:place].decode("utf-8", "surrogateescape"))
    for string in FRONT_STRING.finditer(text):
        if string.lastindex and string.start() <= at < string.end():
            return '"' if string.lastindex == 1 else "'"
    return ""


def missing_backlink(look: Look) -> Iterator[Finding]:
    """Links that are not answered by one back; where the words for one are there, that is said."""
    sql = """
    SELECT f.path, min(l.line), l.source, t.path, l.target
    FROM links l JOIN files f ON f.id = l.source JOIN files t ON t.id = l.target
    WHERE l.target <> l.source AND t.is_note
      AND NOT EXISTS (SELECT 1 FROM links b WHERE b.source = l.target AND b.target = l.source)
    GROUP BY l.source, l.target ORDER BY l.source
    """
    named: tuple[int, set[int]] = (0, set())
    for path, line, source, target, number in look.db.execute(sql).fetchall():
        if named[0] != source:
            named = source, {each for each, _ in naming.said_in(look.db, source)}
        hint = f"It names {path}: pkm link '{path}' --mentions links the words." if number in named[1] else ""
        yield Finding(path, line, "missing-backlink", f"{target} does not link back.", hint)
