# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""What `Site.related` says of a page, compiled, for all pages at once: numbers in place of paths."""

from array import array
from itertools import accumulate, chain


def closest(list around, list weights, double least, int most):
    """Return for each page the pages that share its neighbours, the best first; not those that are its neighbours.

    `around` are the neighbours of each page, `weights` how much it says to have that page as one. A score is
    above `least`; of equal ones the lower number is the better.
    """
    cdef unsigned int[::1] starts = array("I", accumulate(map(len, around), initial=0))
    cdef unsigned int[::1] others = array("I", chain.from_iterable(around))
    cdef double[::1] weight = array("d", weights)
    cdef unsigned int count = <unsigned int>len(around), page, near, third, at, behind, met
    cdef double[::1] scores = array("d", bytes(8 * count))
    cdef unsigned int[::1] found = array("I", bytes(4 * count))
    related = []
    for page in range(count):
        met = 0
        for at in range(starts[page], starts[page + 1]):
            near = others[at]
            if not weight[near]:
                continue
            for behind in range(starts[near], starts[near + 1]):
                third = others[behind]
                if not scores[third]:
                    found[met] = third
                    met += 1
                scores[third] += weight[near]
        for at in range(starts[page], starts[page + 1]):
            scores[others[at]] = 0
        scores[page] = 0
        related.append(best(found[:met], scores, least, most) if met else ())
        for at in range(met):
            scores[found[at]] = 0
    return related


cdef tuple best(unsigned int[::1] found, double[::1] scores, double least, int most):
    """The most of these with the highest scores. Only what comes near them is rounded and sorted."""
    cdef Py_ssize_t at
    cdef double score, bar = least
    cdef list top = [least] * most, chosen = []
    for at in range(found.shape[0]):
        score = scores[found[at]]
        if score > bar:
            top.append(score)
            top.sort(reverse=True)
            top.pop()
            bar = top[most - 1]
    for at in range(found.shape[0]):
        score = scores[found[at]]
        if score > least and score > bar - 1e-8:
            chosen.append((-round(score, 9), found[at]))
    chosen.sort()
    return tuple([number for _, number in chosen[:most]])
