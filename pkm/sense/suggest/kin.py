"""Links carried over to kin: kernel ridge regression of links, at both ends.

A kernel says how alike two notes are: in their words and phrases, in what these are about, in titles, folders and tags,
and in when they were made, for who writes two notes on one day often has one thing in mind. Its smoother, K (K + r)⁻¹,
carries what is known of a note over to its kin, the less the more others know the same. Unlike links borrowed from the
few most similar notes, what is carried over comes from the whole vault at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.arrays import Sparse
    from pkm.sense.suggest.evidence import Evidence
    from pkm.sense.suggest.facts import Facts

    Notes = NDArray[np.int64]

RIDGE = 2.0  # the larger, the further links are carried
MARKS = 0.3  # what the same title, folder or tags weigh, where the same words weigh 1, and the same phrases again
MATTERS = 0.5  # likewise words that go together
DATES = 0.2  # likewise the same day
DAYS = 3.0  # apart at which notes are alike in time by a factor of e less
MIRRORED = 256  # rows and columns of a triangle that are mirrored at once


def kin(
    facts: Facts, words: NDArray[np.float32], phrases: NDArray[np.float32], title: Sparse, latent: NDArray[Any]
) -> NDArray[np.float32]:
    """How much of what is known of each note is carried over to each other: a symmetric table.

    `words` and `phrases` say how alike every two are in these.
    """
    if facts.together is None:
        facts.together = (MARKS * (facts.ancestors @ facts.ancestors.T)).toarray()
        facts.together += (MARKS * (facts.tag_weights @ facts.tag_weights.T)).toarray()
        facts.together += DATES * near_in_time(facts.created)
    likeness = words + facts.together
    likeness += phrases
    likeness += (MARKS * (title @ title.T)).toarray()
    likeness += (MATTERS * latent) @ latent.T
    return smoother(likeness)


def near_in_time(created: NDArray[np.float64]) -> NDArray[np.float32]:
    """1 for notes that were made at the same time, less the longer between; 0 where a note does not say when."""
    days = (created / 86400).astype(np.float32)
    near: NDArray[np.float32] = np.nan_to_num(np.exp(-np.abs(days[:, None] - days) / np.float32(DAYS)))
    return near


def smoother(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """K (K + r)⁻¹, which is 1 - r (K + r)⁻¹. The kernel, positive semidefinite, is used up."""
    from scipy.linalg import lapack  # a large vault, which has no such table, starts without it

    diagonal = np.arange(len(kernel))
    kernel[diagonal, diagonal] += RIDGE
    factor, _ = lapack.spotrf(kernel.T, lower=True, overwrite_a=True)
    smooth: NDArray[np.float32]
    smooth, _ = lapack.spotri(factor, lower=True, overwrite_c=True)
    for low in range(0, len(smooth), MIRRORED):
        rows, below = slice(low, low + MIRRORED), slice(low + MIRRORED, None)
        smooth[rows, below] = smooth[below, rows].T
        lower = np.tril(smooth[rows, rows])
        smooth[rows, rows] = lower + np.tril(lower, -1).T
    smooth *= -RIDGE
    smooth[diagonal, diagonal] += 1
    return smooth.T


def akin(e: Evidence, rows: Notes) -> NDArray[Any]:
    """The two are alike in everything, more than most are."""
    return e.words.kin[rows]


def kin_link(e: Evidence, rows: Notes) -> NDArray[Any]:
    """Kin of this note link there."""
    carried: NDArray[Any] = (e.links.into @ e.words.kin[rows].T).T
    return carried


def kin_of_targets(e: Evidence, rows: Notes) -> NDArray[Any]:
    """It is kin to what this note links to."""
    carried: NDArray[Any] = e.links.out[rows] @ e.words.kin
    return carried


def kin_link_to_kin(e: Evidence, rows: Notes) -> NDArray[Any]:
    """Kin of this note link to kin of the other."""
    carried: NDArray[Any] = kin_link(e, rows) @ e.words.kin
    return carried


def expected(e: Evidence, rows: Notes) -> NDArray[Any]:
    """The same, where every note links to itself as well: links to be expected, from likeness and links in one."""
    carried: NDArray[Any] = (akin(e, rows) + kin_link(e, rows)) @ e.words.kin
    return carried


def expected_back(e: Evidence, rows: Notes) -> NDArray[Any]:
    """Links to be expected from the other note to this one."""
    carried: NDArray[Any] = (akin(e, rows) + (e.links.out @ e.words.kin[rows].T).T) @ e.words.kin
    return carried


def kin_link_as(role: int, e: Evidence, rows: Notes) -> NDArray[Any]:
    """Kin of this note link there in this role."""
    carried: NDArray[Any] = (e.roles.into[role] @ e.words.kin[rows].T).T
    return carried


def links_kin_as(role: int, e: Evidence, rows: Notes) -> NDArray[Any]:
    """It links to kin of this note in this role."""
    carried: NDArray[Any] = (e.roles.out[role] @ e.words.kin[rows].T).T
    return carried
