"""A heading gets other words, and every link to it with it: `[[Note#Old]]` becomes `[[Note#New]]`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pkm.errors import ChangedError, RefusedError, UsageError
from pkm.markdown.destinations import destination_span, percent_decode
from pkm.markdown.render_anchors import heading_id, plain
from pkm.markdown.rewrite import DEFINITION, WIKI
from pkm.model.digest import digest
from pkm.sense.move_canvas import changed as changed_canvas
from pkm.sense.move_links import Text, World, encoded, narrowed, relinked
from pkm.sense.move_note import Moved
from pkm.vault.plan import Plan, Rewrite

if TYPE_CHECKING:
    import sqlite3

    from pkm.markdown.parse import Scan
    from pkm.model.link import Heading, Link
    from pkm.sense.move_canvas import Node
    from pkm.sense.move_links import Edit, Wanted
    from pkm.vault.vault import Vault

#: What Obsidian leaves out of a heading when it writes a link to it.
_UNSAID = re.compile(r"[#|^\[\]\\]|%%")


def heading_plan(vault: Vault, db: sqlite3.Connection, path: str, old: str, new: str) -> Moved:
    """The plan that renames one heading of a note and the links to it."""
    renamer = _Renamer(path, old, new, World.of(db))
    changes = []
    sql = """
    SELECT f.path FROM links l JOIN files f ON f.id = l.source JOIN files t ON t.id = l.target
    WHERE t.path = ? AND l.anchor <> ''
    UNION SELECT path FROM files WHERE path LIKE '%.canvas' UNION SELECT ? ORDER BY 1
    """
    with vault.reader() as read:
        renamer.look(Text.of(read(path)))
        for (source,) in db.execute(sql, (path, path)).fetchall():
            data = read(source)
            changed = renamer.canvas(source, data) if source.lower().endswith(".canvas") else renamer.note(source, data)
            if changed != data:
                changes.append(Rewrite(source, changed, digest(data)))
    others = sum(change.path != path for change in changes)
    return Moved(Plan(changes, f"rename heading {old!r} in {path}"), path, others)


class _Renamer:
    """One heading's old and new words, in headings and in links."""

    def __init__(self, path: str, old: str, new: str, world: World) -> None:
        self.path = path
        self.world = world
        self.new = " ".join(new.split())
        self.old = old
        self.said = ""  # the heading as it is written; known after `look`
        if not self.new:
            raise UsageError(
                "The heading would be empty.", "The new words are missing.", "Say both:  --heading OLD NEW"
            )

    def look(self, text: Text) -> None:
        """Find the heading, which must be the only one of its words."""
        self.said = _only(text.scan, self.old).text

    def note(self, path: str, data: bytes) -> bytes:
        text = Text.of(data)
        if path == self.path:
            text = Text(self._heading(text), text.body)
        found = self._links(path, text)
        return encoded(text.text if found is None else found)

    def canvas(self, path: str, data: bytes) -> bytes:
        def change(node: Node) -> list[Edit]:
            edits = []
            part, file, words = node.get("subpath"), node.get("file"), node.get("text")
            if part is not None and file is not None and file.text == self.path:
                put = "#" + self._anchor(part.text[1:], slugs=False)
                if put != part.text:
                    edits.append(part.edit(0, len(part.text), put))
            if words is not None and (found := self._links(path, Text(words.text))) is not None:
                edits.append(words.edit(*narrowed(0, words.text, found)))
            return edits

        new = changed_canvas(data.decode("utf-8", "surrogateescape"), change)
        return data if new is None else encoded(new)

    def _heading(self, text: Text) -> str:
        """The note's text with the heading renamed, which must stay one of its own."""
        heading = _only(text.scan, self.old)
        if any(same(other.text, self.new) for other in text.scan.headings if other != heading):
            raise ChangedError(
                f"{self.path} has a heading {self.new!r} already.", "A link could mean either.", "Choose other words."
            )
        at = text.text.find(heading.text, heading.start, heading.end)
        renamed = text.text[:at] + self.new + text.text[at + len(heading.text) :]
        before = [(each.level, self.new if each == heading else each.text) for each in text.scan.headings]
        if at < 0 or before != [(each.level, each.text) for each in Text(renamed, text.body).scan.headings]:
            raise RefusedError(
                f"{self.new!r} would not be that heading any more.",
                "Its marks mean something else there.",
                "Choose other words.",
            )
        return renamed

    def _links(self, path: str, text: Text) -> str | None:
        def meaning(link: Link) -> str | None:
            return self.world.find(link.target, path)[0].target

        def decide(link: Link, raw: str) -> Wanted | None:
            if not link.anchor or meaning(link) != self.path:
                return None
            return self._with_anchor(raw), self.path

        return relinked(text, decide, meaning, path)

    def _with_anchor(self, raw: str) -> str:
        if match := WIKI.fullmatch(raw):
            start, end = match.span(3)
            return raw[: start + 1] + self._anchor(raw[start + 1 : end], slugs=False) + raw[end:] if start >= 0 else raw
        span = _destination(raw)
        start = raw.find("#", *span) if span else -1
        if span is None or start < 0:
            return raw
        angle = raw[span[0]] == "<"
        end = span[1] - angle
        return raw[: start + 1] + self._anchor(raw[start + 1 : end], slugs=True, angle=angle) + raw[end:]

    def _anchor(self, written: str, *, slugs: bool, angle: bool = False) -> str:
        """What stands behind the `#`, with the old words replaced; `slugs` for the form `old-words` too."""
        parts = []
        for part in written.split("#"):
            said = percent_decode(part) if slugs else part
            if slugs and " " not in said and said == heading_id(self.said) and said != self.said:
                parts.append(heading_id(self.new))
            elif same(said, self.said) and not said.startswith("^"):
                words = " ".join(_UNSAID.sub(" ", plain(self.new)).split())
                parts.append(_escaped(words) if slugs and not angle else words)
            else:
                parts.append(part)
        return "#".join(parts)


def same(one: str, other: str) -> bool:
    """Whether two headings are one to a link: marks, case and spaces do not count."""
    return _said(one) == _said(other)


def _said(text: str) -> str:
    return " ".join(_UNSAID.sub(" ", plain(text)).casefold().split())


def _only(scan: Scan, words: str) -> Heading:
    found = [heading for heading in scan.headings if heading.text == words]
    found = found or [heading for heading in scan.headings if same(heading.text, words)]
    if not found:
        there = ", ".join(heading.text for heading in scan.headings[:8])
        raise UsageError(
            f"There is no heading {words!r}.",
            f"There are: {there}." if there else "The note has none.",
            "Name one of them.",
        )
    if len([heading for heading in scan.headings if same(heading.text, words)]) > 1:
        lines = ", ".join(str(heading.line) for heading in scan.headings if same(heading.text, words))
        raise UsageError(f"{words!r} is several headings.", f"They stand on lines {lines}.", "Make them differ first.")
    return found[0]


def _destination(raw: str) -> tuple[int, int] | None:
    """Where the destination stands in a Markdown link or definition."""
    if match := DEFINITION.fullmatch(raw):
        return match.span(2)
    at = raw.rfind("](")
    span = destination_span(raw, at + 1) if at >= 0 else None
    return (span[0], span[1]) if span else None


def _escaped(words: str) -> str:
    for char, code in ((" ", "%20"), ("(", "%28"), (")", "%29"), ("<", "%3C"), (">", "%3E")):
        words = words.replace(char, code)
    return words
