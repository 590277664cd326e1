"""`pkm open`: a note's text, what it links to, and what links to it with the sentence around each link."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli import output, state
from pkm.cli.output import count, one_line, out, style
from pkm.cli.pick import the_note
from pkm.index import excerpts, queries
from pkm.markdown import frontmatter, parse

if TYPE_CHECKING:
    from pkm.index.queries import Around, Named
    from pkm.workbench import Workbench

_LINK = re.compile(r"!?\[\[[^\]\n]+\]\]")


def open_(
    note: Annotated[
        list[str] | None,
        typer.Argument(help="Its title, alias, id, path, or the beginning of one.", show_default=False),
    ] = None,
    links: Annotated[bool, typer.Option("--links", help="Only the links, in and out.")] = False,
    layer: Annotated[
        int | None,
        typer.Option(
            "--layer", metavar="N", min=2, max=4, help="Only what is bold (2), highlighted (3), the summary (4)."
        ),
    ] = None,
    history: Annotated[bool, typer.Option("--history", help="The versions that git keeps of it.")] = False,
    at: Annotated[str, typer.Option("--at", metavar="DATE", help="Its text as it was then.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> int:
    """Show a note and what links to it.

    Example: pkm open "Protocols protect the quiet ones" --links
    """
    bench = state.bench()
    named = the_note(bench, " ".join(note or []))
    if history:
        return _show_history(bench, named, as_json=as_json)
    if at:
        _show_then(bench, named, at)
    elif as_json:
        output.show_json(_record(bench, named))
    elif layer is not None:
        return _show_layer(bench, named, layer)
    else:
        _show_head(bench, named)
        if links:
            _show_out_links(bench, named)
        else:
            out("")
            out(_looking_nice(output.clean(_text(bench, named)[1]).strip("\n")))
        _show_backlinks(bench, named)
    return 0


def _text(bench: Workbench, named: Named) -> tuple[str, str]:
    """The file's whole text and what stands behind its front matter."""
    data = bench.vault.read(named.path)
    text, _ = parse.decode(data)
    body = frontmatter.read(data).body
    start = body if len(text) == len(data) else len(data[:body].decode("utf-8", "surrogateescape"))
    return text, text[start:]


def _facts(bench: Workbench, named: Named) -> dict[str, Any]:
    """The fields that `pkm find --json` gives, so that one note looks alike everywhere."""
    from pkm.cli import find, find_output
    from pkm.index.finder import Answer, Hit

    hit = Hit(named.number, named.path)
    (record,) = find_output.records(bench, Answer([hit], None), [hit], find.Show())
    return {name: value for name, value in record.items() if name not in ("score", "snippet")}


def _record(bench: Workbench, named: Named) -> dict[str, Any]:
    db, number = bench.db, named.number
    return {
        **_facts(bench, named),
        "text": _text(bench, named)[1],
        "linked_from": [
            _as_json(bench, link, source=link.number) for link in queries.backlinks(bench.db, named.number)
        ],
        "links_to": [_as_json(bench, link, source=number) for link in queries.out_links(db, number)],
    }


def _as_json(bench: Workbench, link: Around, *, source: int | None) -> dict[str, Any]:
    """The note at the link's other end (`path` is null when it leads nowhere), and the link itself."""
    sentence = excerpts.sentence(bench.db, source, link.start, link.end, link.raw) if source is not None else ""
    return {
        "path": link.path if link.number is not None else None,
        "title": link.title or None,
        "raw": link.raw,
        "kind": link.kind,
        "via": link.via,
        "line": link.line,
        "start": link.start,
        "end": link.end,
        "sentence": sentence,
    }


def _show_head(bench: Workbench, named: Named) -> None:
    facts = _facts(bench, named)
    out(style(one_line(named.title), "bold"))
    said = [facts["kind"], facts["stage"], facts["bucket"], f"layer {facts['layer']}", facts["audience"]]
    said += ["#" + tag for tag in facts["tags"]]
    out(style(" · ".join([one_line(named.path), *[one_line(str(each)) for each in said if each]]), "dim"))


def _looking_nice(text: str) -> str:
    """Headings in bold and links in colour, at a terminal that shows them."""
    if not output.coloured(sys.stdout):
        return text
    lines = [style(line, "bold") if re.match(r"#{1,6} ", line) else line for line in text.split("\n")]
    return _LINK.sub(lambda found: style(found[0], "cyan"), "\n".join(lines))


def _show_backlinks(bench: Workbench, named: Named) -> None:
    found = queries.backlinks(bench.db, named.number)
    out("")
    if not found:
        out("Nothing links here.")
        return
    out(f"Linked from {count(len({link.path for link in found}), 'note')}:")
    before = None
    for link in found:
        if link.path != before:
            out(f"  {style(one_line(link.title), 'bold')}  {style(one_line(link.path), 'dim')}")
        before = link.path
        if link.number is not None:
            sentence = excerpts.sentence(bench.db, link.number, link.start, link.end, link.raw)
            out(f"      {one_line(sentence)}")


def _show_out_links(bench: Workbench, named: Named) -> None:
    found = [link for link in queries.out_links(bench.db, named.number) if link.kind != "external"]
    out("")
    if not found:
        out("It links to nothing.")
        return
    out(f"Links to {count(len({link.path for link in found}), 'file')}:")
    for link in found:
        there = style(one_line(link.path), "dim") if link.number is not None else style("nothing there", "yellow")
        title = style(one_line(link.title), "bold") + "  " if link.title else ""
        out(f"  {title}{there}  {one_line(link.raw)}")


def _show_layer(bench: Workbench, named: Named, layer: int) -> int:
    """What a distilled note says at one layer, under its headings, each with its line in the file."""
    text, body = _text(bench, named)
    start = len(text) - len(body)
    spans = parse.spans(text, start)
    if layer == 2:
        found = [(span.start, span.line, span.text) for span in spans.bold if not span.lead]
    elif layer == 3:
        found = [(span.start, span.line, span.text) for span in spans.highlights]
    else:
        found = [
            (callout.start, callout.line, parse.plain(text[callout.body : callout.end]))
            for callout in spans.callouts
            if callout.kind == "abstract"
        ]
    if not found:
        what = {2: "bold", 3: "highlighted", 4: "a summary"}[layer]
        output.say(f"Nothing in {one_line(named.title)} is {what}.")
        return 1
    headings = [(heading.start, heading.text) for heading in parse.scan(text, start).headings]
    above = ""
    for place, line, words in found:
        heading = next((name for at, name in reversed(headings) if at < place), "")
        if heading != above:
            out(style(one_line(heading), "bold"))
        above = heading
        out(f"{line:5}  {one_line(words)}")
    return 0


def _show_history(bench: Workbench, named: Named, *, as_json: bool) -> int:
    """When the note was changed, the newest change first; exit code 1 when git knows none."""
    from pkm.config import iso
    from pkm.sync.history import versions

    found = versions(bench.root, named.path)
    if as_json:
        rows = [(each.at, each.author, each.what, each.path) for each in found]
        names = ("at", "author", "what", "path")
        output.show_json([dict(zip(names, (iso(row[0]), *row[1:]), strict=True)) for row in rows])
    else:
        for each in found:
            path = "" if each.path == named.path else f"  {style(one_line(each.path), 'dim')}"
            out(f"{iso(each.at)}  {one_line(each.author)}  {one_line(each.what)}{path}")
        if not found:
            output.say("git keeps no version of this note. Keep one:  pkm sync")
    return 0 if found else 1


def _show_then(bench: Workbench, named: Named, when: str) -> None:
    """The whole text at the end of that day, or at that minute."""
    from pkm.dates import parse_day
    from pkm.sync.history import as_of, content

    _, end = parse_day(when, bench.now)
    text, _ = parse.decode(content(bench.root, as_of(bench.root, named.path, end)))
    out(output.clean(text).rstrip("\n"))
