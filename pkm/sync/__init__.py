"""Sync: one vault on many machines through an ordinary git remote, with no line ever lost.

    sync.py       what has to happen, as a table, and the loop that does it
    setup.py      finding the repository; the first sync
    git.py        the only place that calls git
    snapshot.py   the folder as it is now, as changes against the last commit
    merge.py      three trees of notes into one; knows no git
    lines.py      bodies, line by line        fields.py   front matter, key by key
    differ.py     what turns one text into another
    copies.py     names of conflict copies; markers of other tools taken apart
    apply.py      the merged tree onto the disk, without stepping on an edit
    state.py      sync's own files in git's folder; locks       litter.py  what a killed run left beside notes
    guards.py     when it is safer to stop and ask
    resolve.py    choosing between two versions
    history.py    a note as it was

The order that keeps everything: what is on disk is committed before anything is
written; then files, then git's index, then the branch; then the push. A kill anywhere
in between leaves a folder from which the next sync ends right.
"""
