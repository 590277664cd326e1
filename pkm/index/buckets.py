"""How actionable each note is: project, area, resource or archive (PARA), without moving a file.

A note may say it itself (`para`). Else it is what the notes are that it is `for`, the most actionable of
them; and so on, link by link. A container that is done or dropped is archive, and so is what is for it
alone. A note that is for nothing is a resource.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

PROJECT, AREA, RESOURCE, ARCHIVE = BUCKETS = ("project", "area", "resource", "archive")
_DONE = ("done", "dropped")

# A link in front matter belongs to `for` when the value of that key holds what stands between its brackets.
_CONTAINERS = """
SELECT DISTINCT p.note, l.target
FROM properties p JOIN links l ON l.source = p.note
WHERE p.key = 'for' AND l.kind = 'front' AND l.target IS NOT NULL AND l.target <> p.note
  AND instr(p.value, substr(l.raw, 3, length(l.raw) - 4)) > 0
"""


def buckets(db: sqlite3.Connection) -> dict[int, str]:
    """The bucket of every note that says one or is for something; all others are resources."""
    sql = "SELECT note FROM properties WHERE key = 'status' AND lower(value) IN (?, ?)"
    done = {note for (note,) in db.execute(sql, _DONE)}
    own: dict[int, str] = {}
    for note, para in db.execute("SELECT id, lower(para) FROM notes WHERE para IS NOT NULL"):
        if para in BUCKETS:
            own[note] = ARCHIVE if note in done else para
    containers: dict[int, list[int]] = {}
    for note, container in db.execute(_CONTAINERS):
        containers.setdefault(note, []).append(container)
    found = dict(own)
    for note in containers:
        if note not in found:
            found[note] = _inherited(note, own, containers)
    return found


def _inherited(note: int, own: dict[int, str], containers: dict[int, list[int]]) -> str:
    """The most actionable bucket that the chain of containers leads to; a circle of them leads nowhere."""
    seen, edge, found = {note}, [note], set()
    while edge:
        container = edge.pop()
        for above in containers.get(container, ()):
            if above in own:
                found.add(own[above])
            elif above not in seen:
                seen.add(above)
                edge.append(above)
                if above not in containers:
                    found.add(RESOURCE)
    return next((bucket for bucket in BUCKETS if bucket in found), RESOURCE)
