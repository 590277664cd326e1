"""The rules of `pkm check`: one module for each family, one table for all.

A rule reads the index and yields findings; it changes nothing. Names are stable: people write them in scripts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkm.errors import UsageError
from pkm.sense.rules import links, names, notes
from pkm.sense.rules.finding import FINDING, HINT, LISTED, Finding, Look, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["OTHER_NAMES", "RULES", "Finding", "Look", "Rule", "chosen", "run"]

RULES = {
    rule.name: rule
    for rule in (
        Rule("broken-link", FINDING, "a link leads to no file", links.broken),
        Rule("ambiguous-link", FINDING, "several files answer a link equally well", links.ambiguous),
        Rule("alias-link", FINDING, "a link finds its note by alias, title or id only", links.by_other_name),
        Rule("duplicate-id", FINDING, "two notes have one id", notes.duplicate_id),
        Rule("front-matter", FINDING, "front matter cannot be read", notes.front_matter),
        Rule("encoding", FINDING, "bytes are not UTF-8", notes.encoding),
        Rule("unreadable", FINDING, "a file cannot be opened, or not whole", notes.unreadable),
        Rule("conflict-marker", FINDING, "a merge left its marks", notes.conflict_marker),
        Rule("conflict-copy", FINDING, "a sync kept a second version of a note", notes.conflict_copy),
        Rule("case-collision", FINDING, "names differ in case or Unicode form only", names.case_collision),
        Rule("unsafe-name", FINDING, "a name that some system or link cannot hold", names.unsafe_name),
        Rule("orphan", HINT, "no link leads to a note or from it", notes.orphan),
        Rule("dead-end", HINT, "others lead to a note, and it leads nowhere", notes.dead_end),
        Rule("missing-backlink", LISTED, "a link is not answered by one back", links.missing_backlink),
    )
}
#: Numbers under which methods know some rules.
OTHER_NAMES = {"Z1": "orphan", "Z7": "broken-link"}


def chosen(names: Iterable[str]) -> list[Rule]:
    """The rules of these names; without any, all but those that are only listed."""
    wanted = [OTHER_NAMES.get(name.strip(), name.strip()) for each in names for name in each.split(",") if name.strip()]
    for name in wanted:
        if name not in RULES:
            raise UsageError(f"There is no rule {name!r}.", f"There are {', '.join(RULES)}.", "See:  pkm check --help")
    return [RULES[name] for name in dict.fromkeys(wanted)] or [rule for rule in RULES.values() if rule.weight != LISTED]


def run(look: Look, rules: Iterable[Rule]) -> list[Finding]:
    """What the rules find, by file and line."""
    return sorted(finding for rule in rules for finding in rule.find(look) if look.counts(finding.path))
