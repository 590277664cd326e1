"""What a garden of ten thousand notes costs a reader: a query, and the map."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest

from pkm.share.bundle import Page as Note
from pkm.share.garden import search, search_files
from pkm.share.garden.cards import card_of
from pkm.share.garden.graph import whole_map
from pkm.share.garden.project import Site
from pkm.share.garden.state import Forgetful
from pkm.share.garden.writer import Folder
from tests.browser.conftest import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Response

pytestmark = pytest.mark.browser

NOTES = 10_000
WORDS = 60
TOPICS = 40
MOST = 50_000
QUERIES = {
    "ba": None, "bace": None, "bacedi fogu": None, "ba ce di fo gu ha je ki": None, "一": None,
    "quincunx": 1, "quincu": 1, "知識花園": 1, "qqqqq": 0,
}  # fmt: skip
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo yu za".split()
SIGNS = [chr(0x4E00 + 7 * n) for n in range(600)]


def notes() -> Iterator[Note]:
    """Notes in words that are as unevenly common as real ones (Zipf's rule), every twentieth in Chinese signs."""
    luck = random.Random(5)
    words = ["".join(luck.choice(SYLLABLES) for _ in range(luck.randint(1, 4))) for _ in range(30_000)]
    ranks = [1 / (n + 2) for n in range(len(words))]
    said = luck.choices(words, ranks, k=NOTES * WORDS)
    for number in range(NOTES):
        text = " ".join(said[number * WORDS : number * WORDS + WORDS])
        if number % 20 == 0:
            text += " " + "".join(luck.choices(SIGNS, k=WORDS))
        if number == 4_321:
            text += " quincunx 知識花園"
        title = " ".join(luck.choices(words, ranks, k=4)) + f" {number}"
        tags = (f"topic{number % 97 % TOPICS}",)
        yield Note(path=f"{number}.md", title=title, text=text, tags=tags, stage="bud", updated="2026-11-20")


@pytest.fixture(scope="module")
def large(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A garden of which only search and map are there, at their size."""
    root = tmp_path_factory.mktemp("large") / "site"
    out = Folder(str(root))
    everything = search_files.Everything()
    cards = []
    for note in notes():
        card = card_of(note)
        cards.append(card.placed(card.wanted, ""))
        everything.add(note)
    docs = search.documents(card.slug for card in cards)
    site = Site({card.path: card.with_fields(doc=docs[card.slug]) for card in cards})
    table = everything.write(out, Forgetful(), site.cards)
    search_files.write_about(out, site, table, None, 0)
    out.put("s/map.js", whole_map(site).encode())
    out.finish()
    for name in ("search.html", "map.html", "theme"):
        copy = shutil.copytree if (folder / name).is_dir() else shutil.copyfile
        copy(folder / name, root / name)
    with served(root) as base:
        yield base


def asked(browser: Browser, address: str, query: str) -> tuple[int, int]:
    """Return how many bytes a query fetches, in a browser that has seen nothing yet, and how many notes it finds."""
    answers: list[Response] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright wants a Python function
    page.goto(address)
    page.locator("input[type=search]").fill(query)
    page.locator(".results a, .status:not(:empty)").first.wait_for()  # by then all is there that it asked for
    size = sum(len(answer.body()) for answer in answers if "/s/" in answer.url)
    found = page.locator(".results a").count()
    context.close()
    return size, found


def test_a_query_fetches_at_most_50_kilobytes(large: str, browser: Browser) -> None:
    for query, expected in QUERIES.items():
        size, found = asked(browser, f"{large}search.html", query)

        assert size <= MOST, query
        assert found == expected if expected is not None else found > 0, query


WATCH = """() => {
  window.drawn = {frames: 0, calls: 0};
  const proto = CanvasRenderingContext2D.prototype;
  for (const name of ["fill", "stroke", "fillText", "strokeText", "clearRect"]) {
    const before = proto[name];
    proto[name] = function (...given) { drawn.calls++; if (name === "clearRect") drawn.frames++; return before.apply(this, given); };
  }
}"""


def test_the_map_draws_ten_thousand_notes_in_a_few_strokes(large: str, browser: Browser) -> None:
    """What makes a map stutter is work for each note: elements of the page, strokes of the pen, or many frames at once."""
    page = browser.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright wants a Python function
    page.goto(f"{large}map.html")
    page.wait_for_function("document.querySelector('canvas.map')?.mapView")

    assert page.evaluate("document.querySelector('canvas.map').mapView().nodes") == NOTES
    assert page.evaluate("document.querySelectorAll('*').length") < 300
    assert sum(len(answer.body()) for answer in answers if "/s/" in answer.url) < 100_000

    page.evaluate(WATCH)
    frames = page.evaluate(
        """async () => {
          const canvas = document.querySelector("canvas.map"), send = (type, x) =>
            canvas.dispatchEvent(new PointerEvent(type, { pointerId: 1, pointerType: "touch", clientX: x, clientY: 300, bubbles: true }));
          canvas.setPointerCapture = () => {};
          let frames = 0;
          send("pointerdown", 300);
          for (; frames < 5; frames++) {
            for (let i = 0; i < 10; i++) send("pointermove", 300 + 10 * frames + i);
            await new Promise(requestAnimationFrame);
          }
          return frames + 1;
        }"""
    )
    drawn = page.evaluate("drawn")
    page.context.close()

    assert 1 <= drawn["frames"] <= frames, "ten movements within a frame are one picture"
    # One fill for each topic, its name twice (with a rim), the links and what is chosen.
    assert drawn["calls"] <= drawn["frames"] * (3 * TOPICS + 6)
