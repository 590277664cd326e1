"""`pkm publish` as its author meets it: what it would do, what it asks, what it leaves behind."""

from __future__ import annotations

import io
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pkm.cli import state
from pkm.cli.app import run
from tests.share.samples import differences, note, png, site_of, tree, write_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[2]
SAMPLE = CHECKOUT / "templates" / "sample-vault"
KEY = "-----BEGIN " + "RSA PRIVATE KEY-----"


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PKM_NOW", "2026-11-20T08:30:00")
    files: dict[str, str | bytes] = {
        "One.md": note("The first note. See [[Two]].", tags="[garden]", created="2026-01-01"),
        "Two.md": note("The second, about quinces. ![[pic.png]]", tags="[garden, fruit]", created="2026-02-02"),
        "Mine.md": note("mine alone", None),
        "pic.png": png(),
    }
    return write_vault(tmp_path / "vault", files)


@pytest.fixture
def pkm(vault: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[..., tuple[int, str, str]]]:
    def call(*words: str) -> tuple[int, str, str]:
        state.reset()
        capfd.readouterr()
        code = run(["--vault", str(vault), "publish", *words])
        out, err = capfd.readouterr()
        return code, out, err

    yield call
    state.reset()


@pytest.fixture
def site(vault: Path) -> Path:
    return vault / "garden"


# --- What would change.


def test_a_look_says_what_would_be_new_and_writes_nothing(pkm: Any, site: Path) -> None:
    code, out, _ = pkm("--check")

    assert out.splitlines() == ["new      One.md", "new      Two.md", "name     One", "name     Two"]
    assert code == 0
    assert not site.exists()


@pytest.mark.parametrize("flag", ["--check", "--dry-run"])
def test_a_look_says_exactly_what_changed_since_the_last_delivery(flag: str, pkm: Any, vault: Path, site: Path) -> None:
    pkm("--yes")
    before = tree(site)
    (vault / "One.md").write_text(note("The first note, again.", created="2026-01-01"))
    (vault / "Two.md").unlink()
    (vault / "Three.md").write_text(note("The third.", title="Third"))

    code, out, _ = pkm(flag)

    assert out.splitlines() == ["new      Three.md", "changed  One.md", "removed  Two.md", "name     Third"]
    assert code == 0
    assert tree(site) == before


def test_a_look_after_a_delivery_says_nothing(pkm: Any) -> None:
    pkm("--yes")

    code, out, _ = pkm("--check")

    assert (code, out) == (0, "")


def test_a_private_edit_is_no_news(pkm: Any, vault: Path) -> None:
    pkm("--yes")
    (vault / "Mine.md").write_text(note("mine alone, and longer [[One]] #garden", None))

    assert pkm("--check")[:2] == (0, "")


def test_a_name_that_was_public_once_is_no_first_time(pkm: Any, vault: Path) -> None:
    pkm("--yes")
    (vault / "Two.md").write_text(note("taken back", "private"))
    pkm("--yes")
    (vault / "Two.md").write_text(note("public again"))

    assert pkm("--check")[1].splitlines() == ["new      Two.md", "changed  One.md"]


def test_findings_are_told_and_the_code_says_so(pkm: Any, vault: Path) -> None:
    (vault / "Three.md").write_text(note("a\n\n![[Mine]]", title="Third"))

    code, out, _ = pkm("--check")

    assert "Three.md:7: an embed of something unpublished is left out" in out
    assert code == 1


def test_the_report_is_json_for_programs(pkm: Any) -> None:
    code, out, _ = pkm("--check", "--json")

    told = json.loads(out)
    assert code == 0
    assert told["new"] == ["One.md", "Two.md"]
    assert told["first_seen"] == ["One", "Two"]
    assert told["findings"] == []


def test_a_garden_without_notes_is_a_garden_and_says_why(pkm: Any, vault: Path, site: Path) -> None:
    for name in ("One.md", "Two.md"):
        (vault / name).unlink()

    code, _, told = pkm("--yes")

    assert code == 0
    assert "No note says `audience: public` yet." in told
    assert "Nothing has been planted here yet." in (site / "index.html").read_text()


# --- What is refused, and asked.


def test_a_secret_is_refused_with_file_and_line(pkm: Any, vault: Path, site: Path) -> None:
    (vault / "Three.md").write_text(note(f"text\n\n{KEY}\nabc", title="Third"))

    looked, out, _ = pkm("--check")
    code, _, told = pkm("--yes")

    assert (looked, code) == (3, 3)
    assert "Three.md:7: looks like a secret: private key" in out
    assert "Three.md:7" in told
    assert KEY not in told
    assert not site.exists()


def test_a_secret_stays_refused_until_it_is_gone_or_allowed(pkm: Any, vault: Path, site: Path) -> None:
    (vault / "Three.md").write_text(note(f"{KEY}\nabc", title="Third"))
    assert [pkm("--yes")[0], pkm("--yes")[0]] == [3, 3]
    [finding] = json.loads(pkm("--check", "--json")[1])["findings"]
    fingerprint = finding["hint"].split("allow ")[1].split()[0]

    with (vault / "pkm.toml").open("a") as file:
        file.write(f'allow_secrets = ["{fingerprint}"]\n')

    assert pkm("--yes")[0] == 0
    assert (site / "third.html").is_file()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code", "published"), [("y\n", 0, True), ("n\n", 3, False), ("", 3, False)])
def test_at_a_terminal_it_asks_before_a_name_is_seen_for_the_first_time(
    answer: str, code: int, published: bool, pkm: Any, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    monkeypatch.setattr(sys, "stderr", screen)

    assert pkm()[0] == code
    assert "One" in screen.getvalue()
    assert site.exists() is published


def test_nothing_is_asked_twice(pkm: Any, vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pkm("--yes")
    (vault / "One.md").write_text(note("other words", title="One"))
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    monkeypatch.setattr(sys, "stderr", Terminal())

    assert pkm()[0] == 0


PUBLISH = """
import sys
from pkm.cli import app, deliver
from pkm.share.garden import notes
deliver.LONG, notes.AT_ONCE = 2, 1
sys.exit(app.run(sys.argv[1:]))
"""


def on_a_screen(*words: str) -> str:
    """What a person sees who publishes more pages than are made in a moment, as two are here."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PUBLISH, *words]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        try:
            while data := os.read(ours, 4096):
                seen += data
        except OSError:  # the other side is closed
            pass
        assert process.wait(30) == 0
    os.close(ours)
    return seen.decode()


def test_a_long_build_says_how_far_it_is_and_leaves_nothing_of_it_on_the_screen(vault: Path, tmp_path: Path) -> None:
    words = ("--vault", str(vault), "publish", "--yes", "--to")
    seen = on_a_screen(*words, str(tmp_path / "site"))

    assert "\r0 of 2 pages\x1b[K" in seen
    assert "\r1 of 2 pages\x1b[K\r\x1b[K" in seen
    assert seen.rindex("\r\x1b[K") < seen.index("2 notes")
    assert "of 2 pages" not in on_a_screen(*words, str(tmp_path / "quiet"), "--quiet")


def test_a_long_build_says_nothing_of_it_to_a_program(vault: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PUBLISH, "--vault", str(vault), "publish", "--yes", "--to", str(tmp_path / "site")]

    assert "pages" not in subprocess.run(command, capture_output=True, text=True, check=True).stderr


def test_a_folder_that_holds_something_else_is_refused(pkm: Any, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("years of work")

    code, _, told = pkm("--yes", "--to", str(tmp_path / "other"))

    assert code == 3
    assert "something else" in told
    assert (tmp_path / "other" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize(
    ("value", "shown"), [('"public"', True), ('"private"', False), ('"anyone"', False), ("true", False)]
)
def test_only_one_word_in_the_settings_makes_unmarked_notes_public(
    value: str, shown: bool, pkm: Any, vault: Path, site: Path
) -> None:
    (vault / "pkm.toml").write_text(f"[publish]\ndefault = {value}\n")
    (vault / "Draft.md").write_text(note("mine alone", None, draft="true"))

    pkm("--yes")

    assert (site / "mine.html").is_file() is shown
    assert not (site / "draft.html").exists()


# --- What is taken back.


@pytest.mark.parametrize("how", ["private", "draft", "deleted"])
def test_what_is_taken_back_leaves_no_word_behind(how: str, pkm: Any, vault: Path, site: Path) -> None:
    pkm("--yes")
    assert any(b"quinces" in data for data in tree(site).values())
    if how == "deleted":
        (vault / "Two.md").unlink()
    else:
        front = {"private": note("about quinces", "private"), "draft": note("about quinces", "public", draft="true")}
        (vault / "Two.md").write_text(front[how])

    pkm("--yes")

    after = tree(site)
    assert "two.html" not in after
    assert "tags/fruit.html" not in after
    assert not [name for name in after if name.startswith("files/")]
    for word in (b"quince", b"two.html", b"Two", b"fruit"):
        assert not [name for name, data in after.items() if word in data and not name.startswith("theme/")]
    assert b"deleted-entry" in after["feed.xml"]


def test_what_is_taken_back_is_gone_from_every_cache_too(pkm: Any, vault: Path, tmp_path: Path) -> None:
    pkm("--yes")
    (vault / "Two.md").write_text(note("about quinces", "private"))
    pkm("--yes")

    for path in (tmp_path / "cache").rglob("*"):
        assert not path.is_file() or b"quinces" not in path.read_bytes()


def test_an_old_address_leads_to_the_new_one(pkm: Any, vault: Path, site: Path) -> None:
    (vault / "Two.md").write_text(note("words", title="Old name", id="20260101-0800"))
    pkm("--yes")
    (vault / "Two.md").write_text(note("words", title="New name", id="20260101-0800"))

    pkm("--yes")

    assert 'content="0;url=new-name.html"' in (site / "old-name.html").read_text()
    assert (site / "_redirects").read_text() == "/old-name.html /new-name.html 301\n"


def test_an_old_address_may_be_what_a_note_at_home_is_called_now(pkm: Any, vault: Path, site: Path) -> None:
    (vault / "Two.md").write_text(note("words", title="Quinces", id="20260101-0800"))
    pkm("--yes")
    (vault / "Two.md").write_text(note("words", title="Pears", id="20260101-0800"))
    (vault / "Quinces.md").write_text(note("mine", "private"))

    code, _, _ = pkm("--yes", "--to", str(site.with_name("elsewhere")))

    assert code == 0
    assert (site.with_name("elsewhere") / "_redirects").read_text() == "/quinces.html /pears.html 301\n"


def test_a_renamed_note_that_is_taken_back_leaves_neither_address(pkm: Any, vault: Path, site: Path) -> None:
    for title in ("Old name", "New name"):
        (vault / "Two.md").write_text(note("words", title=title, id="20260101-0800"))
        pkm("--yes")
    (vault / "Two.md").unlink()

    pkm("--yes")

    assert not [name for name in tree(site) if name.endswith("name.html")]
    assert not [name for name, data in tree(site).items() if b"new-name" in data or b"old-name" in data]


def test_a_broken_note_stops_nothing(pkm: Any, vault: Path, site: Path) -> None:
    (vault / "Bad.md").write_bytes(b"---\naudience: public\n---\ncaf\xe9\n")

    code, _, told = pkm("--yes")

    assert code == 0
    assert "Bad.md" in told
    assert (site / "one.html").is_file()


# --- The same bytes.


def test_a_second_delivery_writes_no_file(pkm: Any, site: Path) -> None:
    pkm("--yes")
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}

    pkm("--yes")

    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before


def test_a_clean_build_is_a_later_build(vault: Path, tmp_path: Path) -> None:
    site_of(vault, tmp_path / "later")
    (vault / "One.md").write_text(note("Now [[Two]] and [[Three]].", tags="[other]"))
    (vault / "Three.md").write_text(note("[[One]]"))

    assert differences(site_of(vault, tmp_path / "later"), site_of(vault, tmp_path / "clean")) == []


WORLDS = [
    {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "0"},
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "42", "PYTHONUTF8": "1"},
    {"TZ": "America/St_Johns", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "4242", "PKM_NOW": "2031-01-01T23:59:59"},
]


def test_the_site_is_the_same_wherever_and_whenever_it_is_built(tmp_path: Path) -> None:
    """Another path, another order of files in their folders, another zone, locale, hash seed and year."""
    sites = []
    for number, world in enumerate(WORLDS):
        root = tmp_path / ("deeper/" * number) / f"world-{number}"
        files = sorted(path.relative_to(SAMPLE) for path in SAMPLE.rglob("*") if path.is_file())
        for path in files[:: -1 if number % 2 else 1]:
            (root / "vault" / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(SAMPLE / path, root / "vault" / path)
            os.utime(root / "vault" / path, (10**9 + number * 10**7, 10**9 + number * 10**7))
        (root / "vault" / "pkm.toml").write_text('[garden]\ntitle = "Mind"\nurl = "https://mind.example"\n')
        environ = {**os.environ, "XDG_CACHE_HOME": str(root / "cache"), "PYTHONPATH": str(CHECKOUT), **world}
        command = [
            sys.executable,
            "-m",
            "pkm",
            "--vault",
            str(root / "vault"),
            "publish",
            "--yes",
            "-q",
            "--to",
            str(root / "site"),
        ]
        subprocess.run(command, env=environ, cwd=root, check=True)
        sites.append(tree(root / "site"))

    assert [differences(sites[0], other) for other in sites[1:]] == [[], []]
    assert len(sites[0]) > 60


def test_a_text_that_cannot_be_set_is_shown_as_it_was_written_and_told(pkm: Any, vault: Path, site: Path) -> None:
    (vault / "Three.md").write_text(note("![a" * 40_000, title="Third"))

    _, _, told = pkm("--yes")

    assert "Three.md: its text is shown as it was written: too entangled to be set as a page" in told
    page = (site / "third.html").read_text()
    assert '<p class="notice">' in page
    assert '<pre class="as-written">' in page
    assert (site / "one.html").exists()


def test_settings_that_cannot_be_read_keep_all_at_home(pkm: Any, vault: Path, site: Path) -> None:
    with (vault / "pkm.toml").open("a") as file:
        file.write('\nexclude = ["Two.md"\n')

    code, _, err = pkm("--yes")

    assert code == 3
    assert "pkm: pkm.toml: " in err
    assert "Mend pkm.toml" in err
    assert not site.exists()
