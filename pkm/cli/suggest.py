"""Suggested links: computed and printed for programs, listed for people. The walk through them is `pkm.cli.walk`.

Called by `pkm link` without a second note, and by the evening's half, `pkm tend`.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pkm.cli import output, state
from pkm.cli.output import count, one_line, out, say, style
from pkm.config import PRIVATE_FOLDER, iso
from pkm.model.unswept import unswept
from pkm.sense import queue, reserve
from pkm.sense.night import best_of, is_named, voices

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from pkm.sense.suggest.corpus import Corpus
    from pkm.sense.suggest.decisions import Decisions
    from pkm.sense.suggest.suggestion import Suggestion
    from pkm.workbench import Workbench

LESSON = "lesson.npz"  # what was learned, in the private folder
WORDS = "words.npz"  # what was read
MEANING = "meaning.npz"  # what a sentence model made of it
DRIFT = 0.05  # share of changed notes up to which a night builds on what was learned before


def compute(
    bench: Workbench,
    sources: Iterable[str] | None,
    limit: int,
    *,
    least: float = 0.0,
    drift: float = 0.0,
    scheduler: str = "",
) -> list[Suggestion]:
    """Suggestions for some notes (None: all), best first, note by note."""
    from pkm.sense.suggest.source import from_index

    with unswept(), bench.vault.reader() as read:
        corpus = from_index(bench.db, read)
        answered = decisions(bench)
        try:
            from pkm.sense.suggest.memory import Memory
            from pkm.sense.suggest.rank import suggest
        except ImportError:  # numpy or scipy is not there: a plainer ranker answers
            from pkm.sense.suggest.plain import suggest as plain

            return plain(corpus, sources=sources, limit=limit, least=least, decisions=answered)
        private = os.path.join(bench.root, PRIVATE_FOLDER)
        found = suggest(
            corpus,
            sources=sources,
            limit=limit,
            least=least,
            decisions=answered,
            memory=Memory(os.path.join(private, LESSON), drift) if bench.adopted else None,
            kept=os.path.join(private, WORDS) if bench.adopted else "",
            meaning=_meaning(bench, corpus) if bench.settings["suggest.embeddings"] else None,
            progress=_progress,
            scheduler=scheduler,
        )
    _progress("")
    return found


def _meaning(bench: Workbench, corpus: Corpus) -> NDArray[np.float32] | None:
    """What the notes mean by an installed sentence model; without one the night goes on without it and says so."""
    from pkm.sense.suggest import meaning

    folder = meaning.model_folder()
    if not folder or not len(corpus):
        say(meaning.MISSING)
        return None
    path = os.path.join(bench.root, PRIVATE_FOLDER, MEANING) if bench.adopted else ""
    return meaning.vectors(corpus, folder, path, lambda done: _progress(f"reading for meaning: {done:,} notes"))


def _progress(doing: str) -> None:
    """What is being done, at a terminal, on a line that the next one replaces."""
    if sys.stderr.isatty() and not output.quiet:
        sys.stderr.write(f"\r{doing + ' …' if doing else ''}\x1b[K")
        sys.stderr.flush()


def decisions(bench: Workbench) -> Decisions:
    """What was answered so far."""
    from pkm.sense.suggest.decisions import Decisions, parse

    return Decisions(parse(queue.answers(bench.root)))


def as_row(suggestion: Suggestion) -> dict[str, Any]:
    """One target, as `--json` and the queue have it."""
    return {
        "target": suggestion.target,
        "score": suggestion.score,
        "probability": suggestion.probability,
        "reasons": [asdict(reason) for reason in suggestion.reasons],
    }


def print_json(sources: list[str] | None, limit: int, scheduler: str = "") -> None:
    """JSON Lines, one object for each source note."""
    bench = state.bench()
    rows: dict[str, list[dict[str, Any]]] = {path: [] for path in sources or ()}
    for suggestion in compute(bench, sources, limit, scheduler=scheduler):
        rows.setdefault(suggestion.source, []).append(as_row(suggestion))
    for source, targets in rows.items():
        out(output.inert_json(json.dumps({"source": source, "targets": targets}, ensure_ascii=False)))
    if not any(rows.values()):
        say(_none(bench))


def _none(bench: Workbench) -> str:
    """Why nothing was suggested at all."""
    from pkm.sense.suggest.corpus import FEWEST

    (notes,) = bench.db.execute("SELECT count(*) FROM notes").fetchone()
    if notes < FEWEST:
        return f"no link suggested: {count(notes, 'note')} are too few to compare, {FEWEST} are needed"
    return "no link suggested"


def look(bench: Workbench, scheduler: str = "") -> str:
    """The night's work: fill the queue; what came of it, in a line.

    A quiet night, after which nearly all notes are as they were, asks only about those that are not.
    """
    settings = bench.settings
    before = reserve.read(bench.root)
    now = {path: str(digest) for path, digest in bench.db.execute("SELECT path, digest FROM files WHERE is_note")}
    changed = before.changed(now)
    most, least = settings["suggest.per_note"] * 2, settings["suggest.threshold"]
    limits = [most, least, float(settings["suggest.embeddings"])]
    quiet = before.limits == limits and len(changed) + before.gone(now) <= DRIFT * len(now)
    asked = changed if quiet else None
    found = [] if quiet and not changed else compute(bench, asked, most, least=least, drift=DRIFT, scheduler=scheduler)
    rows = [{"source": each.source, **as_row(each)} for each in found]
    if quiet:
        answered = _answered(bench.root)
        rows += [row for row in before.without(set(changed), now) if _pair(row) not in answered]
    reserve.write(bench.root, reserve.Reserve(limits, now, rows))
    heard = voices(decisions(bench).all)
    chosen = best_of(
        [row for row in rows if not _linked(bench, row)],
        heard,
        threshold=least,
        per_note=settings["suggest.per_note"],
        per_night=settings["suggest.per_night"],
    )
    queue.write(bench.root, [{**row, "night": iso(bench.now)} for row in chosen])
    told = f"{count(len(chosen), 'link')} suggested.  See them:  pkm link" if chosen else _none(bench)
    return ". ".join([told, *(str(voice) for voice in heard.values() if voice.muted)])


def waiting(bench: Workbench) -> list[dict[str, Any]]:
    """The queue without pairs that were answered since that night, linked by hand or moved away."""
    rows = queue.read(bench.root)
    if not rows:
        return []
    answered = _answered(bench.root)
    known = {path for (path,) in bench.db.execute("SELECT path FROM files WHERE is_note")}
    return [
        row
        for row in rows
        if not _holds(answered.get(_pair(row)), str(row.get("night", "")))
        and {row["source"], row["target"]} <= known
        and not _linked(bench, row)
    ]


def _pair(row: dict[str, Any]) -> frozenset[str]:
    return frozenset((row["source"], row["target"]))


def _holds(answer: str | None, night: str) -> bool:
    """Whether an answer of that time is about the suggestion of that night: an older one was weighed then."""
    return answer is not None and answer >= night


def _answered(root: str) -> dict[frozenset[str], str]:
    """When each pair was last said yes or no to. Read without numpy, because `pkm` itself counts what waits."""
    found: dict[frozenset[str], str] = {}
    for line in queue.answers(root):
        try:
            row = json.loads(line)
            pair, at = _pair(row), str(row["at"])
        except (ValueError, KeyError, TypeError):
            continue
        if row.get("answer") != "later":
            found[pair] = max(at, found.get(pair, ""))
    return found


def _linked(bench: Workbench, row: dict[str, Any]) -> bool:
    found = bench.db.execute(
        "SELECT 1 FROM links l JOIN files s ON s.id = l.source JOIN files t ON t.id = l.target"
        " WHERE (s.path = ? AND t.path = ?) OR (s.path = ? AND t.path = ?) LIMIT 1",
        (row["source"], row["target"], row["target"], row["source"]),
    )
    return found.fetchone() is not None


def rows_for(bench: Workbench, source: str | None) -> list[dict[str, Any]]:
    """What waits; for one note looked for now if the night had none."""
    rows = waiting(bench)
    if source is None:
        return rows
    own = [row for row in rows if source in (row["source"], row["target"])]
    if own:
        return own
    found = compute(bench, [source], bench.settings["suggest.per_note"], drift=DRIFT)
    return [{"source": each.source, **as_row(each)} for each in found]


def show_queue(rows: list[dict[str, Any]], bench: Workbench) -> None:
    """The waiting suggestions as two lists, for pipes."""
    for title, named in (("Named, but not linked:", True), ("Related:", False)):
        mine = [row for row in rows if is_named(row) == named]
        if mine:
            out(title)
        for row in mine:
            for line in lines_of(row, bench):
                out(line)
    if not rows:
        say("No link waits. The nightly run looks for more:  pkm tend")


def lines_of(row: dict[str, Any], bench: Workbench) -> list[str]:
    """One suggestion: the pair and the claim, then each reason on a line."""
    name = queue.pair_id(row["source"], row["target"])
    head = f"{style(name, 'dim')}  {title_of(bench, row['source'])} → {title_of(bench, row['target'])}"
    head += style(f"  {round(100 * row['probability'])}%", "dim")
    return [head, *(f"          {reason_line(reason)}" for reason in row["reasons"])]


def reason_line(reason: dict[str, Any]) -> str:
    """A reason in words, with the line that shows it."""
    where = f" (line {reason['line']})" if reason.get("line") else ""
    return one_line(str(reason.get("text", ""))) + where


def title_of(bench: Workbench, path: str) -> str:
    """A note's title, fit for one line."""
    found = bench.db.execute("SELECT title FROM notes JOIN files USING (id) WHERE path = ?", (path,)).fetchone()
    return one_line(found[0] if found else path)
