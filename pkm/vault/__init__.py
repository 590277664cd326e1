"""The files: walking, reading and naming them, and the one way in which they change.

`vault` walks and reads, `names` makes file names, `plan` describes and carries out changes, `undo`
takes them back from what `journal` wrote down first. `folder` and `atomic` are the two rooms that talk
to the file system in the careful way. Nothing here knows Markdown or SQLite.
"""
