"""Evidence that is asked about one pair of notes at a time, once other evidence (`signals.py`) has brought it in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pkm.sense.suggest.arrays import Sparse
    from pkm.sense.suggest.evidence import Evidence

    Notes = NDArray[np.int64]


STEPS = 2  # from a share to its double


@dataclass(frozen=True, slots=True)
class Detail:
    """Evidence about pairs: the value for each source and target. `compares` and `small` as of a `Signal`."""

    name: str
    score: Callable[[Evidence, Notes, Notes], NDArray[Any]]
    compares: bool = False
    small: bool = False


def same_folder(e: Evidence, source: Notes, target: Notes) -> NDArray[Any]:
    """Whether both stand in the same folder."""
    same: NDArray[Any] = e.facts.folder[source] == e.facts.folder[target]
    return same


def folder_to_folder(e: Evidence, source: Notes, target: Notes) -> NDArray[Any]:
    """Share of the links from this folder that go to the other's, for each note there.

    In coarse steps: in a vault of few folders the exact share differs from lesson to lesson, and whoever learns from it
    learns to tell the lessons apart.
    """
    here, there = e.facts.folder[source], e.facts.folder[target]
    traffic = e.places.folder_traffic
    links = np.asarray(traffic[here, there]).ravel()
    share: NDArray[Any] = links / (e.places.folder_out[here] + 1) / np.sqrt(e.places.folder_size[there])
    steps = np.exp2(np.round(STEPS * np.log2(share.clip(1e-9))) / STEPS)
    return np.where(share > 0, steps, 0)


def folders_near(e: Evidence, source: Notes, target: Notes) -> NDArray[Any]:
    """How much of the way down the folders they share; a rare folder counts more."""
    return _products(e.facts.ancestors, source, e.facts.ancestors, target)


def same_tags(e: Evidence, source: Notes, target: Notes) -> NDArray[Any]:
    """Tags in common; a rare tag counts more."""
    return _products(e.facts.tag_weights, source, e.facts.tag_weights, target)


def targets_tags(e: Evidence, source: Notes, target: Notes) -> NDArray[Any]:
    """It has the tags of what this note links to."""
    return _products(e.places.out_tags, source, e.facts.tag_weights, target)


def targets_folders(e: Evidence, source: Notes, target: Notes) -> NDArray[Any]:
    """Share of this note's links that go to the other's folder."""
    return np.asarray(e.places.out_folders[source, e.facts.folder[target]]).ravel()


def links_in_as(role: int, e: Evidence, _source: Notes, target: Notes) -> NDArray[Any]:
    """How many notes link to it in this role."""
    return e.roles.count_in[role][target]


def links_out_as(role: int, e: Evidence, _source: Notes, target: Notes) -> NDArray[Any]:
    """How many notes it links to in this role."""
    return e.roles.count_out[role][target]


def own_links_in_as(role: int, e: Evidence, source: Notes, _target: Notes) -> NDArray[Any]:
    """How many notes link to this one in this role."""
    return e.roles.count_in[role][source]


def own_links_out_as(role: int, e: Evidence, source: Notes, _target: Notes) -> NDArray[Any]:
    """How many notes this one links to in this role."""
    return e.roles.count_out[role][source]


def _products(left: Sparse, source: Notes, right: Sparse, target: Notes) -> NDArray[Any]:
    """Products of rows, pair by pair."""
    return np.asarray(left[source].multiply(right[target]).sum(1)).ravel()


DETAILS: tuple[Detail, ...] = (
    Detail("same folder", same_folder),
    Detail("folder to folder", folder_to_folder, compares=True),
    Detail("folders near", folders_near),
    Detail("same tags", same_tags, compares=True),
    Detail("targets tags", targets_tags, compares=True),
    Detail("targets folders", targets_folders),
    *(
        Detail(f"{name} as {role}", partial(count, number), small=True)
        for name, count in (
            ("links in", links_in_as),
            ("links out", links_out_as),
            ("own links in", own_links_in_as),
            ("own links out", own_links_out_as),
        )
        for number, role in enumerate(ROLES)
    ),
)
