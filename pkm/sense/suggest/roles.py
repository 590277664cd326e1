"""What a link is for, told by where it stands: as the value of a key, as an item of a list, or in a sentence.

People file a note under its parent, list what belongs together, and mention the rest. Who is linked in one of these
ways is seldom linked in another: below a note's parent stand its siblings, as like it as can be, and nobody wants them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pkm.sense.suggest.arrays import Sparse, binary, column_sums, row_sums, sparse
from pkm.sense.suggest.encode import BODY, ITEM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pkm.sense.suggest.encoded import Encoded
    from pkm.sense.suggest.facts import Facts

ROLES = ("property", "list", "text")
_PROPERTY, _LIST, _TEXT = range(len(ROLES))
BARE = 2  # words that may stand beside the links of a line which is nothing but its links: "up:: [[x]]"


def roles_of(run: Encoded) -> NDArray[np.int8]:
    """The role of each link, as a place in `ROLES`."""
    lines = run.lines
    if not len(lines.first):
        return np.zeros(len(run.link_start), np.int8)
    line = lines.of(np.minimum(run.link_start, len(run.token) - 1))
    linked = np.bincount(line, run.link_end - run.link_start, minlength=len(lines.first))
    bare = (lines.size - linked <= BARE)[line]
    role = np.full(len(line), _TEXT, np.int8)
    role[bare & (lines.kind[line] == ITEM)] = _LIST
    role[lines.front[line] | (bare & (lines.kind[line] == BODY))] = _PROPERTY
    return role


@dataclass(slots=True)
class Roles:
    """The links of each role, from and to whom; how many of a role each note has, as logarithms."""

    out: list[Sparse]
    into: list[Sparse]
    count_in: list[NDArray[Any]]
    count_out: list[NDArray[Any]]


def by_role(facts: Facts, made: NDArray[np.int64]) -> Roles:
    """Of the links that are `made`."""
    run, shape = facts.encoded, (facts.notes, facts.notes)
    each = [made[facts.role[made] == role] for role in range(len(ROLES))]
    out = [binary(sparse(run.source[links], run.target[links], shape)) for links in each]
    return Roles(
        out,
        [links.T.tocsr() for links in out],
        [np.log1p(column_sums(links)) for links in out],
        [np.log1p(row_sums(links)) for links in out],
    )
