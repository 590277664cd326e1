"""How far a note is distilled, 0 to 5: what its text shows, and whether something new was made of it.

Derived each time from the text, never stored: a layer that is written down is soon a lie.
"""

from __future__ import annotations

from pkm.markdown import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

REMIX = 5
# A note of one's own that links to what was captured is its remix.
_REMIXED = """
SELECT 1
FROM notes n JOIN links l ON l.target = n.id JOIN notes own ON own.id = l.source
WHERE n.id = ? AND n.kind IN ('literature', 'fleeting') AND own.kind IN ('permanent', 'structure')
LIMIT 1
"""


def layer(db: sqlite3.Connection, note: int) -> int:
    """The layer of one note."""
    if db.execute(_REMIXED, (note,)).fetchone():
        return REMIX
    row = db.execute("SELECT body FROM texts WHERE id = ?", (note,)).fetchone()
    return parse.layers(row[0]) if row else 0
