"""Choosing between two versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pkm.sync.resolve import Versions, choose, open_conflicts
from pkm.sync.sync import foresee
from pkm.vault.plan import apply
from pkm.vault.undo import undo
from pkm.vault.vault import Vault

if TYPE_CHECKING:
    from tests.sync.clones import Clone


@pytest.fixture
def torn(pair: tuple[Clone, Clone]) -> tuple[Clone, Versions, dict[str, str]]:
    """A vault with one conflict, and both texts as they were."""
    one, two = pair
    texts = {}
    for name, clone in (("one", one), ("two", two)):
        clone.write("n.md", clone.read("n.md").replace("two", f"by {name}"))
        texts[name] = clone.read("n.md")
    one.sync()
    (conflict,) = two.sync().conflicts
    lost = texts["one"] if "by two" in two.read("n.md") else texts["two"]
    return two, Versions("n.md", conflict.copy), {"note": two.read("n.md"), "copy": lost}


def nobody(_: str) -> str:
    return ""


def test_open_conflicts_are_found_with_their_notes(torn: tuple[Clone, Versions, dict[str, str]]) -> None:
    clone, versions, _ = torn

    assert open_conflicts(Vault(str(clone.root)), nobody) == [versions]
    assert open_conflicts(Vault(str(clone.root)), lambda ident: f"moved/{ident}.md")[0].note == "moved/n1.md"


def test_a_look_names_what_waits_for_a_choice_until_it_is_made(torn: tuple[Clone, Versions, dict[str, str]]) -> None:
    clone, versions, _ = torn

    assert [conflict.copy for conflict in foresee(str(clone.root), fetch=False, ask=False).conflicts] == [versions.copy]

    vault = Vault(str(clone.root))
    apply(vault, choose(vault, versions, "note"))
    assert foresee(str(clone.root), fetch=False, ask=False).conflicts == []


@pytest.mark.parametrize("keep", ["note", "copy"])
def test_keeping_one_gives_the_note_that_text_to_the_byte(
    torn: tuple[Clone, Versions, dict[str, str]], keep: str
) -> None:
    clone, versions, texts = torn
    vault = Vault(str(clone.root))
    before = clone.files()

    apply(vault, choose(vault, versions, keep))

    assert clone.read("n.md") == texts[keep]
    assert versions.copy not in clone.files()
    undo(vault)
    assert clone.files() == before


def test_keeping_both_makes_the_copy_a_note_of_its_own(torn: tuple[Clone, Versions, dict[str, str]]) -> None:
    clone, versions, texts = torn
    vault = Vault(str(clone.root))

    apply(vault, choose(vault, versions, "both"))

    assert clone.read("n.md") == texts["note"]
    assert clone.read("n 2.md") == texts["copy"].replace("id: n1\n", "")
    assert not open_conflicts(vault, nobody)


def test_a_version_whose_note_is_gone_is_the_note(torn: tuple[Clone, Versions, dict[str, str]]) -> None:
    clone, versions, texts = torn
    clone.remove("n.md")
    vault = Vault(str(clone.root))

    (found,) = open_conflicts(vault, nobody)
    apply(vault, choose(vault, found, "copy"))

    assert found == Versions("", versions.copy)
    assert clone.read("n.md") == texts["copy"]
