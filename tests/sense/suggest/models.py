"""A sentence model of a few numbers, in the files that real ones come in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.wordpiece import BEGIN, END, UNKNOWN

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

WORDS = "mast sail rudder knot tide soil seed compost water root".split()
WIDTH, INNER, LAYERS, HEADS, PLACES = 8, 12, 2, 2, 128


def weights(seed: int = 3) -> dict[str, NDArray[np.float32]]:
    """All tables of such a model, filled with chance."""
    rng = np.random.default_rng(seed)

    def table(*shape: int) -> NDArray[np.float32]:
        return rng.normal(0, 0.5, shape).astype(np.float32)

    made = {
        "embeddings.word_embeddings.weight": table(len(WORDS) + 3, WIDTH),
        "embeddings.position_embeddings.weight": table(PLACES, WIDTH),
        "embeddings.token_type_embeddings.weight": table(2, WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        dense = [(f"{layer}.attention.self.{part}", WIDTH, WIDTH) for part in ("query", "key", "value")]
        dense += [(f"{layer}.attention.output.dense", WIDTH, WIDTH), (f"{layer}.intermediate.dense", INNER, WIDTH)]
        dense += [(f"{layer}.output.dense", WIDTH, INNER)]
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
        for name, height, width in dense:
            made |= {f"{name}.weight": table(height, width), f"{name}.bias": table(height)}
    for name in norms:
        made |= {f"{name}.weight": np.ones(WIDTH, np.float32), f"{name}.bias": np.zeros(WIDTH, np.float32)}
    return made


def model_in(folder: Path, tables: dict[str, NDArray[np.float32]] | None = None) -> str:
    """Write the model's files."""
    config = {"num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "layer_norm_eps": 1e-12}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "vocab.txt").write_text("\n".join([UNKNOWN, BEGIN, END, *WORDS]) + "\n")
    told: dict[str, object] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, table in (tables or weights()).items():
        end = len(data) + table.nbytes
        told[name] = {"dtype": "F32", "shape": table.shape, "data_offsets": [len(data), end]}
        data += table.tobytes()
    head = json.dumps(told).encode()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + data)
    return str(folder)
