"""The last look at a site finds what the gate and the renderer must never let through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.errors import RefusedError
from pkm.share.garden.verify import Verifier, addresses
from pkm.share.garden.writer import Folder, read_manifest

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC = {"open", "garden", "soil", "worms"}
SAID = "an open garden"


def verifier(*home: str) -> Verifier:
    return Verifier(home, lambda words: {*words} <= PUBLIC if len(words) == 1 else " ".join(words) in SAID)


def looked_at(name: str, text: str, *home: str) -> list[str]:
    found = verifier(*home)
    found.see(name, text.encode())
    return found.problems


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", "<p>About the Merger</p>"),
        ("a.html", '<p><a href="merger-plans.html">this</a></p>'),
        ("feed.xml", "<title>merger</title>"),
        ("feed.json", '{"title": "Merger"}'),
        ("s/wme.js", 'pkm("wme","melon.4ABC merger:300.4ABC")\n'),
        ("s/d0.js", 'pkm("d0",{"ABC":["Merger","a","","","",""]})\n'),
        ("llms.txt", "- [Merger](a.html)"),
    ],
)
def test_a_word_that_only_notes_at_home_say_stops_the_delivery(name: str, text: str) -> None:
    assert looked_at(name, text, "boss/Merger.md") == [f"{name} says 'merger', and only notes that stay home do."]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", "<p>About garden worms</p>"),
        ("a.html", "<li><a href='x.html'>Garden  worms</a>"),
        ("feed.json", '{"title": "Garden worms"}'),
        ("s/d0.js", 'pkm("d0",{"ABC":["Garden worms","a","","","",""]})\n'),
        ("llms.txt", "- [Garden worms](a.html)"),
    ],
)
def test_a_name_that_only_a_note_at_home_has_stops_the_delivery(name: str, text: str) -> None:
    """Though each of its words is said in public."""
    [problem] = looked_at(name, text, "boss/Garden worms.md")

    assert problem == f"{name} says 'garden worms', as only a note that stays home is called."


@pytest.mark.parametrize(
    "text",
    [
        "<p>an open garden</p>",
        "<ul><li>About the garden<li>Worms</ul>",
        '<p><a href="garden.html">Garden</a> worms</p>',
        "<p>worms, garden</p>",
    ],
)
def test_words_beside_each_other_by_chance_are_no_name(text: str) -> None:
    assert looked_at("a.html", text, "Garden worms.md", "Open garden.md", "Soil.md") == []


def test_words_beside_each_other_in_the_search_index_are_no_name() -> None:
    assert looked_at("s/wso.js", 'pkm("wso","soil.4ABC worms:300.4ABC")\n', "Soil & worms.md") == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", "<p>an open garden</p>"),
        ("a.html", '<meta name="viewport"> <section class="backlinks">'),
        ("s/d0.js", 'pkm("d0",{"ABC":["A","a","","","","merger"]})\n'),
        ("theme/garden.js", "merger"),
    ],
)
def test_what_the_public_or_the_program_says_is_no_leak(name: str, text: str) -> None:
    assert looked_at(name, text, "Open garden.md", "Viewport backlinks.md", "Merger.md") == []


def test_an_address_that_leads_nowhere_stops_the_delivery() -> None:
    found = verifier()
    found.see(
        "tags/x.html", b'<a class="u-url" href="../a.html">a</a> <a href="b.html#c">b</a> <img src="files/p.png">'
    )

    with pytest.raises(RefusedError) as refused:
        found.refuse_if_wrong({"a.html", "tags/b.html"})

    assert refused.value.reason == "files/p.png leads nowhere."


def test_addresses_elsewhere_and_in_code_are_let_be() -> None:
    found = verifier()
    found.see(
        "a.html", b'<a href="https://e.org/x">x</a> <code>&lt;a href="nowhere.html"&gt;</code> <a href="#here">h</a>'
    )

    found.refuse_if_wrong(set())


def test_nothing_is_delivered_when_the_last_look_fails(tmp_path: Path) -> None:
    first = Folder(str(tmp_path / "site"))
    first.put("a.html", b"one")
    first.finish()
    folder = Folder(str(tmp_path / "site"), verifier())
    folder.put("a.html", b'<a href="gone.html">x</a>')

    with pytest.raises(RefusedError):
        folder.finish()

    assert (tmp_path / "site" / "a.html").read_bytes() == b"one"


def test_a_delivery_that_was_stopped_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Folder(str(tmp_path / "site"))
    first.put("a.html", b"one")
    first.finish()
    stopped = Folder(str(tmp_path / "site"))
    stopped.put("a.html", b"two")
    stopped.put("b.html", b"new")
    monkeypatch.setattr(Folder, "_remove", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    stopped.put("c.html", b"new")
    stopped.forget("a.html")
    with pytest.raises(KeyboardInterrupt):
        stopped.finish()
    monkeypatch.undo()

    after = Folder(str(tmp_path / "site"))
    after.put("c.html", b"newer")
    after.finish()

    assert sorted(path.name for path in tmp_path.rglob("*")) == ["c.html", "manifest.txt", "site"]
    assert set(read_manifest(str(tmp_path / "site"))) == {"c.html"}


MARKUP = st.sampled_from(
    ['<a href="', ' href="', ' src="', " href=", 'href="', "=", '"', " ", "x.html", "y", "<img", ">", "é"]
)


@given(st.lists(MARKUP, max_size=30).map("".join))
def test_the_compiled_look_finds_the_addresses_that_python_finds(markup: str) -> None:
    fast = pytest.importorskip("pkm.share.garden.addresses_fast", reason="it is not compiled here")

    assert fast.new_addresses(markup.encode(), {b"y"}) == addresses(markup.encode(), {b"y"})


def test_every_address_of_a_tag_must_lead_somewhere() -> None:
    found = verifier()
    found.see("a.html", b'<p>says href="gone.html" <a href="b.html">b</a><video src="c.mp4" href="d.html"></video>')

    with pytest.raises(RefusedError) as told:
        found.refuse_if_wrong(set())

    assert told.value.reason.split("\n") == [f"{name} leads nowhere." for name in ("b.html", "c.mp4", "d.html")]
