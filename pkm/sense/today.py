"""Today: where the vault stands, in numbers that a person can act on. No scores, no debts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

WINDOW = 28  # days of the flow
CAPTURED = ("fleeting", "literature", "source")
WRITTEN = ("permanent", "structure", "experiment")


@dataclass(frozen=True, slots=True)
class Flow:
    """What came in, what became thought, what went out, within some days."""

    captured: int
    written: int
    shared: int


@dataclass(frozen=True, slots=True)
class Today:
    """The vault on one day."""

    notes: int
    inbox: int
    oldest_inbox_days: int
    ending: tuple[tuple[str, str], ...]  # open experiments and projects with a due date: (title, date)
    questions: int
    public: int
    month: Flow
    week: Flow


def today(db: sqlite3.Connection, now: float, inbox: str) -> Today:
    """Count. Flow goes by the day a note says it was created; shared are notes with an audience beyond oneself."""
    day = datetime.fromtimestamp(now).astimezone().replace(tzinfo=None)
    waiting, oldest = db.execute(
        "SELECT count(*), min(n.created) FROM notes n JOIN files f USING (id)"
        " WHERE f.path >= ? AND f.path < ? AND n.kind = 'fleeting'",
        (inbox + "/", inbox + "0"),
    ).fetchone()
    return Today(
        notes=_count(db, "SELECT count(*) FROM notes"),
        inbox=waiting,
        oldest_inbox_days=max(0, (day.date() - datetime.fromisoformat(oldest[:10]).date()).days)
        if oldest and oldest[0] != "-"
        else 0,
        ending=tuple(_ending(db, day)),
        questions=_count(
            db,
            "SELECT count(*) FROM notes n WHERE kind = 'question' AND NOT EXISTS (SELECT 1 FROM properties p"
            " WHERE p.note = n.id AND p.key = 'status' AND p.value IN ('done', 'dropped'))",
        ),
        public=_count(db, "SELECT count(*) FROM notes WHERE audience = 'public'"),
        month=_flow(db, day, WINDOW),
        week=_flow(db, day, 7),
    )


def _count(db: sqlite3.Connection, sql: str, *values: object) -> int:
    return int(db.execute(sql, values).fetchone()[0])


def _flow(db: sqlite3.Connection, day: datetime, days: int) -> Flow:
    """What was captured, written and shared in the days before."""
    sql = """
    SELECT count(*) FILTER (WHERE kind IN (SELECT value FROM json_each(:captured))),
      count(*) FILTER (WHERE kind IN (SELECT value FROM json_each(:written))),
      count(*) FILTER (WHERE audience <> 'private')
    FROM notes WHERE created > :start AND created <= :end
    """
    values = {
        "captured": json.dumps(CAPTURED),
        "written": json.dumps(WRITTEN),
        "start": (day - timedelta(days=days)).isoformat()[:19],
        "end": day.isoformat()[:19],
    }
    return Flow(*db.execute(sql, values).fetchone())


def _ending(db: sqlite3.Connection, day: datetime) -> list[tuple[str, str]]:
    """What is open and due within two weeks, the nearest first."""
    rows = db.execute(
        """
        SELECT n.title, d.value FROM notes n JOIN properties d ON d.note = n.id AND d.key = 'due'
        WHERE (n.kind = 'experiment' OR n.para = 'project') AND d.value >= ? AND d.value <= ?
        AND NOT EXISTS (
          SELECT 1 FROM properties s WHERE s.note = n.id AND s.key = 'status' AND s.value IN ('done', 'dropped'))
        ORDER BY d.value, n.title LIMIT 2
        """,
        (day.date().isoformat(), (day + timedelta(days=14)).date().isoformat()),
    )
    return [(title, str(due)) for title, due in rows]
