"""The only door out: which notes leave, and what of them.

`project` turns notes into a `Bundle`. It admits (`front.veto`), takes out what was written for fewer
eyes (comments, private callouts, raw HTML), closes the references (`references.close`), takes only
the files that an admitted note shows and strips what they know, and looks for secrets in what is left.

Everything fails closed: what cannot be read, or is not plainly public, stays home and is reported.
Nothing here looks at a note that was not admitted again; the bundle is a function of the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pkm.errors import PkmError
from pkm.markdown.frontmatter import read
from pkm.markdown.render_comments import (
    PRIVATE,
    flat_html,
    is_closed,
    private_callout,
    without_comments,
    without_private,
)
from pkm.share.bundle import KIND_BY_SUFFIX, Asset, Bundle, Finding, Page
from pkm.share.front import allowed, title_of, veto
from pkm.share.references import Names, close, survey
from pkm.share.secrets import secrets
from pkm.share.strip import Unreadable, stripped
from pkm.share.svg import cleaned_svg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    ReadFile = Callable[[str], bytes]

MAX_NOTE = 16 << 20
MAX_ASSET = 64 << 20
_CONFLICT = re.compile(rb"^(?:<{7}|>{7}|\|{7})(?: |\r?$)", re.MULTILINE)


class Source(NamedTuple):
    """One note as the vault has it."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Rules:
    """What the author decided for the whole garden."""

    audience: str = "public"
    default: str = "private"  # the audience of notes that name none
    circles: tuple[str, ...] = ()  # names whose callouts are for them alone
    hidden: str = "(not published)"  # stands where an unpublished note was linked without words of the author's
    allowed_secrets: frozenset[str] = field(default_factory=frozenset)

    def callouts(self) -> re.Pattern[str]:
        return private_callout(("private", *self.circles)) if self.circles else PRIVATE


def project(notes: Iterable[Source], files: Iterable[str], read_file: ReadFile, rules: Rules | None = None) -> Bundle:
    """Return what of these notes may be seen. `files` are the paths of all attachments, read one by one if shown."""
    rules = rules or Rules()
    bundle = Bundle()
    admitted: list[Page] = []
    written: dict[str, bytes] = {}
    for note in notes:
        page, findings = admit(note, rules)
        bundle.findings += findings
        if page:
            admitted.append(page)
            written[note.path] = note.data
    admitted.sort(key=lambda page: page.path)
    bundle.pages = {page.path: page for page in admitted}
    shown = close(admitted, Names(admitted, files), rules.hidden, bundle.findings)
    for page in admitted:
        bundle.findings += leaks(page, rules, written.__getitem__)
    for path in sorted(shown):
        asset, finding = take_asset(path, read_file)
        if asset:
            bundle.assets[path] = asset
        if finding:
            bundle.findings.append(finding)
    return bundle


def admit(note: Source, rules: Rules) -> tuple[Page | None, list[Finding]]:
    """Return the note as a page, its references still open, or why it stays home."""
    path, data = note
    if len(data) > MAX_NOTE:
        return None, [Finding(path, 0, "stays home: the note is very large", "Split it.")]
    front = read(data)
    reason = veto(front.values, rules.audience, rules.default)
    if reason == "private":
        return None, []
    if reason or front.broken or front.repeated or front.problems:
        line, message, hint = front.problems[0] if front.problems else (1, reason or "front matter is unclear", "")
        return None, [Finding(path, line, f"stays home: {reason or message}", hint)]
    if (b"<<<<<<<" in data or b">>>>>>>" in data or b"|||||||" in data) and (found := _CONFLICT.search(data)):
        line = data.count(b"\n", 0, found.start()) + 1
        return None, [Finding(path, line, "stays home: conflict markers", "Settle the conflict in the note.")]
    try:
        written = data[front.body :].decode("utf-8-sig" if not front.body else "utf-8")
    except UnicodeDecodeError as error:
        return None, [Finding(path, 0, "stays home: not UTF-8", f"Byte {front.body + error.start} is none.")]
    text, findings = _public_text(written, path, rules)
    above = data.count(b"\n", 0, front.body) + len(written) - len(written.lstrip("\n"))
    page = Page(path=path, title="", text=text, before=above, **allowed(front.values, path))
    survey(page)
    first = page.headings[0] if page.headings and page.headings[0][0] == 1 else None
    heading = first[1] if first and not text[: first[2]].strip() else ""
    page.title = title_of(front.values, heading, path)
    return page, findings


def _public_text(text: str, path: str, rules: Rules) -> tuple[str, list[Finding]]:
    """Return the text for everybody's eyes."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    text = flat_html(text)
    findings = []
    if not is_closed(text):
        findings.append(Finding(path, 0, "a comment is never closed", "All that follows it stays home."))
    # What is left may close up to something new, as `<<b>i>` does, so look until nothing goes any more.
    for _ in range(20):
        left = without_private(without_comments(text, tags=True), rules.callouts())
        if left == text:
            return text.strip("\n") + "\n", findings
        text = left
    findings.append(
        Finding(path, 0, "its text stays home: comments cannot be told from text", "Look for %% next to %%.")
    )
    return "\n", findings


def leaks(page: Page, rules: Rules, read_note: ReadFile) -> list[Finding]:
    """Return the secrets in what of the page is about to leave, each with its line in the file."""
    fields = "\n".join((page.title, page.description, *page.aliases, *page.sources))
    found = {mark: kind for _, kind, mark in secrets(f"{page.text}\n{fields}", rules.allowed_secrets)}
    if not found:
        return []
    written = read_note(page.path).decode("utf-8", "replace")
    lines = {fingerprint: line for line, _, fingerprint in reversed(list(secrets(written)))}
    hint = "Take it out, or allow {} in garden.allow_secrets."
    return [
        Finding(page.path, lines.get(mark, 0), f"looks like a secret: {kind}", hint.format(mark), blocks=True)
        for mark, kind in found.items()
    ]


def take_asset(path: str, read_file: ReadFile) -> tuple[Asset | None, Finding | None]:
    """Return a file that is shown, without its metadata."""
    suffix = path.rpartition(".")[2].lower()
    kind = KIND_BY_SUFFIX.get(suffix, "")
    try:
        data = read_file(path)
        if len(data) > MAX_ASSET:
            return None, Finding(path, 0, "stays home: the file is very large")
        if suffix == "svg":
            data, width, height = cleaned_svg(data)
        else:
            data, width, height = stripped(path, data)
    except (PkmError, OSError) as error:
        return None, Finding(path, 0, f"stays home: {error}")
    except Unreadable as error:
        return None, Finding(path, 0, f"stays home: {error}", "Its metadata cannot be taken out.")
    finding = None
    if kind != "image":
        finding = Finding(path, 0, "is published as it is", f"What a {suffix} says about its author is not taken out.")
    return Asset(path, kind, data, width, height), finding
