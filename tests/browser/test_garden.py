"""The garden as its readers use it: with a keyboard, a finger, a mouse, or without any script at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Visit = Callable[..., Page]

pytestmark = pytest.mark.browser
NOTE = "everything-at-once.html"
both_ways = pytest.mark.parametrize("over", ["server", "folder"])


def results(page: Page) -> list[str]:
    return page.locator(".results a").all_inner_texts()


def seek(page: Page, words: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(words)


# --- Search.


@both_ways
def test_search_types_and_finds(over: str, visit: Visit) -> None:
    page = visit(NOTE, over=over)
    page.keyboard.press("/")
    for words, title in {
        "rhythm": "Rhythm keeps a community alive",
        "rhyth": "Rhythm keeps a community alive",
        "EVERYTHING once": "Everything at once",
        "间隔": "间隔重复",
        "検索": "検索の庭",
        "形態素": "検索の庭",
        "정원": "정원 가꾸기",
        "الحديقة": "حديقة",
    }.items():
        page.locator("dialog input").clear()
        page.keyboard.type(words)

        page.locator(".results a", has_text=title).first.wait_for()

        assert title in results(page)[:2]


def test_a_result_is_reached_by_keyboard(visit: Visit) -> None:
    page = visit()
    seek(page, "rhythm alive")
    page.locator(".results a").first.wait_for()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("rhythm-keeps-a-community-alive"))

    assert page.locator("h1").inner_text() == "Rhythm keeps a community alive"


def test_what_is_not_there_is_said(visit: Visit) -> None:
    page = visit()
    seek(page, "qqqqq")

    page.get_by_text("Nothing found for").wait_for()


def test_escape_closes_the_search(visit: Visit) -> None:
    page = visit()
    seek(page, "rhythm")
    page.keyboard.press("Escape")

    page.locator("dialog.finder").wait_for(state="hidden")


@both_ways
def test_the_search_page_takes_its_words_from_the_address(over: str, visit: Visit) -> None:
    page = visit("search.html?q=rhythm", over=over)

    page.locator(".results a", has_text="Rhythm keeps a community alive").wait_for()


# --- Previews.


@both_ways
def test_a_preview_opens_and_closes_by_keyboard(over: str, visit: Visit) -> None:
    page = visit(NOTE, over=over)
    link = page.locator(".e-content a", has_text="Small groups learn faster").first

    page.locator("h1 + .facts a").last.focus()
    page.keyboard.press("Tab")
    while not link.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    preview = page.locator(".preview")
    preview.wait_for()

    assert "Small groups learn faster" in preview.inner_text() or "group" in preview.inner_text()
    assert link.get_attribute("aria-describedby") == preview.get_attribute("id")
    page.keyboard.press("Escape")
    preview.wait_for(state="detached")
    assert link.get_attribute("aria-describedby") is None


def test_a_preview_of_a_heading_shows_that_part(visit: Visit) -> None:
    page = visit("making-notes.html")
    page.evaluate("location.href")
    page.locator(".backlinks a", has_text="Everything at once").hover()
    page.locator(".preview").wait_for()
    page.goto(page.url.replace("making-notes", "everything-at-once"))

    page.locator(".e-content a", has_text="the sum").hover()

    page.locator(".preview math").wait_for()


def test_a_preview_of_a_block_shows_that_block_alone(visit: Visit) -> None:
    page = visit("정원-가꾸기.html")
    page.locator(".e-content a", has_text="여기").hover()
    preview = page.locator(".preview")
    preview.wait_for()

    assert preview.inner_text() == "Some more, see A table."


@both_ways
def test_a_part_of_the_same_page_is_previewed_without_fetching_it(over: str, visit: Visit) -> None:
    page = visit(NOTE, over=over)
    page.locator(".e-content sup a").hover()
    page.get_by_text("A footnote.").nth(1).wait_for()
    page.locator(".e-content a", has_text="A table").hover()

    page.locator(".preview table").wait_for()


def test_a_preview_of_a_preview(visit: Visit) -> None:
    page = visit("all.html")
    page.locator("main a", has_text="Everything at once").hover()
    page.locator(".preview").wait_for()

    page.mouse.move(5, 5)

    page.locator(".preview").wait_for(state="detached")


# --- Side by side.


def test_notes_stand_side_by_side_and_the_address_remembers(visit: Visit) -> None:
    page = visit(NOTE, viewport={"width": 1440, "height": 900})
    page.get_by_role("button", name="Side by side").click()
    page.locator(".rail .e-content a", has_text="A note on notes").click()
    page.locator(".rail > main:nth-child(2)").wait_for()

    assert page.locator(".rail h1").all_inner_texts() == ["Everything at once", "Making notes"]
    assert page.url.endswith("?with=making-notes")

    page.reload()
    page.locator(".rail > main:nth-child(2)").wait_for()
    assert page.locator(".rail h1").all_inner_texts() == ["Everything at once", "Making notes"]


# --- Light and dark.


@both_ways
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_is_toggled_and_remembered(scheme: str, over: str, visit: Visit) -> None:
    page = visit(over=over, color_scheme=scheme)
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    before = page.evaluate(paper)

    page.get_by_role("button", name="Light or dark").click()
    after = page.evaluate(paper)
    page.goto(page.url.replace("index.html", NOTE))

    assert before != after
    assert page.evaluate(paper) == after


# --- The map.


@both_ways
def test_the_map_shows_every_note_pans_and_zooms(over: str, visit: Visit, folder: Any) -> None:
    page = visit("map.html", over=over)
    canvas = page.locator("canvas.map")
    canvas.wait_for()
    view = "document.querySelector('canvas.map').mapView()"
    before = page.evaluate(view)
    box = canvas.bounding_box()
    assert box

    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 130, box["y"] + 90, steps=4)
    page.mouse.up()
    dragged = page.evaluate(view)
    canvas.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("+")
    moved = page.evaluate(view)

    notes = len(re.findall("<li[ >]", (folder / "all.html").read_text()))
    assert before["nodes"] == notes
    assert (round(dragged["x"] - before["x"]), round(dragged["y"] - before["y"])) == (100, 60)
    assert moved["scale"] > dragged["scale"]
    assert moved["x"] != dragged["x"]


# --- Reading.


def test_only_the_highlights_on_demand(visit: Visit) -> None:
    page = visit(NOTE)
    page.get_by_role("button", name="Only the highlights").click()

    assert page.get_by_text("bright thought").is_visible()
    assert page.get_by_text("The end.").is_hidden()
    page.get_by_role("button", name="The whole text").click()
    assert page.get_by_text("The end.").is_visible()


def test_what_changed_since_the_last_visit_is_marked_and_nobody_is_told(visit: Visit) -> None:
    page = visit("changes.html")
    assert page.locator("time.unread").count() == 0

    page.evaluate(
        "localStorage.setItem('garden-last', Date.parse('2026-11-15')); localStorage.removeItem('garden-visit')"
    )
    page.reload()

    assert page.locator("li", has=page.locator("time.unread")).locator("a").all_inner_texts() == ["Everything at once"]


def test_the_skip_link_comes_first(visit: Visit) -> None:
    page = visit(NOTE)
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#text")


def test_who_is_lost_deep_in_the_site_finds_the_way(visit: Visit) -> None:
    page = visit("a/b/c.html")
    assert page.locator("h1").inner_text() == "There is nothing here"
    assert page.evaluate("getComputedStyle(document.querySelector('header.site')).display") == "flex"

    page.get_by_role("link", name="All notes").click()

    assert page.url.endswith("/some/garden/all.html")


# --- On paper.


def test_paper_shows_what_one_reads_and_where_its_links_lead(visit: Visit) -> None:
    page = visit(NOTE, color_scheme="dark")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print")

    for hidden in ("header.site nav", "aside", ".tools", ".skip", ".related"):
        assert page.locator(hidden).first.is_hidden(), hidden
    for shown in ("header.site .name", "h1", ".facts", ".e-content table", ".e-content pre", "math"):
        assert page.locator(shown).first.is_visible(), shown
    link = page.locator(".e-content a.away").first
    behind = link.evaluate("link => getComputedStyle(link, '::after').content")
    assert "https://example.org/" in behind or "attr(href)" in behind


def test_paper_is_white_with_the_colours_of_a_light_screen(visit: Visit) -> None:
    colours = """() => [document.documentElement, ...document.querySelectorAll(".e-content *")].map(element => {
        const style = getComputedStyle(element);
        return [style.backgroundColor, style.printColorAdjust, style.color].join();
    })"""
    papers = []
    for scheme in ("light", "dark"):
        page = visit(NOTE, color_scheme=scheme)
        page.evaluate("scheme => { document.documentElement.dataset.theme = scheme; }", scheme)
        page.emulate_media(media="print")
        papers.append(page.evaluate(colours))

    assert papers[0] == papers[1]
    assert papers[0][0].startswith("rgb(255, 255, 255),exact")
    assert len({colour.rpartition("exact,")[2] for colour in papers[0]}) > 4


def test_a_printed_page_is_as_wide_as_its_paper(visit: Visit) -> None:
    page = visit(NOTE, viewport={"width": 660, "height": 900})
    page.emulate_media(media="print")

    assert page.evaluate("document.documentElement.scrollWidth") <= 660
    assert page.pdf(format="A4", print_background=True).startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_one_is_shows_at_every_step_of_the_keyboard(scheme: str, visit: Visit) -> None:
    page = visit(NOTE, color_scheme=scheme)
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("""() => {
              const style = getComputedStyle(document.activeElement);
              return [document.activeElement.tagName, style.outlineStyle, parseFloat(style.outlineWidth) >= 2, style.outlineColor];
            }""")
        )
        if seen[-1][0] == "BODY":
            break
    steps = seen[:-1]

    assert len(steps) > 20
    assert {(shape, wide) for _, shape, wide, _ in steps} == {("solid", True)}
    assert {colour for *_, colour in steps} == {"rgb(164, 72, 31)" if scheme == "light" else "rgb(232, 162, 122)"}


PAGES = [
    "index.html",
    NOTE,
    "tags/writing.html",
    "search.html?q=rhythm",
    "map.html",
    "all.html",
    "changes.html",
    "404.html",
]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_its_window(name: str, visit: Visit) -> None:
    page = visit(name)
    for width in (320, 360, 768, 1440):
        page.set_viewport_size({"width": width, "height": 740})

        assert page.evaluate("document.documentElement.scrollWidth") <= width


@both_ways
def test_without_scripts_everything_is_read_and_reached(over: str, visit: Visit) -> None:
    page = visit(over=over, java_script_enabled=False)
    page.locator("nav a", has_text="All notes").click()
    page.locator("main a", has_text="Everything at once").click()

    assert page.locator("h1").inner_text() == "Everything at once"
    assert page.locator("math").first.is_visible()
    assert page.locator(".embed").first.is_visible()
    assert page.locator("aside .graph a").count() > 1
    page.locator(".e-content a", has_text="A note on notes").click()
    assert page.locator(".backlinks a", has_text="Everything at once").is_visible()
    page.locator("nav a", has_text="Map").click()
    assert page.locator(".topics a", has_text="writing").is_visible()
    page.locator("nav a", has_text="Search").click()
    assert "needs JavaScript" in page.inner_text("main")


# --- For everybody.


@pytest.mark.parametrize("name", PAGES[:5])
def test_axe_finds_nothing(name: str, visit: Visit) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="No axe-core here: pip install axe-playwright-python"
    )
    page = visit(name)
    if "search" in name:
        page.locator(".results a").first.wait_for()
    if name == NOTE:
        page.locator(".e-content a", has_text="A note on notes").hover()
        page.locator(".preview").wait_for()

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = axe.Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})

        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
