"""Link suggestions without numpy: names, rare words in common and shared neighbours, added up. Not learned.

What answers where numpy and scipy are missing. It finds less than `rank` and claims less: the claim is how often such
a sum was a link in vaults that were looked at, and never more than a half.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from pkm.sense.suggest.corpus import FEWEST
from pkm.sense.suggest.spell import stem, words
from pkm.sense.suggest.suggestion import Reason, Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pkm.sense.suggest.corpus import Corpus, Note
    from pkm.sense.suggest.decisions import Decisions

HEAVIEST = 32  # words of a note that are compared
COMMON = 0.1  # a word in a larger share of the notes compares nothing,
AMPLE = 30  # but not in a small vault
SURE = 0.5  # no claim is larger
LONGEST = 8  # words of a name


def suggest(
    corpus: Corpus,
    *,
    sources: Iterable[str] | None = None,
    limit: int = 10,
    least: float = 0.0,
    decisions: Decisions | None = None,
) -> list[Suggestion]:
    """As `rank.suggest`, with plainer means."""
    if len(corpus) < FEWEST:
        return []
    vault = _Vault(corpus)
    wanted = range(len(corpus)) if sources is None else sorted({corpus.numbers[path] for path in sources})
    found = []
    for source in wanted:
        note = corpus.notes[source]
        scored = sorted(vault.scores(source).items(), key=lambda pair: (-pair[1], pair[0]))
        kept = 0
        for target, score in scored:
            other = corpus.notes[target]
            claim = SURE * (1 - math.exp(-score))
            if kept == limit or claim < least:
                break
            if decisions is None or not decisions.refused(note, other):
                reasons = tuple(vault.reasons(source, target))
                found.append(Suggestion(note.path, other.path, round(score, 4), round(claim, 4), reasons))
                kept += 1
    return found


class _Vault:
    """The notes as words, names and neighbours."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.spoken = [words(note.text) for note in corpus.notes]
        self.beside: list[set[int]] = [set() for _ in corpus.notes]
        for source, note in enumerate(corpus.notes):
            for link in note.links:
                target = corpus.numbers.get(link.target or "", source)
                if target != source:
                    self.beside[source].add(target)
                    self.beside[target].add(source)
        self.names: dict[tuple[str, ...], dict[int, str]] = defaultdict(dict)
        for number, note in enumerate(corpus.notes):
            for name in note.names:
                if 0 < len(spelled := tuple(words(name))) <= LONGEST:
                    self.names[spelled].setdefault(number, name)
        self.firsts = {name[0] for name in self.names}
        self.weights = self._weighed()
        self.holding: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, weights in enumerate(self.weights):
            for word, weight in weights.items():
                self.holding[word].append((number, weight))
        self.said = [dict(self._named(number)) for number in range(len(corpus))]
        self.sayers = Counter(target for said in self.said for target in said)

    def _weighed(self) -> list[dict[str, float]]:
        """For each note its heaviest words, as a vector of length one."""
        counts = [Counter(stem(word) for word in spoken if not word.isdigit()) for spoken in self.spoken]
        spread = Counter(word for each in counts for word in each)
        most = max(AMPLE, COMMON * len(counts))
        weighed = []
        for each in counts:
            weights = {
                word: (1 + math.log(count)) * math.log(len(counts) / spread[word])
                for word, count in each.items()
                if 1 < spread[word] <= most
            }
            heaviest = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:HEAVIEST]
            length = math.sqrt(sum(weight**2 for _, weight in heaviest)) or 1.0
            weighed.append({word: weight / length for word, weight in heaviest})
        return weighed

    def _named(self, source: int) -> Iterator[tuple[int, str]]:
        """Notes that this one names, each with the longest name used."""
        spoken = self.spoken[source]
        for at, word in enumerate(spoken):
            if word not in self.firsts:
                continue
            for size in range(1, LONGEST + 1):
                for target, name in self.names.get(tuple(spoken[at : at + size]), {}).items():
                    if target != source:
                        yield target, name

    def scores(self, source: int) -> dict[int, float]:
        """All that speaks for a link, for each note that has anything and is not linked yet."""
        total: dict[int, float] = defaultdict(float)
        for word, weight in self.weights[source].items():
            for target, other in self.holding[word]:
                total[target] += weight * other
        for between in self.beside[source]:
            for target in self.beside[between]:
                total[target] += 0.4 / math.log(2 + len(self.beside[between]))
        for target in self.said[source]:
            # A name that many notes say is a common word.
            total[target] += 2 / (1 + math.log(self.sayers[target]))
        return {
            target: score for target, score in total.items() if target != source and target not in self.beside[source]
        }

    def reasons(self, source: int, target: int) -> Iterator[Reason]:
        notes = self.corpus.notes
        if target in self.said[source]:
            text, line = _spelled(notes[source], self.said[source][target])
            yield Reason("mention", f'says "{text}"', line)
        shared = sorted(self.beside[source] & self.beside[target])
        if shared:
            number = "1 note" if len(shared) == 1 else f"{len(shared)} notes"
            titles = ", ".join(f"[[{notes[each].title}]]" for each in shared[:3])
            yield Reason("neighbours", f"{number} linked with both: {titles}")
        mine, other = self.weights[source], self.weights[target]
        common = sorted(mine.keys() & other.keys(), key=lambda word: (-mine[word] * other[word], word))
        if common:
            yield Reason("words", "rare words in common: " + ", ".join(common[:3]))


def _spelled(note: Note, name: str) -> tuple[str, int]:
    """A name as the note spells it, and the line; the name itself and no line when it goes over several."""
    for number, line in enumerate(note.text.split("\n"), 1):
        at = line.casefold().find(name.casefold())
        if at >= 0:
            return line[at : at + len(name)], number
    return name, 0
