"""Mermaid diagrams with a program in place of `mmdc` that draws what a test needs."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from pkm.config import load
from pkm.share import mermaid
from pkm.share.publish import Publication, publish
from pkm.vault.vault import Vault
from tests.share.samples import differences, note, site_of, write_vault

DIAGRAM = "flowchart LR\n  Seed --> Bud"
DRAWN = """<svg xmlns="http://www.w3.org/2000/svg" id="my-svg" width="100%" viewBox="0 0 120 40.4">
<style>#my-svg .node rect{fill:#eee;stroke:#999!important} @import url(https://elsewhere.example/a.css);</style>
<script>alert(1)</script><foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>
<g class="node" onclick="alert(1)"><rect width="9" height="9"/><text>Seed</text></g></svg>"""


def fenced(source: str) -> str:
    return note(f"Before.\n\n```mermaid\n{source}\n```\n\nAfter.", title="Drawn")


class Program:
    """A `mmdc` that is a shell script and counts how often it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.does(f"cat > \"$out\" <<'END'\n{DRAWN}\nEND")

    def does(self, script: str) -> None:
        self.folder.mkdir(exist_ok=True)
        path = self.folder / "mmdc"
        calls = f"echo called >> '{self.folder}/calls'"
        path.write_text(f'#!/bin/sh\n{calls}\nwhile [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done\n{script}\n')
        path.chmod(0o755)

    @property
    def calls(self) -> int:
        path = self.folder / "calls"
        return len(path.read_text().splitlines()) if path.exists() else 0


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PKM_NOW", "2026-11-20T08:30:00")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return Program(tmp_path / "bin")


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return write_vault(tmp_path / "vault", {"Drawn.md": fenced(DIAGRAM)})


def findings(vault: Path, out: Path) -> list[str]:
    """Publish, and return what was found."""
    publication = Publication(Vault(str(vault)), load(str(vault)), str(out))
    try:
        publication.project()
        publication.prepare()
        publication.deliver()
        return [f"{finding.path}: {finding.message}" for finding in publication.findings]
    finally:
        publication.store.close()


def drawings(site: dict[str, bytes]) -> list[str]:
    return [name for name in site if name.startswith("files/diagram-")]


def test_a_diagram_is_a_picture_with_its_source_at_hand(program: Program, vault: Path, tmp_path: Path) -> None:
    site = site_of(vault, tmp_path / "site")
    page = site["drawn.html"].decode()

    [name] = drawings(site)
    assert f'<img class="diagram" src="{name}" alt="Diagram" width="120" height="40" loading="lazy">' in page
    assert "<details><summary>as text</summary>" in page
    assert "Seed --&gt; Bud" in page
    assert program.calls == 1


def test_what_the_program_draws_is_cleaned_and_keeps_its_colours(program: Program, vault: Path, tmp_path: Path) -> None:
    site = site_of(vault, tmp_path / "site")
    drawing = site[drawings(site)[0]].decode()

    assert 'fill="#eee" stroke="#999"' in drawing
    assert "Seed" in drawing
    for word in ("script", "style", "onclick", "foreign", "elsewhere", "class="):
        assert word not in drawing.lower()
    assert program.calls == 1


def test_without_the_program_readers_see_the_source(vault: Path, tmp_path: Path, program: Program) -> None:
    (program.folder / "mmdc").unlink()

    assert findings(vault, tmp_path / "site") == []
    page = (tmp_path / "site" / "drawn.html").read_text()
    assert "<pre><code>flowchart LR" in page
    assert "<img" not in page


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'Error: Parse error on line 2' >&2; exit 1", "mmdc cannot draw it: Error: Parse error on line 2"),
        ("exit 0", "mmdc cannot draw it: No such file or directory"),
        ("echo '<html/>' > \"$out\"", "not an SVG"),
    ],
)
def test_a_failure_is_a_finding_and_readers_see_the_source(
    script: str, why: str, program: Program, vault: Path, tmp_path: Path
) -> None:
    program.does(script)

    assert findings(vault, tmp_path / "site") == [f"Drawn.md: a diagram is shown as its source: {why}"]
    assert "<pre><code>flowchart LR" in (tmp_path / "site" / "drawn.html").read_text()


def test_a_program_that_does_not_end_is_ended_and_asked_no_more(
    program: Program, vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mermaid, "LIMIT", 0.3)
    program.does(f"sleep 600 & echo $! > '{tmp_path}/browser'; wait")
    write_vault(vault, {"Other.md": fenced("pie")})

    found = findings(vault, tmp_path / "site")

    assert program.calls == 1
    assert len(found) == 1
    assert "took longer than" in found[0]
    told = Path("/proc", (tmp_path / "browser").read_text().strip(), "stat")
    assert not told.exists() or told.read_text().split()[2] == "Z"


@pytest.mark.parametrize(
    "source",
    [
        'flowchart LR\n A@{ img: "pic.png" }',
        "flowchart LR\n A --> B\n click A href 'https://elsewhere.example'",
        "---\nconfig:\n  themeCSS: .node{}\n---\nflowchart LR\n A",
        "flowchart LR\n classDef x fill:url(a)",
    ],
)
def test_what_would_be_fetched_is_not_drawn(source: str, program: Program, tmp_path: Path) -> None:
    vault = write_vault(tmp_path / "vault", {"Drawn.md": fenced(source)})

    assert "names what would be fetched" in findings(vault, tmp_path / "site")[0]
    assert program.calls == 0


def test_a_diagram_is_drawn_once_until_it_changes_and_goes_with_its_page(
    program: Program, vault: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    [first] = drawings(site_of(vault, site))
    write_vault(vault, {"Drawn.md": fenced(DIAGRAM) + "More words.\n"})
    assert drawings(site_of(vault, site)) == [first]
    assert program.calls == 1

    write_vault(vault, {"Drawn.md": fenced("pie")})
    later = site_of(vault, site)
    [second] = drawings(later)
    assert second != first
    assert program.calls == 2
    assert differences(later, site_of(vault, tmp_path / "clean")) == []

    write_vault(vault, {"Drawn.md": note("no diagram any more", title="Drawn")})
    assert drawings(site_of(vault, site)) == []


def test_a_note_that_is_taken_back_takes_its_drawings_along(program: Program, vault: Path, tmp_path: Path) -> None:
    write_vault(vault, {"Shows.md": note("![[Drawn]]")})
    assert len(drawings(site_of(vault, tmp_path / "site"))) == 2

    write_vault(vault, {"Drawn.md": fenced(DIAGRAM).replace("public", "private")})

    assert drawings(site_of(vault, tmp_path / "site")) == []
    assert program.calls == 2


def test_when_the_program_comes_every_diagram_is_drawn(program: Program, vault: Path, tmp_path: Path) -> None:
    script = (program.folder / "mmdc").read_text()
    (program.folder / "mmdc").unlink()
    assert drawings(site_of(vault, tmp_path / "site")) == []

    (program.folder / "mmdc").write_text(script)
    (program.folder / "mmdc").chmod(0o755)

    assert len(drawings(site_of(vault, tmp_path / "site"))) == 1
    assert publish(Vault(str(vault)), load(str(vault)), str(tmp_path / "site")) is None or program.calls == 1


def test_a_title_of_the_diagram_is_what_those_hear_who_do_not_see_it(program: Program, tmp_path: Path) -> None:
    vault = write_vault(tmp_path / "vault", {"Drawn.md": fenced("pie title What grows\n accTitle: Beds & seeds")})
    page = site_of(vault, tmp_path / "site")["drawn.html"].decode()

    assert re.search(r'<img class="diagram"[^>]* alt="Beds &amp; seeds"', page)
    assert program.calls == 1
