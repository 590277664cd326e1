from __future__ import annotations

import re
from pathlib import Path

import pytest

from pkm.share.garden.lists import SCRIPT_WORDS
from pkm.share.garden.words import WORDS, words_for

TEMPLATES = Path(__file__).parents[3] / "templates" / "garden"


@pytest.mark.parametrize("language", WORDS)
def test_each_language_has_every_word_and_says_the_same(language: str) -> None:
    assert WORDS[language].keys() == WORDS["en"].keys()
    for key, text in WORDS[language].items():
        assert text.strip()
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", WORDS["en"][key]), key


def test_there_are_three_languages_at_least_and_english_stands_in() -> None:
    assert len(WORDS) >= 3
    assert words_for("de-AT") == WORDS["de"]
    assert words_for("xx") == WORDS["en"]


def test_templates_and_script_use_words_that_there_are() -> None:
    used = {word for path in TEMPLATES.glob("*.html") for word in re.findall(r"\bw\.(\w+)", path.read_text())}
    script = (TEMPLATES / "theme" / "garden.js").read_text()

    assert used <= WORDS["en"].keys()
    assert set(re.findall(r"\bwords\.(\w+)", script)) == set(SCRIPT_WORDS)
