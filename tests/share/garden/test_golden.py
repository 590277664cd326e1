"""A small garden, kept as it is meant to look: whoever changes a page sees in the diff what readers will see.

`make golden-update` writes what is built now; read the diff before you commit.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.share.samples import differences, site_of, tree

SMALL = Path(__file__).parents[2] / "gardens" / "small"


def built() -> dict[str, bytes]:
    """The site of the small vault, but for what is a copy or a list of digests."""
    with tempfile.TemporaryDirectory(prefix="pkm-golden-") as name, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", f"{name}/cache")
        patch.setenv("XDG_CONFIG_HOME", f"{name}/config")
        patch.setenv("PKM_NOW", "2026-11-20T08:30:00")
        shutil.copytree(SMALL / "vault", f"{name}/vault")
        site = site_of(Path(name) / "vault", Path(name) / "site")
    return {path: data for path, data in site.items() if path != "manifest.txt" and not path.startswith("theme/")}


@pytest.fixture(scope="module")
def site() -> dict[str, bytes]:
    return built()


def test_the_small_garden_looks_as_it_is_meant_to(site: dict[str, bytes]) -> None:
    changed = differences(site, tree(SMALL / "site"))

    assert changed == [], (
        f"{len(changed)} pages look different. If that is meant: make golden-update, and read the diff."
    )


def page(site: dict[str, bytes], name: str) -> str:
    return " ".join(site[name].decode().split())


def test_the_first_page_is_by_topic_with_ways_in(site: dict[str, bytes]) -> None:
    home = page(site, "index.html")

    assert "This garden has a dozen notes." in home
    assert home.index('class="entries"') < home.index('class="topics"') < home.index('class="recent"')
    assert '<a href="tags/soil.html">soil</a>' in home


def test_a_backlink_comes_with_its_sentence(site: dict[str, bytes]) -> None:
    compost = page(site, "compost.html")

    assert "It is fed by <b>Compost</b>, as Earthworms know." in compost
    assert "because they turn it" in compost


def test_who_says_a_title_without_a_link_is_shown_too(site: dict[str, bytes]) -> None:
    mentions = page(site, "crop-rotation.html").partition('class="mentions"')[2]

    assert "questions-answers.html" in mentions or "questions-&amp;-answers.html" in mentions
    assert "<b>Crop rotation</b> helps" in mentions


def test_embeds_of_a_heading_and_of_a_block_show_that_part_alone(site: dict[str, bytes]) -> None:
    soil, worms = page(site, "soil.html"), page(site, "earthworms.html")

    assert "<td>brown</td>" in soil
    assert "patience in layers" not in soil.partition("<article")[2].partition("</article>")[0]
    assert "A heap warms" in worms
    assert "<td>brown</td>" not in worms


def test_notes_that_hold_each_other_come_to_an_end(site: dict[str, bytes]) -> None:
    assert page(site, "circles.html").count('class="embed"') == 1


def test_a_page_says_how_mature_how_old_and_how_sure_it_is(site: dict[str, bytes]) -> None:
    compost = page(site, "compost.html")

    for words in (
        "◐ bud",
        "planted",
        "2026-02-02",
        "last tended",
        "2026-10-10",
        "confidence: medium",
        "https://example.org/compost",
    ):
        assert words in compost
    assert "practice" in page(site, "earthworms.html")


def test_a_page_has_its_way_its_licence_and_its_neighbours(site: dict[str, bytes]) -> None:
    compost, questions = page(site, "compost.html"), page(site, "questions-answers.html")

    assert '<a href="in/soil.html">soil</a>' in compost
    assert '<a href="in/soil-compost.html">compost</a>' in compost
    assert "CC BY 4.0" in compost
    assert "CC0" in questions
    assert "Dora" in questions
    assert "<svg" in compost


def test_what_stays_home_is_nowhere(site: dict[str, bytes]) -> None:
    everything = b"\n".join(site.values()).decode("utf-8", "replace")

    for word in ("Berta", "Carl", "spade", "neighbours", "under the bin", "the camera knew", "Shall this leave"):
        assert word not in everything
    assert "a gardener nearby" in everything


def test_sums_code_tasks_and_footnotes_are_ready_when_the_page_comes(site: dict[str, bytes]) -> None:
    compost, worms, soil = page(site, "compost.html"), page(site, "earthworms.html"), page(site, "soil.html")

    assert "<math" in compost
    assert "<msqrt>" in compost
    assert 'id="fn1"' in compost
    assert "<strong>thumb</strong>" in compost
    assert 'width="120"' in compost
    assert '<span class="h-k">def</span>' in worms
    assert [box in soil for box in "☑☐"] == [True, True]


def main() -> None:
    """Write the small garden as it is built now."""
    shutil.rmtree(SMALL / "site", ignore_errors=True)
    for name, data in built().items():
        target = SMALL / "site" / name
        os.makedirs(target.parent, exist_ok=True)
        target.write_bytes(data)


if __name__ == "__main__":
    main()
