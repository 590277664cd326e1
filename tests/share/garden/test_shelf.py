"""What a build knows of the last one: the same as if it had read all of it, though it reads next to nothing."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.config import load
from pkm.markdown.render_code import highlighted
from pkm.markdown.render_math import mathml
from pkm.share.bundle import Page, Reference
from pkm.share.garden import shelf
from pkm.share.garden.catalogue import catalogue
from pkm.share.garden.shelf import Changed, Shelf, Ways
from pkm.share.publish import Publication
from pkm.share.references import KnownNames, Names
from pkm.vault.vault import Vault
from tests.share.samples import note, write_vault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pkm.share.garden.cards import Card

NOTES = 60
WORDS = ("Ash", "beech", "Cedar.md", "deep/Ash", "deep/elm")


def page(path: str, *links: str, title: str = "", aliases: tuple[str, ...] = (), uid: str = "") -> Page:
    found = Page(path, title or path, "Some words.\n", uid=uid, aliases=aliases)
    found.references = [Reference(0, 0, link, link, "", "", "", embed=False) for link in links]
    return found


def cards_of(pages: Iterable[Page]) -> dict[str, Card]:
    return dict(catalogue(Shelf(), {page.path: page for page in pages}, set()))


@contextmanager
def kept(cards: dict[str, Card]) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(shelf.TABLES)
        ways = [Ways(field, cards.values()) for field in shelf.FIELDS]
        shelf.put(db, [(None, card) for card in cards.values()], ways)
        yield db


def publication(root: Path, out: Path) -> Publication:
    return Publication(Vault(str(root)), load(str(root)), str(out))


def deliver(root: Path, out: Path) -> Publication:
    build = publication(root, out)
    build.project()
    build.prepare()
    build.deliver()
    build.store.close()
    return build


def test_an_edited_note_loads_its_neighbours_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    chain = {f"n{n:02}.md": note(f"Words. See [[n{(n + 1) % NOTES:02}]].\n\nMore.") for n in range(NOTES)}
    vault = write_vault(tmp_path / "vault", chain)
    deliver(vault, tmp_path / "site")
    edited = vault / "n30.md"
    edited.write_text(edited.read_text() + "One more sentence.\n")
    os.utime(edited, (1, 1))

    done = deliver(vault, tmp_path / "site")

    assert [name for name in done.build.folder.written if name.endswith(".html")] == ["n30.html"]
    assert {"n30.md", "n29.md", "n31.md"} <= done.before.loaded.keys()
    assert len(done.before.loaded) < NOTES / 3


def test_code_and_formulas_that_stay_are_not_set_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    text = note("Words.\n\n```python\nseventeen = 17\n```\n\n$$x^{17}$$\n")
    vault = write_vault(tmp_path / "vault", {"a.md": text})
    deliver(vault, tmp_path / "site")
    (vault / "a.md").write_text(text + "\nOne more sentence, and `code`.\n")
    os.utime(vault / "a.md", (1, 1))
    highlighted.cache_clear()
    mathml.cache_clear()

    deliver(vault, tmp_path / "site")

    assert (highlighted.cache_info().misses, mathml.cache_info().misses) == (0, 0)
    page = (tmp_path / "site" / "a.html").read_text()
    assert "One more sentence" in page
    assert '<span class="h-n">17</span>' in page
    assert "<math" in page


@pytest.mark.parametrize("many", [0, 2, 400])
def test_a_shelf_is_read_in_the_order_of_paths_whatever_was_asked_before(
    many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "MANY", many)
    cards = cards_of(page(f"{name}.md") for name in "dacbe")

    with kept(cards) as db:
        found = Shelf(db)

        assert [found[path] for path in ("e.md", "a.md", "c.md", "d.md")] == [
            cards[path] for path in ("e.md", "a.md", "c.md", "d.md")
        ]
        assert list(found.items()) == sorted(cards.items())
        assert list(found) == sorted(cards)
        assert found.get("nobody.md") is None


def test_cards_that_changed_stand_in_their_old_places() -> None:
    with kept(cards_of(page(f"{name}.md") for name in "abc")) as db:
        found = Shelf(db)
        other = found["b.md"].with_fields(title="Other")

        changed = Changed(found, {"b.md": other})

        assert [card.title for card in changed.values()] == ["a.md", "Other", "c.md"]
        assert [card.title for card in changed.between(0, 1 << 24)].count("Other") == 1


LINKS = st.dictionaries(st.sampled_from("abcde"), st.lists(st.sampled_from("abcde"), unique=True))


@pytest.mark.parametrize("many", [0, 400])
@given(before=LINKS, after=LINKS)
def test_ways_that_moved_are_the_ways_found_anew(
    before: dict[str, list[str]], after: dict[str, list[str]], many: int
) -> None:
    old = cards_of(page(path, *links) for path, links in before.items())
    new = cards_of(page(path, *links) for path, links in after.items())
    with pytest.MonkeyPatch.context() as patch, kept(old) as db:
        patch.setattr(shelf, "MANY", many)
        ways = Ways("links", db=db)
        for path in sorted(old.keys() | new.keys()):
            ways.move(path, old[path].links if path in old else (), new[path].links if path in new else ())
        shelf.put(db, [(old.get(path), new.get(path)) for path in old.keys() | new.keys()], [ways])

        fresh, again = Ways("links", new.values()), Ways("links", db=db)

        for path in "abcde":
            assert ways.get(path) == fresh.get(path) == again.get(path)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from(("", *WORDS))
        ),
        max_size=5,
        unique_by=lambda row: row[0],
    ),
    st.lists(st.sampled_from((*WORDS, "./Ash", "../deep/elm", "deep/", "pic.png", "deep/../Ash", "")), min_size=1),
)
def test_names_that_are_kept_mean_what_all_names_mean(
    rows: list[tuple[str, str, str, str]], targets: list[str]
) -> None:
    pages = [page(f"{path}.md", title=title, aliases=(alias,), uid=uid) for path, alias, title, uid in sorted(rows)]
    pages.sort(key=lambda page: page.path)

    with kept(cards_of(pages)) as db:
        known = KnownNames(Shelf(db).called, ["pic.png"])

        for source in ("x.md", "deep/x.md"):
            for target in targets:
                assert known.find(target, source) == Names(pages, ["pic.png"]).find(target, source)
