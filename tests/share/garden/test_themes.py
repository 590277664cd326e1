from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pkm.errors import PkmError
from tests.share.samples import note, site_of, tree, write_vault

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return write_vault(tmp_path / "vault", {"One.md": note("words", title="One")})


def theme(vault: Path, name: str, text: str) -> None:
    write_vault(vault, {f"templates/garden/{name}": text})


def test_a_template_of_the_author_stands_in_for_ours_file_by_file(vault: Path, tmp_path: Path) -> None:
    theme(vault, "footer.html", "<footer>grown by {{ g.title }}</footer>")

    site = site_of(vault, tmp_path / "site")

    assert b"<footer>grown by Lab</footer>" in site["one.html"]
    assert b'class="note h-entry' in site["one.html"]


def test_styles_and_pictures_of_the_author_go_along(vault: Path, tmp_path: Path) -> None:
    theme(vault, "theme/garden.css", "p { color: red }")
    theme(vault, "theme/mine.woff2", "a font")

    site = site_of(vault, tmp_path / "site")

    assert site["theme/garden.css"] == b"p { color: red }"
    assert site["theme/mine.woff2"] == b"a font"
    assert site["theme/garden.js"]


def test_what_notes_say_is_escaped_in_templates_of_the_author_too(vault: Path, tmp_path: Path) -> None:
    theme(vault, "note.html", '<main id="text"><h1>{{ card.title }}</h1>{{ body }}</main>')
    write_vault(vault, {"Two.md": note("words", title="'<b onclick=x>'")})

    site = site_of(vault, tmp_path / "site")

    assert not [name for name, data in site.items() if name.endswith(".html") and b"<b onclick" in data]


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ g.__init__.__globals__ }}",
        "{{ g.folders.append('/') }}",
        "{{ self.__init__.__globals__.__builtins__.open('/etc/passwd').read() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{% include '/etc/passwd' %}",
        "{% include '../../pkm.toml' %}",
    ],
)
def test_a_template_reaches_nothing_beyond_its_page(attack: str, vault: Path, tmp_path: Path) -> None:
    theme(vault, "footer.html", f"<footer>{attack}</footer>")

    with pytest.raises(PkmError):
        site_of(vault, tmp_path / "site")


@pytest.mark.parametrize(("text", "line"), [("{% if %}", "footer.html line 2"), ("{{ nothing.there }}", "footer.html")])
def test_a_mistake_in_a_template_is_told_with_its_place_and_the_site_stays(
    text: str, line: str, vault: Path, tmp_path: Path
) -> None:
    before = site_of(vault, tmp_path / "site")
    theme(vault, "footer.html", f"<footer>\n{text}</footer>")

    with pytest.raises(PkmError, match=line):
        site_of(vault, tmp_path / "site")

    assert tree(tmp_path / "site") == before


def test_a_changed_template_makes_every_page_again(vault: Path, tmp_path: Path) -> None:
    theme(vault, "footer.html", "<footer>one</footer>")
    site_of(vault, tmp_path / "site")
    theme(vault, "footer.html", "<footer>another</footer>")

    site = site_of(vault, tmp_path / "site")

    assert [name for name in site if name.endswith(".html") and b"<footer>another</footer>" not in site[name]] == []


def test_words_of_a_template_are_the_authors_own_choice(vault: Path, tmp_path: Path) -> None:
    """A private note may be called by a word that the author put on every page."""
    theme(vault, "footer.html", "<footer>Kumquats, grown by Wolfgang</footer>")
    write_vault(vault, {"Kumquats.md": "mine alone"}, 'author = "Wolfgang"\n')
    write_vault(vault, {"Wolfgang.md": "mine alone", "Lab.md": "mine alone"}, 'author = "Wolfgang"\n')

    assert b"Kumquats" in site_of(vault, tmp_path / "site")["one.html"]
