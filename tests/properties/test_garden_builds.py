"""Whatever changes in a vault: the next build writes what a first build would, and nothing private matters."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkm.config import load
from pkm.share.bundle import as_vault
from pkm.share.choices import rules_of
from pkm.share.gate import Source, project
from pkm.share.publish import publish
from pkm.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLES = [
    "Alpha",
    "Beta gamma",
    "Learning circles",
    "alpha",
    "Évolution lente",
    "知識花園",
    "20240102-1200",
    "index",
    "Seed & soil",
]
FOLDERS = ["", "", "x/", "x/y/", "z/"]
FILES = ["pic.png", "x/pic.png"]
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090 7753de0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082".replace(
        " ", ""
    )
)


def words() -> st.SearchStrategy[str]:
    title = st.sampled_from(TITLES)
    link = st.builds(
        lambda mark, name, anchor, alias: f"{mark}[[{name}{anchor}{alias}]]",
        st.sampled_from(["", "", "!"]), title, st.sampled_from(["", "", "#Part", "#^b1"]), st.sampled_from(["", "|so called"]),
    )  # fmt: skip
    piece = st.one_of(
        link, link, title, st.sampled_from(["Some words about learning circles here.", "#tag", "#tag/sub", "%%hidden%%", "![[pic.png]]", "\n\n", "\n\n![[Beta gamma]]\n\n", "\n\n## Part\n\n", "block ^b1\n\n", "\n- item ", "`code`"]),
    )  # fmt: skip
    return st.lists(piece, max_size=12).map(" ".join)


def notes() -> st.SearchStrategy[str]:
    keys = st.fixed_dictionaries(
        {"audience": st.sampled_from(["public", "public", "public", "private", "teachers"])},
        optional={
            "title": st.sampled_from(TITLES), "aliases": st.sampled_from(["[Alpha]", "[Soil, Ground]"]), "tags": st.sampled_from(["[tag]", "[tag, other/deep]", "[Other]"]),
            "stage": st.sampled_from(["seed", "bud", "evergreen"]), "created": st.sampled_from(["2024-01-01", "2025-05-05"]), "updated": st.sampled_from(["2025-06-01", "2026-01-01"]),
            "draft": st.just("true"), "kind": st.just("structure"), "id": st.sampled_from(["20240102-1200", "a1"]),
        },
    )  # fmt: skip
    return st.builds(
        lambda front, text: "---\n" + "".join(f"{k}: {v}\n" for k, v in front.items()) + "---\n" + text + "\n",
        keys,
        words(),
    )


def paths() -> st.SearchStrategy[str]:
    return st.builds(lambda folder, name: f"{folder}{name}.md", st.sampled_from(FOLDERS), st.sampled_from(TITLES))


def vaults() -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(paths(), notes(), min_size=1, max_size=9)


def edits() -> st.SearchStrategy[list[tuple[str, str | None]]]:
    """Notes that are written anew, or deleted."""
    return st.lists(st.tuples(paths(), st.one_of(notes(), notes(), st.none())), min_size=1, max_size=4)


@pytest.fixture(scope="module", autouse=True)
def _cache() -> Iterator[None]:
    folder = tempfile.mkdtemp(prefix="pkm-cache-")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", folder)
        patch.setenv("PKM_NOW", "2026-11-20T08:30:00")
        yield
    shutil.rmtree(folder)


class Lab:
    """A vault on disk that can be published in several ways."""

    def __init__(self, vault: dict[str, str]) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="pkm-lab-"))
        self.vault = self.root / "vault"
        self.vault.mkdir()
        (self.vault / "pkm.toml").write_text('[garden]\ntitle = "Lab"\nurl = "https://lab.example"\n')
        for name in FILES:
            self.write(name, PIXEL)
        for path, text in vault.items():
            self.write(path, text.encode())

    def write(self, path: str, data: bytes | None) -> None:
        target = self.vault / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if data is None:
            target.unlink(missing_ok=True)
        else:
            target.write_bytes(data)

    def publish(self, name: str) -> dict[str, bytes]:
        publish(Vault(str(self.vault)), load(str(self.vault)), str(self.root / name))
        return tree(self.root / name)

    def close(self) -> None:
        shutil.rmtree(self.root)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


SLOW = settings(
    max_examples=int(os.environ.get("PKM_EXAMPLES", "12")), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@SLOW
@given(vaults(), st.lists(edits(), min_size=1, max_size=3))
def test_a_later_build_writes_what_a_first_build_would(
    vault: dict[str, str], rounds: list[list[tuple[str, str | None]]]
) -> None:
    lab = Lab(vault)
    try:
        lab.publish("site")
        for number, changes in enumerate(rounds):
            for path, text in changes:
                lab.write(path, None if text is None else text.encode())

            later, first = lab.publish("site"), lab.publish(f"first-{number}")

            assert differences(later, first) == []
    finally:
        lab.close()


def public(text: str) -> bool:
    return "audience: public" in text and "draft: true" not in text


@SLOW
@given(vaults(), edits())
def test_what_is_not_public_changes_no_byte(vault: dict[str, str], changes: list[tuple[str, str | None]]) -> None:
    """Private notes come, go, change, link, embed, tag and take the names of public ones: the site stays what it was."""
    lab = Lab(vault)
    try:
        before = lab.publish("site")
        for path, text in changes:
            if public(vault.get(path, "")):
                continue
            lab.write(path, None if text is None else text.replace("audience: public", "audience: private").encode())

        assert differences(before, lab.publish("site")) == []
        assert differences(before, lab.publish("first")) == []
    finally:
        lab.close()


@SLOW
@given(vaults())
def test_the_site_is_the_site_of_its_projection(vault: dict[str, str]) -> None:
    """Publishing the vault, and publishing a vault that only ever held what the gate lets through, give the same bytes."""
    lab, other = Lab(vault), None
    try:
        site = lab.publish("site")
        settings = load(str(lab.vault))
        sources = [Source(path, (lab.vault / path).read_bytes()) for path in sorted(vault)]
        bundle = project(sources, FILES, lambda path: (lab.vault / path).read_bytes(), rules_of(settings))
        other = Lab({})
        for name in FILES:
            other.write(name, None)
        for path, data in as_vault(bundle).items():
            other.write(path, data)

        assert differences(site, other.publish("site")) == []
    finally:
        lab.close()
        if other:  # type: ignore[truthy-bool]
            other.close()
