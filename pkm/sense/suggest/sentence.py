"""A sentence model in numpy: what a text means, as a vector of length one.

Reads the files of a MiniLM (Wang et al. 2020; a BERT of a few layers, mean of its last one: Reimers & Gurevych 2019) as
numbers and runs none of their code. One text at a time, so that its vector does not depend on what was asked beside it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import erf

from pkm.sense.suggest.wordpiece import Pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Table = NDArray[np.float32]

MOST = 128  # pieces of a text that are read


@dataclass(frozen=True, slots=True)
class Model:
    """The model's words and weights."""

    pieces: Pieces
    weights: dict[str, Table]
    layers: int
    heads: int
    epsilon: float

    @classmethod
    def load(cls, folder: str) -> Model:
        """From a folder with `config.json`, `vocab.txt` and `model.safetensors`."""
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            config = json.load(file)
        with open(os.path.join(folder, "vocab.txt"), encoding="utf-8") as file:
            pieces = Pieces(file.read().splitlines())
        weights = _safetensors(os.path.join(folder, "model.safetensors"))
        layers, heads = config["num_hidden_layers"], config["num_attention_heads"]
        return cls(pieces, weights, layers, heads, config["layer_norm_eps"])

    def vector(self, text: str) -> Table:
        """What the beginning of a text means."""
        numbers = self.pieces.of(text, MOST)
        size = len(numbers)
        words = self.weights["embeddings.word_embeddings.weight"][numbers]
        places = self.weights["embeddings.position_embeddings.weight"][:size]
        kind = self.weights["embeddings.token_type_embeddings.weight"][0]
        state = self._normed(words + places + kind, "embeddings.LayerNorm")
        for number in range(self.layers):
            state = self._layer(state, f"encoder.layer.{number}")
        mean = state.mean(axis=0)
        vector: Table = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return vector

    def _layer(self, state: Table, name: str) -> Table:
        looked = self._dense(self._attention(state, f"{name}.attention.self"), f"{name}.attention.output.dense")
        state = self._normed(state + looked, f"{name}.attention.output.LayerNorm")
        inner = self._dense(state, f"{name}.intermediate.dense")
        inner *= 0.5 * (1 + erf(inner * np.float32(0.5**0.5)))
        return self._normed(state + self._dense(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _attention(self, state: Table, name: str) -> Table:
        size, width = state.shape
        parts = (self._dense(state, f"{name}.{part}") for part in ("query", "key", "value"))
        query, key, value = (part.reshape(size, self.heads, -1).transpose(1, 0, 2) for part in parts)
        weights = query @ key.transpose(0, 2, 1) / np.float32((width // self.heads) ** 0.5)
        weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        seen: Table = (weights @ value).transpose(1, 0, 2).reshape(size, width)
        return seen

    def _dense(self, state: Table, name: str) -> Table:
        mapped: Table = state @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        return mapped

    def _normed(self, state: Table, name: str) -> Table:
        centred = state - state.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(self.epsilon))
        normed: Table = centred / spread * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        return normed


def _safetensors(path: str) -> dict[str, Table]:
    """The tables of numbers in a file: a length, a description in JSON, then the bytes. Nothing in it can be run."""
    with open(path, "rb") as file:
        described: dict[str, Any] = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    tables = {}
    for name, told in described.items():
        if name != "__metadata__" and told["dtype"] == "F32":
            start, end = told["data_offsets"]
            tables[name] = np.frombuffer(data[start:end], "<f4").reshape(told["shape"])
    return tables
