"""Link suggestions: the few links that a person would have made, each with its reasons.

    corpus     what is known of the notes, as plain values          suggestion  what comes out
    encode     text to numbers                                      reading     notes as numbers, cut and joined
    kept       what was read, for the next night                    encoded     the vault as one run of words
    names      names, and where they are said                       facts       what no hidden link changes
    mentions   who names whom                                       view        the vault with some links hidden
    evidence   the vault as matrices                                texts       those of what the notes say
    signals    one function for each kind of evidence               details     the same, of one pair of notes
    kin        links carried over to notes that are alike       phrases     words side by side
    candidates pairs worth judging, with their features             judge       blocks of notes, compared and scored
    train      the vault's links as examples                        trees       a small learner
    learn      the ranker that a vault teaches                      calibrate   how sure a score is
    memory     what was learned, kept                               scale       how much to look at
    rank       `suggest`, the door                                  reasons     why, in words
    plain      the same door without numpy                          spell       what a word is
    meaning    notes as vectors, if a model is wanted               sentence    that model
    wordpiece  words as that model cuts them                        decisions   what a person answered
    cluster    the same on several machines                         arrays      helpers
    heap       memory between tables

Only `rank`, `plain`, `memory`, `meaning`, `corpus`, `suggestion` and `decisions` are for callers. numpy and scipy are
imported here and nowhere else.
"""

import os

# One thread: for matrices of this size several only wait for each other, and sums come in one order.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
