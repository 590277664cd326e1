"""What a large garden costs its reader: a query (our index beside Pagefind's, in the same browser), a frame of the map.

    python benchmarks/search.py [--notes 10000]

Needs Chromium and `pip install playwright`; with `pip install 'pagefind[bin]'` Pagefind is measured too.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pkm.config import load
from pkm.share.publish import publish
from pkm.vault.vault import Vault

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SYLLABLES = "ba che di fo gra hu jel ki lor mu na pei qui ros stu tav we xi yor zan".split()
LOAD_PAGEFIND = """async query => {
  const found = await import("/pagefind/pagefind.js");
  await found.init();
  const { results } = await found.search(query);
  await Promise.all(results.slice(0, 8).map(result => result.data()));
}"""


def write_vault(root: Path, number: int) -> list[str]:
    """Write notes in words as unevenly common as real ones (Zipf's rule) and return queries, from common to rare."""
    luck = random.Random(11)
    words = ["".join(luck.choice(SYLLABLES) for _ in range(luck.randint(1, 4))) for _ in range(40_000)]
    ranks = [1 / (n + 2) for n in range(len(words))]
    root.mkdir()
    (root / "pkm.toml").write_text('[garden]\ntitle = "Large"\n')
    for n in range(number):
        said = luck.choices(words, ranks, k=360)
        text = ". ".join(" ".join(said[at : at + 12]) for at in range(0, len(said), 12))
        link = f"[[note {luck.randrange(number)}]]"
        (root / f"note {n}.md").write_text(f"---\naudience: public\ntags: [{said[0]}]\n---\n{text} {link}\n")
    one, two, three, four = words[5], words[80], words[900], words[9000]
    return [one, two, three, four, three[:3], f"{two} {three}", f"{one} {two} {three} {four}"]


def fetched(browser: Browser, base: str, query: str, part: str) -> int:
    """Return the bytes that one query fetches, program included, in a browser that has seen nothing yet."""
    context = browser.new_context(bypass_csp=True)  # our pages forbid themselves what Pagefind needs
    page = context.new_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer) if f"/{part}/" in answer.url else None)
    page.goto(base + "search.html")
    if part == "s":
        page.locator("input[type=search]").fill(query)
    else:
        page.evaluate(LOAD_PAGEFIND, query)
    page.wait_for_timeout(400)
    page.wait_for_load_state("networkidle")
    size = sum(len(answer.body()) for answer in answers)
    context.close()
    return size


DRAG = """async () => {
  const canvas = document.querySelector("canvas.map"), times = [];
  canvas.setPointerCapture = () => {};
  const at = x => ({ pointerId: 1, pointerType: "touch", clientX: x, clientY: 300, bubbles: true });
  const send = (type, x) => canvas.dispatchEvent(new PointerEvent(type, at(x)));
  send("pointerdown", 300);
  for (let i = 0; i < 60; i++) {
    send("pointermove", 300 + 3 * i);
    const start = await new Promise(requestAnimationFrame);
    const end = await new Promise(requestAnimationFrame);
    times.push(end - start);
  }
  return times;
}"""


def frames(browser: Browser, base: str) -> list[float]:
    """Return how many milliseconds each frame takes while the map is dragged."""
    page = browser.new_page()
    page.goto(base + "map.html")
    page.wait_for_function("document.querySelector('canvas.map')?.mapView")
    times: list[float] = page.evaluate(DRAG)
    page.context.close()
    return times


def size_of(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main() -> None:
    from playwright.sync_api import sync_playwright

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--notes", type=int, default=10_000)
    number = options.parse_args().notes
    root = Path(tempfile.mkdtemp(prefix="pkm-search-"))
    os.environ["XDG_CACHE_HOME"] = str(root / "cache")
    queries = write_vault(root / "vault", number)
    site = root / "site"
    start = time.process_time()
    publish(Vault(str(root / "vault")), load(str(root / "vault")), str(site))
    print(f"{number:,} notes; the whole build, search index included: {time.process_time() - start:.1f} CPU s")
    indexes = {"s": "ours"}
    if importlib.util.find_spec("pagefind"):
        subprocess.run([sys.executable, "-m", "pagefind", "--site", str(site)], check=True, stdout=subprocess.DEVNULL)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"Pagefind, its index alone: {used.ru_utime + used.ru_stime:.1f} CPU s, {used.ru_maxrss / 1024:.0f} MB")
        indexes["pagefind"] = "Pagefind"

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/"
        with sync_playwright() as playwright:
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
            for part, name in indexes.items():
                sizes = [fetched(browser, base, query, part) for query in queries]
                told = f"a query fetches {statistics.median(sizes) / 1e3:.0f} kB, at most {max(sizes) / 1e3:.0f} kB"
                print(f"{name}: {told}; the index is {size_of(site / part):.1f} MB")
            times = sorted(frames(browser, base))
            told = f"{statistics.median(times):.0f} ms a frame while dragged, one in twenty over {times[-3]:.0f} ms"
            print(f"the map: {told}")
            browser.close()
        server.shutdown()
    shutil.rmtree(root)


if __name__ == "__main__":
    main()
