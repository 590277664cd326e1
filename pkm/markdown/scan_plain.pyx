# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The scanner of `scan.py` for plain notes, compiled: one walk over the characters.

Most notes are plain: text, headings, lists, fenced code, wikilinks, Markdown links on one line. Whatever this walk
does not know for certain (a formula, HTML, brackets in brackets, escapes in links, code over several lines) it
leaves alone: it answers None and `scan.py` reads the note. Where both answer they agree; tests hold them to it. How
a link's inside is read, and what an address or a tag beyond ASCII is, is asked of the same functions as there.

Never looks outside of `text`: every step is bounded by `end`, and behind it Python keeps a zero.
"""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ

from pkm.markdown.links import BEFORE_TAG, markdown_link, wiki_link
from pkm.model.link import Block, Heading, Link, Scan, Tag, Task

cdef extern from "Python.h":
    bint Py_UNICODE_ISSPACE(Py_UCS4)
    bint Py_UNICODE_ISALNUM(Py_UCS4)

cdef enum Mark:
    STOPS = 1  # the walk stops here
    LEAVE = 2  # within a link this is not for this walk
    IN_TAG = 4
    OPENS_TAG = 8  # a tag may follow
    CONTAINER = 16  # may stand before a line's text: white space and the marks of lists and quotes
    BEGINS = 32  # a line that begins so may be more than text
    ESCAPED = 64  # means nothing behind a backslash
    PUNCTUATION = 128  # may be escaped, and means nothing to this walk anyway

cdef unsigned char MARKS[256]  # of the characters below 256; beyond ASCII there are none


cdef int _prepare() except -1:
    cdef int code
    inert = "[]`<#!$^\\()"
    for code in range(128):
        sign = chr(code)
        MARKS[code] = (
            STOPS * (sign in "\n[]#^`:<\\$")
            | LEAVE * (sign in "<\\$")
            | IN_TAG * (sign.isalnum() or sign in "-_/")
            | OPENS_TAG * (sign in BEFORE_TAG)
            | CONTAINER * (sign in " \t>*+-.)0123456789")
            | ESCAPED * (sign in inert)
            | PUNCTUATION * (sign in "\"%&'*+,-./:;=>?@_{|}~")
            | BEGINS * (sign in " \t`~=[>*+.-0123456789")
        )
    return 0


_prepare()

cdef object new = tuple.__new__


cdef inline bint has(Py_UCS4 sign, int mark) noexcept:
    return sign < 128 and MARKS[sign] & mark


@cython.final
cdef class Walk:
    """One walk over one text. Methods that answer a place answer -1 where the note is not plain."""

    cdef str text
    cdef int kind  # of the text's characters, and where they are
    cdef void* data
    cdef Py_ssize_t start, end, line
    cdef Py_ssize_t strays, loose  # closing brackets that belong to nothing; those that a parenthesis follows
    cdef Py_ssize_t linked  # where the last link ends
    cdef Py_ssize_t blanked  # the place behind the last mark that an escape made mean nothing
    cdef bint strict  # somewhere are escapes, `<` or `$`: then only runs of one backtick open and close code
    cdef bint as_rows  # plain tuples with places in bytes, without what the index does not keep
    cdef bint is_ascii
    cdef Py_ssize_t counted, more  # how far bytes were counted, and how many more of them there are than characters
    cdef list links, urls, headings, tags, blocks, tasks

    def __init__(self, str text, Py_ssize_t start, found, bint as_rows=False):
        self.text = text
        self.kind = PyUnicode_KIND(text)
        self.data = PyUnicode_DATA(text)
        self.start = start
        self.end = len(text)
        self.line = text.count("\n", 0, start) + 1
        self.strays = self.loose = 0
        self.linked = self.blanked = -1
        self.strict = any([text.find(mark, start) >= 0 for mark in "\\<$"])
        self.as_rows = as_rows
        self.is_ascii = text.isascii()
        self.counted = self.more = 0
        self.links, self.urls, self.headings = found.links, found.urls, found.headings
        self.tags, self.blocks, self.tasks = found.tags, found.blocks, found.tasks

    cdef inline Py_UCS4 sign(self, Py_ssize_t at) noexcept:
        return PyUnicode_READ(self.kind, self.data, at)

    cdef inline Py_ssize_t skip(self, Py_ssize_t at) noexcept:
        """The next place where the walk stops, or the end."""
        cdef Py_ssize_t end = self.end
        cdef int kind = self.kind
        cdef const unsigned char* narrow
        if kind == 1:
            narrow = <const unsigned char*>self.data
            while at < end and not MARKS[narrow[at]] & STOPS:
                at += 1
        else:
            while at < end and not has(PyUnicode_READ(kind, self.data, at), STOPS):
                at += 1
        return at

    cdef Py_ssize_t place(self, Py_ssize_t at) noexcept:
        """Which byte of the file a character of the text begins with."""
        if self.is_ascii:
            return at
        while self.counted < at:
            self.more += bytes_beyond_one(self.sign(self.counted))
            self.counted += 1
        while self.counted > at:
            self.counted -= 1
            self.more -= bytes_beyond_one(self.sign(self.counted))
        return at + self.more

    cdef int read(self) except -1:
        """Walk line by line; whether the note is plain, so that what was found is all there is."""
        cdef Py_ssize_t at = self.start, begin, end = self.end
        cdef Py_UCS4 sign
        cdef bint fresh = True  # the text begins here, or behind code: an indented line may be code too
        while True:
            begin = at
            if at < end and has(self.sign(at), BEGINS):
                at = self.structure(at, fresh)
                if at < 0:
                    return False
            fresh = at != begin
            while True:
                at = self.skip(at)
                sign = self.sign(at)
                if at == end or sign == c"\n":
                    break
                if sign == c"#":
                    at = self.hash(begin, at)
                elif sign == c"[":
                    at = self.bracket(begin, at)
                elif sign == c"`":
                    at = self.code_end(at)
                elif sign == c":":
                    at = self.colon(at)
                elif sign == c"]":
                    self.strays += 1
                    self.loose += self.sign(at + 1) == c"("
                    at += 1
                elif sign == c"^":
                    at = self.caret(at)
                elif sign == c"\\":
                    at = self.escape(at)
                elif sign == c"$":
                    at = self.dollar(at)
                else:
                    return False
                if at < 0:
                    return False
            if at >= end:
                return not (self.strays and self.loose)
            at += 1
            self.line += 1

    cdef Py_ssize_t structure(self, Py_ssize_t begin, bint fresh) except? -2:
        """Where reading goes on in a line that may be more than text: its beginning, or where its code ends."""
        cdef Py_ssize_t at = begin, end = self.end, mark
        if self.sign(at) == c"`" and self.run(at) >= 3:
            return self.fence(begin, True)
        if self.sign(at) == c"~" and self.run(at) >= 3:
            return self.fence(begin, False)
        while at < end and (self.sign(at) == c" " or self.sign(at) == c"\t" or self.sign(at) == c">"):
            if self.sign(at) == c">" and self.wide(at + 1):
                return -1
            at += 1
        if self.sign(at) == c"-" or self.sign(at) == c"=":
            if self.rest_is_blank(at + self.run(at)):
                return begin if fresh or self.blank_before(begin) else -1
        if (self.sign(at) == c"-" or self.sign(at) == c"+" or self.sign(at) == c"*") and self.wide(at + 1):
            return -1
        mark = at
        while at < end and at - mark < 9 and c"0" <= self.sign(at) <= c"9":
            at += 1
        if mark < at < end and (self.sign(at) == c"." or self.sign(at) == c")") and self.wide(at + 1):
            return -1
        at = begin
        while at < end and has(self.sign(at), CONTAINER):
            at += 1
        if (self.sign(at) == c"`" or self.sign(at) == c"~") and self.run(at) >= 3:
            return -1
        if self.sign(at) == c"[" and self.sign(at + 1) != c"^" and self.defines(at):
            return -1
        at = begin
        while at < end and self.sign(at) == c" " and at - begin < 4:
            at += 1
        if at - begin == 4 or self.sign(at) == c"\t":
            while at < end and (self.sign(at) == c" " or self.sign(at) == c"\t"):
                at += 1
            if at < end and self.sign(at) != c"\n":
                if fresh or may_be_code(self.text, begin - 1, self.text[at]):
                    return -1
        return begin

    cdef bint blank_before(self, Py_ssize_t begin) noexcept:
        """Whether the line above says nothing."""
        cdef Py_ssize_t at = begin - 2
        while at >= self.start and self.sign(at) != c"\n":
            if self.sign(at) != c" " and self.sign(at) != c"\t" and self.sign(at) != c">":
                return False
            at -= 1
        return True

    cdef Py_ssize_t fence(self, Py_ssize_t begin, bint ticks) noexcept:
        """The end of the line that closes the code, or of the text."""
        cdef Py_ssize_t end = self.end, width = self.run(begin), at = begin + width, indent
        cdef Py_UCS4 mark = self.sign(begin)
        while at < end and self.sign(at) != c"\n":
            if ticks and self.sign(at) == c"`":
                return -1
            at += 1
        while at < end:
            at += 1
            self.line += 1
            indent = 0
            while indent < 3 and at < end and self.sign(at) == c" ":
                at += 1
                indent += 1
            if at < end and self.sign(at) == mark and self.run(at) >= width:
                at += self.run(at)
                if self.rest_is_blank(at):
                    while at < end and self.sign(at) != c"\n":
                        at += 1
                    return at
            while at < end and self.sign(at) != c"\n":
                at += 1
        return end

    cdef Py_ssize_t hash(self, Py_ssize_t begin, Py_ssize_t at) except? -2:
        """A heading, a tag, or neither."""
        cdef Py_ssize_t end = self.end, marks = self.run(at), stop = at + marks, place
        cdef Py_UCS4 before = c"`" if at == self.blanked else self.sign(at - 1) if at > self.start else c"\n"
        if stop == end or self.sign(stop) == c" " or self.sign(stop) == c"\t" or self.sign(stop) == c"\n":
            if marks <= 6:
                for place in range(begin, at):
                    if not has(self.sign(place), CONTAINER):
                        return stop
                for place in range(begin, at):
                    if self.sign(place) != c" ":
                        return -1
                if at - begin > 3:
                    return -1
                self.heading(at, stop, marks)
            return stop
        if self.sign(stop) < 128 and not MARKS[self.sign(stop)] & IN_TAG:
            return stop
        at = stop - 1
        place = stop
        digits = slashes = True
        while place < end and has(self.sign(place), IN_TAG):
            digits &= c"0" <= self.sign(place) <= c"9"
            slashes &= self.sign(place) == c"/"
            place += 1
        if place < end and self.sign(place) >= 128:
            name = tag_name(self.text, at)
            if not name:
                return stop
            place = at + 1 + len(name)
            digits, slashes = name.isdigit(), not name.strip("/")
        if marks > 1 or digits or slashes or not (has(before, OPENS_TAG) or (before >= 128 and chr(before) in BEFORE_TAG)):
            return place
        stop = place
        while self.sign(stop - 1) == c"/":
            stop -= 1
        name = self.text[at + 1 : stop]
        self.tags.append(name if self.as_rows else new(Tag, (name, at, self.line)))
        return place

    cdef int heading(self, Py_ssize_t at, Py_ssize_t begin, Py_ssize_t level) except -1:
        cdef Py_ssize_t stop = begin, end, bare
        while stop < self.end and self.sign(stop) != c"\n":
            stop += 1
        while stop > begin and Py_UNICODE_ISSPACE(self.sign(stop - 1)):
            stop -= 1
        end = stop
        while begin < stop and (self.sign(begin) == c" " or self.sign(begin) == c"\t"):
            begin += 1
        bare = stop
        while bare > begin and self.sign(bare - 1) == c"#":
            bare -= 1
        if bare < stop and (bare == begin or self.sign(bare - 1) == c" " or self.sign(bare - 1) == c"\t"):
            stop = bare
            while stop > begin and (self.sign(stop - 1) == c" " or self.sign(stop - 1) == c"\t"):
                stop -= 1
        words = self.text[begin:stop]
        self.headings.append(
            (level, words, self.place(at), self.line) if self.as_rows else new(Heading, (level, words, at, end, self.line))
        )
        return 0

    cdef Py_ssize_t bracket(self, Py_ssize_t begin, Py_ssize_t at) except? -2:
        """A wikilink, a task, a Markdown link, or a mere bracket."""
        if self.sign(at + 1) == c"[":
            return self.wiki(at)
        if at + 3 < self.end and self.sign(at + 2) == c"]" and (self.sign(at + 3) == c" " or self.sign(at + 3) == c"\t"):
            return self.task(begin, at)
        return self.markdown(at)

    cdef Py_ssize_t wiki(self, Py_ssize_t at) except? -2:
        cdef Py_ssize_t stop = at + 2, end = self.end
        cdef bint simple = True
        while stop < end and self.sign(stop) != c"]":
            if has(self.sign(stop), LEAVE) or self.sign(stop) == c"[" or self.sign(stop) == c"`" or self.sign(stop) == c"\n":
                return -1
            simple &= self.sign(stop) != c"|" and self.sign(stop) != c"#" and self.sign(stop) != c":"
            stop += 1
        if stop >= end or self.sign(stop + 1) != c"]":
            return -1
        embed = self.is_embed(at)
        target = self.text[at + 2 : stop].strip()
        stop += 2
        self.loose += self.sign(stop) == c"("
        if simple and target and not embed:
            return self.add("wiki", target, "", "", at, stop)
        return self.link(wiki_link(target, embed=embed), at - embed, stop)

    cdef Py_ssize_t task(self, Py_ssize_t begin, Py_ssize_t at) except? -2:
        cdef Py_ssize_t place = begin, stop
        if has(self.sign(at + 1), LEAVE) or self.sign(at + 1) == c"`" or self.sign(at + 1) == c"]" or self.sign(at + 1) == c"\n":
            return -1
        while self.sign(place) == c" " or self.sign(place) == c"\t":
            place += 1
        if place < at - 1 and (self.sign(place) == c"-" or self.sign(place) == c"*" or self.sign(place) == c"+"):
            place += 1
            while self.sign(place) == c" " or self.sign(place) == c"\t":
                place += 1
            if place == at and (self.sign(at - 1) == c" " or self.sign(at - 1) == c"\t") and at - begin < 100:
                stop = at
                while stop < self.end and self.sign(stop) != c"\n":
                    stop += 1
                words = self.text[at + 3 : stop].strip()
                place = self.place(at) if self.as_rows else at
                row = (self.text[at + 1], words, place, self.line)
                self.tasks.append(row if self.as_rows else new(Task, row))
                return at + 3
        for place in range(begin, at):
            if not has(self.sign(place), CONTAINER):
                return at + 3
        return -1

    cdef Py_ssize_t markdown(self, Py_ssize_t at) except? -2:
        cdef Py_ssize_t middle = at + 1, stop, end = self.end
        while middle < end and self.sign(middle) != c"]" and self.sign(middle) != c"[" and self.sign(middle) != c"\n":
            if self.sign(middle) == c"`":
                middle = self.code_end(middle)
                if middle < 0:
                    return -1
                continue
            if has(self.sign(middle), LEAVE):
                return -1
            middle += 1
        if middle >= end or self.sign(middle) != c"]" or self.sign(middle + 1) != c"(":
            return at + 1
        stop = middle + 2
        while stop < end and self.sign(stop) > c" " and self.sign(stop) != c")" and self.sign(stop) != 0x7F:
            if self.sign(stop) == c"(":
                stop += 1
                while stop < end and self.sign(stop) > c" " and self.sign(stop) != c")" and self.sign(stop) != 0x7F:
                    if self.sign(stop) == c"(" or not in_destination(self.sign(stop)):
                        return -1
                    stop += 1
                if stop >= end or self.sign(stop) != c")":
                    return -1
            elif not in_destination(self.sign(stop)):
                return -1
            stop += 1
        destination = self.text[middle + 2 : stop]
        stop = self.title_end(stop)
        if stop < 0:
            return -1
        embed = self.is_embed(at)
        return self.link(markdown_link(destination, self.text[at + 1 : middle], embed=embed), at - embed, stop)

    cdef Py_ssize_t link(self, parts, Py_ssize_t start, Py_ssize_t stop) except? -2:
        if parts is None:
            return -1  # a bracket like others: what stands inside counts
        kind, target, anchor, display = parts
        return self.add(kind, target, anchor, display, start, stop)

    cdef Py_ssize_t add(self, str kind, str target, str anchor, str display, Py_ssize_t start, Py_ssize_t stop) except? -2:
        self.linked = stop
        if kind == "external":
            self.urls.append(new(Link, (kind, target, anchor, display, start, stop, self.line)))
        elif not self.as_rows:
            self.links.append(new(Link, (kind, target, anchor, display, start, stop, self.line)))
        else:
            key = target.lower() if is_key(target) else None
            name = target if key is None else key
            raw = self.text[start:stop]
            self.links.append((kind, raw, key, name, anchor, display, self.place(start), self.place(stop), self.line))
        return stop

    cdef Py_ssize_t colon(self, Py_ssize_t at) except? -2:
        """An address that stands in the text as it is."""
        cdef Py_ssize_t begin = at, stop = at + 3, end = self.end, place
        if stop > end or self.sign(at + 1) != c"/" or self.sign(at + 2) != c"/":
            return at + 1
        if begin > self.start and (<int>self.sign(begin - 1) | 32) == c"s":
            begin -= 1
        if begin > self.start and self.sign(begin - 1) >= 128:
            return -1
        begin -= 4
        if begin < self.start or not self.is_http(begin):
            return at + 1
        place = begin
        while place > self.linked and place > self.start and self.is_in_address(place - 1):
            place -= 1
        if place == self.linked:
            return -1  # it goes on from a link, in which an address may have begun
        while stop < end and self.is_in_address(stop):
            if has(self.sign(stop), LEAVE):
                return -1
            stop += 1
        address = trim_address(self.text[begin:stop])
        if len(address) <= 8 or (begin > self.start and Py_UNICODE_ISALNUM(self.sign(begin - 1))):
            return -1
        stop = begin + len(address)
        return self.add("external", address, "", "", begin, stop)

    cdef bint is_embed(self, Py_ssize_t at) noexcept:
        return self.start < at != self.blanked and self.sign(at - 1) == c"!"

    cdef Py_ssize_t escape(self, Py_ssize_t at) noexcept:
        """Behind a backslash, and behind the mark that it takes the meaning from."""
        cdef Py_UCS4 sign = self.sign(at + 1) if at + 1 < self.end else c"\n"
        if sign == c"]":
            return -1
        if sign == c"[" and ((at > self.start and self.sign(at - 1) == c"[") or self.sign(at + 2) == c"["):
            return -1
        if has(sign, ESCAPED):
            self.blanked = at + 2
            return at + 2
        return at + 2 if has(sign, PUNCTUATION) else at + 1

    cdef Py_ssize_t dollar(self, Py_ssize_t at) noexcept:
        """Behind a dollar sign that no other follows on its line; two may be a formula."""
        cdef Py_ssize_t stop = at + 1
        while stop < self.end and self.sign(stop) != c"\n":
            if self.sign(stop) == c"$":
                return -1
            stop += 1
        return at + 1

    cdef bint is_in_address(self, Py_ssize_t at) noexcept:
        cdef Py_UCS4 sign = self.sign(at)
        return not Py_UNICODE_ISSPACE(sign) and sign not in (
            c">", 0x9F, c'"', c"`", c"^", c"{", c"}", c"|", c"[", c"]"
        )

    cdef Py_ssize_t caret(self, Py_ssize_t at) except? -2:
        """A block's name, at the end of a line."""
        cdef Py_ssize_t stop = at + 1, end = self.end
        if at > self.start and self.sign(at - 1) != c" " and self.sign(at - 1) != c"\t" and self.sign(at - 1) != c"\n":
            return stop
        while stop < end and (self.sign(stop) == c"-" or (self.sign(stop) < 128 and chr(self.sign(stop)).isalnum())):
            stop += 1
        if stop > at + 1 and self.rest_is_blank(stop):
            name = self.text[at + 1 : stop]
            self.blocks.append((name, self.place(at), self.line) if self.as_rows else new(Block, (name, at, stop, self.line)))
        return stop

    cdef Py_ssize_t run(self, Py_ssize_t at) noexcept:
        """How many times the same character stands here."""
        cdef Py_ssize_t stop = at + 1
        while stop < self.end and self.sign(stop) == self.sign(at):
            stop += 1
        return stop - at

    cdef bint rest_is_blank(self, Py_ssize_t at) noexcept:
        while at < self.end and (self.sign(at) == c" " or self.sign(at) == c"\t"):
            at += 1
        return at >= self.end or self.sign(at) == c"\n"

    cdef bint wide(self, Py_ssize_t at) noexcept:
        """Whether so much white space follows a container's mark that its text may be indented code."""
        cdef int spaces = 0
        while spaces < 5 and self.sign(at + spaces) == c" ":
            spaces += 1
        return spaces == 5 or self.sign(at + spaces) == c"\t"

    cdef bint defines(self, Py_ssize_t at) noexcept:
        """Whether `[label]:` stands here."""
        cdef Py_ssize_t stop = at + 1
        while stop < self.end and self.sign(stop) != c"]" and self.sign(stop) != c"[" and self.sign(stop) != c"\n":
            stop += 1
        return at + 1 < stop < self.end and self.sign(stop) == c"]" and self.sign(stop + 1) == c":"

    cdef Py_ssize_t code_end(self, Py_ssize_t at) noexcept:
        """Where the code ends that one backtick opens; -1 when it is not that plain."""
        cdef Py_ssize_t stop = at + 1
        while stop < self.end and self.sign(stop) != c"`" and self.sign(stop) != c"\n":
            stop += 1
        if not at + 1 < stop < self.end or self.sign(stop) != c"`" or (self.strict and self.sign(stop + 1) == c"`"):
            return -1
        return stop + 1

    cdef Py_ssize_t title_end(self, Py_ssize_t at) noexcept:
        """Where a Markdown link ends behind its destination and perhaps its title."""
        cdef Py_ssize_t begin = at
        cdef Py_UCS4 quote
        while at < self.end and self.sign(at) == c" ":
            at += 1
        if at < self.end and at > begin and (self.sign(at) == c'"' or self.sign(at) == c"'"):
            quote = self.sign(at)
            at += 1
            while at < self.end and self.sign(at) != quote:
                if self.sign(at) == c"\n" or not in_destination(self.sign(at)):
                    return -1
                at += 1
            at += 1
            while at < self.end and self.sign(at) == c" ":
                at += 1
        return at + 1 if at < self.end and self.sign(at) == c")" else -1

    cdef bint is_http(self, Py_ssize_t at) noexcept:
        """Whether `http` stands here, in letters of either case."""
        cdef Py_ssize_t place
        for place in range(4):
            if (<int>self.sign(at + place) | 32) != b"http"[place]:
                return False
        return True


cdef bint in_destination(Py_UCS4 sign) noexcept:
    return sign not in (c"[", c"]", c"`", c"&") and not has(sign, LEAVE)


cdef Py_ssize_t bytes_beyond_one(Py_UCS4 sign) noexcept:
    """How many bytes more than one a character takes in UTF-8; a surrogate stands for one byte."""
    if sign < 0x80 or 0xDC80 <= sign <= 0xDCFF:
        return 0
    return 1 if sign < 0x800 else 2 if sign < 0x10000 else 3


cdef bint is_key(str target):
    """Whether a target in lower case is already what files are compared by: `link_key` has nothing more to do."""
    cdef Py_ssize_t size = len(target)
    return target.isascii() and "/" not in target and (size < 3 or target[size - 3] != c".")


def trim_address(address):
    """Without the punctuation behind it. Loaded when the first address comes by."""
    from pkm.markdown.addresses import trim_address as trim

    return trim(address)


def tag_name(text, at):
    """What may follow the hash there as a tag's name; its pattern is loaded when the first one beyond ASCII comes by."""
    from pkm.markdown.link_patterns import TAG

    match = TAG.match(text, at)
    return match[1] if match else ""


def may_be_code(text, place, sign):
    """Whether an indented line may be code; loaded when the first one comes by."""
    from pkm.markdown.indented import may_be_code as tell

    return tell(text, place, sign)


def scan(str text, Py_ssize_t start):
    """What is in a text from `start` on, as `scan.scan` says it; None when it is not plain."""
    found = Scan()
    return found if is_for_us(text, start) and Walk(text, start, found).read() else None


def rows(str text, Py_ssize_t start):
    """The same as plain tuples, for the index: (links, headings, tags, blocks, tasks), or None.

    A link is (kind, raw, key, key, anchor, display, start, end, line), or has None and its target where the key takes
    more than lower case; a heading (level, text, start, line); a tag its name; a block (name, start, line); a task
    (mark, text, start, line). Places are bytes of the file, where what is no UTF-8 is one byte a surrogate.
    """
    found = Scan()
    if not (is_for_us(text, start) and Walk(text, start, found, True).read()):
        return None
    return found.links, found.headings, found.tags, found.blocks, found.tasks


cdef bint is_for_us(str text, Py_ssize_t start):
    """Whether a body begins there that has nothing but line feeds at its lines' ends."""
    if start > len(text) or (start and text[start - 1] != "\n"):
        return False
    return "\r" not in text and not text.startswith("\ufeff", start)
