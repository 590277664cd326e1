# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The sentence around a link, compiled, where it is plain: on one line, without marks beside the link.

Most are. What is not known for certain is left alone: the answer is None, and `sentences.py` looks.
"""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ

cdef extern from "Python.h":
    bint Py_UNICODE_ISALPHA(Py_UCS4)
    bint Py_UNICODE_ISALNUM(Py_UCS4)
    bint Py_UNICODE_ISSPACE(Py_UCS4)


cdef inline bint is_marked(Py_UCS4 sign) noexcept:
    """Whether a character may be more than itself, or stands otherwise in HTML."""
    return sign < 128 and (
        sign == c"[" or sign == c"]" or sign == c"`" or sign == c"*" or sign == c"_" or sign == c"\\" or sign == c"$"
        or sign == c"=" or sign == c"~" or sign == c"<" or sign == c"^" or sign == c"&" or sign == c">" or sign == 0
    )


cdef inline bint is_silent(Py_UCS4 sign) noexcept:
    """Whether a character beside a link says nothing."""
    return sign in u" |.:;,–—-"


cdef inline bint goes_on(Py_UCS4 sign) noexcept:
    """Whether a line that begins so may go on with the one above it; white space tells nothing."""
    return sign in u" \t[(\"'“‘" or (Py_UNICODE_ISALNUM(sign) and not c"0" <= sign <= c"9")


def plain_sentence(str text not None, Py_ssize_t start, Py_ssize_t end, Py_ssize_t longest):
    """Return what `sentences.sentence` does, or None. `longest`: how much of a sentence is told."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t length = len(text), at, begin, stop, words, room, keep, before, after
    cdef Py_ssize_t earliest = max(0, start - 6 * longest), latest = min(length, end + 6 * longest)
    cdef Py_UCS4 sign, follows

    # The link.
    if start < 0 or end > length or end - start < 5:
        return None
    if not (
        PyUnicode_READ(kind, data, start) == c"[" and PyUnicode_READ(kind, data, start + 1) == c"["
        and PyUnicode_READ(kind, data, end - 1) == c"]" and PyUnicode_READ(kind, data, end - 2) == c"]"
    ):
        return None
    words = start + 2
    for at in range(start + 2, end - 2):
        sign = PyUnicode_READ(kind, data, at)
        if sign == c"|" and words == start + 2:
            words = at + 1
        elif is_marked(sign) or sign == c"\n" or sign == c"#":
            return None
    if words == end - 2:
        return None
    if words == start + 2 and (PyUnicode_READ(kind, data, words) == c" " or PyUnicode_READ(kind, data, end - 3) == c" "):
        return None

    # The line it is on, and whether those above and below belong to it.
    begin = start
    while begin > earliest and PyUnicode_READ(kind, data, begin - 1) != c"\n":
        begin -= 1
    sign = PyUnicode_READ(kind, data, begin)
    if begin > earliest and not (begin > 1 and PyUnicode_READ(kind, data, begin - 2) == c"\n") and goes_on(sign):
        return None
    stop = end
    while stop < latest and PyUnicode_READ(kind, data, stop) != c"\n":
        stop += 1
    if stop + 1 < latest and goes_on(PyUnicode_READ(kind, data, stop + 1)):
        return None

    # What the line begins with.
    if not Py_UNICODE_ISALPHA(sign) and begin < start:
        follows = PyUnicode_READ(kind, data, begin + 1)
        if sign in u"-*+>" and follows == c" ":
            begin += 2
            follows = PyUnicode_READ(kind, data, begin)
            if begin < start and not Py_UNICODE_ISALPHA(follows):
                return None
        elif sign not in u"(\"'“‘„«":
            return None

    # Where the sentence begins and ends.
    for at in range(start - 1, begin - 1, -1):
        sign = PyUnicode_READ(kind, data, at)
        if at + 1 < start and sign in u".!?…" and PyUnicode_READ(kind, data, at + 1) == c" ":
            begin = at + 2
            break
        if sign in u"。！？":
            begin = at + 1
            break
        if is_marked(sign):
            return None
    for at in range(end, stop):
        sign = PyUnicode_READ(kind, data, at)
        if is_marked(sign):
            return None
        if at + 1 < stop and sign in u".!?…" and PyUnicode_READ(kind, data, at + 1) == c" ":
            stop = at + 2
            break
        if sign in u"。！？":
            stop = at + 1
            break
    while begin < start and Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, begin)):
        begin += 1
    while stop > end and Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, stop - 1)):
        stop -= 1
    for at in range(begin, stop):
        if (at < start or at >= end) and not is_silent(PyUnicode_READ(kind, data, at)):
            break
    else:
        return ""

    # As much of it as there is room for.
    link = text[words : end - 2]
    room = longest - (end - 2 - words)
    before, after = start - begin, stop - end
    if before + after <= room:
        return f"{text[begin:start]}<b>{link}</b>{text[end:stop]}"
    if room < 2:
        return None
    opens = closes = ""
    keep = max(room // 2, room - after)
    if before > keep:
        begin = start - keep
        while begin < start and PyUnicode_READ(kind, data, begin) != c" ":
            begin += 1
        begin = min(begin + 1, start)
        opens, before = "…", 1 + start - begin
    keep = max(room - before, 40)
    if after > keep:
        stop = end + keep - 1
        while stop > end and PyUnicode_READ(kind, data, stop) != c" ":
            stop -= 1
        closes = "…"
    return f"{opens}{text[begin:start]}<b>{link}</b>{text[end:stop]}{closes}"
