"""A garden in Debian's Chromium: built once, opened from a server under a sub-path and from a folder."""

from __future__ import annotations

import functools
import shutil
import tempfile
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.share.rich import rich_vault
from tests.share.samples import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    return next((path for name in NAMES if (path := shutil.which(name))), "")


@pytest.fixture(scope="package")
def folder() -> Iterator[Path]:
    """The site, in a folder of its own."""
    root = Path(tempfile.mkdtemp(prefix="pkm-browser-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        patch.setenv("PKM_NOW", "2026-11-20T08:30:00")
        site_of(rich_vault(root / "vault", "https://lab.example/some/garden"), root / "www" / "some" / "garden")
    yield root / "www" / "some" / "garden"
    shutil.rmtree(root)


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Serve a folder on the loopback and yield its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def send_head(self) -> Any:
            """As hosts do: where there is nothing, the site's own page says so."""
            path = Path(self.translate_path(self.path))
            if not path.exists() and (lost := next(root.rglob("404.html"), None)):
                self.path = "/" + lost.relative_to(root).as_posix()
            return super().send_head()

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(root))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="package")
def bases(folder: Path) -> Iterator[dict[str, str]]:
    """The site's address under a sub-path of a server, and as a folder."""
    with served(folder.parents[1]) as root:
        yield {"server": root + "some/garden/", "folder": folder.as_uri() + "/"}


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium()
    if not path:
        pytest.skip(f"No Chromium here ({', '.join(NAMES)}): sudo apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api", reason="No Playwright here: pip install playwright")
    with api.sync_playwright() as playwright:
        # Containers have no sandbox to give and little shared memory; the pages are our own.
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        try:
            browser = playwright.chromium.launch(executable_path=path, args=arguments)
        except api.Error as error:
            pytest.skip(f"Chromium does not start here: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, bases: dict[str, str]) -> Iterator[Callable[..., Page]]:
    """Open a page; at the end of the test nothing may have gone wrong in it, or been fetched from elsewhere."""
    contexts = []
    complaints: list[str] = []

    def failed(url: str, why: str | None) -> None:
        if "ERR_ABORTED" not in (why or ""):  # the reader went on before it was there
            complaints.append(f"{url}: {why}")

    def open_page(name: str = "index.html", *, over: str = "server", **options: object) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: failed(request.url, request.failure))
        page.on(
            "request", lambda request: None if request.url.startswith(bases[over]) else complaints.append(request.url)
        )
        page.goto(bases[over] + name)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
