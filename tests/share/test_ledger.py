from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from pkm.share.ledger import MOST_TOMBSTONES, Ledger, append

if TYPE_CHECKING:
    from pathlib import Path


def cards(**slugs: str) -> Any:
    """Cards by path; the title is the path's name."""
    return {f"{name}.md": SimpleNamespace(slug=slug, title=name) for name, slug in slugs.items()}


def refs(**refs: str) -> dict[str, str]:
    return {f"{name}.md": ref for name, ref in refs.items()}


def test_a_first_delivery_tells_every_page() -> None:
    news = Ledger().news(cards(one="one"), refs(one="r1"), "now")

    assert news == [{"at": "now", "slug": "one", "path": "one.md", "title": "one", "ref": "r1"}]


def test_nothing_new_tells_nothing() -> None:
    ledger = Ledger().with_lines(Ledger().news(cards(one="one"), refs(one="r1"), "now"))

    assert ledger.news(cards(one="one"), refs(one="r1"), "later") == []


def test_what_is_taken_back_is_told_once_and_leaves_a_sign() -> None:
    ledger = Ledger().with_lines(Ledger().news(cards(one="one"), refs(one="r1"), "t1"))
    gone = ledger.news({}, {}, "t2")
    after = ledger.with_lines(gone)

    assert gone == [{"at": "t2", "gone": "one", "ref": "r1"}]
    assert after.tombstones([]) == [("r1", "t2")]
    assert after.news({}, {}, "t3") == []


def test_what_comes_back_has_no_sign_any_more() -> None:
    ledger = Ledger().with_lines([{"at": "t1", "slug": "one", "path": "one.md", "title": "one", "ref": "r1"}])
    ledger = ledger.with_lines(ledger.news({}, {}, "t2"))
    ledger = ledger.with_lines(ledger.news(cards(one="one"), refs(one="r1"), "t3"))

    assert ledger.tombstones(["r1"]) == []


def test_a_renamed_page_is_found_at_its_old_address() -> None:
    ledger = Ledger().with_lines(Ledger().news(cards(one="old"), refs(one="r1"), "t1"))
    now = cards(one="new")
    ledger = ledger.with_lines(ledger.news(now, refs(one="r1"), "t2"))

    assert ledger.redirects(now, refs(one="r1")) == {"old": "new"}


def test_an_old_address_that_another_page_took_leads_there() -> None:
    ledger = Ledger().with_lines(Ledger().news(cards(one="same"), refs(one="r1"), "t1"))
    now = cards(one="new", two="same")

    assert (
        ledger.with_lines(ledger.news(now, refs(one="r1", two="r2"), "t2")).redirects(now, refs(one="r1", two="r2"))
        == {}
    )


def test_no_sign_takes_the_place_of_a_page_that_the_garden_makes() -> None:
    """The first page may have been a note of the same id as another, and go."""
    ledger = Ledger().with_lines(Ledger().news(cards(first="index"), refs(first="r1"), "t1"))
    now = cards(other="other")

    assert ledger.with_lines(ledger.news(now, refs(other="r1"), "t2")).redirects(now, refs(other="r1")) == {}


def test_only_the_latest_signs_stay() -> None:
    lines = [{"at": f"t{n:03}", "gone": f"s{n}", "ref": f"r{n}"} for n in range(MOST_TOMBSTONES + 9)]

    assert len(Ledger(lines).tombstones([])) == MOST_TOMBSTONES
    assert Ledger(lines).tombstones([])[0] == (f"r{MOST_TOMBSTONES + 8}", f"t{MOST_TOMBSTONES + 8:03}")


def test_a_ledger_is_read_as_it_was_written_and_bad_lines_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log" / "published.jsonl"
    append(str(path), Ledger().news(cards(one="one"), refs(one="r1"), "t1"))
    with path.open("a") as file:
        file.write('<<<<<<< ours\n[1]\n{"slug": 3}\n{"at"')

    ledger = Ledger.read(str(path))

    assert ledger.titles == {"one"}
    assert list(ledger.slugs) == ["one"]


def test_what_was_taken_back_keeps_no_name() -> None:
    """The sign says who and when, not what."""
    ledger = Ledger().with_lines(Ledger().news(cards(one="one"), refs(one="r1"), "t1"))

    assert "title" not in ledger.news({}, {}, "t2")[0]
