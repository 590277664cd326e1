# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""`verify.new_addresses`, compiled: one look for equals signs, and an object for each address alone."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.string cimport memchr, memcmp


def new_addresses(bytes data not None, set known not None):
    """Return the addresses in a page that are not known, each behind the place of its attribute."""
    cdef const char* start = PyBytes_AS_STRING(data)
    cdef const char* end = start + len(data)
    cdef const char* at = start
    cdef const char* attribute
    cdef const char* close
    cdef list found = []
    while True:
        at = <const char*>memchr(at, c"=", end - at)
        if at is NULL:
            return found
        if at - start >= 5 and not memcmp(at - 5, b" href", 5):
            attribute = at - 5
        elif at - start >= 4 and not memcmp(at - 4, b" src", 4):
            attribute = at - 4
        else:
            attribute = NULL
        at += 1
        if attribute is NULL or at == end or at[0] != c'"':
            continue
        at += 1
        close = <const char*>memchr(at, c'"', end - at)
        if close is NULL:
            close = end
        address = PyBytes_FromStringAndSize(at, close - at)
        if address not in known:
            found.append((attribute - start, address))
        at = close
