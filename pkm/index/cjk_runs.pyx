# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Where in a text Chinese, Japanese and Korean stand, compiled: `cjk.py` has the same in Python."""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ


cdef inline bint is_cjk(Py_UCS4 sign) noexcept:
    return (
        0x3040 <= sign <= 0x9FFF and (sign <= 0x318F or 0x31F0 <= sign <= 0x31FF or 0x3400 <= sign <= 0x4DBF or sign >= 0x4E00)
        or 0xAC00 <= sign <= 0xD7AF
        or 0xF900 <= sign <= 0xFAFF
        or 0x20000 <= sign <= 0x3FFFF
    )


def has_cjk(str text not None) -> bool:
    cdef Py_ssize_t at, end = len(text)
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    if kind == 1:
        return False
    for at in range(end):
        if is_cjk(PyUnicode_READ(kind, data, at)):
            return True
    return False


def runs(str text not None) -> list:
    cdef Py_ssize_t at, start = -1, end = len(text)
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef list found = []
    if kind == 1:
        return found
    for at in range(end):
        if is_cjk(PyUnicode_READ(kind, data, at)):
            if start < 0:
                start = at
        elif start >= 0:
            found.append((start, at))
            start = -1
    if start >= 0:
        found.append((start, end))
    return found
