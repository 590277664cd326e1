# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Two loops over the entries of sparse matrices, compiled: `best_of_sums` and `Spots.values` of `arrays.py`.

Both lay one row at a time out in full, where numpy lays out many rows or makes whole matrices on the way.
"""

import numpy as np

cdef enum:
    MOST = 64  # tables that are added up, at most


def best_of_sums(list tables, const float[:, ::1] units, int count, int width):
    """As there; entries are float32, their columns int32."""
    cdef const int* bounds[MOST]
    cdef const int* columns[MOST]
    cdef const float* values[MOST]
    cdef const int[::1] each
    cdef const float[::1] each_value
    cdef Py_ssize_t height = units.shape[0], many = len(tables), row, table, entry, at, filled, found = 0
    cdef int column, number, place
    cdef float unit, value
    if many > MOST:
        raise ValueError(many)
    for table, matrix in enumerate(tables):
        each = matrix.indptr
        bounds[table] = &each[0]
        if matrix.nnz:
            each, each_value = matrix.indices, matrix.data
            columns[table], values[table] = &each[0], &each_value[0]
    total_of, met_of, best_of = np.zeros(width, np.float32), np.empty(width, np.int32), np.empty(count, np.int32)
    seen_of, keys_of = np.zeros(width, np.uint8), np.empty(height * count, np.int64)
    cdef float[::1] total = total_of
    cdef int[::1] met = met_of, best = best_of
    cdef unsigned char[::1] seen = seen_of
    cdef long long[::1] keys = keys_of
    for row in range(height):
        number = 0
        for table in range(many):
            unit = units[row, table]
            for entry in range(bounds[table][row], bounds[table][row + 1]):
                column = columns[table][entry]
                if not seen[column]:
                    seen[column] = 1
                    met[number] = column
                    number += 1
                total[column] += unit * values[table][entry]
        at = 0
        for place in range(number):  # of what is not 0
            seen[met[place]] = 0
            if total[met[place]] != 0:
                met[at] = met[place]
                at += 1
        filled = 0
        if at <= count:
            for place in range(at):
                keys[found] = row * width + met[place]
                found += 1
        else:
            # The largest stand in order. Among equal ones the last that was met is first, as in a product of scipy's.
            for place in range(at - 1, -1, -1):
                value = total[met[place]]
                if value <= 0 or (filled == count and value <= total[best[count - 1]]):
                    continue
                entry = filled if filled < count else count - 1
                while entry > 0 and total[best[entry - 1]] < value:
                    best[entry] = best[entry - 1]
                    entry -= 1
                best[entry] = met[place]
                filled += filled < count
            for place in range(filled):
                keys[found] = row * width + best[place]
                found += 1
        for place in range(at):
            total[met[place]] = 0
    return keys_of[:found]


def values_at(matrix, const Py_ssize_t[::1] spots, const long long[::1] columns, float[::1] laid):
    """What stands in the columns asked of each row: those of row i from `spots[i]` to `spots[i + 1]`.

    `laid` has room for a row, all 0.
    """
    cdef const int[::1] bounds = matrix.indptr, indices = matrix.indices
    cdef const float[::1] data = matrix.data
    cdef Py_ssize_t row, entry, spot
    values_of = np.empty(columns.shape[0], np.float32)
    cdef float[::1] values = values_of
    for row in range(bounds.shape[0] - 1):
        for entry in range(bounds[row], bounds[row + 1]):
            laid[indices[entry]] = data[entry]
        for spot in range(spots[row], spots[row + 1]):
            values[spot] = laid[columns[spot]]
        for entry in range(bounds[row], bounds[row + 1]):
            laid[indices[entry]] = 0
    return values_of
