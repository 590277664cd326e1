"""Completion: what may come next on a command line, answered from the index as it is.

Called on every Tab, so neither Typer nor a look at the files is affordable: verbs come from the table
of commands, flags from a table made with the help pages, titles by one range of the index.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

TITLES = 50
# Verbs whose words are notes.
TAKES_NOTES = frozenset(("open", "edit", "move", "link"))
NOTE_FLAGS = frozenset(
    (
        "--for",
        "--follows",
        "--from",
        "--link-to",
        "--linked-by",
        "--no-link-to",
        "--no-linked-by",
        "--mention",
        "--mentioned-by",
        "--related",
        "--note",
    )
)

_BASH = """\
_pkm() {
  local IFS=$'\\n' word=${COMP_WORDS[COMP_CWORD]} i
  local plain=${word#[\\"\\']}
  COMPREPLY=($(pkm --complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" "${plain//\\\\}" 2>/dev/null))
  [[ $word == [\\"\\']* ]] && return
  for i in "${!COMPREPLY[@]}"; do COMPREPLY[$i]=$(printf '%q' "${COMPREPLY[$i]}"); done
}
complete -o default -F _pkm pkm
"""
_ZSH = """\
#compdef pkm
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
_pkm() {
  local -a found
  found=("${(@f)$(pkm --complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  [[ -n "${found[*]}" ]] && compadd -U -- "${found[@]}" || _files
}
compdef _pkm pkm
"""
_FISH = """\
function __pkm_complete
    set -l typed (commandline -ct)
    set -l plain (string unescape -- "$typed"; or string replace -r '^["\\']' '' -- "$typed")
    pkm --complete (commandline -opc)[2..-1] "$plain" 2>/dev/null
end
complete -c pkm -a '(__pkm_complete)'
"""


def script(shell: str) -> str:
    """The lines that a shell loads."""
    return {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}[shell]


def answer(words: list[str]) -> Iterator[str]:
    """What may stand in place of the last word."""
    before, now = words[:-1], words[-1] if words else ""
    verbs, flags = _tables()
    verb = next((word for word in before if word in verbs), "")
    if before and before[-1] in NOTE_FLAGS:
        yield from titles(now)
    elif not verb and not now.startswith("-"):
        yield from (name for name in verbs if name.startswith(now))
    elif now.startswith("-"):
        yield from (flag for flag in flags.get(verb or "pkm", ()) if flag.startswith(now))
    elif verb in TAKES_NOTES:
        yield from titles(now)
    else:
        yield from (name for name in flags[verb] if name.startswith(now) and name[0] != "-")


def _tables() -> tuple[list[str], dict[str, list[str]]]:
    """Verbs, and each one's flags and what stands behind it, from the file that `make generate` writes."""
    flags: dict[str, list[str]] = {}
    with open(os.path.join(os.path.dirname(__file__), "flags.txt"), encoding="utf-8") as file:
        for line in file:
            verb, *names = line.split()
            flags[verb] = names
    return [verb for verb in flags if verb != "pkm"], flags


def titles(start: str) -> Iterator[str]:
    """Titles of notes that begin so; none when there is no index yet."""
    from pkm.cli import state
    from pkm.cli.output import one_line
    from pkm.errors import PkmError

    state.fresh = False
    try:
        bench = state.bench()
        if not bench.index.attach():
            return
        pattern = start.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = bench.index.db.execute(
            "SELECT DISTINCT title FROM notes WHERE title LIKE ? ESCAPE '\\' ORDER BY title LIMIT ?", (pattern, TITLES)
        )
        for (title,) in rows:
            yield one_line(title)
    except PkmError:
        return
