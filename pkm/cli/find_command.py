"""`pkm find` as Typer knows it: every flag with its help. The one specification of the command.

A word with a dash before it is an unwanted word, not a bundle of flags; so that Typer sees it that way,
such words are handed to it as `NOT word`.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperOption

from pkm.cli import find, output
from pkm.cli.find import FORMAT, FORMS, LINES, Show
from pkm.errors import UsageError
from pkm.index.ask import FLAGS, SWITCH, Ask

Texts = list[str]


class FindCommand(TyperCommand):
    """Lets `-word` through as a word."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return list(super().parse_args(ctx, self._plain(args)))

    def _plain(self, args: list[str]) -> list[str]:
        options = [param for param in self.params if isinstance(param, TyperOption)]
        flags = {name: param.is_flag for param in options for name in param.opts}
        flags |= {"-h": True, "--help": True}
        words, rest = [], iter(args)
        for word in rest:
            flag = word.partition("=")[0] if word[:2] == "--" else word
            if word == "--":
                words += [word, *rest]
            elif flag in flags:
                words.append(word)
                if not flags[flag] and flag == word:
                    words += [value for value in [next(rest, None)] if value is not None]
            elif len(word) > 1 and word[0] == "-" and word[1] != "-" and not (word[1] == "n" and word[2:].isdigit()):
                words.append("NOT " + word[1:])
            else:
                words.append(word)
        return words


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def _texts(*names: str, metavar: str, text: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=text)


@app.command("find", cls=FindCommand, context_settings={"help_option_names": ["-h", "--help"]})
def command(
    words: Annotated[
        Texts | None,
        typer.Argument(
            metavar="[WORDS]...",
            help='Words, "phrases", OR, -not, prefix*, title: body: path:, or @view.',
            show_default=False,
        ),
    ] = None,
    tag: Annotated[
        Texts | None, _texts("--tag", "-t", metavar="TAG", text="With this tag or one below it; 'a OR b', -a, a*.")
    ] = None,
    link_to: Annotated[Texts | None, _texts("--link-to", "-l", metavar="NOTE", text="Notes that link to NOTE.")] = None,
    no_link_to: Annotated[Texts | None, _texts("--no-link-to", metavar="NOTE", text="Notes that do not.")] = None,
    linked_by: Annotated[
        Texts | None, _texts("--linked-by", "-L", metavar="NOTE", text="Notes that NOTE links to.")
    ] = None,
    no_linked_by: Annotated[
        Texts | None, _texts("--no-linked-by", metavar="NOTE", text="Notes that it does not.")
    ] = None,
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Follow links on and on.")] = False,
    max_distance: Annotated[
        int | None, typer.Option("--max-distance", metavar="N", min=0, help="Follow at most N links.")
    ] = None,
    mention: Annotated[
        Texts | None, _texts("--mention", metavar="NOTE", text="Notes that name NOTE in their text, linked or not.")
    ] = None,
    mentioned_by: Annotated[
        Texts | None, _texts("--mentioned-by", metavar="NOTE", text="Notes that NOTE names in its text.")
    ] = None,
    related: Annotated[
        Texts | None, _texts("--related", metavar="NOTE", text="Notes that share neighbours with NOTE, unlinked.")
    ] = None,
    orphan: Annotated[bool, typer.Option("--orphan", help="Notes that nothing links to.")] = False,
    tagless: Annotated[bool, typer.Option("--tagless", help="Notes without a tag.")] = False,
    missing_backlink: Annotated[
        bool, typer.Option("--missing-backlink", help="Notes that do not link back to one that links to them.")
    ] = False,
    created: Annotated[
        Texts | None, _texts("--created", metavar="DATE", text="On that day, month, year, or in 'last week'.")
    ] = None,
    created_before: Annotated[
        Texts | None, _texts("--created-before", metavar="DATE", text="Earlier than that.")
    ] = None,
    created_after: Annotated[Texts | None, _texts("--created-after", metavar="DATE", text="Then or later.")] = None,
    modified: Annotated[
        Texts | None, _texts("--modified", metavar="DATE", text="The same for the last change.")
    ] = None,
    modified_before: Annotated[
        Texts | None, _texts("--modified-before", metavar="DATE", text="Changed last before that.")
    ] = None,
    modified_after: Annotated[
        Texts | None, _texts("--modified-after", metavar="DATE", text="Changed then or later.")
    ] = None,
    where: Annotated[
        Texts | None, _texts("--where", metavar="TEST", text="Any key: 'due < next fri and status != done'.")
    ] = None,
    kind: Annotated[
        Texts | None, _texts("--kind", metavar="KIND", text="fleeting, literature, permanent, structure, source...")
    ] = None,
    stage: Annotated[Texts | None, _texts("--stage", metavar="STAGE", text="seed, bud, evergreen.")] = None,
    bucket: Annotated[
        Texts | None, _texts("--bucket", metavar="BUCKET", text="project, area, resource, archive.")
    ] = None,
    layer: Annotated[
        Texts | None, _texts("--layer", metavar="N", text="How far distilled, 0 to 5: 2, 2+, 1-3.")
    ] = None,
    audience: Annotated[Texts | None, _texts("--audience", metavar="WHO", text="private, public, or a circle.")] = None,
    sort: Annotated[
        Texts | None,
        _texts(
            "--sort",
            "-s",
            metavar="KEY",
            text="created, modified, title, path, words, random, or any key; -KEY turns it round.",
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", "-n", metavar="N", min=0, help="At most N notes.")] = None,
    interactive: Annotated[bool, typer.Option("--interactive", "-i", help="Choose among them.")] = False,
    paths: Annotated[bool, typer.Option("--paths", help="Paths only, one a line.")] = False,
    print0: Annotated[bool, typer.Option("--print0", "-0", help="Paths only, each ended by a zero byte.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="A table for spreadsheets.")] = False,
    template: Annotated[
        str | None,
        typer.Option("--format", "-f", metavar="TEMPLATE", help="Your own line: '{title} {path} {tags} {due}'."),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say why each note ranks where it does.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No talk.")] = False,
) -> int:
    """Find notes by their words, links, tags, dates and keys.

    A filter given twice asks for both. NOTE is a title, alias, id, path or the beginning of one.
    Exit code 1 when nothing fits.

    Example: pkm find feedback OR silence --tag community -n 5
    """  # fmt: skip
    given = dict(locals())
    ask = Ask(words)
    for flag, (takes, _) in FLAGS.items():
        value = given[flag[2:].replace("-", "_")]
        if takes == SWITCH:
            if value:
                ask.put(flag, "")
        else:
            for text in value if isinstance(value, list) else [] if value is None else [value]:
                ask.put(flag, str(text))
    show = Show()
    show.zero, show.explain, show.interactive = print0, explain, interactive
    forms = [form for flag, form in FORMS.items() if given[{"--json": "as_json"}.get(flag, flag[2:])]]
    forms += [FORMAT] if template is not None else []
    if len(forms) > 1:
        raise UsageError(
            "Only one form of answer can be given.", f"Asked for: {', '.join(forms)}.", "Leave out all but one."
        )
    show.form, show.template = forms[0] if forms else LINES, template or ""
    output.quiet = output.quiet or quiet
    return find.answer(ask, show)
