# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""`render_plain.plain_pieces`, compiled: one look at each character for what is hard, one for what is said."""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ

cdef extern from "Python.h":
    bint Py_UNICODE_ISALNUM(Py_UCS4)
    bint Py_UNICODE_ISSPACE(Py_UCS4)


def plain_pieces(str source not None, *, bint easy=False):
    """Return what a plain sentence is made of, None when it is not plain. `easy`: the text around it is known not to be hard."""
    cdef int kind = PyUnicode_KIND(source)
    cdef void* data = PyUnicode_DATA(source)
    cdef Py_ssize_t end = len(source), at = 0, start, close, width
    cdef Py_UCS4 sign
    cdef list pieces = []
    if not is_plain(kind, data, end, easy):
        return None
    if not end:
        return [""]
    while at < end:
        sign = PyUnicode_READ(kind, data, at)
        start = at
        if sign == c"[":
            close = closing_of_link(kind, data, at, end)
            if close < 0:
                return None
            pieces.append(link(source, kind, data, at + 2, close))
            at = close + 2
        elif sign == c"`":
            close = stop(kind, data, at + 1, end, True)
            if close >= end or PyUnicode_READ(kind, data, close) != c"`" or close == at + 1:
                return None
            if is_space(kind, data, at + 1) or is_space(kind, data, close - 1):
                return None
            pieces.append(f"<code>{said(source, at + 1, close)}</code>")
            at = close + 1
        elif sign == c"*":
            width = 2 if at + 1 < end and PyUnicode_READ(kind, data, at + 1) == c"*" else 1
            close = stop(kind, data, at + width, end, False)
            if not is_emphasis(kind, data, at, close, end, width):
                return None
            name = "strong" if width == 2 else "em"
            pieces.append(f"<{name}>{said(source, at + width, close)}</{name}>")
            at = close + width
        else:
            while at < end and not is_mark(PyUnicode_READ(kind, data, at)):
                at += 1
            pieces.append(said(source, start, at))
    return pieces


cdef inline bint is_mark(Py_UCS4 sign) noexcept:
    return sign == c"[" or sign == c"`" or sign == c"*"


cdef inline bint is_space(int kind, void* data, Py_ssize_t at) noexcept:
    return Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at))


cdef bint is_plain(int kind, void* data, Py_ssize_t end, bint easy) noexcept:
    """Whether no character could mean two things, no tag begins, and no space is where a line is broken."""
    cdef Py_ssize_t at
    cdef Py_UCS4 sign, before = c"\n", earlier = 0
    for at in range(end):
        sign = PyUnicode_READ(kind, data, at)
        if sign < 128:
            if sign == c"#":
                if at == 0 or before in u"([{" or Py_UNICODE_ISSPACE(before):
                    return False
            elif sign == c"\n":
                if at and before == c" ":
                    return False
            elif sign == c" " or sign == c"\t":
                if at and before == c"\n":
                    return False
            elif not easy:
                if sign in u"_\\<&$" or (sign == before and sign in u"=~%`"):
                    return False
                if (sign == c"[" and before in u"!^") or (sign == c"/" and before == c"/" and earlier == c":"):
                    return False
        earlier, before = before, sign
    return True


cdef Py_ssize_t stop(int kind, void* data, Py_ssize_t at, Py_ssize_t end, bint is_code) noexcept:
    """Where code or emphasis that begins here may go no further."""
    cdef Py_UCS4 sign
    while at < end:
        sign = PyUnicode_READ(kind, data, at)
        if sign == c"`" or sign == c"\n" or (not is_code and (sign == c"*" or sign == c"[")):
            break
        at += 1
    return at


cdef bint is_emphasis(int kind, void* data, Py_ssize_t at, Py_ssize_t close, Py_ssize_t end, Py_ssize_t width) noexcept:
    """Whether marks have a space or an end outside and a letter inside, so that they can only open and close."""
    cdef Py_ssize_t number
    if at and not is_space(kind, data, at - 1) and PyUnicode_READ(kind, data, at - 1) != c"(":
        return False
    if close + width > end or close == at + width:
        return False
    for number in range(width):
        if PyUnicode_READ(kind, data, close + number) != c"*":
            return False
    if not Py_UNICODE_ISALNUM(PyUnicode_READ(kind, data, at + width)):
        return False
    if not Py_UNICODE_ISALNUM(PyUnicode_READ(kind, data, close - 1)):
        return False
    return (
        close + width == end
        or is_space(kind, data, close + width)
        or PyUnicode_READ(kind, data, close + width) in u".,;:!?)"
    )


cdef Py_ssize_t closing_of_link(int kind, void* data, Py_ssize_t at, Py_ssize_t end) noexcept:
    """Where the brackets of a wikilink close that opens here, -1 when there is none."""
    cdef Py_ssize_t place = at + 2
    cdef Py_UCS4 sign
    if place >= end or PyUnicode_READ(kind, data, at + 1) != c"[":
        return -1
    while place < end:
        sign = PyUnicode_READ(kind, data, place)
        if sign == c"[" or sign == c"\n":
            return -1
        if sign == c"]":
            if place > at + 2 and place + 1 < end and PyUnicode_READ(kind, data, place + 1) == c"]":
                return place
            return -1
        place += 1
    return -1


cdef str said(str source, Py_ssize_t start, Py_ssize_t end):
    """The text between two places as HTML; the other characters that mean something there are hard."""
    cdef str words = source[start:end]
    return words.replace(">", "&gt;") if ">" in words else words


cdef tuple link(str source, int kind, void* data, Py_ssize_t start, Py_ssize_t end):
    """What stands between the brackets of `[[target#anchor|words]]` in its parts."""
    cdef Py_ssize_t bar = start, hash
    while bar < end and PyUnicode_READ(kind, data, bar) != c"|":
        bar += 1
    hash = start
    while hash < bar and PyUnicode_READ(kind, data, hash) != c"#":
        hash += 1
    return (
        source[start:hash].strip(),
        source[hash + 1 : bar].strip() if hash < bar else "",
        source[bar + 1 : end].strip() if bar < end else "",
    )
