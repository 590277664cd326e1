"""Each guard of the gate, taken away: the canary that it holds back gets out, and this test sees it.

The first test says that no canary is in the site. The others show that this would be noticed: for
every guard one run without it, in which the same search finds what that guard alone held back.
"""

from __future__ import annotations

import html
import json
import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from pkm.errors import RefusedError
from pkm.markdown.frontmatter import read
from pkm.share import gate, publish, references
from pkm.share.front import allowed, veto
from pkm.share.garden import host, writer
from pkm.share.look import Look
from pkm.vault import vault as vault_module
from tests.share.samples import PICTURES, jpeg, note, png, site_of, svg, tree, write_vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VAULT: dict[str, str | bytes] = {
    "Open.md": note(
        "Open words. %%zqcomment%% <!-- zqmarkup -->\n\n> [!private]\n> zqcallout\n\n"
        "See [[zqtarget]] and [[Hidden place|the meeting]] and ![[zqtarget]].\n\n![[Long#No such part]]\n\n"
        "![[photo.jpg]] ![[screen.png]] ![[drawing.svg]] ![[.env]] ![[notes.txt]]",
        "public",
        title="Open",
        client="zqclient",
        tags="[open]",
    ),
    "Long.md": note("## Part\n\nlongwords that belong to one page", title="Long"),
    "Unmarked.md": note("zqunmarked", None, title="Unmarked"),
    "zqtarget.md": note("zqprivate [[Open]] #zqtag", "private", title="Hidden place", aliases="[zqalias]"),
    "Narrow.md": note("zqcircle", "teachers"),
    "Draft.md": note("zqdraft", "public", draft="true"),
    "Held.md": note("zqheld", "public", publish="false"),
    "Unclear.md": note("zqunclear", "public", draft="maybe"),
    "Broken.md": "---\naudience: private\naudience: public\n---\nzqbroken\n",
    "Conflict.md": note("<<<<<<< ours\nzqconflict\n=======\n>>>>>>> theirs"),
    ".trash/Old.md": note("zqtrash"),
    "templates/note.md": note("zqtemplate"),
    "photo.jpg": jpeg("zqcamera"),
    "screen.png": png("zqscreen"),
    "drawing.svg": svg("zqdrawing"),
    "orphan.png": PICTURES["png"]() + b"zqorphan",
    ".env": "zqenvironment",
    "notes.txt": "zqtext",
}


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PKM_NOW", "2026-11-20T08:30:00")
    return write_vault(tmp_path / "vault", VAULT)


def canaries(site: dict[str, bytes]) -> set[str]:
    """Every canary in the names and bytes of a site, however it is written."""
    found: set[str] = set()
    for name, data in site.items():
        text = f"{name} {data.decode('utf-8', 'replace')}"
        for view in (
            text,
            unquote(text),
            html.unescape(text),
            re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text),
        ):
            found.update(re.findall("zq[a-z]+", view.lower()))
    if b"longwords" in site.get("open.html", b""):
        found.add("a part that is not there")
    if b"Hidden place" in b"".join(site.values()):
        found.add("title")
    return found


def test_nothing_that_a_guard_holds_back_is_in_the_site(vault: Path, tmp_path: Path) -> None:
    site = site_of(vault, tmp_path / "site")

    assert canaries(site) == set()
    assert b"Open words" in site["open.html"]
    assert b"the meeting" in site["open.html"]


def _without_key(key: str) -> Callable[[pytest.MonkeyPatch], None]:
    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            gate, "veto", lambda values, *rest: veto({k: v for k, v in values.items() if k != key}, *rest)
        )

    return patch


def _said_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "rules_of", lambda _: gate.Rules(default="public"))


def _every_audience(monkeypatch: pytest.MonkeyPatch) -> None:
    def lax(values: dict[str, Any], audience: str, default: str) -> str:
        return veto({**values, "audience": audience if values.get("audience") else None}, audience, default)

    monkeypatch.setattr(gate, "veto", lax)


def _unclear_counts_as_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "veto", lambda *given: "" if (why := veto(*given)).startswith("`") else why)


def _broken_counts_as_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lax:
        def __init__(self, data: bytes) -> None:
            front = read(data)
            self.values, self.body = {"audience": "public"} if front.repeated else front.values, front.body
            self.broken, self.repeated = False, ()
            self.problems: list[object] = []

    monkeypatch.setattr(gate, "read", Lax)


def _every_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        gate, "allowed", lambda values, path: {**allowed(values, path), "description": json.dumps(values, default=str)}
    )


def _links_keep_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "_instead", lambda kind, target, *_: "" if kind == "embed" else target)


def _embeds_keep_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "_instead", lambda kind, target, *_: f"({target})" if kind == "embed" else "")


def _private_notes_have_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link is resolved among all notes, and says what the one it finds is called."""
    instead = references._instead
    monkeypatch.setattr(
        references,
        "_instead",
        lambda kind, target, *more: "Hidden place" if kind == "wiki" else instead(kind, target, *more),
    )


def _missing_parts_show_all(monkeypatch: pytest.MonkeyPatch) -> None:
    part = host.part
    monkeypatch.setattr(
        host, "part", lambda page, anchor: page.text if (found := part(page, anchor)) is None else found
    )


def _every_kind_of_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "publishable", lambda _: True)


def _every_file(monkeypatch: pytest.MonkeyPatch) -> None:
    deliver = publish.Publication.deliver

    def lax(self: publish.Publication) -> Any:
        for path in self.look.files:
            self.build.folder.put(f"files/{path}", self.vault.read(path))
        return deliver(self)

    monkeypatch.setattr(publish.Publication, "deliver", lax)


def _hidden_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    stamps = vault_module.Vault.stamps

    def all_of_them(self: vault_module.Vault, *given: Any, **more: Any) -> Any:
        yield from stamps(self, *given, **more)
        status = os.stat(os.path.join(self.root, ".trash/Old.md"))
        yield ".trash", [("Old.md", status.st_mtime_ns, status.st_size, status.st_ino)]

    monkeypatch.setattr(vault_module.Vault, "stamps", all_of_them)


def _templates_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "Look", lambda vault, _, *known: Look(vault, (), *known))


def _patched(module: Any, name: str, stand_in: Any) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda monkeypatch: monkeypatch.setattr(module, name, stand_in)


GUARDS: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "a note without an audience is private": ("zqunmarked", _said_by_nobody),
    "only one audience is public": ("zqcircle", _every_audience),
    "a private note is private": ("zqprivate", _every_audience),
    "a draft stays home": ("zqdraft", _without_key("draft")),
    "publish: false stays home": ("zqheld", _without_key("publish")),
    "what is neither true nor false stays home": ("zqunclear", _unclear_counts_as_no),
    "broken front matter stays home": ("zqbroken", _broken_counts_as_read),
    "conflict markers stay home": ("zqconflict", _patched(gate, "_CONFLICT", re.compile(rb"(?!)"))),
    "comments go": ("zqcomment", _patched(gate, "without_comments", lambda text, **_: text)),
    "comments of HTML go": ("zqmarkup", _patched(gate, "without_comments", lambda text, **_: re.sub("%%.*?%%", "", text))),
    "private callouts go": ("zqcallout", _patched(gate, "without_private", lambda text, _: text)),
    "other keys of front matter stay home": ("zqclient", _every_key),
    "a link to a private note becomes words": ("zqtarget", _links_keep_names),
    "an embed of a private note goes": ("zqtarget", _embeds_keep_names),
    "a link knows no private title": ("title", _private_notes_have_names),
    "an embed of a part that is not there shows nothing": ("a part that is not there", _missing_parts_show_all),
    "a photo forgets": ("zqcamera", _patched(gate, "stripped", lambda _, data: (data, 1, 1))),
    "a screenshot forgets": ("zqscreen", _patched(gate, "stripped", lambda _, data: (data, 1, 1))),
    "a drawing only draws": ("zqdrawing", _patched(gate, "cleaned_svg", lambda data: (data, 1, 1))),
    "only kinds that pages show": ("zqtext", _every_kind_of_file),
    "only files that a page shows": ("zqorphan", _every_file),
    "hidden folders are no part of the vault": ("zqtrash", _hidden_folders),
    "templates are no notes": ("zqtemplate", _templates_too),
}  # fmt: skip


@pytest.mark.parametrize(("canary", "take_away"), GUARDS.values(), ids=GUARDS)
def test_without_this_guard_a_canary_gets_out(
    canary: str,
    take_away: Callable[[pytest.MonkeyPatch], None],
    vault: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_away(monkeypatch)

    assert canary in canaries(site_of(vault, tmp_path / "site"))


# --- Guards that stop or clear away: the same, each with and without.


def test_a_secret_stops_the_delivery_and_without_its_guard_it_would_leave(
    vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (vault / "Key.md").write_text(note("-----BEGIN " + "PRIVATE KEY-----\nzqkey"))
    with pytest.raises(RefusedError):
        site_of(vault, tmp_path / "site")
    assert not (tmp_path / "site").exists()

    monkeypatch.setattr(gate, "secrets", lambda *_: iter(()))
    assert "zqkey" in canaries(site_of(vault, tmp_path / "other"))


def test_what_is_taken_back_is_removed_and_without_its_guard_it_would_stay(
    vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (vault / "Once.md").write_text(note("zqonce"))
    for name in ("one", "two"):
        assert "zqonce" in canaries(site_of(vault, tmp_path / name))
    (vault / "Once.md").write_text(note("zqonce", "private"))

    assert canaries(site_of(vault, tmp_path / "one")) == set()

    monkeypatch.setattr(writer.Folder, "_remove", lambda *_: None)
    assert "zqonce" in canaries(site_of(vault, tmp_path / "two"))


def test_a_folder_with_other_things_is_refused_and_without_its_guard_they_would_be_mixed(
    vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "mine"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    with pytest.raises(RefusedError):
        site_of(vault, other)
    assert list(tree(other)) == ["thesis.txt"]

    monkeypatch.setattr(writer, "read_manifest", lambda _: {})
    assert "thesis.txt" in site_of(vault, other)
