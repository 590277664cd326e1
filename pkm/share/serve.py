"""A site on this machine alone, to look at while one writes: pages load again when the notes changed.

Only the loopback address is bound and only its own names are answered, so that no page elsewhere can
read along through a name of its own that it points here.
"""

from __future__ import annotations

import os
import posixpath
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import unquote

HERE = "127.0.0.1"
WAIT = 20.0  # seconds that a page waits for a change before it asks again

_TYPES = {
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
    "json": "application/json", "xml": "application/xml", "svg": "image/svg+xml", "txt": "text/plain; charset=utf-8",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "mp3": "audio/mpeg", "ogg": "audio/ogg", "mp4": "video/mp4", "webm": "video/webm", "pdf": "application/pdf",
}  # fmt: skip
_LIVE = b"""const ask = async seen => {
  const said = await fetch("/.live/" + seen).then(answer => answer.text());
  if (seen && said !== seen) location.reload(); else ask(said);
};
ask("");
"""
_SCRIPT = b'<script src="/.live.js" defer></script>\n</body>'


class Served:
    """The site that is shown, and how often it changed."""

    def __init__(self, folder: str, root: str = "") -> None:
        """`root`: the path of the site on the host where it will live; what is asked for there is here too."""
        self.folder = folder
        self.root = root
        self.version = 0
        self._changed = threading.Condition()

    def change(self) -> None:
        """Tell all open pages to load again."""
        with self._changed:
            self.version += 1
            self._changed.notify_all()

    def wait(self, seen: str) -> str:
        """Return the version, at once when it is not the one that was seen, else when it changes or time is up."""
        with self._changed:
            self._changed.wait_for(lambda: str(self.version) != seen, timeout=WAIT)
            return str(self.version)

    def read(self, path: str) -> tuple[str, bytes] | None:
        """Return (type, content) of a file of the site."""
        path = path.partition("?")[0]
        if self.root and path.startswith(self.root):
            path = path.removeprefix(self.root)
        name = posixpath.normpath("/" + unquote(path)).lstrip("/")
        full = os.path.join(self.folder, *(name or "index.html").split("/"))
        if os.path.isdir(full):
            full = os.path.join(full, "index.html")
        # The site is ours and holds no links, but a folder may be replaced while one looks.
        if not os.path.realpath(full).startswith(os.path.realpath(self.folder) + os.sep) or not os.path.isfile(full):
            return None
        with open(full, "rb") as file:
            data = file.read()
        kind = _TYPES.get(full.rpartition(".")[2], "application/octet-stream")
        return kind, data.replace(b"</body>", _SCRIPT, 1) if full.endswith(".html") else data


class _Handler(BaseHTTPRequestHandler):
    served: ClassVar[Served]
    names: ClassVar[tuple[str, ...]]

    def do_GET(self) -> None:
        if self.headers.get("Host", "") not in self.names:
            self._answer(403, "text/plain", b"This garden is shown on this machine alone.\n")
        elif self.path == "/.live.js":
            self._answer(200, _TYPES["js"], _LIVE)
        elif self.path.startswith("/.live/"):
            self._answer(200, "text/plain", self.served.wait(self.path.removeprefix("/.live/")).encode())
        elif found := self.served.read(self.path):
            self._answer(200, *found)
        else:
            lost = self.served.read("/404.html")
            self._answer(404, *(lost or ("text/plain", b"There is nothing here.\n")))

    def _answer(self, code: int, kind: str, data: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing: the terminal is for what happens to the notes."""


def open_server(served: Served, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of the site at a free port, or at this one. It answers once `serve_forever` is called."""

    class Handler(_Handler):
        pass

    server = ThreadingHTTPServer((HERE, port), Handler)
    Handler.served = served
    Handler.names = (f"{HERE}:{server.server_port}", f"localhost:{server.server_port}")
    server.daemon_threads = True
    return server
