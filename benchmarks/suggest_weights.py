"""Make `pkm/sense/suggest/weights.json`: what link suggestion knows before it has seen a vault.

    python benchmarks/suggest_weights.py VAULT... > pkm/sense/suggest/weights.json

Each vault's own links are hidden and looked for, as in a nightly run; one forest learns from all of them, a vault of
four times the links counting twice as much. The curve is fitted on vaults that a forest has not seen. Vaults that the
ranker is measured on must not be among them. What a small vault is asked is too dear for one of `MOST` notes.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

import numpy as np

from pkm.sense.suggest.calibrate import Known, Scored, fit
from pkm.sense.suggest.corpus import Corpus
from pkm.sense.suggest.facts import gather
from pkm.sense.suggest.learn import scored
from pkm.sense.suggest.scale import LARGE, MANY, SMALL, Scale
from pkm.sense.suggest.train import Examples, examples
from pkm.sense.suggest.trees import Forest, grow

PARTS = 3
LISTS = 800  # of a vault that are learned from, at most about
MOST = 2 * MANY


def read(path: str) -> Corpus:
    """A vault through its index, as the command reads it."""
    from pkm.sense.suggest.source import from_index
    from pkm.workbench import Workbench

    bench = Workbench(path)
    with bench.vault.reader() as reader:
        return Corpus.of(from_index(bench.db, reader).notes)


def learned(taught: list[Examples], trees: int, leaves: int) -> Forest:
    features, wanted, weight = [], [], []
    for each in taught:
        rows = np.flatnonzero(each.wanted | each.drawn[:, 0])
        features.append(each.features[rows])
        wanted.append(each.wanted[rows])
        weight.append(np.full(len(rows), len(rows) ** -0.5))
    weights = np.concatenate(weight)
    return grow(
        np.concatenate(features),
        np.concatenate(wanted),
        weight=weights / weights.mean(),
        trees=trees,
        leaves=leaves,
        rate=0.07,
    )


def some(taught: Examples) -> Examples:
    lists = np.unique(taught.group)
    return taught.only(np.isin(taught.group, lists[:: -(-len(lists) // LISTS)]))


def weights(taught: list[Examples], trees: int, leaves: int) -> dict[str, Any]:
    """A forest of all vaults, and a curve from forests that had not seen the vault they judged."""
    taught = [some(each) for each in taught]
    judged: list[Scored] = []
    outcome: list[Examples] = []
    for part in range(PARTS):
        forest = learned([each for number, each in enumerate(taught) if number % PARTS != part], trees, leaves)
        for number, each in enumerate(taught):
            if number % PARTS == part:
                few = each.only(each.held)
                vault = number << 48
                judged.append(
                    scored(few.group + vault, forest.score(few.features), few.features, few.names, few.lesson + vault)
                )
                outcome.append(few)
    curve = fit(
        Scored(*(np.concatenate([getattr(each, name) for each in judged]) for name in Scored.__slots__)),
        Known(*(np.concatenate([getattr(each, name) for each in outcome]) for name in Known.__slots__)),
    )
    forest = learned(taught, trees, leaves)
    return {
        "names": taught[0].names,
        "roots": forest.roots.tolist(),
        "feature": forest.feature.tolist(),
        "threshold": [float(f"{value:.5g}") for value in forest.threshold],
        "left": forest.left.tolist(),
        "right": forest.right.tolist(),
        "value": [round(float(value), 4) for value in forest.value],
        "bias": round(forest.bias, 5),
        "curve": [round(float(value), 5) for value in curve.weights],
        # A young vault is not linked up yet: what it names is what it lacks.
        "usual": [1.0, round(float(curve.usual[1]), 5)],
    }


def at_scale(corpora: list[Corpus], scale: Scale) -> list[Examples]:
    found = []
    for corpus in corpora:
        limited = replace(scale, lessons=2, new_lessons=2, asked=250) if len(corpus) > MANY else scale
        each = examples(gather(corpus), scale=limited)
        if each is not None:
            found.append(each)
    return found


def main() -> None:
    corpora = [read(path) for path in sys.argv[1:]]
    json.dump(
        {
            "small": weights(at_scale([each for each in corpora if len(each) < MOST], SMALL), 200, 24),
            "large": weights(at_scale(corpora, replace(LARGE, lessons=6, new_lessons=4)), 60, 16),
        },
        sys.stdout,
        separators=(",", ":"),
    )


if __name__ == "__main__":
    main()
