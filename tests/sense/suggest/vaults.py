"""Small vaults for the tests of link suggestion, made from text with `[[links]]`."""

from __future__ import annotations

import random
import re

from pkm.sense.suggest.corpus import Corpus, Link, Note

LINK = re.compile(r"\[\[([^\]|\n]+)(?:\|([^\]\n]+))?\]\]")

TOPICS = {
    "garden": "soil seed compost water root leaf bloom harvest prune mulch spade worm".split(),
    "music": "chord melody rhythm tempo scale tune octave string drum voice score beat".split(),
    "cooking": "oven flour butter spice recipe simmer knife salt pan dough roast broth".split(),
    "sailing": "mast sail rudder knot tide harbour wind keel anchor deck buoy gale".split(),
}


def corpus(
    texts: dict[str, str], *, aliases: dict[str, tuple[str, ...]] | None = None, created: dict[str, float] | None = None
) -> Corpus:
    """A corpus from texts by path; links are `[[stem]]` or `[[stem|shown]]`, the title is the file's name."""
    stems = {path.rpartition("/")[2].removesuffix(".md"): path for path in texts}
    notes = []
    for path, text in texts.items():
        links = tuple(Link(stems.get(m[1]), m[2] or m[1], m.start(), m.end(), m[1]) for m in LINK.finditer(text))
        title, made = path.rpartition("/")[2].removesuffix(".md"), (created or {}).get(path)
        notes.append(Note(path, title, text, (aliases or {}).get(path, ()), links=links, created=made))
    return Corpus.of(notes)


def grown(size: int = 48, seed: int = 1, *, links: int = 4) -> dict[str, str]:
    """Texts of a vault whose notes speak of one topic each and mostly link within it."""
    rng = random.Random(seed)
    topics = list(TOPICS)
    names = {number: f"{TOPICS[topics[number % 4]][number // 4 % 12]} {number}" for number in range(size)}
    texts = {}
    for number, name in names.items():
        words = TOPICS[topics[number % 4]]
        prose = " ".join(rng.choice(words) for _ in range(40))
        same = [other for other in names if other % 4 == number % 4 and other != number]
        chosen = rng.sample(same, min(links, len(same)))
        texts[f"{topics[number % 4]}/{name}.md"] = f"# {name}\n\n{prose}\n\n" + "".join(
            f"- see [[{names[other]}]] for {rng.choice(words)}\n" for other in chosen
        )
    return texts
