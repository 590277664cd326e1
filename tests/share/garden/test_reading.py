"""What a page shows of a note: callouts, pictures, files, each as a reader needs it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pkm.share.garden.cards import excerpt
from tests.share.samples import note, png, site_of, write_vault

CSS = Path(__file__).parents[3] / "templates" / "garden" / "theme" / "garden.css"
CALLOUTS = {
    "note": "", "abstract": "summary tldr", "info": "", "todo": "", "tip": "hint important", "success": "check done", "question": "help faq",
    "warning": "caution attention", "failure": "fail missing", "danger": "error", "bug": "", "example": "", "quote": "cite",
}  # fmt: skip


def body_of(tmp_path: Path, text: str, **files: bytes) -> str:
    """The text of one note as a page has it."""
    more = {f"{name}.png": data for name, data in files.items()}
    site = site_of(write_vault(tmp_path / "vault", {"One.md": note(text), **more}), tmp_path / "site")
    return site["one.html"].decode().partition('<div class="e-content">')[2].partition("</div>\n</article>")[0]


def test_every_callout_of_obsidian_has_its_kind_and_each_kind_a_look(tmp_path: Path) -> None:
    kinds = {word: kind for kind, others in CALLOUTS.items() for word in [kind, *others.split()]}
    text = "\n\n".join(f"> [!{word.upper()}] Words\n> inside" for word in kinds)

    assert re.findall('<div class="callout ([a-z]+)">', body_of(tmp_path, text)) == list(kinds.values())
    style = CSS.read_text()
    for kind in set(CALLOUTS) - {"note"}:  # which looks as callouts do
        assert re.search(rf"\.{kind} \{{ --c: #[0-9a-f]{{6}}; --i: ", style), kind


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("![[pic.png]]", 'alt="" width="40" height="20"'),
        ("![[pic.png|20]]", 'alt="" width="20" height="10"'),
        ("![[pic.png|30x30]]", 'alt="" width="30" height="30"'),
        ("![A bed](pic.png)", 'alt="A bed" width="40" height="20"'),
        ("![A bed|10](pic.png)", 'alt="A bed" width="10" height="5"'),
        ("![[pic.png|A bed]]", 'alt="A bed" width="40" height="20"'),
    ],
)
def test_a_picture_says_its_measures_before_it_is_there(written: str, shown: str, tmp_path: Path) -> None:
    """So that a page does not jump while it loads."""
    page = body_of(tmp_path, written, pic=png(width=40, height=20))

    assert re.search(rf'<img src="files/pic-[0-9a-f]{{8}}\.png" {shown} loading="lazy">', page)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("First words\nof it.\n\nMore.", "First words of it."),
        ("# Heading\n\n> quote\n\n#one #two/three\n\nWords.", "Words."),
        ("It is linear if:\n- one\n- two", "It is linear if:"),
        ("A series is\n$$\nx\n$$\nand so on", "A series is"),
        ("Where $a_1 = b$ and PLAIN_NAME.", "Where a_1 = b and PLAIN_NAME."),
        ("```\ncode\n```\nWords.", "Words."),
        ("- only\n- a list", ""),
        ("word " * 60, ("word " * 22).strip() + "…"),
    ],
)
def test_a_page_is_told_of_by_its_first_words(text: str, told: str) -> None:
    assert excerpt(text, "Title", 110) == told


def test_long_lists_have_a_heading_for_each_letter_and_for_some_chinese_characters_together(tmp_path: Path) -> None:
    names = [f"{letter}{n}" for letter in "ab" for n in range(10)] + [f"{chr(0x4E00 + n)}字" for n in range(60)]
    site = site_of(write_vault(tmp_path / "vault", {f"{name}.md": note("x") for name in names}), tmp_path / "site")
    page = site["all.html"].decode()

    assert re.findall("<h2>(.*?)</h2>", page) == ["A", "B", "一 – 丗", "丘 – 丯", "丰 – 主"]
    assert page.count("<li>") == 80
