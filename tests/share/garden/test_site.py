"""The whole site as files: where its links lead, what it loads, what it weighs."""

from __future__ import annotations

import gzip
import json
import re
import tempfile
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest

from tests.share.rich import rich_vault
from tests.share.samples import note, png, site_of, svg, write_vault

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = "https://lab.example/"
ATOM = "{http://www.w3.org/2005/Atom}"


class Parsed(HTMLParser):
    """A page's elements, ids and addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.ids: list[str] = []
        self.scripts: list[str] = []
        self._script = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append((tag, values))
        if "id" in values:
            self.ids.append(values["id"])
        self._script = tag == "script" and "src" not in values
        if self._script:
            self.scripts.append(values.get("type", ""))

    @property
    def addresses(self) -> Iterator[tuple[str, str]]:
        for tag, values in self.tags:
            for name in ("href", "src", "srcset", "poster", "action", "data"):
                if name in values:
                    yield tag, values[name]


@pytest.fixture(scope="module")
def site() -> Iterator[dict[str, bytes]]:
    with tempfile.TemporaryDirectory(prefix="pkm-site-") as name, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", f"{name}/cache")
        patch.setenv("PKM_NOW", "2026-11-20T08:30:00")
        vault = rich_vault(Path(name) / "vault")
        hostile = {
            'notes/"><img src=x onerror=alert(1)>.md': note("# <script>alert(1)</script>\n\n#tag/<b>"),
            "notes/a b & c#d?e%20f.md": note("[[Everything at once]]", tags="['a&b', \"c'd\"]"),
            "notes/search.md": note("A note that is called as a page of the garden is."),
            "notes/Renamed.md": note("words", title="Before", id="20260101-0001"),
        }
        write_vault(vault, hostile, 'author = "Ana"\n')
        site_of(vault, Path(name) / "site")
        write_vault(vault, {"notes/Renamed.md": note("words", title="After", id="20260101-0001")}, 'author = "Ana"\n')
        yield site_of(vault, Path(name) / "site")


@pytest.fixture(scope="module")
def pages(site: dict[str, bytes]) -> dict[str, Parsed]:
    return {name: Parsed(data.decode()) for name, data in site.items() if name.endswith(".html")}


# --- Every way leads somewhere.


def test_every_address_within_the_site_leads_to_a_page_and_a_place_on_it(
    site: dict[str, bytes], pages: dict[str, Parsed]
) -> None:
    astray = []
    for name, page in pages.items():
        for tag, address in page.addresses:
            whole = urljoin(BASE + "/".join(map(str, name.split("/"))), address)
            if not whole.startswith(BASE):
                continue
            path, place = urldefrag(whole.removeprefix(BASE))
            target = unquote(path.partition("?")[0]) or "index.html"
            if target not in site or (place and target in pages and unquote(place) not in pages[target].ids):
                astray.append((name, tag, address))

    assert astray == []


def test_every_address_in_feeds_and_lists_for_machines_leads_to_a_page(site: dict[str, bytes]) -> None:
    named = {"_redirects", "sitemap.xml", "llms.txt", "robots.txt"}
    named |= {name for name in site if name.endswith((".xml", ".json"))}
    found = set()
    for name in named:
        for address in re.findall(rf"{BASE}([^\s\"'<>)\\]*)", site[name].decode()):
            found.add(unquote(address))
            assert (unquote(address) or "index.html") in site, (name, address)

    assert len(found) > 40


def test_no_id_stands_twice_on_a_page(pages: dict[str, Parsed]) -> None:
    assert {name: page.ids for name, page in pages.items() if len(page.ids) != len(set(page.ids))} == {}


def test_every_note_is_reached_from_the_first_page(pages: dict[str, Parsed]) -> None:
    seen, waiting = {"index.html"}, ["index.html"]
    while waiting:
        name = waiting.pop()
        for tag, address in pages[name].addresses:
            target = unquote(urlsplit(urljoin(BASE + name, address)).path.lstrip("/"))
            if tag == "a" and target in pages and target not in seen:
                seen.add(target)
                waiting.append(target)

    assert pages.keys() - seen == {"404.html", "before.html"}


# --- Nothing is fetched from elsewhere, nothing runs that is not ours.


def test_no_page_loads_anything_from_elsewhere(pages: dict[str, Parsed]) -> None:
    for name, page in pages.items():
        for tag, values in page.tags:
            if tag == "a" or (tag == "link" and values.get("rel") in {"canonical", "license", "author", "me"}):
                continue
            for attribute in ("href", "src", "srcset", "poster", "action", "data", "content"):
                if tag == "meta" and not values.get("http-equiv"):
                    continue
                assert "//" not in values.get(attribute, ""), (name, tag, values)


def test_styles_and_scripts_name_no_other_place(site: dict[str, bytes]) -> None:
    for name, data in site.items():
        if name.startswith(("theme/", "s/")):
            text = data.decode().replace("http://www.w3.org/", "")
            assert not re.search(
                r"(?:https?:)?//[a-z]|url\(|@import", re.sub(r"^\s*//.*$|\s// .*$", "", text, flags=re.MULTILINE)
            ), name


def test_the_policy_is_strict_and_stands_before_everything_it_rules(
    site: dict[str, bytes], pages: dict[str, Parsed]
) -> None:
    for name, page in pages.items():
        [policy] = [
            values["content"] for tag, values in page.tags if values.get("http-equiv") == "Content-Security-Policy"
        ]
        assert policy.startswith("default-src 'self';")
        for thing in ("frame-src", "object-src", "base-uri", "form-action"):
            assert f"{thing} 'none'" in policy
        for word in ("unsafe", "data:", "blob:", "*", "http:", "https:"):
            assert word not in policy
        before = site[name].split(b"Content-Security-Policy")[0]
        assert b"<script" not in before
        assert b"<link" not in before


def test_no_page_holds_a_script_a_style_or_a_handler_of_its_own(pages: dict[str, Parsed]) -> None:
    for name, page in pages.items():
        assert set(page.scripts) <= {"application/ld+json"}, name
        for tag, values in page.tags:
            assert tag not in {"style", "iframe", "object", "embed", "base", "form"}, name
            assert "style" not in values, (name, tag)
            assert not [key for key in values if key.startswith("on")], (name, tag)
            assert "javascript:" not in "".join(values.values()).lower(), (name, tag)


# --- What it weighs.


def test_our_own_script_is_at_most_10_kilobytes(site: dict[str, bytes]) -> None:
    scripts = [
        gzip.compress(data, 9) for name, data in site.items() if name.startswith("theme/") and name.endswith(".js")
    ]

    assert sum(map(len, scripts)) <= 10_000


def test_each_note_page_loads_one_script_and_one_style(pages: dict[str, Parsed]) -> None:
    for page in pages.values():
        assert len([1 for tag, values in page.tags if tag == "script" and "src" in values]) == 1
        assert len([1 for tag, values in page.tags if tag == "link" and values.get("rel") == "stylesheet"]) == 1


# --- For machines.


def test_each_feed_is_there_as_json_too(site: dict[str, bytes]) -> None:
    for name in [name for name in site if name.endswith(".xml") and name != "sitemap.xml"]:
        feed = json.loads(site[name.replace(".xml", ".json")])

        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert [item["id"] for item in feed["items"]] == re.findall(r"<entry>\n<id>([^<]+)", site[name].decode()), name
        assert all("content_html" in item or "content_text" in item for item in feed["items"])


def test_feeds_are_whole_and_each_entry_has_its_own_identity(site: dict[str, bytes]) -> None:
    feeds = [name for name in site if name.endswith(".xml") and name != "sitemap.xml"]
    assert {"feed.xml", "changed.xml", "tags/writing.xml", "bud.xml"} <= set(feeds)
    for name in feeds:
        root = ET.fromstring(site[name])
        ids = [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")]
        assert len(ids) == len(set(ids))
        for entry in root.iter(f"{ATOM}entry"):
            published, updated = entry.findtext(f"{ATOM}published"), entry.findtext(f"{ATOM}updated")
            assert published
            assert updated
            assert published <= updated


def test_nothing_in_a_feed_acts_or_loads(tmp_path: Path) -> None:
    """A reader's program shows what a feed carries as HTML, and may forbid it nothing."""
    hostile = (
        "<script>zq()</script> <img src=x onerror=zq()> [a](javascript:zq()) ![b](https://zq.example/p.png)\n\n"
        "<iframe src='https://zq.example'></iframe><style>@import 'https://zq.example'</style> <a href='java&#10;script:zq()'>c</a>"
    )
    files = {
        "Hostile.md": note(hostile, title="'<svg/onload=zq()>'", created="2026-01-01", tags="['<b onclick=zq()>']")
    }
    site = site_of(write_vault(tmp_path / "vault", files), tmp_path / "site")
    texts = [text for item in json.loads(site["feed.json"])["items"] for text in (item["content_html"], item["title"])]
    texts += [entry.text or "" for entry in ET.fromstring(site["feed.xml"]).iter(f"{ATOM}content")]

    assert len(texts) == 3
    for text in (texts[0], texts[2]):
        for tag, values in Parsed(text).tags:
            assert tag not in {"script", "iframe", "style", "img", "svg"}
            assert not any(name.startswith("on") or name in ("style", "src") for name in values)
            assert urlsplit(values.get("href", "")).scheme in ("", "https")


def test_the_sitemap_tells_true_dates(site: dict[str, bytes]) -> None:
    text = site["sitemap.xml"].decode()

    assert f"<loc>{BASE}everything-at-once.html</loc><lastmod>2026-11-19</lastmod>" in re.sub(r">\s+<", "><", text)


def test_pages_say_what_they_are(site: dict[str, bytes]) -> None:
    text = site["everything-at-once.html"].decode()

    assert f'<link rel="canonical" href="{BASE}everything-at-once.html">' in text
    assert 'property="og:title" content="Everything at once"' in text
    for word in ("h-entry", "p-name", "e-content", "dt-published", "dt-updated", "h-card", "p-category"):
        assert re.search(rf'class="[^"]*\b{word}\b', text), word
    linked = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text)[1])  # type: ignore[index]
    assert linked["headline"] == "Everything at once"
    assert linked["dateModified"] == "2026-11-19"


def shared_as(tmp_path: Path, text: str, settings: str = "", url: str = "https://lab.example/garden") -> str:
    """What programs are told to show where somebody shares this note."""
    files: dict[str, str | bytes] = {
        "One.md": note(text),
        "Secret.md": note("![[secret.png]]", "private"),
        "first.png": png(),
        "second.png": png(width=2),
        "secret.png": png(width=3),
        "drawing.svg": svg(),
        "templates/garden/theme/card.png": png(width=4),
    }
    vault = write_vault(tmp_path / "vault", files, settings, url)
    page = site_of(vault, tmp_path / "site")["one.html"].decode()
    assert page.count('name="twitter:card" content="summary_large_image"') == page.count("og:image")
    return " ".join(re.findall('<meta property="og:image" content="([^"]*)">', page))


def test_where_a_note_is_shared_its_first_picture_stands_for_it(tmp_path: Path) -> None:
    found = shared_as(tmp_path, "![[Secret]] ![[drawing.svg]] ![[first.png]] ![[second.png]]")

    assert re.fullmatch(r"https://lab\.example/garden/files/first-[0-9a-f]{8}\.png", found)


def test_where_a_note_has_no_picture_that_of_the_site_stands_for_it(tmp_path: Path) -> None:
    text = "![[Secret]] ![[drawing.svg]]"
    assert shared_as(tmp_path, text) == ""
    assert shared_as(tmp_path, text, 'image = "card.png"\n') == "https://lab.example/garden/theme/card.png"
    assert shared_as(tmp_path, text, 'image = "../../../secret.png"\n') == ""
    assert shared_as(tmp_path, "![[first.png]]", 'image = "card.png"\n', url="") == ""


def test_pages_are_entries_and_what_changed_is_a_feed_of_them(site: dict[str, bytes]) -> None:
    """Microformats: a page says its own address and dates, a feed has entries with names, addresses and dates."""
    page = site["everything-at-once.html"].decode()
    assert '<a class="u-url" href="everything-at-once.html"><time class="dt-published">2026-01-02</time></a>' in page

    feed = site["changes.html"].decode()
    assert '<main id="text" class="list h-feed">' in feed
    entries = re.findall(
        r'<li class="h-entry[^"]*"><a class="p-name u-url" href="([^"]+)">.*?</a> <time class="dt-updated"', feed
    )
    assert entries[0] == "everything-at-once.html"
    assert len(entries) == feed.count("<li ")


def test_a_lost_reader_finds_style_and_ways_on_however_deep(tmp_path: Path) -> None:
    """A host shows this page at the address that somebody asked for, and that may be in any folder."""
    vault = write_vault(tmp_path / "vault", {"One.md": note("words")}, url="https://lab.example/my%20garden")
    lost = Parsed(site_of(vault, tmp_path / "site")["404.html"].decode())
    inside = [address for _, address in lost.addresses if "lab.example" not in address and address != "#text"]
    assert inside
    assert all(address.startswith("/my%20garden/") for address in inside)

    write_vault(vault, {}, url="")
    lost = Parsed(site_of(vault, tmp_path / "site")["404.html"].decode())
    assert all(not address.startswith("/") for _, address in lost.addresses)


def test_a_note_says_its_language(site: dict[str, bytes]) -> None:
    assert '<html lang="ja"' in site["検索の庭.html"].decode()
    assert 'dir="auto"' in site["حديقة.html"].decode()


def test_a_note_that_is_called_like_a_page_of_the_garden_makes_way(site: dict[str, bytes]) -> None:
    assert b"A note that is called" not in site["search.html"]
    assert [name for name in site if re.fullmatch(r"search-[0-9a-f]{6}\.html", name)]
