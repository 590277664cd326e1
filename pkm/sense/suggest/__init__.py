"""Link suggestions: the few links that a person would have made, each with its reasons.

    corpus     what is known of the notes, as plain values          suggestion  what comes out
    encode     text to numbers, once                                facts       what no hidden link changes
    mentions   who names whom                                       view        the vault with some links hidden
    evidence   the vault as matrices                                signals     one function for each kind of evidence
    candidates pairs worth judging, with their features             train       the vault's links as examples
    trees      a small learner                                      calibrate   how sure a score is
    rank       `suggest`, the door                                  reasons     why, in words
    decisions  what a person answered                               arrays      helpers

Only `rank`, `corpus`, `suggestion` and `decisions` are for callers. numpy and scipy are imported here and nowhere else.
"""
