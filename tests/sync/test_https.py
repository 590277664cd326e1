"""A remote over https: a real server on this machine, with git's own program behind it."""

from __future__ import annotations

import base64
import gzip
import os
import shutil
import ssl
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from pkm.errors import OutsideError
from tests.sync.clones import Clone, Hub, git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Pair = tuple[Clone, Clone]

PROGRAMS = subprocess.run(["git", "--exec-path"], check=True, capture_output=True, text=True).stdout.strip()
pytestmark = pytest.mark.skipif(
    not shutil.which("openssl") or not os.path.exists(os.path.join(PROGRAMS, "git-remote-https")),
    reason="needs openssl, and git with https",
)

TOKEN = "Basic " + base64.b64encode(b"me:secret").decode()


class Server(ThreadingHTTPServer):
    """Serves one folder. `cut`: a request whose path ends so is answered with that many bytes, and then silence."""

    daemon_threads = True
    folder = ""
    cut: tuple[str, int] | None = None


class Answer(BaseHTTPRequestHandler):
    """One request, handed to `git http-backend`."""

    server: Server

    def do_GET(self) -> None:
        self.answer(b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.answer(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)

    def answer(self, body: bytes) -> None:
        if self.headers.get("Authorization") != TOKEN:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="notes"')
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        env = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": self.server.folder, "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_USER": "me",
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
            "HTTP_GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }  # fmt: skip
        said = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=False).stdout
        head, _, data = said.partition(b"\r\n\r\n")
        self.send_response(200)
        for row in head.decode().splitlines():
            name, _, value = row.partition(": ")
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        verb, most = self.server.cut or ("", 0)
        self.wfile.write(data[:most] if verb and path.endswith(verb) else data)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing to the terminal."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of `localhost`, signed by nobody."""
    pem = tmp_path_factory.mktemp("tls") / "both.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run([*made, "-keyout", str(pem), "-out", str(pem) + ".crt"], check=True, capture_output=True)
    pem.write_bytes(pem.read_bytes() + pem.with_name("both.pem.crt").read_bytes())
    return pem


@pytest.fixture
def server(hub: Hub, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    git(hub.url, "config", "http.receivepack", "true")
    serving = Server(("localhost", 0), Answer)
    serving.folder = str(hub.folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    serving.socket = context.wrap_socket(serving.socket, server_side=True)
    Thread(target=serving.serve_forever, daemon=True).start()
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate) + ".crt")
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(hub.folder / "own.config"))
    yield serving
    serving.shutdown()
    serving.server_close()


@pytest.fixture
def distant(server: Server, hub: Hub, pair: Pair) -> Pair:
    """Two clones that reach the remote over https, each with something for the other."""
    (hub.folder / "own.config").write_text(
        '[credential]\n helper = "!f() { echo username=me; echo password=secret; }; f"\n'
    )
    for clone in pair:
        clone.git("remote", "set-url", "origin", f"https://localhost:{server.server_address[1]}/hub.git")
    one, two = pair
    one.write("n.md", one.read("n.md").replace("one", "ONE"))
    two.write("n.md", two.read("n.md").replace("three", "THREE"))
    two.write("large.bin", os.urandom(50_000))
    return pair


def test_a_remote_over_https_with_a_password_from_the_persons_own_helper(distant: Pair) -> None:
    one, two = distant

    assert one.sync().pushed
    assert two.sync().pushed
    one.sync()

    assert one.files() == two.files()
    assert one.read("n.md").endswith("\nONE\ntwo\nTHREE\n")


def test_a_password_that_nobody_can_type_is_asked_for_in_words(distant: Pair, hub: Hub) -> None:
    one, _ = distant
    (hub.folder / "own.config").write_text("")

    with pytest.raises(OutsideError) as error:
        one.sync()

    assert error.value.exit_code == 5
    assert "password" in error.value.reason
    assert "localhost" in error.value.message


@pytest.mark.parametrize(("verb", "most"), [("git-upload-pack", 40), ("git-receive-pack", 0), ("info/refs", 10)])
def test_a_server_that_closes_in_the_middle_is_away(distant: Pair, server: Server, verb: str, most: int) -> None:
    one, two = distant
    one.sync()
    server.cut = (verb, most)

    report = two.sync()

    assert report.offline
    assert not report.pushed
    assert two.clean()
    server.cut = None
    assert not two.sync().offline
    one.sync()
    assert one.files() == two.files()
    assert one.read("n.md").endswith("\nONE\ntwo\nTHREE\n")
