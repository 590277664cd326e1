"""The documentation is a vault of its own: titled, public, without dead ends; what it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import frontmatter
import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
FRONT_PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_page_has_a_title_and_is_public(page: Path) -> None:
    front = frontmatter.load(str(page)).metadata

    assert front.get("title")
    assert front.get("audience") == "public"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_page_links_only_to_pages_that_exist(page: Path) -> None:
    text = re.sub(r"^(```+).*?^\1$|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)

    targets = {re.split(r"[|#]", link)[0] for link in re.findall(r"\[\[(.+?)\]\]", text)}

    assert targets <= {other.stem for other in PAGES}


def test_every_page_is_reached_from_the_index() -> None:
    by_name = {page.stem: page for page in PAGES}
    reached: set[str] = set()
    waiting = ["index"]
    while waiting:
        here = waiting.pop()
        if here not in reached and here in by_name:
            reached.add(here)
            text = by_name[here].read_text(encoding="utf-8")
            waiting += [re.split(r"[|#]", link)[0] for link in re.findall(r"\[\[(.+?)\]\]", text)]

    assert reached == set(by_name)


@pytest.mark.parametrize("page", DECISIONS, ids=name)
def test_decision_says_why_what_at_what_cost_and_until_when(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    parts = re.findall(r"^\*\*(.+?)\.\*\*", text, flags=re.MULTILINE)

    assert parts == ["Context", "Choice", "What it costs", "What would change our mind"]


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("page", FRONT_PAGES, ids=name)
def test_front_page_names_only_files_and_targets_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (ROOT / link).exists(), link
    for target in re.findall(r"^make ([a-z-]+)", text, flags=re.MULTILINE) + re.findall(r"`make ([a-z-]+)`", text):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
