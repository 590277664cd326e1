"""What of a repository's own settings may take effect when `pkm` calls git in it.

A vault may come from anywhere, and `.git/config` can name programs for git to run. So every
call carries one fixed list of settings, and each setting of the repository itself that names
a program, or would write a file, is taken back to what the person's own configuration says.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Holds for every call of git, whatever any configuration says.
FIXED = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.autocrlf=false",
    "core.safecrlf=false",
    "core.quotePath=false",
    "core.pager=cat",
    "core.fsync=committed,loose-object",
    "core.filesRefLockTimeout=5000",
    "core.packedRefsTimeout=5000",
    "diff.external=",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "push.recurseSubmodules=no",
    "push.gpgSign=false",
    "commit.gpgSign=false",
    "log.showSignature=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.version=2",
    "http.saveCookies=false",
    "http.lowSpeedLimit=100",
    "http.lowSpeedTime=30",
)

#: Names of repositories and how to reach them; `ext::`, plain git and http are not among them.
PROTOCOLS = "file:https:ssh"

#: Settings that name a program or make git write a file, by section and last word, with what stands instead of the
#: repository's value; None is what the person's own configuration says.
_PROGRAMS: dict[str, dict[str, str | None]] = {
    "filter": {"clean": "", "smudge": "", "process": "", "required": "false"},
    "core": dict.fromkeys(("sshcommand", "askpass", "gitproxy", "alternaterefscommand", "editor")),
    "gpg": dict.fromkeys(("program", "defaultkeycommand")),
    "http": {"savecookies": "false"},
    "remote": dict.fromkeys(("uploadpack", "receivepack", "vcs", "promisor", "partialclonefilter"), ""),
    "diff": {"textconv": "", "command": ""},
    "merge": {"driver": ""},
    "gc": {"recentobjectshook": ""},
}

_OWN_SCOPES = ("local", "worktree")
_NOT_OURS = """
    GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR
    GIT_NAMESPACE GIT_PREFIX GIT_EXTERNAL_DIFF GIT_CONFIG GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT
    GIT_LITERAL_PATHSPECS GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS GIT_ICASE_PATHSPECS GIT_CEILING_DIRECTORIES
    GIT_SHALLOW_FILE GIT_GRAFT_FILE GIT_TRACE GIT_QUARANTINE_PATH
""".split()


class Setting(NamedTuple):
    """One line of git's configuration, and where it stands."""

    scope: str
    key: str
    value: str


def environment(environ: Mapping[str, str], ask: bool) -> dict[str, str]:
    """For git: nothing of a surrounding git call, English messages, no question that nobody can answer."""
    env = {key: value for key, value in environ.items() if key not in _NOT_OURS}
    env |= {
        "LC_ALL": "C",
        "GIT_ALLOW_PROTOCOL": PROTOCOLS,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_EDITOR": "true",
        "GIT_MERGE_AUTOEDIT": "no",
    }
    if not ask:
        env["GIT_TERMINAL_PROMPT"] = "0"
        env["SSH_ASKPASS_REQUIRE"] = "never"
    return env


def parse(listing: bytes) -> list[Setting]:
    """The answer of `git config --list -z --show-scope`."""
    parts = listing.decode(errors="surrogateescape").split("\0")
    found = []
    for scope, entry in zip(parts[::2], parts[1::2], strict=False):
        key, _, value = entry.partition("\n")
        found.append(Setting(scope, key, value))
    return found


def overrides(settings: Iterable[Setting]) -> list[str]:
    """`key=value` for each setting of the repository that must not have its way."""
    settings = list(settings)
    out: list[str] = []
    for setting in settings:
        section, name = _split(setting.key)
        if setting.scope not in _OWN_SCOPES and section != "filter":
            continue
        programs = _PROGRAMS.get(section, {})
        if name in programs:
            instead = programs[name]
            out.append(f"{setting.key}={instead if instead is not None else _own(settings, setting.key)}")
    out = list(dict.fromkeys(out))
    helpers = [s for s in settings if _is_helper(s)]
    if any(s.scope in _OWN_SCOPES for s in helpers):
        out.append("credential.helper=")  # an empty one empties the list; then the person's own again
        out += [f"{s.key}={s.value}" for s in helpers if s.scope not in _OWN_SCOPES]
    return out


def _split(key: str) -> tuple[str, str]:
    """The section and the last word of a setting: `filter.lfs.clean` is a `clean` of a `filter`."""
    section, _, rest = key.lower().partition(".")
    return section, rest.rpartition(".")[2]


def _is_helper(setting: Setting) -> bool:
    return _split(setting.key) == ("credential", "helper")


def ignored(settings: Iterable[Setting]) -> list[str]:
    """Settings of the repository, needed for a connection, that were not used; for a message when it fails."""
    return sorted({s.key for s in settings if s.scope in _OWN_SCOPES and (s.key == "core.sshcommand" or _is_helper(s))})


def filters(settings: Iterable[Setting], attributes: bytes) -> list[str]:
    """Programs that `.gitattributes` sends notes through and that are installed: LFS, git-crypt and their like."""
    import re

    used = {name.decode(errors="replace") for name in re.findall(rb"(?m)^[^#\n]*[ \t]filter=([^\s]+)", attributes)}
    installed = {
        s.key.split(".", 1)[1].rpartition(".")[0]
        for s in settings
        if _split(s.key) in (("filter", "clean"), ("filter", "smudge"), ("filter", "process"))
    }
    return sorted(used & installed)


def ssh_command(settings: Iterable[Setting], environ: Mapping[str, str], ask: bool) -> str:
    """How to call ssh: the person's own way, never the repository's."""
    own = environ.get("GIT_SSH_COMMAND") or _own(list(settings), "core.sshcommand")
    if own:
        return own
    return "ssh -oConnectTimeout=15 -oServerAliveInterval=15" + ("" if ask else " -oBatchMode=yes")


def _own(settings: list[Setting], key: str) -> str:
    values = [s.value for s in settings if s.key == key and s.scope not in _OWN_SCOPES]
    return values[-1] if values else ""


def can_ask() -> bool:
    """Whether somebody sits there who could type a password."""
    try:
        return os.isatty(0) and os.isatty(2)
    except OSError:
        return False
