"""The files that travel with the program: note templates, a sample vault, a saved page."""

from __future__ import annotations

import re
from pathlib import Path

import frontmatter
import pytest

from pkm.templates import templates_dir

TEMPLATES = Path(templates_dir())
SAMPLE = TEMPLATES / "sample-vault"
NOTES = sorted(SAMPLE.rglob("*.md"))
KEYS = """id kind source via medium url for para status due follows up stage confidence strand audience author origin
created updated title aliases tags description permalink hypothesis measure baseline target result outcome circle protocol
facilitator present brought every why draft publish""".split()


def test_templates_of_a_checkout_lie_beside_the_package() -> None:
    assert TEMPLATES.is_absolute()
    assert {"notes", "sample-vault", "sample-pages"} <= {path.name for path in TEMPLATES.iterdir()}


@pytest.mark.parametrize("path", sorted((TEMPLATES / "notes").glob("*.md")), ids=lambda path: path.stem)
def test_note_template_only_asks_for_title_date_and_id(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    filled = text.replace("{{title}}", "A title").replace("{{date}}", "2026-11-20").replace("{{id}}", "20261120-0830")

    assert "{{" not in filled
    assert "}}" not in filled
    assert frontmatter.loads(filled)["created"]


def test_there_is_a_note_template_for_each_kind() -> None:
    kinds = {path.stem for path in (TEMPLATES / "notes").glob("*.md")}

    assert kinds == {
        "fleeting", "literature", "permanent", "structure", "source", "question", "experiment", "meeting",
    }  # fmt: skip


def test_sample_vault_is_a_learners_real_mess() -> None:
    folders = {path.relative_to(SAMPLE).parts[0] for path in NOTES}

    assert len(NOTES) >= 60
    assert {"inbox", "notes", "literature", "sources", "projects", "areas", "questions", "experiments"} <= folders
    assert any(re.search("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]", path.name) for path in NOTES)


def test_sample_vault_uses_every_key_somewhere() -> None:
    used = {key for path in NOTES for key in frontmatter.load(str(path)).metadata}

    assert set(KEYS) - used == set()


def test_most_of_the_sample_vault_is_private() -> None:
    public = [path for path in NOTES if frontmatter.load(str(path)).metadata.get("audience") == "public"]

    assert 25 <= len(public) < len(NOTES) / 2
    assert not [path for path in public if path.parts[-2] in {"diary", "inbox", "areas"}]


def test_names_in_the_sample_vault_are_valid_everywhere() -> None:
    for path in SAMPLE.rglob("*"):
        assert not re.search(r'[*"\\<>:|?#^\[\]]', path.name), path


def test_picture_in_the_sample_vault_tells_nothing_but_itself() -> None:
    (picture,) = (SAMPLE / "attachments").iterdir()
    data = picture.read_bytes()

    chunks = []
    at = 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        chunks.append(data[at + 4 : at + 8])
        at += 12 + length

    assert chunks == [b"IHDR", b"IDAT", b"IEND"]
