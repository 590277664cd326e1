"""The preview answers this machine alone, and pages load again when the site changed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest

from pkm.share.serve import HERE, Served, open_server
from tests.share.samples import note, write_vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def served(tmp_path: Path) -> Served:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<body><p>home</p></body>")
    (site / "404.html").write_text("<body>lost</body>")
    (site / "a.css").write_text("a {}")
    (tmp_path / "secret.txt").write_text("secret")
    return Served(str(site))


@pytest.fixture
def port(served: Served) -> Iterator[int]:
    server = open_server(served)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def get(port: int, path: str, host: str = "") -> tuple[int, str, str]:
    connection = HTTPConnection(HERE, port, timeout=30)
    connection.request("GET", path, headers={"Host": host or f"{HERE}:{port}"})
    answer = connection.getresponse()
    found = answer.status, answer.headers["Content-Type"], answer.read().decode()
    connection.close()
    return found


def test_a_page_comes_with_the_script_that_loads_it_again(port: int) -> None:
    code, kind, text = get(port, "/")

    assert (code, kind) == (200, "text/html; charset=utf-8")
    assert '<p>home</p><script src="/.live.js" defer></script>' in text
    assert "location.reload" in get(port, "/.live.js")[2]


def test_what_is_asked_for_where_the_site_will_live_is_here_too(served: Served) -> None:
    served.root = "/my/garden/"

    assert served.read("/my/garden/a.css") == served.read("/a.css") == ("text/css; charset=utf-8", b"a {}")
    assert served.read("/my/garden/") == served.read("/")
    assert served.read("/my/garden/../../secret.txt") is None


def test_other_files_come_as_they_are(port: int) -> None:
    assert get(port, "/a.css?x") == (200, "text/css; charset=utf-8", "a {}")


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "//secret.txt", "/..%2fsecret.txt"])
def test_nothing_outside_of_the_site_is_given(path: str, port: int) -> None:
    code, _, text = get(port, path)

    assert code == 404
    assert "secret" not in text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "localhost:1"])
def test_a_name_that_is_not_ours_gets_no_answer(host: str, port: int) -> None:
    assert get(port, "/", host)[0] == 403


def test_a_change_is_told_to_a_page_that_waits(port: int, served: Served) -> None:
    _, _, seen = get(port, "/.live/")
    told: list[str] = []
    page = threading.Thread(target=lambda: told.append(get(port, f"/.live/{seen}")[2]))
    page.start()

    served.change()

    page.join(30)
    assert told == [str(int(seen) + 1)]


def test_only_the_loopback_address_is_bound(served: Served) -> None:
    server = open_server(served)

    assert server.server_address[0] == "127.0.0.1"
    server.server_close()


def test_the_preview_follows_the_notes_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    vault = write_vault(tmp_path / "vault", {"pkm.toml": "", "One.md": note("first words")})
    # A job in the background of a shell ignores Ctrl-C, and so would its children.
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from pkm.cli.app import run; sys.exit(run(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "--vault", str(vault), "publish", "--serve"]
    cache = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=cache) as process:
        assert process.stderr
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stderr.readline())
        assert found
        port = int(found[1])
        before = get(port, "/one.html")[2]
        _, _, seen = get(port, "/.live/")
        (vault / "One.md").write_text(note("other words"))
        changed = get(port, f"/.live/{seen}")[2]
        after = get(port, "/one.html")[2]
        (vault / "One.md").write_text(note("![a" * 40_000))
        get(port, f"/.live/{int(seen) + 1}")
        broken = get(port, "/one.html")[2]
        (vault / "Two.md").write_text(note("<<<<<<< ours"))
        process.stderr.readline()
        lines = [process.stderr.readline() for _ in range(4)]
        process.send_signal(signal.SIGINT)
        ended = process.wait(30)

    assert '<p class="notice">' in broken
    assert "One.md: its text is shown as it was written: too entangled to be set as a page" in lines[1]
    assert lines[3].startswith("Two.md:4: stays home: conflict markers")
    assert "first words" in before
    assert changed != seen
    assert "other words" in after
    assert ended == 0
    assert not (vault / "garden").exists()
    assert not (vault / ".pkm" / "log" / "published.jsonl").exists()
