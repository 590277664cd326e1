# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""`gather.py`, compiled: the same class over a table of its own, in which a term is no object of Python's.

Text in ASCII is walked once; what its terms are is known without asking. Words with other letters go through `search.terms`.
A term is its bytes in UTF-8, all of them one behind the other in `letters`; its numbers are a list that doubles.
"""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_DecodeUTF8, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcmp, memcpy

from pkm.share.garden import search

cdef enum:
    LONGEST = 24  # characters of a term, as `search.LONGEST_TERM` has it
    FIRST_ROOM = 2  # numbers that a term begins with; most have one

cdef uint64_t PRIME = 0x100000001B3ULL  # of FNV-1a
cdef unsigned char LOWER[128]  # letters and digits, small; 0 for all that is between words


cdef int _prepare() except -1:
    cdef int code
    for code in range(128):
        LOWER[code] = ord(chr(code).lower()) if chr(code).isalnum() else 0
    return 0


_prepare()
if search.LONGEST_TERM != LONGEST:
    raise ImportError("compiled for terms of another length")

cdef struct Term:
    uint32_t hash, start, length  # of its letters
    uint32_t said  # how often the text at hand says it
    uint32_t bonus, part  # what the text's title and tags add; the last of them that was counted
    uint32_t size, room
    uint32_t* numbers


@cython.final
cdef class Gathered:
    """The terms of texts that come in the order of the names that they will have."""

    cdef Term* terms
    cdef uint32_t size, room
    cdef uint32_t* table  # the term at a place, plus one
    cdef uint32_t mask
    cdef char* letters
    cdef size_t used, space
    cdef uint32_t* here  # the terms of the text at hand
    cdef uint32_t met
    cdef uint32_t texts, parts, words
    cdef uint64_t seed  # nobody who writes a text knows which terms meet in the table

    def __cinit__(self):
        self.room, self.space, self.mask = 1 << 12, 1 << 16, (1 << 13) - 1
        self.terms = <Term*>malloc(self.room * sizeof(Term))
        self.here = <uint32_t*>malloc(self.room * sizeof(uint32_t))
        self.table = <uint32_t*>calloc(self.mask + 1, sizeof(uint32_t))
        self.letters = <char*>malloc(self.space)
        self.seed = <uint64_t><Py_hash_t>hash("terms") | 1
        if not (self.terms and self.here and self.table and self.letters):
            raise MemoryError

    def __dealloc__(self):
        cdef uint32_t number
        for number in range(self.size):
            free(self.terms[number].numbers)
        free(self.terms)
        free(self.here)
        free(self.table)
        free(self.letters)

    def add(self, str text not None, more):
        """Take the terms of a text, see `search.weights`."""
        cdef uint32_t number, most = 0, weight, first
        cdef Term* term
        cdef list scale
        cdef str said
        self.met = self.words = 0
        self.read(text, 0)
        for number in range(self.met):
            most = max(most, self.terms[self.here[number]].said)
        scale = search.scale(self.words // 20, most)
        for bonus, said in more:
            self.parts += 1
            self.read(said, bonus)
        first = self.texts << 4
        self.texts += 1
        for number in range(self.met):
            term = &self.terms[self.here[number]]
            weight = <uint32_t>scale[term.said]
            if term.bonus:
                weight = min(<uint32_t>search.HEAVIEST, weight + term.bonus)
            term.said = term.bonus = 0
            if term.size == term.room:
                self.widen(term)
            term.numbers[term.size] = first | weight
            term.size += 1

    cdef int read(self, str text, uint32_t bonus) except -1:
        """Count the terms of a text, or give them a bonus, once in each part."""
        cdef Py_ssize_t at = 0, stop, end = len(text)
        cdef int kind = PyUnicode_KIND(text)
        cdef void* data = PyUnicode_DATA(text)
        cdef bytes raw
        if text.isascii():
            return self.walk(kind, data, 0, end, bonus)
        # What a letter is to `search.terms` depends on those around it, but never beyond a space.
        while at < end:
            stop = behind_word(kind, data, at, end)
            if not is_wide(kind, data, at, stop):
                self.walk(kind, data, at, stop, bonus)
                at = stop
                continue
            while stop < end and is_wide(kind, data, stop, behind_word(kind, data, stop, end)):
                stop = behind_word(kind, data, stop, end)
            for one in search.terms(text[at:stop]):
                raw = (<str>one).encode("utf-8", "surrogatepass")
                self.meet(raw, <uint32_t>len(raw), self.hashed(raw, <uint32_t>len(raw)), bonus)
            at = stop
        return 0

    cdef int walk(self, int kind, void* data, Py_ssize_t start, Py_ssize_t end, uint32_t bonus) except -1:
        """The same for a part of a text that is ASCII."""
        cdef Py_ssize_t at
        cdef unsigned char sign
        cdef char word[LONGEST]
        cdef uint32_t length = 0
        cdef uint64_t mixed = self.seed
        for at in range(start, end):
            sign = LOWER[PyUnicode_READ(kind, data, at)]
            if sign:
                if length < LONGEST:
                    word[length] = sign
                    length += 1
                    mixed = (mixed ^ sign) * PRIME
            elif length:
                self.meet(word, length, <uint32_t>(mixed >> 32), bonus)
                length, mixed = 0, self.seed
        if length:
            self.meet(word, length, <uint32_t>(mixed >> 32), bonus)
        return 0

    cdef uint32_t hashed(self, const char* word, uint32_t length) noexcept:
        """FNV-1a, of which the upper half is the better one."""
        cdef uint64_t mixed = self.seed
        cdef uint32_t at
        for at in range(length):
            mixed = (mixed ^ <uint8_t>word[at]) * PRIME
        return <uint32_t>(mixed >> 32)

    cdef int meet(self, const char* word, uint32_t length, uint32_t hashed, uint32_t bonus) except -1:
        """Count one term of the text at hand."""
        cdef Py_ssize_t found = self.find(word, length, hashed)
        cdef Term* term
        if found < 0:
            found = self.new(word, length, hashed)
        term = &self.terms[found]
        if not term.said and not term.bonus:
            self.here[self.met] = <uint32_t>found
            self.met += 1
        if not bonus:
            term.said += 1
            self.words += 1
        elif term.part != self.parts:
            term.part = self.parts
            term.bonus += bonus
        return 0

    cdef Py_ssize_t find(self, const char* word, uint32_t length, uint32_t hashed) noexcept:
        """The number of a term, -1 when there is none."""
        cdef uint32_t at = hashed & self.mask
        cdef Term* term
        while self.table[at]:
            term = &self.terms[self.table[at] - 1]
            if term.hash == hashed and term.length == length and not memcmp(self.letters + term.start, word, length):
                return self.table[at] - 1
            at = (at + 1) & self.mask
        return -1

    cdef Py_ssize_t new(self, const char* word, uint32_t length, uint32_t hashed) except -1:
        """Make room for a term and put it there."""
        cdef Term* term
        if self.size == self.room:
            self.grow()
        if self.used + length > self.space:
            self.letters = <char*>grown(self.letters, self.space * 2)
            self.space *= 2
        memcpy(self.letters + self.used, word, length)
        term = &self.terms[self.size]
        term.hash, term.start, term.length = hashed, <uint32_t>self.used, length
        term.said = term.bonus = term.part = term.size = term.room = 0
        term.numbers = NULL
        self.used += length
        self.size += 1
        self.enter(self.size)
        return self.size - 1

    cdef int grow(self) except -1:
        """Make room for twice as many terms, and a table that is half empty."""
        cdef uint32_t number
        self.terms = <Term*>grown(self.terms, 2 * self.room * sizeof(Term))
        self.here = <uint32_t*>grown(self.here, 2 * self.room * sizeof(uint32_t))
        self.room *= 2
        free(self.table)
        self.mask = 2 * self.room - 1
        self.table = <uint32_t*>calloc(self.mask + 1, sizeof(uint32_t))
        if not self.table:
            raise MemoryError
        for number in range(self.size):
            self.enter(number + 1)
        return 0

    cdef void enter(self, uint32_t place) noexcept:
        cdef uint32_t at = self.terms[place - 1].hash & self.mask
        while self.table[at]:
            at = (at + 1) & self.mask
        self.table[at] = place

    cdef int widen(self, Term* term) except -1:
        cdef uint32_t room = 2 * term.room if term.room else FIRST_ROOM
        term.numbers = <uint32_t*>grown(term.numbers, room * sizeof(uint32_t))
        term.room = room
        return 0

    cdef Py_ssize_t called(self, str term) except -2:
        cdef bytes raw = term.encode("utf-8", "surrogatepass")
        return self.find(raw, <uint32_t>len(raw), self.hashed(raw, <uint32_t>len(raw)))

    def __contains__(self, str term not None):
        return self.called(term) >= 0

    def with_all(self, words):
        """Return the numbers of the texts that have all these terms."""
        cdef list found = []
        cdef Py_ssize_t number
        cdef uint32_t text
        cdef Term* few = NULL
        for word in set(words):
            number = self.called(word)
            if number < 0:
                return []
            found.append(number)
            if few is NULL or self.terms[number].size < few.size:
                few = &self.terms[number]
        if few is NULL:
            return []
        left = []
        for number in range(few.size):
            text = few.numbers[number] >> 4
            for other in found:
                if not holds(&self.terms[<Py_ssize_t>other], text):
                    break
            else:
                left.append(text)
        return left

    def packed(self, names):
        """Yield each term, in order, with its texts by their names as `search.packed` has them."""
        cdef bytes name = "".join(names).encode("ascii")
        cdef Py_ssize_t width = len(names[0]) if names else 0
        cdef Py_ssize_t number
        cdef Term* term
        cdef dict numbers = {}
        if len(name) != width * <Py_ssize_t>self.texts:
            raise ValueError("names of one length, one for each text")
        for number in range(self.size):
            term = &self.terms[number]
            numbers[PyUnicode_DecodeUTF8(self.letters + term.start, term.length, "surrogatepass")] = number
        for said in sorted(numbers):
            yield said, joined(&self.terms[<Py_ssize_t>numbers[said]], name, width)


cdef void* grown(void* memory, size_t size) except NULL:
    cdef void* found = realloc(memory, size)
    if not found:
        raise MemoryError
    return found


cdef Py_ssize_t behind_word(int kind, void* data, Py_ssize_t at, Py_ssize_t end) noexcept:
    """The place behind the next space."""
    while at < end:
        at += 1
        if PyUnicode_READ(kind, data, at - 1) in u" \n\t":
            break
    return at


cdef bint is_wide(int kind, void* data, Py_ssize_t at, Py_ssize_t end) noexcept:
    """Whether there is a character beyond ASCII."""
    while at < end:
        if PyUnicode_READ(kind, data, at) > 127:
            return True
        at += 1
    return False


cdef bint holds(Term* term, uint32_t text) noexcept:
    """Whether a term's numbers, which rise, have that text's."""
    cdef uint32_t low = 0, high = term.size, middle
    while low < high:
        middle = (low + high) // 2
        if term.numbers[middle] >> 4 < text:
            low = middle + 1
        else:
            high = middle
    return low < term.size and term.numbers[low] >> 4 == text


cdef str joined(Term* term, const char* names, Py_ssize_t width):
    """The names of a term's texts, the heaviest first, those of one weight behind a dot and the weight."""
    cdef Py_ssize_t at = 0
    cdef uint32_t number, weight
    cdef char* line = <char*>malloc(term.size * (width + 2))
    cdef bint begun
    if not line:
        raise MemoryError
    try:
        for weight in range(9, 0, -1):
            begun = False
            for number in range(term.size):
                if term.numbers[number] & 15 == weight:
                    if not begun:
                        line[at], line[at + 1], begun = c".", c"0" + weight, True
                        at += 2
                    memcpy(line + at, names + (term.numbers[number] >> 4) * width, width)
                    at += width
        return line[:at].decode("ascii")
    finally:
        free(line)
