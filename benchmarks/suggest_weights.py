"""Make `pkm/sense/suggest/weights.npz`: what link suggestion knows before it has seen a vault.

    python benchmarks/suggest_weights.py VAULT... > pkm/sense/suggest/weights.npz

Each vault's own links are hidden and looked for, as in a nightly run; one forest learns from all of them, a vault of
four times the links counting twice as much. The curve is fitted on vaults that a forest has not seen. Vaults that the
ranker is measured on must not be among them. What a small vault is asked is too dear for one of `MOST` notes.

Works on all cores; takes some ten seconds of one for a vault, and with 150 vaults 5 GB of memory for each core.
"""

from __future__ import annotations

import io
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.calibrate import Known, Scored, fit
from pkm.sense.suggest.corpus import Corpus
from pkm.sense.suggest.facts import gather
from pkm.sense.suggest.learn import scored
from pkm.sense.suggest.scale import LARGE, MANY, SMALL, Scale
from pkm.sense.suggest.train import Examples, examples
from pkm.sense.suggest.trees import Forest, grow

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTS = 3
LISTS = 1200  # of a vault that are learned from, at most about
MEASURED = 80  # of a vault that confidence is measured on, likewise
MOST = 2 * MANY


@dataclass(frozen=True, slots=True)
class Half:
    """What is learned for vaults of one size: how they are asked, how many notes they may have, and the forest."""

    scale: Scale
    most: int
    trees: int
    leaves: int
    rate: float


HALVES = {
    "small": Half(replace(SMALL, new_lessons=6), MOST, trees=600, leaves=63, rate=0.07),
    "large": Half(replace(LARGE, lessons=6, new_lessons=4), 10 * MOST, trees=60, leaves=16, rate=0.07),
}


def read(path: str) -> Corpus:
    """A vault through its index, as the command reads it."""
    from pkm.sense.suggest.source import from_index
    from pkm.workbench import Workbench

    bench = Workbench(path)
    with bench.vault.reader() as reader:
        return Corpus.of(from_index(bench.db, reader).notes)


def taught(path: str, half: Half, file: Path) -> None:
    """Write what a vault teaches: of no more lists than are needed, and of these no more rows."""
    corpus = read(path)
    if len(corpus) > half.most:
        return
    limited = replace(half.scale, lessons=2, new_lessons=2, asked=250) if len(corpus) > MANY else half.scale
    every = examples(gather(corpus), scale=limited)
    if every is None:
        return
    few = every.only(np.isin(every.group, _some(every.group, LISTS)))
    measured = np.isin(few.group, _some(few.group[few.held], MEASURED))
    drawn = few.wanted | few.drawn[:, 0]
    # Those measured are whole lists, of which a forest sees what it sees of the others.
    kept = few.only(measured | drawn)
    kept.held, kept.drawn = measured[measured | drawn], drawn[measured | drawn, None]
    file.write_bytes(pickle.dumps(kept))


def _some(lists: Any, most: int) -> Any:
    several = np.unique(lists)
    return several[:: max(1, -(-len(several) // most))]


def forest(files: list[Path], half: Half, part: int) -> Forest:
    """Learned from all vaults but those of a part; from all, if there is no such part."""
    features, wanted, weight = [], [], []
    for number, file in enumerate(files):
        if number % PARTS != part:
            each = _kept(file)
            rows = np.flatnonzero(each.drawn[:, 0])
            features.append(each.features[rows])
            wanted.append(each.wanted[rows])
            weight.append(np.full(len(rows), len(rows) ** -0.5))
    weights = np.concatenate(weight)
    return grow(
        np.concatenate(features),
        np.concatenate(wanted),
        weight=weights / weights.mean(),
        trees=half.trees,
        leaves=half.leaves,
        rate=half.rate,
    )


def _kept(file: Path) -> Examples:
    kept: Examples = pickle.loads(file.read_bytes())
    return kept


def learned(files: list[Path], forests: list[Forest]) -> dict[str, Any]:
    """The forest of all vaults, the last, with a curve from those that had not seen the vault they judged."""
    judged: list[Scored] = []
    outcome: list[Examples] = []
    for number, file in enumerate(files):
        each = _kept(file)
        few = each.only(each.held)
        vault = number << 48
        score = forests[number % PARTS].score(few.features)
        judged.append(scored(few.group + vault, score, few.features, few.names, few.lesson + vault))
        outcome.append(few)
    curve = fit(
        Scored(*(np.concatenate([getattr(each, name) for each in judged]) for name in Scored.__slots__)),
        Known(*(np.concatenate([getattr(each, name) for each in outcome]) for name in Known.__slots__)),
    )
    whole = forests[PARTS]
    return {
        "names": outcome[0].names,
        "roots": whole.roots,
        "feature": whole.feature.astype(np.int16),
        "threshold": _rounded(whole.threshold, "{:.5g}"),
        "left": whole.left,
        "right": whole.right,
        "value": _rounded(whole.value, "{:.4f}"),
        "bias": round(whole.bias, 5),
        "curve": [round(float(value), 5) for value in curve.weights],
        # A young vault is not linked up yet: what it names is what it lacks.
        "usual": [1.0, round(float(curve.usual[1]), 5)],
    }


def _rounded(numbers: NDArray[np.float32], form: str) -> NDArray[np.float32]:
    return np.array([float(form.format(number)) for number in numbers.tolist()], np.float32)


def main() -> None:
    result: dict[str, Any] = {}
    with TemporaryDirectory() as folder, ProcessPoolExecutor() as pool:
        for name, half in HALVES.items():
            files = [Path(folder, f"{name} {number:04}") for number in range(len(sys.argv[1:]))]
            list(pool.map(taught, sys.argv[1:], [half] * len(files), files))
            found = [file for file in files if file.exists()]
            parts = range(PARTS + 1)
            forests = list(pool.map(forest, [found] * len(parts), [half] * len(parts), parts))
            result |= {f"{name} {part}": np.array(each) for part, each in learned(found, forests).items()}
            print(f"{name}: {len(found)} vaults", file=sys.stderr)
    file = io.BytesIO()
    np.savez_compressed(file, **result)
    sys.stdout.buffer.write(file.getvalue())


if __name__ == "__main__":
    main()
