"""What somebody looks for: words, filters, an order and how many. Made by every way of asking, answered by `finder`.

`FLAGS` is the one list of the filters: the command line that is read by hand, saved views and the
server go by it, and a test holds Typer's flags against it.
"""

from __future__ import annotations

from pkm.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

LIST, SWITCH, NUMBER = "list", "switch", "number"

# flag: (what it takes, where in an `Ask` it goes)
FLAGS = {
    "--tag": (LIST, "tag"),
    "--link-to": (LIST, "link_to"),
    "--no-link-to": (LIST, "no_link_to"),
    "--linked-by": (LIST, "linked_by"),
    "--no-linked-by": (LIST, "no_linked_by"),
    "--recursive": (SWITCH, "recursive"),
    "--max-distance": (NUMBER, "max_distance"),
    "--mention": (LIST, "mention"),
    "--mentioned-by": (LIST, "mentioned_by"),
    "--related": (LIST, "related"),
    "--orphan": (SWITCH, "orphan"),
    "--tagless": (SWITCH, "tagless"),
    "--missing-backlink": (SWITCH, "missing_backlink"),
    "--created": (LIST, "created.on"),
    "--created-before": (LIST, "created.before"),
    "--created-after": (LIST, "created.after"),
    "--modified": (LIST, "modified.on"),
    "--modified-before": (LIST, "modified.before"),
    "--modified-after": (LIST, "modified.after"),
    "--where": (LIST, "where"),
    "--kind": (LIST, "kind"),
    "--stage": (LIST, "stage"),
    "--bucket": (LIST, "bucket"),
    "--layer": (LIST, "layer"),
    "--audience": (LIST, "audience"),
    "--sort": (LIST, "sort"),
    "--limit": (NUMBER, "limit"),
}
SHORT = {"-t": "--tag", "-l": "--link-to", "-L": "--linked-by", "-r": "--recursive", "-s": "--sort", "-n": "--limit"}


class Ask:
    """One question. Filters of several values ask for all of them."""

    def __init__(self, words: list[str] | None = None) -> None:
        self.words = words or []
        self.tag: list[str] = []
        self.link_to: list[str] = []
        self.no_link_to: list[str] = []
        self.linked_by: list[str] = []
        self.no_linked_by: list[str] = []
        self.recursive = False
        self.max_distance: int | None = None
        self.mention: list[str] = []
        self.mentioned_by: list[str] = []
        self.related: list[str] = []
        self.orphan = False
        self.tagless = False
        self.missing_backlink = False
        self.created: dict[str, list[str]] = {}
        self.modified: dict[str, list[str]] = {}
        self.where: list[str] = []
        self.kind: list[str] = []
        self.stage: list[str] = []
        self.bucket: list[str] = []
        self.layer: list[str] = []
        self.audience: list[str] = []
        self.sort: list[str] = []
        self.limit: int | None = None

    @property
    def filters(self) -> bool:
        """Whether anything but words, an order and a limit is asked for."""
        return any(value for name, value in vars(self).items() if name not in ("words", "sort", "limit"))

    def put(self, flag: str, value: str) -> None:
        """Take one flag with its value (empty for a switch). Raises `UsageError` for what is no number."""
        kind, name = FLAGS[flag]
        if kind == SWITCH:
            setattr(self, name, True)
        elif kind == NUMBER:
            setattr(self, name, whole_number(flag, value))
        elif "." in name:
            name, _, sign = name.partition(".")
            getattr(self, name).setdefault(sign, []).append(value)
        else:
            getattr(self, name).append(value)

    def add(self, other: Ask) -> None:
        """Ask for what another question asks for as well; its order and limit hold where this one has none."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if name in ("sort", "limit", "max_distance"):
                setattr(self, name, mine or value)
            elif isinstance(value, dict):
                for sign, texts in value.items():
                    mine.setdefault(sign, []).extend(texts)
            else:
                setattr(self, name, mine or value if isinstance(value, bool) else mine + value)


def whole_number(flag: str, value: str) -> int:
    """A number of things, from 0 on."""
    if _is_number(value):
        return int(value)
    raise UsageError(f"{flag} takes a number, not {value!r}.", "", f"Example:  {flag} 20")


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 10


def read(argv: list[str], more: Callable[[str, str | None], int | None] | None = None) -> Ask | None:
    """A question from words and flags; None when one is not known or has no value, for Typer to explain.

    `-word` is an unwanted word unless it is a flag. `more` is shown flags that are not in `FLAGS`, with
    the argument behind; it answers how many of the two it took, or None.
    """
    ask = Ask()
    at, end = 0, len(argv)
    while at < end:
        word = argv[at]
        at += 1
        if word == "--":
            ask.words += argv[at:]
            break
        if len(word) < 2 or word[0] != "-":
            ask.words.append(word)
            continue
        flag, equals, value = word.partition("=") if word[1] == "-" else (word, "", "")
        if word[:2] == "-n" and word[2:].isdigit():
            flag, equals, value = "-n", "=", word[2:]
        flag = SHORT.get(flag, flag)
        if flag not in FLAGS:
            taken = more(flag + equals + value, argv[at] if at < end else None) if more else None
            if taken:
                at += taken - 1
            elif flag[1] == "-":
                return None
            else:
                ask.words.append(word)
            continue
        if FLAGS[flag][0] == SWITCH:
            if equals:
                return None
        elif not equals:
            if at == end:
                return None
            value = argv[at]
            at += 1
        if FLAGS[flag][0] == NUMBER and not _is_number(value):
            return None
        ask.put(flag, value)
    return ask
