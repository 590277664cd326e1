# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""`tokens.py`, compiled: one walk over the characters, and a table of words that needs no Python string to ask.

Says the same as the Python there; tests hold it to that. A word that was seen before is known by its characters alone;
only a new one becomes a string and asks the list of spellings. Text beyond ASCII is folded first, as there.

Never looks outside of a text: every step is bounded by `end`.
"""

cimport cython
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Realloc
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ, PyUnicode_Substring
from libc.stdint cimport uint64_t

from pkm.sense.suggest.spell import CJK, fold
from pkm.sense.suggest.tokens import CLOSE, OPEN, SIGNS, TICK, marked

cdef extern from "Python.h":
    bint Py_UNICODE_ISALNUM(Py_UCS4)
    bint Py_UNICODE_ISDECIMAL(Py_UCS4)

cdef enum Sign:
    LINE = 1  # begins a line
    CODE = 2  # opens or closes code
    EDGE = 4  # of a link that was marked in the text
    WORD = 8
    FRESH = 16  # the text itself begins a line

cdef unsigned char SORT[128]  # of each character of ASCII: a `Sign`, or nothing
cdef unsigned char LOWER[128]
cdef Py_UCS4 UNSPACED[16][2]  # first and last characters of the scripts without spaces
cdef int SCRIPTS = 0
cdef int OPENS = SIGNS.index(OPEN), CLOSES = SIGNS.index(CLOSE), TICKS = SIGNS.index(TICK)
cdef Py_UCS4 OPENING = ord(OPEN)
cdef uint64_t MIXED = 0x9E3779B97F4A7C15  # odd, its bits without order
cdef uint64_t SEED = <uint64_t><Py_hash_t>hash("words")  # nobody who writes a text knows which words meet in the table


cdef int _prepare() except -1:
    global SCRIPTS
    for code in range(128):
        sign = chr(code)
        SORT[code] = (
            LINE * (sign == "\n")
            | CODE * (sign == TICK)
            | EDGE * (sign in OPEN + CLOSE)
            | WORD * sign.isalnum()
        )
        LOWER[code] = ord(sign.lower())
    for first, last in zip(CJK[::3], CJK[2::3], strict=True):
        UNSPACED[SCRIPTS][0], UNSPACED[SCRIPTS][1] = ord(first), ord(last)
        SCRIPTS += 1
    return 0


_prepare()


cdef inline bint unspaced(Py_UCS4 sign) noexcept:
    cdef int script
    for script in range(SCRIPTS):
        if UNSPACED[script][0] <= sign <= UNSPACED[script][1]:
            return True
    return False


cdef inline Py_UCS4 lower(Py_UCS4 sign) noexcept:
    return LOWER[sign] if sign < 128 else sign


cdef inline bint blank(Py_UCS4 sign) noexcept:
    return sign == c" " or sign == c"\t"


cdef inline uint64_t hashed(uint64_t hash, Py_UCS4 sign) noexcept:
    return (hash ^ <uint64_t>sign) * MIXED


cdef void* grown(void* memory, size_t size) except NULL:
    memory = PyMem_Realloc(memory, size)
    if not memory:
        raise MemoryError
    return memory


cdef struct Known:  # a word that was seen
    uint64_t hash
    Py_ssize_t at  # its characters in `spelled`
    Py_ssize_t size
    int number


@cython.final
cdef class Tokens:
    cdef object numbers
    cdef Known* known
    cdef Py_ssize_t slots, taken  # of `known`: how many, a power of two, and how many are taken
    cdef Py_UCS4* spelled  # the characters of all words end to end
    cdef Py_ssize_t ending, room
    cdef int* said  # the tokens of this text
    cdef Py_ssize_t count, most

    def __init__(self, numbers):
        self.numbers = numbers
        self.slots = 1 << 12
        self.known = <Known*>PyMem_Calloc(self.slots, sizeof(Known))
        if not self.known:
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.known)
        PyMem_Free(self.spelled)
        PyMem_Free(self.said)

    def read(self, str text, links):
        cdef list kept = []
        cdef Py_ssize_t at = 0, number, start
        cdef int signs = LINE | CODE
        cdef str shown
        self.count = 0
        if not (text.isascii() and all([link.shown.isascii() for link in links])):
            text, kept = marked(text, links)
            self.walk(fold(text), 0, -1, signs | EDGE)
        else:
            signs |= FRESH
            for number, link in enumerate(links):
                start = link.start
                if start < at:
                    continue
                shown = link.shown
                self.walk(text, at, start, signs)
                signs = LINE | CODE
                self.say(OPENS)
                self.walk(shown, 0, -1, CODE)
                self.say(CLOSES)
                at = link.end
                kept.append(number)
            self.walk(text, at, -1, signs)
        return PyBytes_FromStringAndSize(<char*>self.said, self.count * sizeof(int)), kept

    def words(self, str text):
        self.count = 0
        self.walk(fold(text), 0, -1, 0)
        return [self.said[at] for at in range(self.count)]

    cdef int walk(self, str text, Py_ssize_t at, Py_ssize_t end, int signs) except -1:
        """Say what stands between two places, -1 being the end; of the marks only those of these sorts count."""
        cdef int kind = PyUnicode_KIND(text), sort
        cdef const void* data = PyUnicode_DATA(text)
        cdef Py_ssize_t begin
        cdef Py_UCS4 sign
        cdef uint64_t hash
        if end < 0 or end > len(text):
            end = len(text)
        if signs & FRESH:
            at = self.line(kind, data, at, end)
        while at < end:
            begin = at
            hash = SEED
            while True:  # letters that stand together
                sign = PyUnicode_READ(kind, data, at)
                if sign < 128:
                    sort = SORT[sign]
                    if not sort & WORD:
                        break
                    sign = LOWER[sign]
                elif not Py_UNICODE_ISALNUM(sign) or unspaced(sign):
                    sort = 0
                    break
                hash = hashed(hash, sign)
                at += 1
                if at == end:
                    sort = 0
                    break
            if at > begin:
                self.say(self.number(text, kind, data, begin, at, hash))
            elif sort & signs:
                at += 1
                if sort == LINE:
                    at = self.line(kind, data, at, end)
                elif sort == EDGE:
                    self.say(OPENS if sign == OPENING else CLOSES)
                else:
                    self.say(TICKS)
                    while at < end and PyUnicode_READ(kind, data, at) == sign:
                        at += 1
            elif sign >= 128 and unspaced(sign):
                at = self.pairs(text, kind, data, at, end)
            else:
                at += 1
        return 0

    cdef Py_ssize_t line(self, int kind, const void* data, Py_ssize_t at, Py_ssize_t end) except -1:
        """Say what sort of line begins here; the place behind its mark."""
        cdef Py_ssize_t begin
        cdef Py_UCS4 sign
        cdef int found = 0
        while at < end and blank(PyUnicode_READ(kind, data, at)):
            at += 1
        begin = at
        if at < end:
            sign = PyUnicode_READ(kind, data, at)
            if sign == c">" or sign == c"|":
                found = 4 if sign == c">" else 5
                at += 1
            elif sign == c"`" or sign == c"~":
                while at < end and at < begin + 3 and PyUnicode_READ(kind, data, at) == sign:
                    at += 1
                found = 3 if at == begin + 3 else 0
            elif sign == c"#":
                while at < end and PyUnicode_READ(kind, data, at) == sign:
                    at += 1
                found = 2
            elif sign == c"-" or sign == c"*" or sign == c"+":
                at += 1
                found = 1
            elif Py_UNICODE_ISDECIMAL(sign):
                while at < end and Py_UNICODE_ISDECIMAL(PyUnicode_READ(kind, data, at)):
                    at += 1
                if at < end and PyUnicode_READ(kind, data, at) in (c".", c")"):
                    at += 1
                    found = 1
            if found == 1 or found == 2:  # these need a blank behind them
                if at < end and blank(PyUnicode_READ(kind, data, at)):
                    at += 1
                else:
                    found = 0
        self.say(found)
        return at if found else begin

    cdef Py_ssize_t pairs(self, str text, int kind, const void* data, Py_ssize_t at, Py_ssize_t end) except -1:
        """Say the pairs of neighbours in a run of unspaced script, or its only character; the place behind it."""
        cdef Py_UCS4 sign = PyUnicode_READ(kind, data, at), last
        cdef Py_ssize_t begin = at
        at += 1
        while at < end:
            last, sign = sign, PyUnicode_READ(kind, data, at)
            if not unspaced(sign):
                break
            at += 1
            self.say(self.number(text, kind, data, at - 2, at, hashed(hashed(SEED, last), sign)))
        if at == begin + 1:
            self.say(self.number(text, kind, data, begin, at, hashed(SEED, PyUnicode_READ(kind, data, begin))))
        return at

    cdef int say(self, int number) except -1:
        if self.count == self.most:
            self.most = max(1 << 12, 2 * self.most)
            self.said = <int*>grown(self.said, self.most * sizeof(int))
        self.said[self.count] = number
        self.count += 1
        return 0

    cdef int number(
        self, str text, int kind, const void* data, Py_ssize_t at, Py_ssize_t end, uint64_t hash
    ) except -1:
        """The number of the word between two places."""
        cdef Py_ssize_t slot = hash >> 32 & (self.slots - 1), size = end - at, place
        cdef Known* known
        while True:
            known = self.known + slot
            if not known.size:
                break
            if known.hash == hash and known.size == size:
                place = 0
                while place < size and self.spelled[known.at + place] == lower(PyUnicode_READ(kind, data, at + place)):
                    place += 1
                if place == size:
                    return known.number
            slot = slot + 1 & self.slots - 1
        if self.ending + size > self.room:
            self.room = 2 * (self.ending + size)
            self.spelled = <Py_UCS4*>grown(self.spelled, self.room * sizeof(Py_UCS4))
        for place in range(size):
            self.spelled[self.ending + place] = lower(PyUnicode_READ(kind, data, at + place))
        word = PyUnicode_Substring(text, at, end)
        known.number = self.numbers[word.lower() if text.isascii() else word]
        known.hash, known.at, known.size = hash, self.ending, size
        self.ending += size
        self.taken += 1
        if 2 * self.taken > self.slots:
            self.widen()
            return self.number(text, kind, data, at, end, hash)
        return known.number

    cdef int widen(self) except -1:
        """Twice as many slots."""
        cdef Known* old = self.known
        cdef Py_ssize_t before = self.slots, number, slot
        cdef Known* fresh = <Known*>PyMem_Calloc(2 * before, sizeof(Known))
        if not fresh:
            raise MemoryError
        self.known, self.slots = fresh, 2 * before
        for number in range(before):
            if old[number].size:
                slot = old[number].hash >> 32 & self.slots - 1
                while fresh[slot].size:
                    slot = slot + 1 & self.slots - 1
                fresh[slot] = old[number]
        PyMem_Free(old)
        return 0
